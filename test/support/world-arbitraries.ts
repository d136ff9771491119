/** Generated rule sets with the events of one learner, made so that badges are often earned, lost, kept and earned again. */

import fc from 'fast-check';
import type { Badge, Condition, Penalty, Requirement, RuleEvent, Trigger } from '../../dsl/index.ts';
import {
  aBadge,
  allOf,
  aPenalty,
  aRequirement,
  day,
  equals,
  instant,
  isTrue,
  not,
  PASSING,
  path,
} from './rule-values.ts';

export interface World {
  readonly badges: readonly Badge[];
  readonly events: readonly RuleEvent[];
}

const GRADED = 'org.openedx.learning.course.persistent_grade_summary.v1';
const KEYS = ['course-v1:X+A+1', 'course-v1:X+B+1', 'course-v1:Y+A+1'];
const DAY_MS = 86_400_000;
const IDS = ['r0', '__proto__', 'r2', 'constructor'];

const POSITIONS = [0, 1, 2, 3];

const keyPath = path('course.course_key');
const orgPath = path('course.course_key', 'string', 'org');
const passes = isTrue('is_passing');
const fails = not(passes);

const conditions: fc.Arbitrary<Condition | null> = fc.oneof(
  fc.constant(null),
  fc.constant(passes),
  fc.constant(passes),
  fc.constantFrom(...KEYS).map((key) => allOf(passes, equals(keyPath, key))),
  fc.constantFrom('X', 'Y').map((org) => equals(orgPath, org)),
);

const instants = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map(day),
  fc.constantFrom(instant('2026-03-02T00:00:00.000000001Z'), instant('2026-03-04T23:59:59.999999999Z')),
);

export const learnerEvents: fc.Arbitrary<RuleEvent[]> = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom(...'abcdefghij', 'e10', 'e9', '😀', '\uffff', 'constructor', '__proto__'),
    type: fc.constantFrom(PASSING, PASSING, PASSING, GRADED),
    source: fc.constant('/lms'),
    time: instants,
    payload: fc.record({
      is_passing: fc.boolean(),
      course: fc.record({ course_key: fc.constantFrom(...KEYS) }),
    }),
  }),
  { selector: ({ id }) => id, minLength: 5, maxLength: 14, size: 'max' },
);

/** @param before badges that it may wait for */
function badgeArbitrary(id: string, before: readonly string[]): fc.Arbitrary<Badge> {
  const onEvent = fc.constantFrom(PASSING, PASSING, PASSING, GRADED).map((type): Trigger => ({ kind: 'event', type }));
  const onBadge = (...changes: readonly ('awarded' | 'revoked')[]): readonly fc.WeightedArbitrary<Trigger>[] =>
    before.length === 0
      ? []
      : [
          {
            arbitrary: fc
              .tuple(fc.constantFrom(...before), fc.constantFrom(...changes))
              .map(([badge, change]): Trigger => ({ kind: 'badge', badge, change })),
            weight: 3,
          },
        ];
  const requirement = fc.record({
    group: fc.constantFrom('A', 'A', 'B', null),
    on: fc.oneof({ arbitrary: onEvent, weight: 3 }, ...onBadge('awarded')),
    where: conditions,
    count: fc.constantFrom(1, 1, 1, 1, 2, 3),
    distinct: fc.option(fc.constantFrom(keyPath, orgPath), { freq: 3 }),
    withinMs: fc.option(fc.constantFrom(DAY_MS, 2 * DAY_MS, 4 * DAY_MS), { freq: 3 }),
    after: fc.option(fc.nat(1)),
    from: fc.option(fc.constantFrom(day(2), day(3)), { freq: 8 }),
    until: fc.option(fc.constantFrom(day(7), day(8)), { freq: 8 }),
  });
  const penalty = fc.record({
    on: fc.oneof({ arbitrary: onEvent, weight: 2 }, ...onBadge('awarded', 'revoked', 'revoked')),
    key: fc.option(fc.constantFrom(...KEYS), { freq: 1 }),
    resets: fc.oneof(fc.subarray(POSITIONS, { minLength: 1 }), fc.constant(POSITIONS)),
  });
  return fc
    .record({
      requirements: fc.oneof(
        fc.array(requirement, { minLength: 1, maxLength: 2 }),
        fc.array(requirement, { minLength: 1, maxLength: 4, size: 'max' }),
      ),
      penalties: fc.array(penalty, { maxLength: 2, size: 'max' }),
      repeats: fc.constantFrom(null, null, null, null, null, 1, 2, Number.POSITIVE_INFINITY),
      onRegress: fc.constantFrom('revoke' as const, 'revoke' as const, 'keep' as const),
      reAward: fc.constantFrom('never' as const, 'allowed' as const, 'allowed' as const),
    })
    .map(({ requirements, penalties, repeats, onRegress, reAward }) =>
      aBadge({
        id,
        repeatable: repeats !== null,
        maxAwards: repeats ?? 1,
        onRegress,
        reAward,
        requirements: requirements.map(({ group, after, where, distinct, ...rest }, position): Requirement => {
          const isOfEvents = rest.on.kind === 'event';
          return aRequirement({
            ...rest,
            id: IDS[position] as string,
            group: group ?? (IDS[position] as string),
            where: isOfEvents ? where : null,
            distinct: isOfEvents ? distinct : null,
            // Only an earlier one, so that there is no circle.
            after: after !== null && after < position ? (IDS[after] as string) : null,
          });
        }),
        penalties: penalties.map(
          ({ on, key, resets }, position): Penalty =>
            aPenalty({
              on,
              where: on.kind === 'badge' ? null : key === null ? fails : allOf(fails, equals(keyPath, key)),
              id: `p${position}`,
              resets: resets.filter((at) => at < requirements.length).map((at) => IDS[at] as string),
            }),
        ),
      }),
    );
}

export const worlds: fc.Arbitrary<World> = fc
  .tuple(
    badgeArbitrary('first', []),
    badgeArbitrary('constructor', ['first']),
    badgeArbitrary('third', ['first', 'constructor']),
    badgeArbitrary('__proto__', ['constructor', 'third']),
    fc.integer({ min: 1, max: 4 }),
    learnerEvents,
  )
  .map(([a, b, c, d, size, events]) => ({ badges: [a, b, c, d].slice(0, size), events }));
