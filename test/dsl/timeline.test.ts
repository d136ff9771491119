import { expect } from 'chai';
import { type Badge, type Contribution, compareContributions, mergeContribution, outcome } from '../../dsl/index.ts';
import { cpuMsOf } from '../support/cpu-time.ts';
import { aBadge, aContribution, aPenalty, aRequirement, day, instant, path, summary } from '../support/rule-values.ts';

const meets = (eventId: string, n: number, ...requirements: string[]): Contribution =>
  aContribution({ eventId, at: day(n), requirements });
const fails = (eventId: string, n: number, ...penalties: string[]): Contribution =>
  aContribution({ eventId, at: day(n), penalties });
const fulfilledBy = (badge: Badge, ...contributions: Contribution[]): readonly string[] =>
  outcome(badge, contributions).fulfilled;

const DAY_MS = 86_400_000;

describe('outcome', () => {
  const either = (overrides: Partial<Badge> = {}): Badge =>
    aBadge({
      requirements: [
        aRequirement({ id: 'c10', group: 'A' }),
        aRequirement({ id: 'c11', group: 'A' }),
        aRequirement({ id: 'c12', group: 'B' }),
      ],
      penalties: [aPenalty({ id: 'p10', resets: ['c10'] }), aPenalty({ id: 'p12', resets: ['c12'] })],
      ...overrides,
    });

  it('is none without contributions', () => {
    expect(outcome(either(), [])).to.deep.equal({
      status: 'none',
      progress: 0,
      groups: { A: false, B: false },
      fulfilled: [],
      awardedAt: null,
      awards: 0,
      history: [],
      requirements: {
        c10: { fulfilled: false, counted: 0, needed: 1, eventIds: [] },
        c11: { fulfilled: false, counted: 0, needed: 1, eventIds: [] },
        c12: { fulfilled: false, counted: 0, needed: 1, eventIds: [] },
      },
    });
  });

  it('awards nothing before all groups are fulfilled (UD1)', () => {
    const result = outcome(either(), [meets('e1', 1, 'c10')]);
    expect(summary(result)).to.deep.equal({
      status: 'in-progress',
      progress: 0.5,
      fulfilled: ['c10'],
      awards: 0,
      awardedAt: null,
    });
    expect(result.groups).to.deep.equal({ A: true, B: false });
    expect(result.history).to.deep.equal([]);
  });

  it('keeps the badge when a penalty takes one of two fulfilled alternatives (UD4)', () => {
    const result = outcome(either(), [
      meets('e1', 1, 'c10'),
      meets('e2', 2, 'c11'),
      meets('e3', 3, 'c12'),
      fails('e4', 4, 'p10'),
    ]);
    expect(summary(result)).to.deep.equal({
      status: 'awarded',
      progress: 1,
      fulfilled: ['c11', 'c12'],
      awards: 1,
      awardedAt: day(3),
    });
    expect(result.history[0]?.revokedAt).to.equal(null);
  });

  it('awards once, however many requirements and events complete it again (UD5)', () => {
    const result = outcome(either(), [
      meets('e1', 1, 'c10', 'c11', 'c12'),
      meets('e2', 2, 'c10', 'c12'),
      meets('e3', 3, 'c11'),
    ]);
    expect(result.history).to.deep.equal([
      { ordinal: 1, at: day(1), eventId: 'e1', order: 0, revokedAt: null, revokedBy: null },
    ]);
  });

  it('dates the award by the event that completed it (UD6)', () => {
    const result = outcome(either(), [meets('late', 9, 'c11'), meets('e2', 4, 'c12'), meets('e1', 2, 'c10')]);
    expect(result.awardedAt).to.equal(day(4));
    expect(result.history[0]?.eventId).to.equal('e2');
  });

  it('is not undone by an older failure that arrives after a newer pass (UD13)', () => {
    const badge = aBadge({ penalties: [aPenalty()] });
    const passed = meets('e2', 5, 'demo');
    const failedEarlier = fails('e1', 3, 'failed');
    expect(summary(outcome(badge, [passed, failedEarlier]))).to.deep.equal({
      status: 'awarded',
      progress: 1,
      fulfilled: ['demo'],
      awards: 1,
      awardedAt: day(5),
    });
    expect(outcome(badge, [passed, failedEarlier])).to.deep.equal(outcome(badge, [failedEarlier, passed]));
  });

  it('rounds progress to two decimals', () => {
    const three = aBadge({ requirements: ['a', 'b', 'c'].map((id) => aRequirement({ id })) });
    expect(outcome(three, [meets('e1', 1, 'a')]).progress).to.equal(0.33);
    expect(outcome(three, [meets('e1', 1, 'a', 'b')]).progress).to.equal(0.67);
  });

  describe('when an awarded badge is no longer complete', () => {
    const story = [meets('e1', 1, 'demo'), fails('e2', 2, 'failed'), meets('e3', 3, 'demo')];
    const withPolicy = (overrides: Partial<Badge>): Badge => aBadge({ penalties: [aPenalty()], ...overrides });

    it('revokes it, and never awards it again by default', () => {
      const result = outcome(withPolicy({}), story);
      expect(summary(result)).to.deep.equal({
        status: 'revoked',
        progress: 1,
        fulfilled: ['demo'],
        awards: 0,
        awardedAt: day(1),
      });
      expect(result.history).to.deep.equal([
        { ordinal: 1, at: day(1), eventId: 'e1', order: 0, revokedAt: day(2), revokedBy: 'e2' },
      ]);
    });

    it('awards it again where that is allowed', () => {
      const result = outcome(withPolicy({ reAward: 'allowed' }), story);
      expect(result.status).to.equal('awarded');
      expect(result.awards).to.equal(1);
      expect(result.history.map(({ ordinal, at, revokedAt }) => [ordinal, at, revokedAt])).to.deep.equal([
        [1, day(1), day(2)],
        [2, day(3), null],
      ]);
    });

    it('keeps it where that is wanted, and does not award it a second time', () => {
      const keeping = withPolicy({ onRegress: 'keep', reAward: 'allowed' });
      expect(summary(outcome(keeping, story.slice(0, 2)))).to.deep.equal({
        status: 'awarded',
        progress: 0,
        fulfilled: [],
        awards: 1,
        awardedAt: day(1),
      });
      expect(outcome(keeping, story).history).to.have.length(1);
    });

    it('names the penalty event that broke it, not one that left an alternative', () => {
      const result = outcome(either(), [
        meets('e1', 1, 'c10', 'c11', 'c12'),
        aContribution({ eventId: 'p-first', at: day(2), penalties: ['p10'] }),
        aContribution({ eventId: 'p-second', at: day(2), penalties: ['p12'] }),
      ]);
      expect(result.history[0]?.revokedBy).to.equal('p-second');
    });
  });

  describe('within one instant', () => {
    it('discards what a penalty of the same instant resets, whatever their ids', () => {
      const badge = aBadge({ penalties: [aPenalty()] });
      for (const [pass, fail] of [
        ['a', 'z'],
        ['z', 'a'],
      ] as const) {
        expect(outcome(badge, [meets(pass, 1, 'demo'), fails(fail, 1, 'failed')]).status).to.equal('none');
      }
    });

    it('neither revokes and awards again nor awards and revokes', () => {
      const badge = either({ reAward: 'allowed' });
      const result = outcome(badge, [
        meets('e1', 1, 'c10', 'c12'),
        fails('e2', 2, 'p10'),
        meets('e3', 2, 'c11'),
        meets('e4', 3, 'c10'),
      ]);
      expect(result.history).to.have.length(1);
      expect(result.history[0]?.revokedAt).to.equal(null);
    });

    it('orders by event id in code points', () => {
      const badge = aBadge({ requirements: [aRequirement({ id: 'x' }), aRequirement({ id: 'y', after: 'x' })] });
      // U+FFFD comes before U+1F600, although its UTF-16 code unit does not come before the other's first.
      expect(fulfilledBy(badge, meets('\ufffd', 1, 'x'), meets('😀', 1, 'y'))).to.deep.equal(['x', 'y']);
      expect(fulfilledBy(badge, meets('😀', 1, 'x'), meets('\ufffd', 1, 'y'))).to.deep.equal(['x']);
    });
  });

  describe('count', () => {
    const three = aRequirement({ count: 3 });

    it('is reached by as many events, the same one counting once', () => {
      const badge = aBadge({ requirements: [three] });
      const twice = [meets('e1', 1, 'demo'), meets('e1', 1, 'demo'), meets('e2', 2, 'demo')];
      expect(outcome(badge, twice).requirements.demo).to.deep.equal({
        fulfilled: false,
        counted: 2,
        needed: 3,
        eventIds: ['e1', 'e2'],
      });
      expect(
        outcome(badge, [...twice, meets('e3', 3, 'demo'), meets('e4', 4, 'demo')]).requirements.demo,
      ).to.deep.equal({
        fulfilled: true,
        counted: 3,
        needed: 3,
        eventIds: ['e1', 'e2', 'e3'],
      });
    });

    it('counts different values, not events, where it says distinct', () => {
      const badge = aBadge({ requirements: [{ ...three, distinct: path('course.course_key') }] });
      const at = (n: number, value: string): Contribution => ({
        ...meets(`e${n}`, n, 'demo'),
        values: { demo: `s:${value}` },
      });
      const all = [at(1, 'a'), at(2, 'a'), at(3, 'b'), meets('e4', 4, 'demo'), at(5, 'c')];
      expect(outcome(badge, all.slice(0, 4)).requirements.demo?.counted).to.equal(2);
      expect(outcome(badge, all).requirements.demo?.eventIds).to.deep.equal(['e1', 'e3', 'e5']);
    });

    it('looks for all of them in one window, both ends included', () => {
      const badge = aBadge({ requirements: [{ ...three, withinMs: 2 * DAY_MS }] });
      const story = [meets('e1', 1, 'demo'), meets('e2', 2, 'demo')];
      expect(fulfilledBy(badge, ...story, meets('e3', 3, 'demo'))).to.deep.equal(['demo']);
      const justLate = aContribution({
        eventId: 'e3',
        at: instant('2026-03-03T00:00:00.000000001Z'),
        requirements: ['demo'],
      });
      expect(fulfilledBy(badge, ...story, justLate)).to.deep.equal([]);
    });

    it('stays reached when the window slides on, until a reset', () => {
      const badge = aBadge({
        requirements: [{ ...three, withinMs: 2 * DAY_MS }],
        penalties: [aPenalty()],
      });
      const story = [1, 2, 3, 20].map((n) => meets(`e${n}`, n, 'demo'));
      expect(fulfilledBy(badge, ...story)).to.deep.equal(['demo']);
      expect(
        outcome(badge, [...story, fails('p', 21, 'failed'), meets('e22', 22, 'demo')]).requirements.demo,
      ).to.deep.equal({ fulfilled: false, counted: 1, needed: 3, eventIds: ['e22'] });
    });

    it('shows the best window, the latest of equals', () => {
      const badge = aBadge({ requirements: [{ ...three, withinMs: 2 * DAY_MS }] });
      const story = [1, 2, 10, 11, 20].map((n) => meets(`e${n}`, n, 'demo'));
      expect(outcome(badge, story).requirements.demo?.eventIds).to.deep.equal(['e10', 'e11']);
    });
  });

  describe('after', () => {
    const sequence = aBadge({
      requirements: [aRequirement({ id: 'first' }), aRequirement({ id: 'second', after: 'first' })],
      penalties: [aPenalty({ resets: ['first'] })],
    });

    it('counts only what came later than its requirement was fulfilled', () => {
      expect(fulfilledBy(sequence, meets('e1', 1, 'second'), meets('e2', 2, 'first'))).to.deep.equal(['first']);
      expect(fulfilledBy(sequence, meets('e1', 1, 'first'), meets('e2', 2, 'second'))).to.deep.equal([
        'first',
        'second',
      ]);
    });

    it('is not helped by the event itself', () => {
      expect(fulfilledBy(sequence, meets('e1', 1, 'first', 'second'))).to.deep.equal(['first']);
    });

    it('keeps what was counted when its requirement is reset later', () => {
      const story = [meets('e1', 1, 'first'), meets('e2', 2, 'second'), fails('e3', 3, 'failed')];
      expect(fulfilledBy(sequence, ...story)).to.deep.equal(['second']);
      expect(
        fulfilledBy(sequence, story[0] as Contribution, story[2] as Contribution, meets('e4', 4, 'second')),
      ).to.deep.equal([]);
    });

    it('does not take an event that came too early for progress', () => {
      expect(outcome(sequence, [meets('e1', 1, 'second')]).status).to.equal('none');
    });
  });

  describe('of a repeatable badge', () => {
    const twice = (maxAwards: number): Badge =>
      aBadge({ repeatable: true, maxAwards, requirements: [aRequirement({ count: 2 })], penalties: [aPenalty()] });
    const story = [1, 2, 3, 4, 5, 6, 7].map((n) => meets(`e${n}`, n, 'demo'));

    it('starts again after each award', () => {
      const result = outcome(twice(Number.POSITIVE_INFINITY), story);
      expect(result.history.map(({ at }) => at)).to.deep.equal([day(2), day(4), day(6)]);
      expect(summary(result)).to.deep.equal({
        status: 'awarded',
        progress: 0,
        fulfilled: [],
        awards: 3,
        awardedAt: day(6),
      });
      expect(result.requirements.demo?.eventIds).to.deep.equal(['e7']);
    });

    it('changes no more after the last award', () => {
      const result = outcome(twice(2), [...story, fails('p', 9, 'failed')]);
      expect(result.history).to.have.length(2);
      expect(result.requirements.demo?.counted).to.equal(0);
      expect(result.status).to.equal('awarded');
    });

    it('lets a penalty touch the round in progress only', () => {
      const result = outcome(twice(5), [
        ...story.slice(0, 3),
        aContribution({ eventId: 'p', at: day(3), penalties: ['failed'] }),
        ...story.slice(3, 5),
      ]);
      expect(result.history.map(({ at, revokedAt }) => [at, revokedAt])).to.deep.equal([
        [day(2), null],
        [day(5), null],
      ]);
    });

    it('spends every contribution of the completing instant', () => {
      const result = outcome(twice(5), [meets('e1', 1, 'demo'), meets('e2', 1, 'demo'), meets('e3', 1, 'demo')]);
      expect(result.awards).to.equal(1);
      expect(result.requirements.demo?.counted).to.equal(0);
    });
  });

  it('takes requirements with names that objects inherit', () => {
    const badge = aBadge({
      requirements: [aRequirement({ id: '__proto__', distinct: path('x'), group: '__proto__' })],
    });
    const values = Object.fromEntries([['__proto__', 's:x']]);
    expect(outcome(badge, [meets('e1', 1, '__proto__')]).status).to.equal('none');
    const result = outcome(badge, [{ ...meets('e1', 1, '__proto__'), values }]);
    expect(result.status).to.equal('awarded');
    expect(Object.keys(result.groups)).to.deep.equal(['__proto__']);
  });

  it('ignores requirements and penalties the badge does not have', () => {
    expect(outcome(aBadge(), [meets('e1', 1, 'gone'), fails('e2', 2, 'gone')]).status).to.equal('none');
  });

  it('takes time in proportion to the number of contributions', () => {
    const badge = aBadge({
      requirements: [aRequirement({ count: 100_000, distinct: path('x'), withinMs: 30 * DAY_MS })],
    });
    const many = Array.from({ length: 20_000 }, (_, i) => ({
      ...aContribution({ eventId: `e${i}`, at: instant(new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString()) }),
      requirements: ['demo'],
      values: { demo: `s:${i}` },
    }));
    const tookMs = cpuMsOf(() => expect(outcome(badge, many).requirements.demo?.counted).to.equal(20_000));
    expect(tookMs).to.be.below(2_000);
  });
});

describe('mergeContribution', () => {
  const stored = [meets('e1', 1, 'a'), meets('e3', 3, 'a')];

  it('puts an addition at its place in the timeline', () => {
    const merged = mergeContribution(stored, meets('e2', 2, 'a'));
    expect(merged.map(({ eventId }) => eventId)).to.deep.equal(['e1', 'e2', 'e3']);
    expect(stored, 'left alone').to.have.length(2);
  });

  it('returns the same array when the event is known, also at another time', () => {
    expect(mergeContribution(stored, meets('e3', 3, 'a'))).to.equal(stored);
    expect(mergeContribution(stored, meets('e3', 9, 'a'))).to.equal(stored);
  });

  it('keeps the award of a badge apart from the event that caused it', () => {
    const award = aContribution({ eventId: 'e3', at: day(3), order: 1, badge: 'upstream' });
    expect(mergeContribution(stored, award)).to.have.length(3);
  });
});

describe('compareContributions', () => {
  it('orders by instant, event id, order and badge', () => {
    const ordered = [
      aContribution({ at: day(1), eventId: 'z' }),
      aContribution({ at: day(2), eventId: 'a' }),
      aContribution({ at: day(2), eventId: 'a', order: 1, badge: 'b1' }),
      aContribution({ at: day(2), eventId: 'a', order: 1, badge: 'b2' }),
      aContribution({ at: day(2), eventId: 'a', order: 2, badge: 'b0' }),
      aContribution({ at: day(2), eventId: 'b' }),
    ];
    expect(ordered.toReversed().sort(compareContributions)).to.deep.equal(ordered);
  });
});
