import { expect } from 'chai';
import type { Award } from '../../../dsl/index.ts';
import { nextEffectAt, readyEffects } from '../../../plugin/badges/effect-order.ts';
import { reconcile } from '../../../plugin/badges/effects.ts';
import type { Effect, Progress, Provenance } from '../../../plugin/ports/progress-store.ts';
import { day, PASSING } from '../../support/rule-values.ts';

type Ledger = Pick<Progress, 'issued' | 'effects'>;

const NOW = new Date('2026-06-01T00:00:00Z');
const EMPTY: Ledger = { issued: [], effects: [] };

/** What happened outside since: the given steps are done, or in another state. */
function having(ledger: Ledger, states: Readonly<Record<string, Partial<Effect>>>): Ledger {
  return { ...ledger, effects: ledger.effects.map((effect) => ({ ...effect, ...states[effect.id] })) };
}
const DONE = { state: 'done', attempts: 1 } as const;
const ISSUED = { 'award:1': DONE, 'publish-awarded:1': DONE };

function ledgerAfter(former: Ledger, ...history: readonly Award[]): Ledger {
  let uuids = former.issued.length;
  return reconcile(former, history, {
    template: { provider: 'memory', id: 't' },
    ruleVersion: 3,
    now: NOW,
    newUuid: () => `uuid-${++uuids}`,
    provenanceOf,
  });
}

function provenanceOf({ eventId, at }: Award): Provenance {
  const events = [{ eventId, at }];
  return {
    ruleVersion: 3,
    recordedAt: NOW,
    requirements: [{ requirement: 'demo', group: 'demo', on: PASSING, where: null, events, more: 0 }],
  };
}

function award(eventId: string, onDay: number, revokedOnDay: number | null = null): Award {
  return {
    ordinal: 1,
    at: day(onDay),
    eventId,
    order: 0,
    revokedAt: revokedOnDay === null ? null : day(revokedOnDay),
    revokedBy: revokedOnDay === null ? null : 'penalty',
  };
}

function states({ effects }: Ledger): string[] {
  return effects.map(({ id, state }) => `${id} ${state}`);
}

function badges({ issued }: Ledger): unknown[] {
  return issued.map(({ number, eventId, awardedAt, revokedAt }) => [number, eventId, awardedAt, revokedAt]);
}

describe('effects', () => {
  it('give a badge and publish it where the timeline has an award', () => {
    const ledger = ledgerAfter(EMPTY, award('e1', 1));
    expect(ledger.issued).to.deep.equal([
      {
        number: 1,
        uuid: 'uuid-1',
        awardedAt: day(1),
        eventId: 'e1',
        revokedAt: null,
        ruleVersion: 3,
        provenance: provenanceOf(award('e1', 1)),
        template: { provider: 'memory', id: 't' },
        externalId: null,
        externalState: null,
        externalUrl: null,
      },
    ]);
    expect(states(ledger)).to.deep.equal(['award:1 pending', 'publish-awarded:1 pending']);
  });

  it('are the same objects when nothing has to happen', () => {
    const ledger = ledgerAfter(EMPTY, award('e1', 1));
    const again = ledgerAfter(ledger, award('e1', 1));
    expect(again.issued).to.equal(ledger.issued);
    expect(again.effects).to.equal(ledger.effects);
  });

  it('only publish where the badge has no template', () => {
    const facts = { template: null, ruleVersion: 1, now: NOW, newUuid: () => 'u', provenanceOf };
    const ledger = reconcile(EMPTY, [award('e1', 1)], facts);
    expect(states(ledger)).to.deep.equal(['publish-awarded:1 pending']);
    const told = having(ledger, ISSUED);
    expect(states(reconcile(told, [award('e1', 1, 2)], facts))).to.deep.equal([
      'publish-awarded:1 done',
      'publish-revoked:1 pending',
    ]);
    expect(states(reconcile(ledger, [award('e1', 1, 2)], facts))).to.deep.equal(['publish-awarded:1 superseded']);
  });

  it('keep the badge when a late event moves its award', () => {
    const moved = ledgerAfter(having(ledgerAfter(EMPTY, award('e2', 5)), ISSUED), award('e1', 3));
    expect(badges(moved)).to.deep.equal([[1, 'e1', day(3), null]]);
    expect(states(moved)).to.deep.equal(['award:1 done', 'publish-awarded:1 done']);
  });

  it('pair awards by their completing event before they pair what is left in order', () => {
    const two = ledgerAfter(EMPTY, award('e2', 2), award('e4', 4));
    const three = ledgerAfter(two, award('e1', 1), award('e3', 3), award('e4', 4));
    expect(badges(three)).to.deep.equal([
      [1, 'e1', day(1), null],
      [2, 'e4', day(4), null],
      [3, 'e3', day(3), null],
    ]);
  });

  it('pair what is left in order', () => {
    const moved = ledgerAfter(ledgerAfter(EMPTY, award('e2', 2), award('e4', 4)), award('e1', 1), award('e3', 3));
    expect(badges(moved)).to.deep.equal([
      [1, 'e1', day(1), null],
      [2, 'e3', day(3), null],
    ]);
  });

  it('take a badge back at the instant of the penalty', () => {
    const revoked = ledgerAfter(having(ledgerAfter(EMPTY, award('e1', 1)), ISSUED), award('e1', 1, 2));
    expect(badges(revoked)).to.deep.equal([[1, 'e1', day(1), day(2)]]);
    expect(states(revoked)).to.deep.equal([
      'award:1 done',
      'publish-awarded:1 done',
      'revoke:1 pending',
      'publish-revoked:1 pending',
    ]);
    expect(ledgerAfter(revoked, award('e1', 1, 2)).effects).to.equal(revoked.effects);
  });

  it('take a badge back now when its award has vanished from the timeline', () => {
    const revoked = ledgerAfter(having(ledgerAfter(EMPTY, award('e1', 1)), ISSUED));
    expect(badges(revoked)).to.deep.equal([[1, 'e1', day(1), '2026-06-01T00:00:00.000000000Z']]);
  });

  it('do not hand a vanished award the end of an older one', () => {
    const first = ledgerAfter(having(ledgerAfter(EMPTY, award('e1', 1)), ISSUED), award('e1', 1, 2));
    const second = ledgerAfter(first, award('e1', 1, 2), award('e5', 5));
    const gone = ledgerAfter(having(second, { 'award:2': DONE, 'publish-awarded:2': DONE }), award('e1', 1, 2));
    expect(badges(gone)[1]).to.deep.equal([2, 'e5', day(5), '2026-06-01T00:00:00.000000000Z']);
  });

  it('leave out what was never tried', () => {
    const revoked = ledgerAfter(ledgerAfter(EMPTY, award('e1', 1)), award('e1', 1, 2));
    expect(states(revoked)).to.deep.equal(['award:1 superseded', 'publish-awarded:1 superseded']);
    expect(revoked.effects.map(({ finishedAt }) => finishedAt)).to.deep.equal([NOW, NOW]);
  });

  it('take back what may have been given by an attempt whose end is not known', () => {
    const tried = having(ledgerAfter(EMPTY, award('e1', 1)), { 'award:1': { attempts: 1 } });
    expect(states(ledgerAfter(tried, award('e1', 1, 2)))).to.deep.equal([
      'award:1 pending',
      'publish-awarded:1 pending',
      'revoke:1 pending',
      'publish-revoked:1 pending',
    ]);
  });

  it('take nothing back where the award was given up', () => {
    const lost = having(ledgerAfter(EMPTY, award('e1', 1)), { 'award:1': { state: 'failed', attempts: 1 } });
    expect(states(ledgerAfter(lost, award('e1', 1, 2)))).to.deep.equal([
      'award:1 failed',
      'publish-awarded:1 superseded',
    ]);
  });

  it('say nothing of an award that was taken back before anyone heard of it', () => {
    expect(ledgerAfter(EMPTY, award('e1', 1, 2))).to.deep.equal(EMPTY);
  });

  it('UD3: give a new badge when a revoked one stands again, and never the old one twice', () => {
    const revoked = ledgerAfter(having(ledgerAfter(EMPTY, award('e1', 1)), ISSUED), award('e1', 1, 3));
    const standing = ledgerAfter(revoked, award('e1', 1));
    expect(badges(standing)).to.deep.equal([
      [1, 'e1', day(1), day(3)],
      [2, 'e1', day(1), null],
    ]);
    expect(states(standing).slice(4)).to.deep.equal(['award:2 pending', 'publish-awarded:2 pending']);
  });

  it('happen in order for one badge, and each badge by itself', () => {
    const both = ledgerAfter(EMPTY, award('e1', 1), award('e2', 2));
    const ready = (ledger: Ledger) => readyEffects(ledger.effects).map(({ id }) => id);
    expect(ready(both)).to.deep.equal(['award:1', 'award:2']);
    expect(ready(having(both, { 'award:1': DONE }))).to.deep.equal(['publish-awarded:1', 'award:2']);
    expect(ready(having(both, { 'award:1': { state: 'failed' }, 'award:2': DONE }))).to.deep.equal([
      'publish-awarded:2',
    ]);
    expect(ready(having(both, { 'award:1': { state: 'superseded' }, 'award:2': { state: 'failed' } }))).to.deep.equal([
      'publish-awarded:1',
    ]);
  });

  it('are next due when the earliest is that waits for nothing', () => {
    const later = new Date(NOW.getTime() + 5);
    const two = having(ledgerAfter(EMPTY, award('e1', 1)), { 'award:1': { dueAt: later } });
    expect(nextEffectAt(two.effects)).to.deep.equal(later);
    expect(nextEffectAt(having(two, ISSUED).effects)).to.equal(null);
    expect(nextEffectAt(having(two, { 'award:1': { state: 'failed' } }).effects)).to.equal(null);
  });
});
