/** Which index answers a filter, and whether it already gives the order asked for. The plan finds at least every match:
 *  the filter is always applied to what it finds. */

import { BSONRegExp, MaxKey, MinKey, ObjectId } from 'bson';
import { type BsonDocument, type BsonValue, isDocument } from './bson.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { KeyField } from './index-keys.ts';
import { isOperatorDocument } from './query/matcher.ts';
import { AFTER, encodeKey, encodeTextPrefix, equalValues, invertKey } from './query/order.ts';
import { isNaNValue } from './query/value-tests.ts';
import { isListed, LOGICAL_OPERATORS } from './scope.ts';
import type { KeyRange } from './sorted-keys.ts';

export interface IndexPlan {
  readonly index: CollectionIndex;
  /** Apart from each other, ascending. */
  readonly ranges: readonly KeyRange[];
  readonly reverse: boolean;
  /** The documents come in the order of the sort. */
  readonly sorted: boolean;
  /** Every document it finds is a match, and it finds each once. */
  readonly exact: boolean;
  /** Each range is one key of a unique index: there is one document in it at most. */
  readonly single: boolean;
}

/** Where a range of keys begins or ends; `after`: behind everything that starts like `key`. */
interface Edge {
  readonly key: string;
  readonly after: boolean;
}

interface Constraint {
  readonly path: string;
  /** Which `$elemMatch` it stands in; 0: none. Only conditions of the same one are about the same array element. */
  readonly element: number;
  readonly points: readonly string[] | null;
  readonly lower: Edge | null;
  readonly upper: Edge | null;
  /** One more key that meets it, outside the range. */
  readonly also?: string;
  /** A missing field cannot meet it. */
  readonly needsValue: boolean;
}

/** For a unique index whose fields are all given. */
const ONE_DOCUMENT = 100;

/** More points than this are looked up one after the other no faster than by reading everything. */
const MAX_RANGES = 1000;

/** @returns null: read the whole collection */
export function planQuery(
  indexes: readonly CollectionIndex[],
  filter: BsonDocument,
  sort: readonly KeyField[],
): IndexPlan | null {
  const constraints = collectConstraints(filter, '', 0, { last: 0 });
  const isPlain = isSaidByConstraints(filter);
  let best: Approach | null = null;
  for (const index of indexes) {
    if (!holdsEveryMatch(index, filter, constraints)) continue;
    const approach = approachBy(index, constraints, sort);
    if (approach.score > (best?.score ?? 0)) best = approach;
    // At most one document: nothing can be better.
    if (approach.score >= ONE_DOCUMENT && approach.count === 1) break;
  }
  if (!best) return null;
  return planOf(best, isPlain && !best.index.multikey && best.used.length === constraints.length);
}

/** The only key that a match can have in a unique index. */
export interface UniqueKey {
  readonly index: CollectionIndex;
  readonly key: string;
  /** The filter asks for nothing else. */
  readonly isExact: boolean;
}

/** Where plain values are given for all fields of a unique index, as in most updates, there is nothing to plan. */
export function findUniqueKey(indexes: readonly CollectionIndex[], filter: BsonDocument): UniqueKey | null {
  for (const index of indexes) {
    if (!index.unique || index.sparse || index.partialFilter || index.multikey) continue;
    const key = keyOfAll(index, filter);
    if (key !== null) return { index, key, isExact: filter.size === index.fields.length };
  }
  return null;
}

function keyOfAll({ fields }: CollectionIndex, filter: BsonDocument): string | null {
  let key = '';
  for (const { name, direction } of fields) {
    const value = filter.get(name);
    if (!isSimple(value)) return null;
    const own = encodeKey(value);
    key += direction === 1 ? own : invertKey(own);
  }
  return key;
}

function isSimple(value: BsonValue | undefined): value is string | number | ObjectId {
  return typeof value === 'string' || typeof value === 'number' || value instanceof ObjectId;
}

function collectConstraints(
  filter: BsonDocument,
  prefix: string,
  element: number,
  ids: { last: number },
): Constraint[] {
  return [...filter].flatMap(([name, value]) => {
    if (name === '$and' && Array.isArray(value)) {
      return value.flatMap((branch) => (isDocument(branch) ? collectConstraints(branch, prefix, element, ids) : []));
    }
    if (name.startsWith('$')) return [];
    return constraintsOn(prefix + name, value, element, ids);
  });
}

function constraintsOn(path: string, value: BsonValue, element: number, ids: { last: number }): Constraint[] {
  if (value instanceof BSONRegExp) return regexConstraint(path, element, value.pattern, value.options);
  if (!isOperatorDocument(value)) return pointConstraint(path, element, [value]);
  const found: Constraint[] = [];
  let range: Pick<Constraint, 'lower' | 'upper'> = { lower: null, upper: null };
  for (const [operator, operand] of value) {
    if (operator === '$eq') found.push(...pointConstraint(path, element, [operand]));
    else if (operator === '$in' && Array.isArray(operand)) found.push(...pointConstraint(path, element, operand));
    else if (operator === '$regex' && typeof operand === 'string') {
      found.push(...regexConstraint(path, element, operand, String(value.get('$options') ?? '')));
    } else if (operator === '$elemMatch' && isDocument(operand)) {
      found.push(...elementConstraints(path, operand, ids));
    } else range = { ...range, ...rangeEdges(operator, operand) };
  }
  if (range.lower || range.upper) {
    found.push({ path, element, points: null, ...bracketed(range), needsValue: true });
  }
  return found;
}

const COMPARISONS = ['$eq', '$in', '$gt', '$gte', '$lt', '$lte'];

/** Whether the constraints say all that the filter says: comparisons with values whose keys are exact. */
function isSaidByConstraints(filter: BsonDocument): boolean {
  const isExact = (value: BsonValue): boolean =>
    ['string', 'number', 'boolean'].includes(typeof value) ? !isNaNValue(value) : value instanceof Date;
  return [...filter].every(([name, value]) => {
    if (name === '$and' && Array.isArray(value))
      return value.every((branch) => isDocument(branch) && isSaidByConstraints(branch));
    if (name.startsWith('$')) return false;
    if (!isOperatorDocument(value)) return isExact(value);
    // Two ends on the same side are read as one.
    if (value.has('$gt') && value.has('$gte')) return false;
    if (value.has('$lt') && value.has('$lte')) return false;
    if (value.size > 1 && new Set([...value.values()].map((operand) => encodeKey(operand)[0])).size > 1) return false;
    return [...value].every(([operator, operand]) => {
      if (!COMPARISONS.includes(operator)) return false;
      return operator === '$in' && Array.isArray(operand) ? operand.every(isExact) : isExact(operand);
    });
  });
}

function elementConstraints(path: string, operand: BsonDocument, ids: { last: number }): Constraint[] {
  ids.last += 1;
  const [first = ''] = operand.keys();
  if (isOperatorDocument(operand) && !isListed(LOGICAL_OPERATORS, first))
    return constraintsOn(path, operand, ids.last, ids);
  return collectConstraints(operand, `${path}.`, ids.last, ids);
}

/** Arrays have no key of their own in an index, patterns are no values. */
function pointConstraint(path: string, element: number, values: readonly BsonValue[]): Constraint[] {
  if (values.some((value) => Array.isArray(value) || value instanceof BSONRegExp)) return [];
  const points = [...new Set(values.map(encodeKey))].sort();
  return [{ path, element, points, lower: null, upper: null, needsValue: !values.includes(null) }];
}

const literalStart = /^\^((?:[A-Za-z0-9 _@:,;'"!#%&=<>~`/-]|\\[^A-Za-z0-9])+)(.?)/;

/** `^abc` begins like abc, unless the last character may be absent. Alternatives and flags give no prefix. */
function regexConstraint(path: string, element: number, pattern: string, options: string): Constraint[] {
  const [, text = '', next = ''] = literalStart.exec(pattern) ?? [];
  if (text === '' || options !== '' || pattern.includes('|')) return [];
  const literal = [...text.replace(/\\(.)/g, '$1')];
  if (next !== '' && '*?{'.includes(next)) literal.pop();
  const prefix = encodeTextPrefix(literal.join(''));
  return [
    {
      path,
      element,
      points: null,
      lower: { key: prefix, after: false },
      upper: { key: prefix, after: true },
      // A pattern as a stored value matches the same pattern as a filter.
      also: encodeKey(new BSONRegExp(pattern, options)),
      needsValue: true,
    },
  ];
}

function rangeEdges(operator: string, operand: BsonValue): { lower?: Edge; upper?: Edge } {
  const comparable =
    operand !== null &&
    !Array.isArray(operand) &&
    !(operand instanceof MinKey || operand instanceof MaxKey || operand instanceof BSONRegExp) &&
    !isNaNValue(operand);
  if (!comparable) return {};
  if (operator === '$gt') return { lower: { key: encodeKey(operand), after: true } };
  if (operator === '$gte') return { lower: { key: encodeKey(operand), after: false } };
  if (operator === '$lt') return { upper: { key: encodeKey(operand), after: false } };
  if (operator === '$lte') return { upper: { key: encodeKey(operand), after: true } };
  return {};
}

/** An open side ends where the type ends: `$gt: 5` finds numbers only. */
function bracketed({ lower, upper }: Pick<Constraint, 'lower' | 'upper'>): { lower: Edge; upper: Edge } {
  const rank = (lower ?? upper)?.key[0] ?? '';
  return { lower: lower ?? { key: rank, after: false }, upper: upper ?? { key: rank, after: true } };
}

function holdsEveryMatch(index: CollectionIndex, filter: BsonDocument, constraints: readonly Constraint[]): boolean {
  if (index.sparse)
    return constraints.some(({ path, needsValue }) => needsValue && index.fields.some(({ name }) => name === path));
  return (
    !index.partialFilter ||
    [...index.partialFilter].every(([path, wanted]) => implies(filter, constraints, path, wanted))
  );
}

/** Whether every match of the filter meets one condition of a partial index; false when that is not plain to see. */
function implies(filter: BsonDocument, constraints: readonly Constraint[], path: string, wanted: BsonValue): boolean {
  const asked = filter.get(path);
  if (asked !== undefined && equalValues(asked, wanted)) return true;
  const here = constraints.filter((constraint) => constraint.path === path && constraint.element === 0);
  if (!isOperatorDocument(wanted)) {
    return here.some(({ points }) => points?.length === 1 && points[0] === encodeKey(wanted));
  }
  return [...wanted].every(([operator, operand]) => {
    if (operator === '$exists' && operand === true) return here.some(({ needsValue }) => needsValue);
    const allowed = operator === '$eq' ? [operand] : operator === '$in' && Array.isArray(operand) ? operand : null;
    const keys = allowed?.map(encodeKey);
    return keys !== undefined && here.some(({ points }) => points?.every((point) => keys.includes(point)));
  });
}

/** What an index can do for a filter, before the ranges are made. */
interface Approach {
  readonly index: CollectionIndex;
  /** For its first fields, in their order: values, and behind them perhaps a range. */
  readonly used: readonly Constraint[];
  /** So many of its fields have values. */
  readonly equalities: number;
  /** Combinations of the values. */
  readonly count: number;
  readonly order: 1 | -1 | null;
  readonly score: number;
}

function approachBy(index: CollectionIndex, constraints: readonly Constraint[], sort: readonly KeyField[]): Approach {
  const used: Constraint[] = [];
  let count = 1;
  let equalities = 0;
  for (const field of index.fields) {
    const constraint = pickConstraint(index, field, constraints, used);
    if (!constraint) break;
    const { points } = constraint;
    // what is not used is left to the filter
    if (points && count * points.length > MAX_RANGES) break;
    used.push(constraint);
    if (!points) break;
    count *= points.length;
    equalities++;
  }
  const order =
    sort.length > 0 && count === 1 && hasOneKeyEach(index, equalities) ? sortDirection(index, equalities, sort) : null;
  const hasRange = used.at(-1)?.points === null;
  const isWhole = equalities === index.fields.length && index.unique;
  const score = equalities * 10 + (hasRange ? 5 : 0) + (order ? 3 : 0) + (isWhole ? ONE_DOCUMENT : 0);
  return { index, used, equalities, count, order, score: count === 0 ? 1000 : score };
}

function planOf({ index, used, equalities, order }: Approach, exact: boolean): IndexPlan {
  let prefixes = [''];
  for (const [at, { points }] of used.slice(0, equalities).entries()) {
    const { direction } = index.fields[at] as KeyField;
    const oriented = (points ?? []).map((point) => (direction === 1 ? point : invertKey(point))).sort();
    prefixes = prefixes.flatMap((prefix) => oriented.map((point) => prefix + point));
  }
  const field = index.fields[equalities];
  const last = used[equalities];
  const ranges =
    field && last?.points === null
      ? prefixes.flatMap((prefix) => rangesOf(prefix, last, field, index.arrayFields.has(field.name)))
      : prefixes.map((prefix) => ({ lower: prefix, upper: prefix + AFTER }));
  const single = index.unique && equalities === index.fields.length;
  return { index, ranges, reverse: order === -1, sorted: order !== null, exact, single };
}

/** Whether no document has two keys that begin with the same values: then each comes once, where its other fields say. */
function hasOneKeyEach({ fields, arrayFields }: CollectionIndex, equalities: number): boolean {
  const fixed = new Set(fields.slice(0, equalities).map(({ name }) => name));
  return [...arrayFields].every((name) => fixed.has(name));
}

/** In an index with several keys per document, two conditions on the same array only go together when they come from one
 *  `$elemMatch`: otherwise different elements may meet them. */
function pickConstraint(
  index: CollectionIndex,
  field: KeyField,
  constraints: readonly Constraint[],
  used: readonly Constraint[],
): Constraint | null {
  const root = field.path[0];
  const related = index.multikey ? used.filter(({ path }) => path.split('.')[0] === root) : [];
  const candidates = constraints.filter(
    ({ path, element }) =>
      path === field.name && related.every((other) => other.element !== 0 && other.element === element),
  );
  const withPoints = candidates.filter(({ points }) => points !== null);
  withPoints.sort((a, b) => (a.points?.length ?? 0) - (b.points?.length ?? 0));
  return withPoints[0] ?? candidates[0] ?? null;
}

function rangesOf(prefix: string, constraint: Constraint, field: KeyField, isArray: boolean): KeyRange[] {
  const range = rangeOf(prefix, constraint, field, isArray);
  if (constraint.also === undefined) return [range];
  const lower = prefix + (field.direction === 1 ? constraint.also : invertKey(constraint.also));
  return [range, { lower, upper: lower + AFTER }].sort((a, b) => (a.lower < b.lower ? -1 : 1));
}

function rangeOf(prefix: string, { lower, upper }: Constraint, field: KeyField, isArray: boolean): KeyRange {
  const from = lower ?? { key: '', after: false };
  let to = upper ?? { key: '', after: true };
  // Different elements of an array may meet the two sides, so only the lower one narrows the search.
  if (isArray) to = { key: from.key[0] ?? '', after: true };
  if (field.direction === 1) {
    return { lower: prefix + edge(from.key, from.after), upper: prefix + edge(to.key, to.after) };
  }
  return {
    lower: prefix + edge(invertKey(to.key), !to.after),
    upper: prefix + edge(invertKey(from.key), !from.after),
  };
}

function edge(key: string, after: boolean): string {
  return after ? key + AFTER : key;
}

/** 1: the index read forwards is in the order of the sort, -1: read backwards, null: neither. */
function sortDirection(index: CollectionIndex, equalities: number, sort: readonly KeyField[]): 1 | -1 | null {
  const fixed = new Set(index.fields.slice(0, equalities).map(({ name }) => name));
  const wanted = sort.filter(({ name }) => !fixed.has(name));
  const offered = index.fields.slice(equalities);
  if (wanted.length > offered.length) return null;
  let direction: 1 | -1 | null = null;
  for (const [position, { name, direction: asked }] of wanted.entries()) {
    const field = offered[position];
    if (!field || field.name !== name) return null;
    const here = field.direction === asked ? 1 : -1;
    if (direction !== null && direction !== here) return null;
    direction = here;
  }
  return direction ?? 1;
}
