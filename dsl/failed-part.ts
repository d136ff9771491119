/** Which part of a condition an event failed, and on what, in plain words. */

import { compileCondition } from './compile.ts';
import { formatInstant, type Instant } from './instant.ts';
import type { Condition, ResolvedPath, RuleEvent, Scalar } from './model.ts';
import { printCondition, printPath } from './print-condition.ts';
import { createReader } from './read-path.ts';

export interface FailedPart {
  /** The part as a rule writes it. */
  readonly text: string;
  /** What it is about and what the event has there, null where that is nothing; `path` is null where the part is about
   *  several: see `alternatives`. */
  readonly path: string | null;
  /** null also where it must not be told. */
  readonly value: unknown;
  /** `grade is 40, but must be at least 80` */
  readonly words: string;
  /** Of an `or`: each of these failed, and one would have done. */
  readonly alternatives: readonly FailedPart[];
}

/** @returns true: what an event of the type has there must not be told */
export type Discretion = (path: ResolvedPath, eventType: string) => boolean;

export const tellAll: Discretion = () => false;

/** @returns the first part that makes the condition fail, as deep as one part alone is to blame; null where it holds */
export function findFailedPart(condition: Condition, event: RuleEvent, hides: Discretion = tellAll): FailedPart | null {
  return failure(condition, event, true, hides);
}

/** What the event has there, as an explanation says it: `absent`, `40`, `"a text"`, `[hidden]`. */
export function toldValue(path: ResolvedPath, event: RuleEvent, hides: Discretion = tellAll): string {
  const found = createReader(path)(event) ?? null;
  return found !== null && hides(path, event.type) ? HIDDEN : valueText(found, path);
}

const HIDDEN = '[hidden]';

/** How many of the parts that must all hold do not: 0 where the condition holds. */
export function countFailedParts(condition: Condition, event: RuleEvent): number {
  if (condition.kind === 'and') return condition.operands.reduce((sum, one) => sum + countFailedParts(one, event), 0);
  return compileCondition(condition)(event) ? 0 : 1;
}

/** @param wanted what the condition should have been */
function failure(condition: Condition, event: RuleEvent, wanted: boolean, hides: Discretion): FailedPart | null {
  switch (condition.kind) {
    case 'not':
      return failure(condition.operand, event, !wanted, hides);
    case 'and':
    case 'or': {
      // All operands must come out as wanted, or one of them.
      const needsAll = (condition.kind === 'and') === wanted;
      const failures: FailedPart[] = [];
      for (const operand of condition.operands) {
        const failed = failure(operand, event, wanted, hides);
        if (needsAll && failed !== null) return failed;
        if (!needsAll && failed === null) return null;
        if (failed !== null) failures.push(failed);
      }
      return needsAll ? null : either(condition, failures, wanted);
    }
    default: {
      if (compileCondition(condition)(event) === wanted) return null;
      const found = createReader(condition.path)(event) ?? null;
      const path = printPath(condition.path);
      return {
        text: textOf(condition, wanted),
        path,
        value: hides(condition.path, event.type) ? null : found,
        words: `${path} is ${toldValue(condition.path, event, hides)}, but ${demand(condition, wanted)}`,
        alternatives: [],
      };
    }
  }
}

function either(condition: Condition, failures: readonly FailedPart[], wanted: boolean): FailedPart {
  const [first] = failures;
  if (failures.length === 1 && first !== undefined) return first;
  const text = textOf(condition, wanted);
  const words =
    failures.length === 0
      ? 'no alternative is given'
      : `no alternative is met: ${failures.map((one) => one.words).join('; ')}`;
  const isOne = first !== undefined && failures.every(({ path }) => path !== null && path === first.path);
  return { text, path: isOne ? first.path : null, value: isOne ? first.value : null, words, alternatives: failures };
}

function textOf(condition: Condition, wanted: boolean): string {
  return printCondition(wanted ? condition : { kind: 'not', operand: condition });
}

type Leaf = Exclude<Condition, { readonly kind: 'and' | 'or' | 'not' }>;

function demand(leaf: Leaf, wanted: boolean): string {
  const must = wanted ? 'must' : 'must not';
  switch (leaf.kind) {
    case 'exists':
      return wanted ? 'must be there' : 'must be absent';
    case 'is-true':
      return `${must} be true`;
    case 'in': {
      const list = listText(leaf.values, leaf.path);
      return leaf.negated === wanted ? `must be none of ${list}` : `must be one of ${list}`;
    }
    case 'text-match':
      return `${must} ${TEXT_DEMANDS[leaf.operator]} ${valueText(leaf.value, leaf.path)}`;
    case 'comparison': {
      const isDate = leaf.path.type === 'date';
      const value = valueText(leaf.value, leaf.path);
      if (leaf.operator === '=') return `${must} be ${value}`;
      if (leaf.operator === '!=') return `${wanted ? 'must not' : 'must'} be ${value}`;
      return `${must} be ${(isDate ? DATE_DEMANDS : NUMBER_DEMANDS)[leaf.operator]} ${value}`;
    }
  }
}

const TEXT_DEMANDS = {
  'starts with': 'start with',
  'ends with': 'end with',
  contains: 'contain',
  like: 'be like',
} as const;
const NUMBER_DEMANDS = { '<': 'less than', '<=': 'at most', '>': 'more than', '>=': 'at least' } as const;
const DATE_DEMANDS = { '<': 'before', '<=': 'not later than', '>': 'after', '>=': 'not before' } as const;

const MOST_LISTED = 3;
const LONGEST = 120;

function listText(values: readonly Scalar[], path: ResolvedPath): string {
  const shown = values.slice(0, MOST_LISTED).map((value) => valueText(value, path));
  const more = values.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `absent`, `"a text"`, `2026-03-01T10:00:00Z`, `a record` */
function valueText(value: unknown, { type }: ResolvedPath): string {
  if (value === null || value === undefined) return 'absent';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a record';
  if (typeof value !== 'string') return String(value);
  if (type === 'date') return formatInstant(value as Instant);
  return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value);
}
