/** Conditions compiled to closures, and the meaning of every operator. */

import type { Condition, ResolvedPath, RuleEvent, Scalar } from './model.ts';
import { pathKey, SharedValues } from './read-path.ts';
import { textMatcher } from './text-match.ts';

/** Never throws, whatever the event holds. */
export type Test = (event: RuleEvent) => boolean;
/** Asked of what is at a path; undefined or null: absent. */
export type ValueTest = (value: unknown) => boolean;

export type Leaf = Exclude<Condition, { readonly kind: 'and' | 'or' | 'not' }>;
type Comparison = Extract<Condition, { readonly kind: 'comparison' }>;
type Membership = Extract<Condition, { readonly kind: 'in' }>;

/** A value that is absent, null, or of another type than the path has fails every comparison except `!=` and `not in`.
 *  @param values share one between conditions that are kept together */
export function compileCondition(condition: Condition, values: SharedValues = new SharedValues()): Test {
  switch (condition.kind) {
    case 'or':
      return anyOf(condition.operands.map((operand) => compileCondition(operand, values)));
    case 'and':
      return allOf(condition.operands.map((operand) => compileCondition(operand, values)));
    case 'not':
      return negation(compileCondition(condition.operand, values));
    default:
      return testAt(condition.path, leafTest(condition), values);
  }
}

/** @returns null where the condition is about several paths */
export function onlyPathOf(condition: Condition): ResolvedPath | null {
  if (condition.kind === 'not') return onlyPathOf(condition.operand);
  if (condition.kind !== 'and' && condition.kind !== 'or') return condition.path;
  let only: ResolvedPath | null = null;
  for (const operand of condition.operands) {
    const path = onlyPathOf(operand);
    if (path === null || (only !== null && only !== path && pathKey(only) !== pathKey(path))) return null;
    only = path;
  }
  return only;
}

/** @param condition about one path only */
export function compileValueTest(condition: Condition): ValueTest {
  switch (condition.kind) {
    case 'or':
      return anyOf(condition.operands.map(compileValueTest));
    case 'and':
      return allOf(condition.operands.map(compileValueTest));
    case 'not':
      return negation(compileValueTest(condition.operand));
    default:
      return leafTest(condition);
  }
}

function testAt(path: ResolvedPath, holds: ValueTest, values: SharedValues): Test {
  const at = values.at(path);
  return (event) => holds(at.of(event));
}

type Predicate<Subject> = (subject: Subject) => boolean;

function anyOf<Subject>(tests: readonly Predicate<Subject>[]): Predicate<Subject> {
  const [first, second] = tests;
  if (tests.length === 1 && first) return first;
  if (tests.length === 2 && first && second) return (subject) => first(subject) || second(subject);
  return (subject) => {
    for (const test of tests) if (test(subject)) return true;
    return false;
  };
}

export function allOf<Subject>(tests: readonly Predicate<Subject>[]): Predicate<Subject> {
  const [first, second] = tests;
  if (tests.length === 1 && first) return first;
  if (tests.length === 2 && first && second) return (subject) => first(subject) && second(subject);
  return (subject) => {
    for (const test of tests) if (!test(subject)) return false;
    return true;
  };
}

function negation<Subject>(test: Predicate<Subject>): Predicate<Subject> {
  return (subject) => !test(subject);
}

// The same for all conditions that ask it: most rules about passing do.
const isTrue: ValueTest = (value) => value === true;
const isFalse: ValueTest = (value) => value === false;
const isPresent: ValueTest = (value) => value !== undefined && value !== null;

function leafTest(leaf: Leaf): ValueTest {
  switch (leaf.kind) {
    case 'comparison':
      return comparison(leaf);
    case 'in':
      return membership(leaf);
    case 'text-match':
      return textMatcher(leaf.operator, leaf.value);
    case 'exists':
      return isPresent;
    case 'is-true':
      return isTrue;
  }
}

function comparison({ operator, value }: Comparison): ValueTest {
  switch (operator) {
    case '=':
      if (typeof value === 'boolean') return value ? isTrue : isFalse;
      return (actual) => actual === value;
    case '!=':
      return (actual) => actual !== value;
    case '<':
      return ordering(value, (actual, limit) => actual < limit);
    case '<=':
      return ordering(value, (actual, limit) => actual <= limit);
    case '>':
      return ordering(value, (actual, limit) => actual > limit);
    case '>=':
      return ordering(value, (actual, limit) => actual >= limit);
  }
}

/** Numbers with numbers, dates with dates: an Instant is fixed-width ASCII, so comparing texts compares times. */
function ordering(limit: Scalar, holds: (actual: Scalar, limit: Scalar) => boolean): ValueTest {
  if (typeof limit === 'number') return (actual) => typeof actual === 'number' && holds(actual, limit);
  return (actual) => typeof actual === 'string' && holds(actual, limit);
}

/** So few are compared sooner than looked up. */
const FEW_VALUES = 4;

function membership({ values, negated }: Membership): ValueTest {
  if (values.length > 0 && values.length <= FEW_VALUES) {
    const [a, b = a, c = a, d = a] = values;
    return negated
      ? (actual) => actual !== a && actual !== b && actual !== c && actual !== d
      : (actual) => actual === a || actual === b || actual === c || actual === d;
  }
  const set = new Set<unknown>(values);
  return negated ? (actual) => !set.has(actual) : (actual) => set.has(actual);
}
