/** "Can never hold" and "always holds" against trying every value: a warning if and only if it is true of some part. */

import { expect } from 'chai';
import fc from 'fast-check';
import { type Environment, type Expression, type FieldType, loadRules, toInstant } from '../../dsl/index.ts';
import { field } from '../support/dsl-harness.ts';

/** Thousands of conditions, on a machine that may be busy. */
const GENEROUS_MS = 60_000;

type Value = string | number | boolean | null;

interface World {
  readonly name: string;
  readonly path: string;
  /** As written. */
  readonly literals: readonly string[];
  /** At least one of every class that conditions on the literals can tell apart; null: absent. */
  readonly values: readonly Value[];
  readonly kind: 'boolean' | 'ordered' | 'text';
}

const NEXT_TO_ONE = 1 + Number.EPSILON;
const LARGE = 2 ** 53;
const NANOSECOND = '2026-01-01T00:00:00.000000001Z';
const DATE_LITERALS = ['2026-01-01', NANOSECOND, '2026-01-15', '2026-02-01'];
const DATES = [...DATE_LITERALS, '2025-01-01', '2026-01-08', '2026-01-20', '2027-01-01'];
const FIRST = '0000-01-01';
const LAST = '9999-12-31T23:59:59.999999999Z';

const numbers = {
  literals: ['1', '1.0000000000000002', '2'],
  values: [0, 1, NEXT_TO_ONE, 1.5, 2, 3],
  kind: 'ordered',
} as const;
const integers = { literals: ['1', '1.5', '2', '4'], values: [0, 1, 2, 3, 4, 5], kind: 'ordered' } as const;
const texts = { literals: ['"a"', '"b"', '""'], values: ['a', 'b', '', 'other'], kind: 'text' } as const;
const booleans = { literals: ['true', 'false'], values: [true, false], kind: 'boolean' } as const;

const WORLDS: readonly World[] = [
  { name: 'boolean', path: 'flag', ...booleans },
  { name: 'optional boolean', path: 'maybe_flag', ...booleans, values: [...booleans.values, null] },
  { name: 'number', path: 'amount', ...numbers },
  { name: 'optional number', path: 'maybe_amount', ...numbers, values: [...numbers.values, null] },
  { name: 'number of a map', path: 'amounts.a', ...numbers, values: [...numbers.values, null] },
  {
    name: 'number at the ends of what there is',
    path: 'amount',
    literals: ['-1.7976931348623157e308', '1.7976931348623157e308'],
    values: [-Number.MAX_VALUE, 0, Number.MAX_VALUE],
    kind: 'ordered',
  },
  { name: 'integer', path: 'times', ...integers },
  { name: 'optional integer', path: 'maybe_times', ...integers, values: [...integers.values, null] },
  {
    name: 'very large integer',
    path: 'times',
    literals: [`${LARGE}`, `${LARGE + 2}`, `${LARGE + 6}`],
    values: [0, LARGE, LARGE + 2, LARGE + 4, LARGE + 6, LARGE + 8],
    kind: 'ordered',
  },
  { name: 'string', path: 'word', ...texts },
  { name: 'optional string', path: 'maybe_word', ...texts, values: [...texts.values, null] },
  { name: 'part of a key', path: 'key.org', ...texts, values: [...texts.values, null] },
  // A text that is no date reads as absent.
  { name: 'date', path: 'day', literals: DATE_LITERALS, values: [...DATES, null], kind: 'ordered' },
  {
    name: 'date that is never absent',
    path: 'event.time',
    literals: DATE_LITERALS,
    values: DATES,
    kind: 'ordered',
  },
  {
    name: 'date at the ends of what there is',
    path: 'event.time',
    literals: [FIRST, LAST],
    values: [FIRST, '2026-01-01', LAST],
    kind: 'ordered',
  },
];

const whole: FieldType = { kind: 'number', integer: true };
const amount: FieldType = { kind: 'number', integer: false };
const text: FieldType = { kind: 'string', format: null };
const environment: Environment = {
  eventTypes: new Map([
    [
      'org.example.any.v1',
      {
        name: 'org.example.any.v1',
        payload: 'any',
        learner: '',
        fields: [
          field('flag', { kind: 'boolean' }),
          field('maybe_flag', { kind: 'boolean' }, true),
          field('amount', amount),
          field('maybe_amount', amount, true),
          field('amounts', { kind: 'map', values: amount }),
          field('times', whole),
          field('maybe_times', whole, true),
          field('word', text),
          field('maybe_word', text, true),
          field('key', { kind: 'string', format: 'course-key' }),
          field('day', { kind: 'string', format: 'date' }),
        ],
      },
    ],
  ]),
  enabledEventTypes: null,
  providers: new Set(),
  knownBadges: null,
};

function conditionsOn({ path, literals, kind }: World): fc.Arbitrary<string> {
  const literal = fc.constantFrom(...literals);
  const list = fc.array(literal, { minLength: 1, maxLength: 3 }).map((values) => `[${values.join(', ')}]`);
  const operators = kind === 'ordered' ? ['=', '!=', '<', '<=', '>', '>='] : ['=', '!='];
  const test = fc.oneof(
    fc.tuple(fc.constantFrom(...operators), literal).map(([operator, value]) => `${path} ${operator} ${value}`),
    fc.tuple(fc.constantFrom('in', 'not in'), list).map(([operator, values]) => `${path} ${operator} ${values}`),
    fc.constantFrom(`${path} exists`, ...(kind === 'boolean' ? [path] : [])),
  );
  return fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: test, weight: 3 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom(' and ', ' or '), fc.array(tie('condition'), { minLength: 2, maxLength: 4 }))
          .map(([joint, all]) => all.map((one) => `(${one})`).join(joint)),
        weight: 2,
      },
      { arbitrary: tie('condition').map((inner) => `not (${inner})`), weight: 1 },
    ),
  })).condition;
}

/** Straight from the specification: absent makes every comparison false but `!=` and `not in`. */
function holds(expression: Expression, value: Value): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.operands.every((operand) => holds(operand, value));
    case 'or':
      return expression.operands.some((operand) => holds(operand, value));
    case 'not':
      return !holds(expression.operand, value);
    case 'exists':
      return value !== null;
    case 'is-true':
      return value === true;
    case 'in':
      return expression.values.some((one) => isSame(literalValue(one), value)) !== expression.negated;
    case 'comparison': {
      const other = literalValue(expression.value);
      if (expression.operator === '=') return isSame(other, value);
      if (expression.operator === '!=') return !isSame(other, value);
      if (value === null) return false;
      const [a, b] = [comparable(value), comparable(other)];
      if (expression.operator === '<') return a < b;
      if (expression.operator === '<=') return a <= b;
      return expression.operator === '>' ? a > b : a >= b;
    }
    case 'text-match':
      throw new Error('not generated');
  }
}

function literalValue(literal: Extract<Expression, { kind: 'comparison' }>['value']): Value {
  return literal.kind === 'date' ? literal.text : literal.value;
}

/** Dates are written in several ways. */
function comparable(value: Value): string | number | boolean {
  return (typeof value === 'string' ? (toInstant(value) ?? value) : value) as string | number | boolean;
}

function isSame(a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : comparable(a) === comparable(b);
}

function partsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'and' || expression.kind === 'or')
    return [expression, ...expression.operands.flatMap(partsOf)];
  return expression.kind === 'not' ? [expression, ...partsOf(expression.operand)] : [expression];
}

describe('warnings of what never or always holds', () => {
  for (const world of WORLDS)
    it(`come exactly where they are true: ${world.name}`, function () {
      this.timeout(GENEROUS_MS);
      fc.assert(
        fc.property(conditionsOn(world), (condition) => {
          const source = `badge "b" { requirement r { on org.example.any.v1 where ${condition} } }`;
          const { file, diagnostics } = loadRules(source, environment);
          const [block] = file.blocks;
          const where = block?.kind === 'badge' ? block.requirements[0]?.where : null;
          const truths = partsOf(where as Expression).map((part) => world.values.map((value) => holds(part, value)));
          const codes = new Set(diagnostics.map(({ code }) => code));
          const isDecided = truths.some((all) => new Set(all).size === 1);
          expect(codes.size > 0, `a warning for ${condition}: ${[...codes]}`).to.equal(isDecided);
          // What is said is true of a part, or of its negation where a `not` was left out.
          for (const [code, truth] of [
            ['condition.never', false],
            ['condition.always', true],
          ] as const)
            if (codes.has(code))
              expect(
                truths.some((all) => all.every((one) => one === truth)),
                `${code} for ${condition}`,
              ).to.equal(true);
        }),
        { numRuns: 400 },
      );
    });
});
