/** Conditions compiled to closures, and the meaning of every operator. */

import type { Condition, Scalar } from './model.ts';
import { type Read, SharedParts, type Test } from './read-path.ts';
import { textMatcher } from './text-match.ts';

type Comparison = Extract<Condition, { kind: 'comparison' }>;
type Membership = Extract<Condition, { kind: 'in' }>;
type TextMatch = Extract<Condition, { kind: 'text-match' }>;

/** A value that is absent, null, or of another type than the path has fails every comparison except `!=` and `not in`.
 *  @param parts share one between conditions that are kept together */
export function compileCondition(condition: Condition, parts: SharedParts = new SharedParts()): Test {
  switch (condition.kind) {
    case 'or':
      return anyOf(condition.operands.map((operand) => compileCondition(operand, parts)));
    case 'and':
      return allOf(condition.operands.map((operand) => compileCondition(operand, parts)));
    case 'not':
      return negation(compileCondition(condition.operand, parts));
    case 'comparison':
      return comparison(condition, parts);
    case 'in':
      return membership(condition, parts.reader(condition.path));
    case 'text-match':
      return textMatch(condition, parts.reader(condition.path));
    case 'exists':
      return existence(parts.reader(condition.path));
    case 'is-true':
      return parts.booleanTest(condition.path, true);
  }
}

function anyOf(tests: readonly Test[]): Test {
  const [first, second] = tests;
  if (tests.length === 1 && first) return first;
  if (tests.length === 2 && first && second) return (event) => first(event) || second(event);
  return (event) => {
    for (const test of tests) if (test(event)) return true;
    return false;
  };
}

export function allOf(tests: readonly Test[]): Test {
  const [first, second] = tests;
  if (tests.length === 1 && first) return first;
  if (tests.length === 2 && first && second) return (event) => first(event) && second(event);
  return (event) => {
    for (const test of tests) if (!test(event)) return false;
    return true;
  };
}

function negation(test: Test): Test {
  return (event) => !test(event);
}

function existence(read: Read): Test {
  return (event) => {
    const value = read(event);
    return value !== undefined && value !== null;
  };
}

function equality(read: Read, expected: Scalar): Test {
  return (event) => read(event) === expected;
}

function comparison({ path, operator, value }: Comparison, parts: SharedParts): Test {
  const read = parts.reader(path);
  switch (operator) {
    case '=':
      return typeof value === 'boolean' ? parts.booleanTest(path, value) : equality(read, value);
    case '!=':
      return negation(equality(read, value));
    case '<':
      return ordering(read, value, (actual, limit) => actual < limit);
    case '<=':
      return ordering(read, value, (actual, limit) => actual <= limit);
    case '>':
      return ordering(read, value, (actual, limit) => actual > limit);
    case '>=':
      return ordering(read, value, (actual, limit) => actual >= limit);
  }
}

/** Numbers with numbers, dates with dates: an Instant is fixed-width ASCII, so comparing texts compares times. */
function ordering(read: Read, limit: Scalar, holds: (actual: Scalar, limit: Scalar) => boolean): Test {
  const isComparable = typeof limit === 'number' ? isNumber : isString;
  return (event) => {
    const actual = read(event);
    return isComparable(actual) && holds(actual, limit);
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function membership({ values, negated }: Membership, read: Read): Test {
  const set = new Set<unknown>(values);
  const isMember: Test = (event) => set.has(read(event));
  return negated ? negation(isMember) : isMember;
}

function textMatch({ operator, value }: TextMatch, read: Read): Test {
  const matches = textMatcher(operator, value);
  return (event) => {
    const actual = read(event);
    return isString(actual) && matches(actual);
  };
}
