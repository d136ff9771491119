import { expect } from 'chai';
import fc from 'fast-check';
import { resolvePath } from '../../dsl/checks/paths.ts';
import { Budget, type Verdict, verdictOf } from '../../dsl/checks/value-sets.ts';
import { type Condition, checkExpression, type Field, type Scalar } from '../../dsl/index.ts';
import { parseExpression } from '../../dsl/parse.ts';
import { Reporter } from '../../dsl/reporter.ts';
import { badgeWhere, expectDiagnostics, expectValid, field } from '../support/dsl-harness.ts';

const never = (place: string, hint = 'remove the contradiction'): string[] => [
  `${place} condition.never: this condition can never hold | ${hint}`,
];
const always = (place: string): string[] => [
  `${place} condition.always: this condition always holds | remove it, or correct it`,
];
const BY_OR = 'alternatives are joined by "or", or listed: in [...]';

describe('contradictions', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['mode = "a" and mode = "b"', never('4:11-36', BY_OR)],
    ['mode = "a" and is_passing and mode = "b"', never('4:11-51', BY_OR)],
    ['mode in ["a", "b"] and mode not in ["b", "a", "c"]', never('4:11-61')],
    ['mode = "ab" and mode starts with "b"', never('4:11-47')],
    ['score > 5 and score < 5', never('4:11-34')],
    ['attempts > 1 and attempts < 2', never('4:11-40')],
    ['attempts = 1.5', never('4:11-25')],
    ['course.start < 2026-01-01 and course.start >= 2026-01-01T00:00:00Z', never('4:11-77')],
    ['note = "a" and not note exists', never('4:11-41')],
    ['is_passing and not is_passing', never('4:11-40')],
    ['is_passing and (mode = "a" and mode = "b")', never('4:27-52', BY_OR)],
    ['mode = "a" and not (is_passing or mode = "a")', never('4:11-56')],
    ['mode = "a" or mode != "a"', always('4:11-36')],
    ['is_passing = true or is_passing = false', always('4:11-50')],
    ['score < 1 or score >= 1', always('4:11-34')],
    ['mode exists', always('4:11-22')],
    ['tags exists', always('4:11-22')],
    ['note exists or note != "a"', always('4:11-37')],
    ['not (mode = "a" and mode = "b")', never('4:16-41', BY_OR)],
    ['not is_passing or is_passing', always('4:11-39')],
  ];
  for (const [condition, expected] of cases)
    it(`are found in ${condition}`, () => {
      expect(expectDiagnostics(badgeWhere(condition), expected).badges).to.have.length(1);
    });

  for (const condition of [
    'mode = "a" or mode = "b"',
    'score > 5 and score < 6',
    'attempts > 1 and attempts < 3',
    'is_late = true or is_late = false',
    'grade < 1 or grade >= 1',
    'note exists',
    'grades.a exists',
    'course.course_key.org exists',
    'course.start exists',
    'mode starts with "a" and mode starts with "b"',
    'note != "a" and note != "b"',
    'is_passing and not is_late',
  ])
    it(`are not found in ${condition}`, () => {
      expectValid(badgeWhere(condition));
    });

  it('are looked for in less than 100 ms, however the expression is made', () => {
    const nested = (depth: number): string =>
      depth === 0 ? 'mode = "0"' : `mode = "${depth}" or (mode != "${depth}" and (${nested(depth - 2)}))`;
    const long = Array.from({ length: 700 }, (_, i) => `score=${i}`).join(' or ');
    for (const text of [
      nested(60),
      long,
      long.replaceAll('or', 'and'),
      `score in [${'1,'.repeat(900)}1] and ${long.slice(0, 5000)}1`,
    ]) {
      const start = performance.now();
      for (let i = 0; i < 8; i++)
        checkExpression(text, [
          field('mode', { kind: 'string', format: null }),
          field('score', { kind: 'number', integer: false }),
        ]);
      expect(performance.now() - start).to.be.lessThan(1000);
    }
  });
});

describe('verdictOf', () => {
  const worlds: readonly {
    readonly field: Field;
    readonly values: readonly (Scalar | null)[];
    readonly tests: fc.Arbitrary<string>;
  }[] = [
    {
      field: field('p', { kind: 'number', integer: false }),
      values: [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4],
      tests: numeric([1, 2, 3]),
    },
    {
      field: field('p', { kind: 'number', integer: true }, true),
      values: [0, 1, 2, 3, 4, 5, null],
      tests: numeric([1, 1.5, 2, 4]),
    },
    { field: field('p', { kind: 'boolean' }), values: [true, false], tests: plain(['true', 'false']) },
    { field: field('p', { kind: 'boolean' }, true), values: [true, false, null], tests: plain(['true', 'false']) },
    {
      field: field('p', { kind: 'string', format: null }, true),
      values: ['a', 'b', 'c', 'other', null],
      tests: plain(['"a"', '"b"', '"c"']),
    },
    { field: field('p', { kind: 'string', format: null }), values: ['a', 'b', 'other'], tests: plain(['"a"', '"b"']) },
  ];

  function plain(literals: readonly string[]): fc.Arbitrary<string> {
    const literal = fc.constantFrom(...literals);
    return fc.oneof(
      literal.map((value) => `p = ${value}`),
      literal.map((value) => `p != ${value}`),
      fc.array(literal, { minLength: 1, maxLength: 3 }).map((values) => `p in [${values.join(', ')}]`),
      fc.array(literal, { minLength: 1, maxLength: 3 }).map((values) => `p not in [${values.join(', ')}]`),
      fc.constant('p exists'),
    );
  }

  function numeric(literals: readonly number[]): fc.Arbitrary<string> {
    const ordered = fc
      .tuple(fc.constantFrom('<', '<=', '>', '>='), fc.constantFrom(...literals))
      .map(([operator, value]) => `p ${operator} ${value}`);
    return fc.oneof(plain(literals.map(String)), ordered);
  }

  function combined(tests: fc.Arbitrary<string>): fc.Arbitrary<string> {
    return fc.letrec<{ condition: string }>((tie) => ({
      condition: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tests,
        fc
          .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
          .map(([a, joint, b]) => `(${a}) ${joint} (${b})`),
        tie('condition').map((inner) => `not (${inner})`),
      ),
    })).condition;
  }

  /** Straight from the specification: absent makes every comparison false but `!=` and `not in`. */
  function holds(condition: Condition, value: Scalar | null): boolean {
    switch (condition.kind) {
      case 'and':
        return condition.operands.every((operand) => holds(operand, value));
      case 'or':
        return condition.operands.some((operand) => holds(operand, value));
      case 'not':
        return !holds(condition.operand, value);
      case 'exists':
        return value !== null;
      case 'in':
        return (value !== null && condition.values.includes(value)) !== condition.negated;
      case 'comparison':
        if (condition.operator === '=') return value === condition.value;
        if (condition.operator === '!=') return value !== condition.value;
        if (value === null) return false;
        if (condition.operator === '<') return value < condition.value;
        if (condition.operator === '<=') return value <= condition.value;
        return condition.operator === '>' ? value > condition.value : value >= condition.value;
      default:
        throw new Error(`not generated: ${condition.kind}`);
    }
  }

  for (const { field: declared, values, tests } of worlds)
    it(`agrees with trying every value of a ${declared.nullable ? 'nullable ' : ''}${JSON.stringify(declared.type)}`, () => {
      const scope = { fields: [declared], metadata: false, eventType: null, known: new Map() };
      fc.assert(
        fc.property(combined(tests), (text) => {
          const { condition } = checkExpression(text, [declared]);
          const reporter = new Reporter(text);
          const paths = parseExpression('p exists', reporter);
          const facts = paths?.kind === 'exists' ? resolvePath(scope, paths.path, reporter) : null;
          const truths = values.map((value) => holds(condition as Condition, value));
          const expected: Verdict = truths.every(Boolean) ? 'always' : truths.some(Boolean) ? 'open' : 'never';
          expect(
            verdictOf([{ condition: condition as Condition, negated: false }], 'and', facts!, new Budget()),
          ).to.equal(expected);
          const { diagnostics } = checkExpression(text, [declared]);
          if (expected !== 'open') expect(diagnostics.map(({ code }) => code)).to.not.deep.equal([]);
        }),
        { numRuns: 200 },
      );
    });
});
