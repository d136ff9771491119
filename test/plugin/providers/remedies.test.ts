import { expect } from 'chai';
import type { Effect, IssuedBadge, Progress } from '../../../plugin/ports/progress-store.ts';
import { awardedAgain, takenBackAgain, takenOver } from '../../../plugin/providers/comparison/remedies.ts';
import { day } from '../../support/rule-values.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const ANSWER = { externalId: 'x', state: 'accepted', url: 'https://example.org/x' };

function aBadge(overrides: Partial<IssuedBadge> = {}): IssuedBadge {
  return {
    number: 1,
    uuid: 'u1',
    awardedAt: day(1),
    eventId: 'e1',
    revokedAt: null,
    ruleVersion: 1,
    provenance: null,
    template: { provider: 'accredible', id: '1' },
    externalId: 'x',
    externalState: 'accepted',
    externalUrl: null,
    ...overrides,
  };
}

function anEffect(kind: Effect['kind'], state: Effect['state']): Effect {
  const [dueAt, lastError] = [new Date(0), null];
  return {
    id: `${kind}:1`,
    kind,
    badgeNumber: 1,
    state,
    attempts: 1,
    dueAt,
    createdAt: dueAt,
    finishedAt: dueAt,
    lastError,
  };
}

function withBadges(issued: readonly IssuedBadge[], ...effects: readonly Effect[]): Progress {
  return { learnerId: 'l1', badgeId: 'b1', version: 3, issued, effects } as unknown as Progress;
}

const states = ({ effects }: Progress) => effects.map(({ id, state }) => `${id} ${state}`);

describe('putting a badge right', () => {
  it('awards again what stands and was awarded, and forgets what it was called', () => {
    const before = withBadges([aBadge()], anEffect('award', 'done'), anEffect('publish-awarded', 'done'));
    const after = awardedAgain(before, 1, 'x', NOW);
    expect(states(after)).to.deep.equal(['award:1 pending', 'publish-awarded:1 done']);
    expect(after.issued[0]).to.deep.include({ externalId: null, externalState: null });
    expect(after.effects[0]).to.deep.include({ dueAt: NOW, attempts: 1 });
    expect(awardedAgain(after, 1, 'x', NOW)).to.equal(after);
  });

  it('does not award again what was taken back, or is called otherwise by now', () => {
    const revoked = withBadges([aBadge({ revokedAt: day(2) })], anEffect('award', 'done'));
    const other = withBadges([aBadge({ externalId: 'y' })], anEffect('award', 'done'));
    for (const progress of [revoked, other]) expect(awardedAgain(progress, 1, 'x', NOW)).to.equal(progress);
  });

  it('takes over what the provider has, also where the award had failed', () => {
    const before = withBadges([aBadge({ externalId: null })], anEffect('award', 'failed'));
    const after = takenOver(before, 1, ANSWER, NOW);
    expect(states(after)).to.deep.equal(['award:1 done']);
    expect(after.issued[0]).to.deep.include({ externalId: 'x', externalUrl: 'https://example.org/x' });
    expect(takenOver(after, 1, ANSWER, NOW)).to.equal(after);
  });

  it('takes back what it takes over when nobody is to have it any more', () => {
    const before = withBadges([aBadge({ externalId: null, revokedAt: day(2) })], anEffect('award', 'superseded'));
    expect(states(takenOver(before, 1, ANSWER, NOW))).to.deep.equal(['award:1 done', 'revoke:1 pending']);
  });

  it('takes back once more, unless another badge of ours needs it or it is under way', () => {
    const before = withBadges([aBadge({ revokedAt: day(2) })], anEffect('award', 'done'), anEffect('revoke', 'done'));
    const after = takenBackAgain(before, 1, 'x', NOW);
    expect(states(after)).to.deep.equal(['award:1 done', 'revoke:1 pending']);
    expect(takenBackAgain(after, 1, 'x', NOW)).to.equal(after);
    const needed = withBadges([aBadge({ revokedAt: day(2) }), aBadge({ number: 2 })], anEffect('revoke', 'done'));
    expect(takenBackAgain(needed, 1, 'x', NOW)).to.equal(needed);
  });
});
