/** Conditions and events about one event type with every kind of field, from pools so small that they meet. Events follow
 *  the type: what may not be null never is. */

import fc from 'fast-check';
import type { Condition, EventType, Field, FieldType, ResolvedPath, RuleEvent } from '../../dsl/index.ts';
import { instant, path } from './rule-values.ts';

const string: FieldType = { kind: 'string', format: null };
const field = (name: string, type: FieldType, nullable = false): Field => ({ name, type, nullable });

export const everyKind: EventType = {
  name: 'org.example.every.kind.v1',
  payload: 'thing',
  learner: 'user',
  fields: [
    field('yes', { kind: 'boolean' }),
    field('perhaps', { kind: 'boolean' }, true),
    field('grade', { kind: 'number', integer: false }, true),
    field('tries', { kind: 'number', integer: true }),
    field('mode', string),
    field('note', string, true),
    field('since', { kind: 'string', format: 'date' }),
    field('course', {
      kind: 'record',
      fields: [field('key', { kind: 'string', format: 'ccx-key' }), field('title', string, true)],
    }),
    field(
      'group',
      { kind: 'record', fields: [field('name', string), field('size', { kind: 'number', integer: true })] },
      true,
    ),
    field('scores', { kind: 'map', values: { kind: 'number', integer: false } }),
  ],
};

export const paths = {
  yes: path('yes', 'boolean'),
  perhaps: path('perhaps', 'boolean'),
  grade: path('grade', 'number'),
  tries: path('tries', 'number'),
  mode: path('mode'),
  note: path('note'),
  since: path('since', 'date'),
  key: path('course.key'),
  org: path('course.key', 'string', 'org'),
  run: path('course.key', 'string', 'run'),
  ccx: path('course.key', 'string', 'ccx'),
  title: path('course.title'),
  group: path('group', 'other'),
  groupName: path('group.name'),
  groupSize: path('group.size', 'number'),
  score: path('scores.final', 'number'),
  time: path('event.time', 'date'),
  id: path('event.id'),
};

const KEYS = ['course-v1:X+A+1', 'course-v1:Y+A+2', 'ccx-v1:X+A+1+ccx@3', 'Y/B/1', 'no key'];
const TEXTS = ['a', 'ab', 'b', 'x', ''];
const DATES = ['2026-03-01', '2026-03-02', '2026-03-02T00:00:00.000000001Z'];
const NUMBERS = [0, 1, 1.5, 2];

const equalities = ['=', '!='] as const;
const orders = [...equalities, '<', '<=', '>', '>='] as const;

function tests(at: readonly ResolvedPath[], values: fc.Arbitrary<unknown>, operators: readonly string[]) {
  const where = fc.constantFrom(...at);
  return fc.oneof(
    fc.record({
      kind: fc.constant('comparison'),
      path: where,
      operator: fc.constantFrom(...operators),
      value: values,
    }),
    fc.record({
      kind: fc.constant('in'),
      path: where,
      negated: fc.boolean(),
      values: fc.array(values, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('exists'), path: where }),
  ) as fc.Arbitrary<Condition>;
}

const exact: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition>({ kind: 'is-true', path: paths.yes }, { kind: 'is-true', path: paths.perhaps }),
  tests([paths.yes, paths.perhaps], fc.boolean(), equalities),
  tests([paths.grade, paths.tries, paths.groupSize, paths.score], fc.constantFrom(...NUMBERS), orders),
  tests([paths.since, paths.time], fc.constantFrom(...DATES.map(instant)), orders),
  tests([paths.mode, paths.note, paths.title, paths.groupName, paths.id], fc.constantFrom(...TEXTS), equalities),
  tests([paths.key], fc.constantFrom(...KEYS), equalities),
  tests([paths.org, paths.run, paths.ccx], fc.constantFrom('X', 'Y', '1', '2', '3', 'no part'), equalities),
  fc.constant<Condition>({ kind: 'exists', path: paths.group }),
);

const textMatches = fc.record({
  kind: fc.constant('text-match'),
  path: fc.constantFrom(paths.mode, paths.note, paths.key, paths.org),
  operator: fc.constantFrom('starts with', 'ends with', 'contains', 'like'),
  value: fc.constantFrom(...TEXTS, 'course-v1:X', 'a*', '*b', '*a*', '?b', 'a*b', 'X', '+A+'),
}) as fc.Arbitrary<Condition>;

function joined(leaf: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> {
  return fc.letrec<{ condition: Condition }>((tie) => {
    const operands = fc.array(tie('condition'), { minLength: 1, maxLength: 4 });
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
}

export const exactConditions = joined(exact);
export const anyConditions = joined(fc.oneof(exact, textMatches));

const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 3 });
const numbers = fc.constantFrom(...NUMBERS, -1, 0.5, 1.2, 3);
const texts = fc.constantFrom(...TEXTS, 'aab', 'axb', 'z');

export const eventsOfEveryKind: fc.Arbitrary<RuleEvent> = fc.record({
  id: fc.constantFrom('a', 'ab', 'b', 'x', 'z'),
  type: fc.constant(everyKind.name),
  source: fc.constant('/test'),
  time: fc.constantFrom(
    ...DATES.map(instant),
    instant('2026-01-01'),
    instant('2027-01-01'),
    instant('2026-03-01T12:00:00Z'),
  ),
  payload: fc.record({
    yes: fc.boolean(),
    perhaps: nullable(fc.boolean()),
    grade: nullable(numbers),
    tries: fc.constantFrom(-1, 0, 1, 2, 3),
    mode: texts,
    note: nullable(texts),
    since: fc.constantFrom(...DATES, '2026-01-01', '2027-01-01', '2026-03-01T12:00:00Z', 'never'),
    course: fc.record({
      key: fc.constantFrom(...KEYS, 'course-v1:Z+C+1', 'ccx-v1:Y+A+2+ccx@1', 'course-v1:X+A+1+branch@b', 'ab', 'X/A/2'),
      title: nullable(texts),
    }),
    group: nullable(fc.record({ name: texts, size: fc.constantFrom(0, 1, 2, 5) })),
    scores: fc.oneof(fc.constant({}), fc.record({ final: numbers })),
  }) as fc.Arbitrary<Record<string, unknown>>,
});
