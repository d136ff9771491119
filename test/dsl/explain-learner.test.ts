import { expect } from 'chai';
import fc from 'fast-check';
import { type Badge, type Contribution, explainLearner, outcome, type RuleEvent } from '../../dsl/index.ts';
import { badges, contributionsTo } from '../support/rule-arbitraries.ts';
import {
  aBadge,
  aContribution,
  anEvent,
  aPenalty,
  aRequirement,
  day,
  equals,
  isTrue,
  onBadge,
  path,
} from '../support/rule-values.ts';

const DAY_MS = 86_400_000;
const meets = (n: number, ...requirements: string[]): Contribution =>
  aContribution({ eventId: `e${n}`, at: day(n), requirements });
const withValue = (n: number, value: string): Contribution => ({ ...meets(n, 'demo'), values: { demo: `s:${value}` } });

/** `e1: counts` of the badge's first requirement. */
function fates(badge: Badge, ...contributions: Contribution[]): string[] {
  const [first] = explainLearner(badge, { contributions }).requirements;
  return (first?.contributions ?? []).map(({ eventId, text }) => `${eventId}: ${text}`);
}

/** An event has one time. */
function ofOneTime(contributions: readonly Contribution[]): Contribution[] {
  const times = new Map(contributions.map(({ eventId, at }) => [eventId, at]));
  return contributions.filter(({ eventId, at }) => times.get(eventId) === at);
}

describe('explainLearner', () => {
  it('says which events count, and which came when it was fulfilled', () => {
    const badge = aBadge({ requirements: [aRequirement({ count: 2 })] });
    expect(fates(badge, meets(3, 'demo'), meets(1, 'demo'), meets(2, 'demo'))).to.deep.equal([
      'e1: counts',
      'e2: counts',
      'e3: came when the requirement was fulfilled already',
    ]);
  });

  it('says which came too early', () => {
    const badge = aBadge({ requirements: [aRequirement({ id: 'b', after: 'a' }), aRequirement({ id: 'a' })] });
    expect(fates(badge, meets(1, 'b'), meets(2, 'a'), meets(3, 'b'))).to.deep.equal([
      'e1: came too early: requirement a was not fulfilled before it',
      'e3: counts',
    ]);
  });

  it('says which penalty discarded what, also at the same instant', () => {
    const badge = aBadge({ penalties: [aPenalty()] });
    const penalty = aContribution({ eventId: 'p', at: day(2), penalties: ['failed'] });
    const discarded = 'was discarded by penalty failed with event p at 2026-03-02T00:00:00Z';
    expect(fates(badge, meets(1, 'demo'), meets(2, 'demo'), penalty, meets(3, 'demo'))).to.deep.equal([
      `e1: ${discarded}`,
      `e2: ${discarded}`,
      'e3: counts',
    ]);
  });

  it('says which are outside the window, and which repeat a value', () => {
    const window = aBadge({ requirements: [aRequirement({ count: 3, withinMs: 2 * DAY_MS })] });
    expect(fates(window, meets(1, 'demo'), meets(9, 'demo'), meets(10, 'demo'))).to.deep.equal([
      'e1: is outside the 2 days in which most came together',
      'e9: counts',
      'e10: counts',
    ]);
    const different = aBadge({ requirements: [aRequirement({ count: 3, distinct: path('course.course_key') })] });
    expect(fates(different, withValue(1, 'a'), withValue(2, 'a'), withValue(3, 'b'))).to.deep.equal([
      'e1: counts with "a"',
      'e2: has "a", which is counted already',
      'e3: counts with "b"',
    ]);
  });

  it('says which went into an award of a repeatable badge, and which came after the last', () => {
    const badge = aBadge({ repeatable: true, maxAwards: 2 });
    expect(fates(badge, meets(1, 'demo'), meets(2, 'demo'), meets(3, 'demo'))).to.deep.equal([
      'e1: counted for an award; the next round began after it',
      'e2: counted for an award; the next round began after it',
      'e3: came when the badge had been awarded as often as it can be',
    ]);
  });

  it('names the award of another badge, and how much is left to do', () => {
    const badge = aBadge({ requirements: [aRequirement({ count: 3, on: onBadge('base') })] });
    const [account] = explainLearner(badge, { contributions: [{ ...meets(1, 'demo'), badge: 'base' }] }).requirements;
    expect(account).to.include({ counted: 1, needed: 3, missing: 2, state: 'in-progress' });
    expect(account?.contributions[0]).to.include({ badge: 'base', fate: 'counts' });
  });

  it('gives awards and revocations with the events that caused them, and what the clauses of the badge decide', () => {
    const badge = aBadge({ penalties: [aPenalty()], active: false });
    const penalty = aContribution({ eventId: 'p', at: day(2), penalties: ['failed'] });
    const explained = explainLearner(badge, { contributions: [meets(1, 'demo'), penalty, meets(3, 'demo')] });
    expect(explained.awards.map(({ text }) => text)).to.deep.equal([
      'awarded at 2026-03-01T00:00:00Z with event e1; taken back at 2026-03-02T00:00:00Z with event p, which met penalty failed',
    ]);
    expect(explained.notes).to.deep.equal([
      'The badge is not active: nothing is awarded.',
      'It is complete again, but a badge that was taken back is not awarded again (re-award never).',
    ]);
    expect(explained.penalties).to.deep.equal([
      { penalty: 'failed', resets: ['demo'], events: [{ eventId: 'p', at: '2026-03-02T00:00:00Z' }] },
    ]);
    const evaluated = explainLearner({ ...badge, active: true, evaluate: true }, { contributions: [meets(1, 'demo')] });
    expect(evaluated.notes).to.deep.equal([
      'The badge is only evaluated: it is recorded who would be awarded, and nothing is issued.',
    ]);
    const kept = explainLearner(
      { ...badge, active: true, onRegress: 'keep' },
      { contributions: [meets(1, 'demo'), penalty] },
    );
    expect(kept.notes).to.deep.equal([
      'It is no longer complete, but an award stands once it is made (on regress keep).',
    ]);
  });

  it('names the nearest events, those that lack least first, then the latest', () => {
    const where = { kind: 'and', operands: [isTrue('is_passing'), equals(path('mode'), 'verified')] } as const;
    const badge = aBadge({ requirements: [aRequirement({ where })] });
    const event = (n: number, payload: RuleEvent['payload']): RuleEvent =>
      anEvent({ id: `e${n}`, time: day(n), payload });
    const events = [
      event(1, { is_passing: true, mode: 'audit' }),
      event(2, { is_passing: false, mode: 'audit' }),
      event(3, { is_passing: false, mode: 'verified' }),
      event(4, { is_passing: false, mode: 'honor' }),
      event(5, { is_passing: true, mode: 'verified' }),
      anEvent({ id: 'other', type: 'a.b.v1' }),
    ];
    const [account] = explainLearner(badge, { contributions: [], events: [...events, ...events] }).requirements;
    expect(account?.nearest.map(({ eventId, text }) => `${eventId} ${text}`)).to.deep.equal([
      'e5 matches, but was not recorded: it came while the badge was not active or had another rule',
      'e3 does not count: is_passing is false, but must be true',
      'e1 does not count: mode is "audit", but must be "verified"',
    ]);
    expect(account?.others).to.equal(2);
    const [fulfilled] = explainLearner(badge, { contributions: [meets(5, 'demo')], events }).requirements;
    expect(fulfilled?.nearest).to.deep.equal([]);
  });

  it('accounts for every contribution once, in whatever order, and agrees with the outcome', () => {
    const cases = badges.chain((badge) =>
      contributionsTo(badge).map((contributions): [Badge, Contribution[]] => [badge, ofOneTime(contributions)]),
    );
    fc.assert(
      fc.property(cases, ([badge, contributions]) => {
        const reached = outcome(badge, contributions);
        const explained = explainLearner(badge, { contributions });
        expect(
          explainLearner(badge, { contributions: [...contributions, ...contributions].reverse() }).requirements,
        ).to.deep.equal(explained.requirements);
        expect(explained).to.include({ status: reached.status, progress: reached.progress });
        for (const { requirement, contributions: own, counted } of explained.requirements) {
          const keys = new Set(
            contributions
              .filter(({ requirements }) => requirements.includes(requirement))
              .map(({ eventId, order, badge: of }) => JSON.stringify([eventId, order, of])),
          );
          expect(own).to.have.length(keys.size);
          const counting = own.filter(({ fate }) => fate === 'counts').map(({ eventId }) => eventId);
          expect(counting).to.deep.equal(reached.requirements[requirement]?.eventIds);
          expect(counted).to.equal(reached.requirements[requirement]?.counted);
        }
      }),
      { numRuns: 300 },
    );
  });
});
