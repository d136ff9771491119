/** Section "Meaning over time" at the level of events: whole rule sets against the reference interpreter. */

import { expect } from 'chai';
import fc from 'fast-check';
import { type Badge, createRuleIndex, evaluate, type Outcome } from '../../dsl/index.ts';
import { referenceOutcomes } from '../support/reference-learner.ts';
import { type World, worlds } from '../support/world-arbitraries.ts';

/** Thousands of worlds take seconds, and longer where other work shares the machine. */
const GENEROUS_MS = 120_000;

const arrivals = worlds.chain((world) =>
  fc.record({
    world: fc.constant(world),
    arrived: fc
      .tuple(
        fc.shuffledSubarray([...world.events], { minLength: world.events.length }),
        fc.subarray([...world.events]),
        fc.subarray([...world.events]),
      )
      .map(([all, before, after]) => [...before, ...all, ...after]),
  }),
);

const outcomesOf = ({ badges }: World, events: World['events']): ReadonlyMap<string, Outcome> =>
  new Map([...evaluate(badges, events)].map(([id, { outcome }]) => [id, outcome]));

describe('the state of a learner', () => {
  it('is what the reference interpreter says of the sorted events, in whatever order and how often they come', function () {
    this.timeout(GENEROUS_MS);
    fc.assert(
      fc.property(arrivals, ({ world, arrived }) => {
        expect(outcomesOf(world, arrived)).to.deep.equal(referenceOutcomes(world.badges, world.events));
      }),
      { numRuns: 2_500 },
    );
  });

  it('does not depend on the order of the badges, nor on badges that it does not wait for', function () {
    this.timeout(GENEROUS_MS);
    fc.assert(
      fc.property(worlds, ({ badges, events }) => {
        const all = outcomesOf({ badges, events }, events);
        expect(outcomesOf({ badges: badges.toReversed(), events }, events)).to.deep.equal(all);
        const [first] = badges as readonly [Badge];
        const alone = evaluate(createRuleIndex([first]), events).get(first.id)?.outcome;
        expect(alone).to.deep.equal(all.get(first.id));
      }),
      { numRuns: 500 },
    );
  });

  const reached: Readonly<Record<string, (badge: Badge, outcome: Outcome, world: World) => boolean>> = {
    'nothing yet': (_, { status }) => status === 'none',
    'in progress': (_, { status }) => status === 'in-progress',
    awarded: (_, { status }) => status === 'awarded',
    revoked: (_, { status }) => status === 'revoked',
    'revoked and complete again, never re-awarded': ({ reAward }, { status, progress }) =>
      status === 'revoked' && progress === 1 && reAward === 'never',
    're-awarded': ({ repeatable }, { status, history }) =>
      !repeatable && status === 'awarded' && history.some(({ revokedAt }) => revokedAt !== null),
    'revoked twice': (_, { history }) => history.filter(({ revokedAt }) => revokedAt !== null).length > 1,
    'kept though no longer complete': ({ onRegress, repeatable }, { status, progress }) =>
      onRegress === 'keep' && !repeatable && status === 'awarded' && progress < 1,
    'repeated twice': ({ repeatable }, { awards }) => repeatable && awards === 2,
    'repeated more often': ({ repeatable }, { awards }) => repeatable && awards > 2,
    'repeated up to the limit': ({ repeatable, maxAwards }, { awards }) =>
      repeatable && maxAwards > 1 && awards === maxAwards,
    'a new round in progress': ({ repeatable }, { awards, progress }) => repeatable && awards > 0 && progress > 0,
    'earned by another badge': ({ requirements }, { history }) =>
      history.length > 0 && requirements.every(({ on }) => on.kind === 'badge'),
    'earned at the end of a chain of three': (_, { history }) => history.some(({ order }) => order >= 2),
    'lost because another was revoked': ({ penalties }, { history }) =>
      penalties.length > 0 &&
      penalties.every(({ on }) => on.kind === 'badge' && on.change === 'revoked') &&
      history.some(({ revokedAt }) => revokedAt !== null),
    'counted to three': ({ requirements }, { requirements: states }) =>
      requirements.some(({ id, count }) => count === 3 && states[id]?.fulfilled),
    'counted different values': ({ requirements }, { requirements: states }) =>
      requirements.some(({ id, count, distinct }) => count > 1 && distinct !== null && states[id]?.fulfilled),
    'counted inside a window': ({ requirements }, { requirements: states }) =>
      requirements.some(({ id, count, withinMs }) => count > 1 && withinMs !== null && states[id]?.fulfilled),
    'too thinly spread for a window': ({ requirements }, { requirements: states }, { events }) =>
      requirements.some(
        ({ id, count, withinMs, distinct, after }) =>
          count > 1 &&
          withinMs !== null &&
          distinct === null &&
          after === null &&
          events.length > 9 &&
          states[id]?.counted === 1,
      ),
    'fulfilled one after the other': ({ requirements }, { requirements: states }) =>
      requirements.some(({ id, after }) => after !== null && states[id]?.fulfilled),
    'fulfilled although the one before was reset': ({ requirements }, { requirements: states }) =>
      requirements.some(({ id, after }) => after !== null && states[id]?.fulfilled && !states[after]?.fulfilled),
    'a group by its second alternative only': ({ requirements }, { requirements: states }) =>
      requirements.some(
        ({ id, group }, i) =>
          states[id]?.fulfilled &&
          requirements.some((other, j) => j < i && other.group === group && !states[other.id]?.fulfilled),
      ),
  };

  it('is of every kind in the worlds that are generated', function () {
    this.timeout(GENEROUS_MS);
    const counts = new Map(Object.keys(reached).map((kind) => [kind, 0]));
    for (const world of fc.sample(worlds, { numRuns: 3_000, seed: 7 })) {
      const outcomes = outcomesOf(world, world.events);
      for (const badge of world.badges)
        for (const [kind, is] of Object.entries(reached))
          if (is(badge, outcomes.get(badge.id) as Outcome, world)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count === 0)).to.deep.equal([]);
  });
});
