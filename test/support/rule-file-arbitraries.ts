/** Generated syntax trees: everything that a rule file can say. Spans are all zero. */

import fc from 'fast-check';
import type {
  BadgeBlock,
  Expression,
  Literal,
  Name,
  NumberLiteral,
  Path,
  PenaltyBlock,
  RequirementBlock,
  RuleFile,
  Span,
  TestBlock,
  TextLiteral,
  TriggerClause,
} from '../../dsl/index.ts';

const span: Span = { start: 0, end: 0 };

const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const strings = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'course-v1:X+Y+Z',
    'with "quotes"',
    'back\\slash',
    'tab\tend\n',
    '# no comment',
    '{',
    'ü😀\u2028',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const words = fc.constantFrom(
  'demo',
  'a',
  'B',
  'is_passing',
  'x-1',
  '_y',
  'name',
  'where',
  'and',
  'not',
  'count',
  'true',
  'event',
);

const text: fc.Arbitrary<TextLiteral> = strings.map((value) => ({ kind: 'text', value, span }));
const name: fc.Arbitrary<Name> = words.map((word) => ({ kind: 'name', text: word, span }));
const number: fc.Arbitrary<NumberLiteral> = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => ({ kind: 'number', value: value === 0 ? 0 : value, span }));
const date = fc
  .constantFrom('2026-02-01', '2026-02-01T09:00:00+02:00', '0001-01-01T00:00:00.123456789Z')
  .map((written) => ({ kind: 'date' as const, text: written, span }));
const boolean = fc.boolean().map((value) => ({ kind: 'boolean' as const, value, span }));
const literal: fc.Arbitrary<Literal> = fc.oneof(text, number, date, boolean);
const path: fc.Arbitrary<Path> = fc
  .array(fc.oneof(words, strings), { minLength: 1, maxLength: 4 })
  .map((names) => ({ kind: 'path', segments: names.map((word) => ({ kind: 'name', text: word, span })), span }));
const eventType: fc.Arbitrary<Name> = fc
  .constantFrom('org.openedx.learning.course.passing.status.updated.v1', 'a.b-c.v1', 'login')
  .map((type) => ({ kind: 'name', text: type, span }));

export const expressions: fc.Arbitrary<Expression> = fc.letrec<{ expression: Expression }>((tie) => {
  const operands = fc.array(tie('expression'), { minLength: 2, maxLength: 4 });
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      path.map((at): Expression => ({ kind: 'is-true', path: at, span })),
      path.map((at): Expression => ({ kind: 'exists', path: at, span })),
      fc
        .tuple(
          path,
          fc.constantFrom('=' as const, '!=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const),
          literal,
        )
        .map(([at, operator, value]): Expression => ({ kind: 'comparison', path: at, operator, value, span })),
      fc
        .tuple(path, fc.boolean(), fc.array(literal, { maxLength: 12 }))
        .map(([at, negated, values]): Expression => ({ kind: 'in', path: at, negated, values, span })),
      fc
        .tuple(
          path,
          fc.constantFrom('starts with' as const, 'ends with' as const, 'contains' as const, 'like' as const),
          text,
        )
        .map(([at, operator, value]): Expression => ({ kind: 'text-match', path: at, operator, value, span })),
      operands.map((all): Expression => ({ kind: 'and', operands: all, span })),
      operands.map((all): Expression => ({ kind: 'or', operands: all, span })),
      tie('expression').map((operand): Expression => ({ kind: 'not', operand, span })),
    ),
  };
}).expression;

const trigger: fc.Arbitrary<TriggerClause> = fc.oneof(
  eventType.map((type): TriggerClause => ({ kind: 'event-trigger', type, span })),
  fc
    .tuple(text, fc.constantFrom('awarded' as const, 'revoked' as const))
    .map(([badge, change]): TriggerClause => ({ kind: 'badge-trigger', badge, change, span })),
);

const requirement: fc.Arbitrary<RequirementBlock> = fc.record({
  kind: fc.constant('requirement' as const),
  id: name,
  group: nullable(name),
  description: nullable(text),
  on: nullable(trigger),
  where: nullable(expressions),
  count: nullable(
    fc.record({
      kind: fc.constant('count' as const),
      times: number,
      distinct: nullable(path),
      within: nullable(
        fc.record({
          kind: fc.constant('duration' as const),
          amount: fc.nat(),
          unit: fc.constantFrom('minute' as const, 'hour' as const, 'day' as const, 'week' as const),
          span: fc.constant(span),
        }),
      ),
      span: fc.constant(span),
    }),
  ),
  after: nullable(name),
  from: nullable(date),
  until: nullable(date),
  span: fc.constant(span),
});

const penalty: fc.Arbitrary<PenaltyBlock> = fc.record({
  kind: fc.constant('penalty' as const),
  id: name,
  description: nullable(text),
  on: nullable(trigger),
  where: nullable(expressions),
  resets: fc.array(name, { maxLength: 3 }),
  span: fc.constant(span),
});

function choice<Choice extends string>(...values: readonly Choice[]) {
  return fc.constantFrom(...values).map((value) => ({ kind: 'choice' as const, value, span }));
}

export const badgeBlocks: fc.Arbitrary<BadgeBlock> = fc.record({
  kind: fc.constant('badge' as const),
  id: text,
  name: nullable(text),
  template: nullable(fc.tuple(name, text).map(([provider, id]) => ({ kind: 'template' as const, provider, id, span }))),
  active: nullable(boolean),
  evaluate: nullable(boolean),
  repeatable: nullable(nullable(number).map((times) => ({ kind: 'repeatable' as const, times, span }))),
  onRegress: nullable(choice('revoke', 'keep')),
  reAward: nullable(choice('never', 'allowed')),
  requirements: fc.array(requirement, { maxLength: 3 }),
  penalties: fc.array(penalty, { maxLength: 2 }),
  span: fc.constant(span),
});

const testBlocks: fc.Arbitrary<TestBlock> = fc.record({
  kind: fc.constant('test' as const),
  title: text,
  badge: nullable(text),
  steps: fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('test-event' as const),
        type: eventType,
        at: nullable(date),
        fields: fc.array(fc.record({ path, value: nullable(literal) }), { maxLength: 4 }),
        span: fc.constant(span),
      }),
      fc
        .array(
          fc.oneof(
            nullable(number).map((times) => ({ kind: 'awarded' as const, negated: false, times, span })),
            fc.constant({ kind: 'awarded' as const, negated: true, times: null, span }),
            fc.constant({ kind: 'revoked' as const, span }),
            fc
              .tuple(fc.boolean(), name)
              .map(([negated, id]) => ({ kind: 'fulfilled' as const, negated, requirement: id, span })),
            number.map((ratio) => ({ kind: 'progress' as const, ratio, span })),
          ),
          { minLength: 1, maxLength: 3 },
        )
        .map((expectations) => ({ kind: 'test-expect' as const, expectations, span })),
    ),
    { maxLength: 3 },
  ),
  span: fc.constant(span),
});

export const ruleFiles: fc.Arbitrary<RuleFile> = fc
  .array(fc.oneof(badgeBlocks, testBlocks), { maxLength: 3 })
  .map((blocks) => ({ kind: 'rule-file', blocks, comments: [], broken: [], span }));
