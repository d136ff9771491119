/** For which values of one path a condition holds.
 *
 *  The values of a path fall into finitely many classes that no condition on it can tell apart: each literal it is compared
 *  with, what lies between two neighbouring ones, below and above, and absence. A condition is tried on each class, so the
 *  answer is exact for =, !=, orders, `in` and `exists`; only for text matches on a value not named it is "maybe". */

import { type Instant, instantToNanoseconds } from '../instant.ts';
import type { Condition, Scalar } from '../model.ts';
import { textMatcher } from '../text-match.ts';
import { factsOf, type Resolution } from './paths.ts';

/** No event is before the first or after the second. */
export const EARLIEST = '0000-01-01T00:00:00.000000000Z';
export const LATEST = '9999-12-31T23:59:59.999999999Z';

export type Leaf = Exclude<Condition, { readonly kind: 'and' | 'or' | 'not' }>;

/** A condition, or its negation. */
export interface Signed {
  readonly condition: Condition;
  readonly negated: boolean;
}

const NO = 0;
const MAYBE = 1;
const YES = 2;

/** Cells of work: enough for anything a person writes; beyond, the answer is "maybe". */
export class Budget {
  #left = 2_000_000;
  spend(cells: number): boolean {
    this.#left -= cells;
    return this.#left >= 0;
  }
}

export type Verdict = 'never' | 'always' | 'open';

/** @param operands all about the one path that `facts` describes */
export function verdictOf(
  operands: readonly Signed[],
  joint: 'and' | 'or',
  facts: Resolution,
  budget: Budget,
): Verdict {
  const leaves: Leaf[] = [];
  for (const { condition } of operands) collectLeaves(condition, leaves);
  const classes = classesOf(leaves, facts);
  if (!budget.spend(classes.size * leaves.length)) return 'open';
  const truth = combine(
    operands.map(({ condition, negated }) => (negated ? invert(holds(condition, classes)) : holds(condition, classes))),
    joint,
    classes.size,
  );
  if (truth.every((value) => value === NO)) return 'never';
  return truth.every((value) => value === YES) ? 'always' : 'open';
}

export function collectLeaves(condition: Condition, leaves: Leaf[]): void {
  if (condition.kind === 'and' || condition.kind === 'or')
    for (const operand of condition.operands) collectLeaves(operand, leaves);
  else if (condition.kind === 'not') collectLeaves(condition.operand, leaves);
  else leaves.push(condition);
}

interface Classes {
  readonly size: number;
  /** Class of each literal; a literal that the path can never have, has none. */
  readonly indexOf: ReadonlyMap<Scalar, number>;
  /** The literal of each class; undefined: a class of values not named, or absence. */
  readonly values: readonly (Scalar | undefined)[];
  /** For orders: where each class, and each literal, stands. */
  readonly ranks: readonly number[];
  readonly rankOf: ReadonlyMap<Scalar, number>;
  /** Class of absence; -1: never absent. */
  readonly absent: number;
}

function classesOf(leaves: readonly Leaf[], facts: Resolution): Classes {
  const literals = new Set<Scalar>();
  for (const leaf of leaves) {
    if (leaf.kind === 'comparison') literals.add(leaf.value);
    else if (leaf.kind === 'in') for (const value of leaf.values) literals.add(value);
  }
  const values: (Scalar | undefined)[] = [];
  const ranks: number[] = [];
  const indexOf = new Map<Scalar, number>();
  const rankOf = new Map<Scalar, number>();
  const add = (value: Scalar | undefined, rank: number): void => {
    if (value !== undefined) indexOf.set(value, values.length);
    values.push(value);
    ranks.push(rank);
  };
  const { type } = facts.path;
  if (type === 'boolean') {
    add(false, 0);
    add(true, 0);
  } else if (type === 'number' || type === 'date') {
    const sorted = [...literals].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    sorted.forEach((value, i) => {
      if (hasBetween(sorted[i - 1], value, facts)) add(undefined, 2 * i);
      rankOf.set(value, 2 * i + 1);
      if (!facts.integer || Number.isInteger(value)) add(value, 2 * i + 1);
    });
    if (hasBetween(sorted.at(-1), undefined, facts)) add(undefined, 2 * sorted.length);
  } else {
    for (const value of literals) add(value, 0);
    add(undefined, 0);
  }
  const absent = facts.optional ? values.length : -1;
  if (facts.optional) add(undefined, 0);
  return { size: values.length, indexOf, values, ranks, rankOf, absent };
}

/** Whether the path can have a value strictly between two; undefined: no bound but that of what can be written at all. */
function hasBetween(low: Scalar | undefined, high: Scalar | undefined, { path, integer }: Resolution): boolean {
  if (path.type === 'date') {
    if (low === undefined) return high === undefined || high > EARLIEST;
    if (high === undefined) return low < LATEST;
    return instantToNanoseconds(high as Instant) - instantToNanoseconds(low as Instant) > 1n;
  }
  if (low === undefined) return high === undefined || (high as number) > -Number.MAX_VALUE;
  if (high === undefined) return (low as number) < Number.MAX_VALUE;
  const [a, b] = [low as number, high as number];
  const next = Math.floor(a) + 1;
  // So large that every number is whole: then there may be none between two neighbours.
  if (integer && next > a) return next < b;
  const middle = a / 2 + b / 2;
  return middle > a && middle < b;
}

function holds(condition: Condition, classes: Classes): Uint8Array {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return combine(
        condition.operands.map((operand) => holds(operand, classes)),
        condition.kind,
        classes.size,
      );
    case 'not':
      return invert(holds(condition.operand, classes));
    default:
      return leafHolds(condition, classes);
  }
}

function leafHolds(leaf: Leaf, classes: Classes): Uint8Array {
  const truth = new Uint8Array(classes.size);
  switch (leaf.kind) {
    case 'exists':
      truth.fill(YES);
      break;
    case 'is-true':
      mark(truth, classes, [true]);
      break;
    case 'in':
      mark(truth, classes, leaf.values);
      // Absent is not in any list.
      return leaf.negated ? invert(truth) : truth;
    case 'comparison':
      if (leaf.operator === '=' || leaf.operator === '!=') {
        mark(truth, classes, [leaf.value]);
        return leaf.operator === '!=' ? invert(truth) : truth;
      }
      markOrdered(truth, classes, leaf.operator, classes.rankOf.get(leaf.value) ?? 0);
      break;
    case 'text-match': {
      const matches = textMatcher(leaf.operator, leaf.value);
      classes.values.forEach((value, i) => {
        truth[i] = value === undefined ? MAYBE : matches(value as string) ? YES : NO;
      });
    }
  }
  if (classes.absent >= 0) truth[classes.absent] = NO;
  return truth;
}

function mark(truth: Uint8Array, { indexOf }: Classes, values: readonly Scalar[]): void {
  for (const value of values) {
    const index = indexOf.get(value);
    if (index !== undefined) truth[index] = YES;
  }
}

function markOrdered(truth: Uint8Array, { ranks }: Classes, operator: string, bound: number): void {
  const below = operator[0] === '<';
  const orEqual = operator.length === 2;
  ranks.forEach((rank, i) => {
    if (rank === bound ? orEqual : rank < bound === below) truth[i] = YES;
  });
}

function combine(truths: readonly Uint8Array[], joint: 'and' | 'or', size: number): Uint8Array {
  const result = new Uint8Array(size).fill(joint === 'and' ? YES : NO);
  for (const truth of truths)
    for (let i = 0; i < size; i++) {
      const value = truth[i] as number;
      if (joint === 'and' ? value < (result[i] as number) : value > (result[i] as number)) result[i] = value;
    }
  return result;
}

function invert(truth: Uint8Array): Uint8Array {
  return truth.map((value) => YES - value);
}

/** @returns the facts of the one path that all leaves are about; null: several, or a path nothing is known of */
export function onlyPath(condition: Condition): Resolution | null {
  const leaves: Leaf[] = [];
  collectLeaves(condition, leaves);
  const path = leaves[0]?.path;
  return path !== undefined && leaves.every((leaf) => leaf.path === path) ? factsOf(path) : null;
}
