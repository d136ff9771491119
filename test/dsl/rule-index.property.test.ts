import { expect } from 'chai';
import fc from 'fast-check';
import { type Badge, type Condition, type ResolvedPath, type RuleEvent, RuleIndex } from '../../dsl/index.ts';
import { contributionOf } from '../support/reference-interpreter.ts';
import { conditions, events, leaf } from '../support/rule-arbitraries.ts';
import { aBadge, allOf, anyOf, aRequirement, not } from '../support/rule-values.ts';

/** Thousands of cases take a second or two, and longer where other work shares the machine. */
const GENEROUS_MS = 60_000;
const RUNS = 1_500;

/** The ways in which rules are found, by the words that `explain` has for them. */
const WAYS: Readonly<Record<string, RegExp>> = {
  'an equality': / where [^ ]+ = /,
  'a list': / in \d+ values/,
  'the start of a text': / starts with /,
  'the end of a text': / ends with /,
  'an order': / [<>]=? /,
  presence: / where [^ ]+ exists/,
  absence: / where not [^ ]+ exists/,
  'several places': / or /,
  'every event of the type': /^every /,
};

/** The generated leaves are about one path each. */
function pathOf(test: Condition): ResolvedPath {
  if ('path' in test) return test.path;
  throw new TypeError('a leaf has a path');
}

/** Mostly a test or two, so that each kind of place is often what a rule is found by. */
const wheres: fc.Arbitrary<Condition> = fc.oneof(
  { arbitrary: leaf, weight: 6 },
  { arbitrary: leaf.map(not), weight: 2 },
  { arbitrary: leaf.map((test) => not({ kind: 'exists', path: pathOf(test) })), weight: 1 },
  { arbitrary: fc.tuple(leaf, leaf).map((both) => allOf(...both)), weight: 3 },
  { arbitrary: fc.tuple(leaf, leaf).map((both) => anyOf(...both)), weight: 2 },
  { arbitrary: conditions, weight: 1 },
);

type Step =
  | { readonly kind: 'set'; readonly id: string; readonly wheres: readonly Condition[] }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'match'; readonly event: RuleEvent };

const ids = fc.nat(7).map((n) => `b${n}`);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      arbitrary: fc.record({
        kind: fc.constant('set' as const),
        id: ids,
        wheres: fc.array(wheres, { minLength: 1, maxLength: 3 }),
      }),
      weight: 4,
    },
    { arbitrary: fc.record({ kind: fc.constant('delete' as const), id: ids }), weight: 1 },
    { arbitrary: fc.record({ kind: fc.constant('match' as const), event: events }), weight: 4 },
  ),
  { minLength: 8, maxLength: 30, size: 'max' },
);

function badgeOf(id: string, conditions: readonly Condition[]): Badge {
  return aBadge({ id, requirements: conditions.map((where, at) => aRequirement({ id: `r${at}`, where })) });
}

describe('RuleIndex, on generated rules of every kind', () => {
  it('finds after every change what a look at every rule finds', function () {
    this.timeout(GENEROUS_MS);
    const found: Record<string, number> = {};
    fc.assert(
      fc.property(steps, (all) => {
        const index = new RuleIndex();
        const badges = new Map<string, Badge>();
        for (const step of all) {
          if (step.kind === 'set') {
            const badge = badgeOf(step.id, step.wheres);
            index.set(badge);
            badges.set(step.id, badge);
          } else if (step.kind === 'delete') {
            index.delete(step.id);
            badges.delete(step.id);
          } else {
            const expected = [...badges.values()].flatMap((badge) => {
              const contribution = contributionOf(badge, step.event);
              return contribution === null ? [] : [{ badge, contribution }];
            });
            const matches = index.match(step.event);
            const told = matches.map(({ badge, contribution }) => ({ badge, contribution }));
            expect(told.sort((a, b) => (a.badge.id < b.badge.id ? -1 : 1))).to.deep.equal(
              expected.sort((a, b) => (a.badge.id < b.badge.id ? -1 : 1)),
            );
            count(index, new Set(matches.map(({ badge }) => badge.id)), found);
          }
        }
        for (const id of badges.keys()) index.delete(id);
        expect(index.explain()).to.deep.equal([]);
      }),
      { numRuns: RUNS },
    );
    // Several thousand each; a tenth of that would still say that the generators reach the kind.
    for (const way of Object.keys(WAYS)) expect(found[way] ?? 0, way).to.be.above(300);
  });
});

/** Counts by which ways the badges that an event met can be found. */
function count(index: RuleIndex, met: ReadonlySet<string>, found: Record<string, number>): void {
  for (const { badge, reachedBy } of index.explain()) {
    if (!met.has(badge)) continue;
    for (const [way, pattern] of Object.entries(WAYS)) {
      if (pattern.test(reachedBy)) found[way] = (found[way] ?? 0) + 1;
    }
  }
}
