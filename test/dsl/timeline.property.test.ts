import { expect } from 'chai';
import fc from 'fast-check';
import { type AwardGround, evaluate, groundsOf, mergeContribution, outcome, RuleIndex } from '../../dsl/index.ts';
import { contributionOf, referenceOutcome } from '../support/reference-interpreter.ts';
import { badges, contributionsTo, events } from '../support/rule-arbitraries.ts';

/** Thousands of cases take a second or two, and longer where other work shares the machine. */
const GENEROUS_MS = 60_000;

const shuffledWithRepeats = <T>(values: readonly T[]): fc.Arbitrary<T[]> =>
  fc
    .tuple(fc.shuffledSubarray([...values], { minLength: values.length }), fc.subarray([...values]))
    .map(([all, again]) => [...again, ...all]);

describe('outcome, on generated badges', () => {
  it('is what the reference interpreter says, for any order and repetition of the contributions', function () {
    this.timeout(GENEROUS_MS);
    const cases = badges.chain((badge) =>
      contributionsTo(badge).chain((contributions) =>
        fc.record({
          badge: fc.constant(badge),
          contributions: fc.constant(contributions),
          arrived: shuffledWithRepeats(contributions),
        }),
      ),
    );
    fc.assert(
      fc.property(cases, ({ badge, contributions, arrived }) => {
        expect(outcome(badge, arrived)).to.deep.equal(referenceOutcome(badge, contributions));
      }),
      { numRuns: 2_000 },
    );
  });

  it('rests each award on what the reference interpreter says, whatever came later', function () {
    this.timeout(GENEROUS_MS);
    const cases = badges.chain((badge) =>
      contributionsTo(badge).chain((contributions) => fc.tuple(fc.constant(badge), shuffledWithRepeats(contributions))),
    );
    fc.assert(
      fc.property(cases, ([badge, arrived]) => {
        const expected: (readonly AwardGround[])[] = [];
        const { history } = referenceOutcome(badge, arrived, expected);
        const found = groundsOf(badge, arrived);
        expect(history.map(({ ordinal }) => found.get(ordinal))).to.deep.equal(expected);
        expect(found.size).to.equal(history.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same when contributions are merged one by one as they arrive (UD13)', function () {
    this.timeout(GENEROUS_MS);
    const cases = badges.chain((badge) =>
      contributionsTo(badge).chain((contributions) => fc.tuple(fc.constant(badge), shuffledWithRepeats(contributions))),
    );
    fc.assert(
      fc.property(cases, ([badge, arrived]) => {
        let stored: ReturnType<typeof mergeContribution> = [];
        for (const contribution of arrived) stored = mergeContribution(stored, contribution);
        expect(outcome(badge, stored)).to.deep.equal(outcome(badge, arrived));
        expect(stored).to.have.length(new Set(arrived).size);
      }),
      { numRuns: 500 },
    );
  });
});

describe('evaluate, on generated badges and events', () => {
  it('is the reference outcome of what the reference interpreter finds event by event', function () {
    this.timeout(GENEROUS_MS);
    const learners = fc.record({
      shapes: fc.array(badges, { minLength: 1, maxLength: 3 }),
      all: fc.uniqueArray(events, { selector: ({ id }) => id, maxLength: 5 }),
    });
    fc.assert(
      fc.property(learners, ({ shapes, all }) => {
        const named = shapes.map((badge, at) => ({ ...badge, id: `b${at}` }));
        const results = evaluate(named, [...all, ...all.toReversed()]);
        for (const badge of named) {
          const contributions = all.flatMap((event) => contributionOf(badge, event) ?? []);
          expect(results.get(badge.id)?.outcome).to.deep.equal(referenceOutcome(badge, contributions));
        }
      }),
      { numRuns: 600 },
    );
  });
});

describe('RuleIndex, on generated badges and events', () => {
  it('matches what a look at every rule finds, also after badges were replaced and deleted', function () {
    this.timeout(GENEROUS_MS);
    const worlds = fc.record({
      shapes: fc.array(fc.tuple(badges, fc.nat(5)), { minLength: 1, maxLength: 8 }),
      deleted: fc.nat(5),
      all: fc.array(events, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(worlds, ({ shapes, deleted, all }) => {
        const index = new RuleIndex();
        for (const [badge, id] of shapes) index.set({ ...badge, id: `b${id}` });
        index.delete(`b${deleted}`);
        for (const event of all) {
          const expected = [...index.badges()].flatMap((badge) => {
            const contribution = contributionOf(badge, event);
            return contribution ? [[badge.id, contribution]] : [];
          });
          const found = index.match(event).map(({ badge, contribution }) => [badge.id, contribution]);
          expect(Object.fromEntries(found)).to.deep.equal(Object.fromEntries(expected));
          expect(found).to.have.length(expected.length);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
