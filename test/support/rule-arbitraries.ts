/** Generated badges, conditions and events, from pools so small that everything meets everything. */

import fc from 'fast-check';
import type { Badge, Condition, Contribution, Penalty, Requirement, ResolvedPath, RuleEvent } from '../../dsl/index.ts';
import { aBadge, aContribution, aPenalty, aRequirement, day, instant, PASSING, path } from './rule-values.ts';

const OTHER_TYPE = 'org.openedx.learning.course.enrollment.created.v1';
const KEYS = ['course-v1:X+A+1', 'course-v1:Y+A+2', 'ccx-v1:X+A+1+ccx@3', 'no key'];
const DATES = [
  '2026-03-01T00:00:00Z',
  '2026-03-02',
  '2026-02-30',
  '2026-03-01',
  '2026-03-01T01:00:00+01:00',
  '2026-03-02T00:00:00.000000001Z',
  'yesterday',
];
const TEXTS = ['', 'a', 'ab', 'aab', 'b', '😀', '😁', 'a😀b', '😁😀', '\ud83d', '\ude00', 'a\ud83d', '\ude00b'];
const PATTERNS = [
  ...TEXTS,
  '*',
  '?',
  'a*',
  '*b',
  'a?b',
  'a*b',
  '*a*b*',
  '?*?',
  '*?b',
  '😀*',
  '*😀',
  '\ud83d*',
  '*\ude00',
];
const KEY_STARTS = ['course-v1:', 'course-v1:X', 'ccx-v1:X+A', 'no', 'X', 'course-v1:X+A+1'];
const KEY_ENDS = ['+1', '+2', 'A+1', '@3', 'key', '1', ''];

const booleanPath = path('is_passing', 'boolean');
const numberPath = path('grade', 'number');
const datePath = path('when', 'date');
const keyPath = path('course.course_key');
const textPaths = [path('course.name'), path('constructor'), path('a.b.c'), path('event.id'), path('event.source')];
const partPaths = (['org', 'course', 'run', 'ccx'] as const).map((part) => path('course.course_key', 'string', part));
const allPaths = [booleanPath, numberPath, datePath, keyPath, ...textPaths, ...partPaths];

const comparison = <V>(at: ResolvedPath[], operators: string[], values: fc.Arbitrary<V>): fc.Arbitrary<Condition> =>
  fc.record({
    kind: fc.constant('comparison'),
    path: fc.constantFrom(...at),
    operator: fc.constantFrom(...operators),
    value: values,
  }) as fc.Arbitrary<Condition>;
const membership = <V>(at: ResolvedPath[], values: fc.Arbitrary<V>): fc.Arbitrary<Condition> =>
  fc.record({
    kind: fc.constant('in'),
    path: fc.constantFrom(...at),
    negated: fc.boolean(),
    values: fc.array(values, { minLength: 1, maxLength: 3 }),
  }) as fc.Arbitrary<Condition>;

const textMatches = (at: ResolvedPath[], operator: string, values: readonly string[]): fc.Arbitrary<Condition> =>
  fc.record({
    kind: fc.constant('text-match'),
    path: fc.constantFrom(...at),
    operator: fc.constant(operator),
    value: fc.constantFrom(...values),
  }) as fc.Arbitrary<Condition>;

const equalities = ['=', '!='];
const orders = [...equalities, '<', '<=', '>', '>='];
const numbers = fc.constantFrom(-1, -0, 0, 5e-324, 0.5, 1, 2 ** 53, 1e308, -1e308);
const dates = fc.constantFrom(instant('2026-03-01'), instant('2026-03-02'), instant('2026-03-02T00:00:00.000000001Z'));
const keys = fc.constantFrom(...KEYS);
const texts = fc.constantFrom(...TEXTS, 'e1', 'e2');
const parts = fc.constantFrom('X', 'Y', 'A', '1', '3');

/** A test of one path. */
export const leaf: fc.Arbitrary<Condition> = fc.oneof(
  { arbitrary: comparison([keyPath], ['='], keys), weight: 3 },
  fc.constant<Condition>({ kind: 'is-true', path: booleanPath }),
  comparison([booleanPath], equalities, fc.boolean()),
  comparison([numberPath], orders, numbers),
  comparison([datePath, path('event.time', 'date')], orders, dates),
  comparison([keyPath], equalities, keys),
  comparison(textPaths, equalities, texts),
  comparison(partPaths, equalities, parts),
  membership([numberPath], numbers),
  membership([datePath], dates),
  membership([keyPath], keys),
  membership(partPaths, parts),
  fc.record({ kind: fc.constant('exists'), path: fc.constantFrom(...allPaths) }) as fc.Arbitrary<Condition>,
  fc.record({
    kind: fc.constant('text-match'),
    path: fc.constantFrom(...textPaths),
    operator: fc.constantFrom('starts with', 'ends with', 'contains'),
    value: texts,
  }) as fc.Arbitrary<Condition>,
  fc.record({
    kind: fc.constant('text-match'),
    path: fc.constantFrom(...textPaths),
    operator: fc.constant('like'),
    value: fc.constantFrom(...PATTERNS),
  }) as fc.Arbitrary<Condition>,
  textMatches([keyPath, ...partPaths], 'starts with', KEY_STARTS),
  textMatches([keyPath, ...partPaths], 'ends with', KEY_ENDS),
  textMatches([keyPath, ...partPaths], 'like', [
    ...KEY_STARTS.map((start) => `${start}*`),
    ...KEY_ENDS.map((end) => `*${end}`),
  ]),
);

export const conditions: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => {
  const operands = fc.array(tie('condition'), { minLength: 1, maxLength: 3 });
  return {
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: leaf, weight: 3 },
      { arbitrary: operands.map((all): Condition => ({ kind: 'and', operands: all })), weight: 2 },
      { arbitrary: operands.map((all): Condition => ({ kind: 'or', operands: all })), weight: 2 },
      { arbitrary: tie('condition').map((operand): Condition => ({ kind: 'not', operand })), weight: 1 },
    ),
  };
}).condition;

const odd = fc.constantFrom<unknown>(
  null,
  undefined,
  [],
  {},
  'x',
  '',
  '0.5',
  7,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  false,
  ['a'],
);
const mostly = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: values, weight: 5 }, { arbitrary: odd, weight: 1 });

const payloads = fc.record(
  {
    is_passing: mostly(fc.boolean()),
    grade: mostly(numbers),
    when: mostly(fc.constantFrom(...DATES)),
    course: mostly(fc.record({ course_key: mostly(keys), name: mostly(texts) }, { requiredKeys: [] })),
    a: mostly(fc.record({ b: mostly(fc.record({ c: mostly(texts) })) })),
    constructor: mostly(texts),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, unknown>>;

const instants = fc.constantFrom(
  ...[1, 2, 3, 4, 5, 6].map(day),
  instant('2026-03-02T00:00:00.000000001Z'),
  instant('2026-03-04T00:00:00.000000001Z'),
);

export const events: fc.Arbitrary<RuleEvent> = fc.record({
  id: fc.constantFrom('e1', 'e2', 'e3', '😀', '\uffff'),
  type: fc.constantFrom(PASSING, PASSING, PASSING, OTHER_TYPE),
  source: fc.constantFrom('a', 'ab'),
  time: instants,
  payload: payloads,
});

const eventTypes = fc.constantFrom(PASSING, PASSING, OTHER_TYPE).map((type) => ({ kind: 'event', type }) as const);
const wheres = fc.option(conditions, { freq: 8 });
const ids = ['r0', 'r1', '__proto__', 'r3'];

const DAY_MS = 86_400_000;

/** Shapes of badges for the timeline: what their requirements listen to does not matter there. */
export const badges: fc.Arbitrary<Badge> = fc
  .record({
    requirements: fc.array(
      fc.record({
        group: fc.constantFrom('A', 'A', 'B', null),
        on: eventTypes,
        where: wheres,
        count: fc.constantFrom(1, 1, 2, 3),
        distinct: fc.option(fc.constantFrom(keyPath, numberPath, partPaths[0] as ResolvedPath, datePath), { freq: 2 }),
        withinMs: fc.option(fc.constantFrom(0, DAY_MS, 2 * DAY_MS), { freq: 2 }),
        after: fc.option(fc.nat(3), { freq: 3 }),
        from: fc.option(fc.constantFrom(day(2), day(3)), { freq: 6 }),
        until: fc.option(fc.constantFrom(day(5), day(6)), { freq: 6 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    penalties: fc.array(
      fc.record({ on: eventTypes, where: wheres, resets: fc.subarray([0, 1, 2, 3], { minLength: 1 }) }),
      { maxLength: 2 },
    ),
    repeats: fc.constantFrom(null, null, 1, 2, Number.POSITIVE_INFINITY),
    onRegress: fc.constantFrom('revoke', 'revoke', 'keep'),
    reAward: fc.constantFrom('never', 'allowed'),
  })
  .map(({ requirements, penalties, repeats, onRegress, reAward }) =>
    aBadge({
      repeatable: repeats !== null,
      maxAwards: repeats ?? 1,
      onRegress: onRegress as Badge['onRegress'],
      reAward: reAward as Badge['reAward'],
      requirements: requirements.map(({ group, after, ...rest }, position): Requirement => {
        const id = ids[position] as string;
        // Only an earlier requirement, so that there is no cycle.
        return aRequirement({
          ...rest,
          id,
          group: group ?? id,
          after: after !== null && after < position ? (ids[after] as string) : null,
        });
      }),
      penalties: penalties.map(
        ({ resets, ...rest }, position): Penalty =>
          aPenalty({
            ...rest,
            id: `p${position}`,
            resets: resets.filter((at) => at < requirements.length).map((at) => ids[at] as string),
          }),
      ),
    }),
  );

/** Contributions that could be the badge's, each event once. */
export function contributionsTo(badge: Badge): fc.Arbitrary<Contribution[]> {
  const one = fc
    .record({
      position: fc.constantFrom(
        ...['a', 'b', '😀', '\uffff'].flatMap((eventId) => [
          { eventId, order: 0, badge: null },
          { eventId, order: 1, badge: 'upstream' },
        ]),
      ),
      at: instants,
      requirements: fc.subarray(
        badge.requirements.map(({ id }) => id),
        { minLength: 0 },
      ),
      hasPenalties: fc.constantFrom(true, false, false, false),
      penalties: fc.subarray(badge.penalties.map(({ id }) => id)),
      values: fc.array(fc.constantFrom('s:x', 's:y', 's:z'), { minLength: 4, maxLength: 4 }),
    })
    .map(({ position, at, requirements, hasPenalties, penalties, values }) =>
      aContribution({
        ...position,
        // Spread over the days, or four ids would make four events.
        eventId: `${position.eventId}${at.slice(8, 10)}`,
        at,
        requirements,
        penalties: hasPenalties ? penalties : [],
        values: Object.fromEntries(
          badge.requirements.flatMap(({ id, distinct }, i) =>
            distinct !== null && requirements.includes(id) ? [[id, values[i] as string]] : [],
          ),
        ),
      }),
    );
  return fc.uniqueArray(one, {
    selector: ({ eventId, order, badge: upstream }) => JSON.stringify([eventId, order, upstream]),
    maxLength: 12,
  });
}
