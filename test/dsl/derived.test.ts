import { expect } from 'chai';
import { type Award, contributionsFromBadge, replaceContributionsFromBadge } from '../../dsl/index.ts';
import { aBadge, aContribution, aPenalty, aRequirement, day, onBadge } from '../support/rule-values.ts';

const award = (overrides: Partial<Award> = {}): Award => ({
  ordinal: 1,
  at: day(3),
  eventId: 'e3',
  order: 0,
  revokedAt: null,
  revokedBy: null,
  ...overrides,
});

describe('contributionsFromBadge', () => {
  const dependent = aBadge({
    id: 'explorer',
    requirements: [aRequirement({ id: 'base', on: onBadge('base'), until: day(10) }), aRequirement({ id: 'event' })],
    penalties: [aPenalty({ id: 'lost', on: onBadge('base', 'revoked'), resets: ['base'] })],
  });

  it('makes one event of each award, right after the event that caused it', () => {
    expect(contributionsFromBadge(dependent, 'base', [award({ order: 2 })])).to.deep.equal([
      {
        eventId: 'e3',
        at: day(3),
        order: 3,
        badge: 'base',
        requirements: ['base'],
        penalties: [],
        values: {},
      },
    ]);
  });

  it('makes one of each revocation where a penalty listens to it, and takes no award back', () => {
    const made = contributionsFromBadge(dependent, 'base', [
      award({ revokedAt: day(5), revokedBy: 'e5' }),
      award({ ordinal: 2, at: day(7), eventId: 'e7' }),
    ]);
    expect(made.map(({ eventId, requirements, penalties }) => [eventId, requirements, penalties])).to.deep.equal([
      ['e3', ['base'], []],
      ['e5', [], ['lost']],
      ['e7', ['base'], []],
    ]);
  });

  it('leaves out what concerns nothing: another badge, a time outside the interval', () => {
    expect(contributionsFromBadge(dependent, 'other', [award()])).to.deep.equal([]);
    expect(contributionsFromBadge(dependent, 'base', [award({ at: day(10) })])).to.deep.equal([]);
  });
});

describe('replaceContributionsFromBadge', () => {
  const own = aContribution({ eventId: 'e4', at: day(4), requirements: ['event'] });
  const former = aContribution({ eventId: 'e3', at: day(3), order: 1, badge: 'base', requirements: ['base'] });
  const moved = aContribution({ eventId: 'e5', at: day(5), order: 1, badge: 'base', requirements: ['base'] });

  it('puts the new ones in the place of all former ones of that badge, in timeline order', () => {
    expect(replaceContributionsFromBadge([former, own], 'base', [moved])).to.deep.equal([own, moved]);
    expect(replaceContributionsFromBadge([former, own], 'base', [])).to.deep.equal([own]);
    expect(replaceContributionsFromBadge([former, own], 'other', [])).to.deep.equal([former, own]);
  });

  it('returns the same array when nothing changes', () => {
    const existing = [former, own];
    expect(replaceContributionsFromBadge(existing, 'base', [{ ...former }])).to.equal(existing);
  });
});
