/** Filters: compiled once, then asked for each document. */

import { BSONRegExp } from 'bson';
import { type BsonDocument, type BsonValue, isDocument } from '../bson.ts';
import { CommandError, outOfScope } from '../errors.ts';
import { isListed, LOGICAL_OPERATORS, QUERY_OPERATORS, type QueryOperator } from '../scope.ts';
import { findAtPath } from './path.ts';
import { isPlainFilter } from './plain-filter.ts';
import {
  compileExists,
  compileIn,
  compileModulo,
  compileRange,
  compileRegex,
  compileSize,
  compileType,
  equals,
  type ValueTest,
} from './value-tests.ts';

/** What a match tells beside yes: which element of an array made it, for `$` in an update's path. */
export interface MatchDetails {
  arrayIndex: number | null;
}

export type Matcher = (document: BsonDocument, details?: MatchDetails) => boolean;

/** A condition on what one path finds. */
type Condition =
  | { readonly kind: 'value'; readonly test: ValueTest; readonly leafArrays: 'elements' | 'whole' }
  | { readonly kind: 'elements'; readonly element: (value: BsonValue) => boolean }
  | { readonly kind: 'none-of'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'all-of'; readonly conditions: readonly Condition[] };

/** @throws CommandError 2 for a malformed filter, 115 for an operator outside the scope */
export function compileFilter(filter: BsonDocument): Matcher {
  if (isPlainFilter(filter)) return matcherOfValues(filter);
  const matchers = [...filter].map(([name, value]) => compileField(name, value));
  if (matchers.length === 1 && matchers[0]) return matchers[0];
  return (document, details) => matchers.every((matches) => matches(document, details));
}

function matcherOfValues(filter: BsonDocument): Matcher {
  return (document, details) => {
    for (const [name, wanted] of filter) {
      const value = document.get(name);
      if (value === wanted) continue;
      const isOther = value === undefined || typeof value === typeof wanted;
      if (isOther || !compileField(name, wanted)(document, details)) return false;
    }
    return true;
  };
}

/** Names of the fields at the top that the filter looks at. */
export function fieldsOfFilter(filter: BsonDocument, names = new Set<string>()): ReadonlySet<string> {
  for (const [name, value] of filter) {
    if (!name.startsWith('$')) names.add(name.split('.', 1)[0] ?? '');
    else if (Array.isArray(value)) for (const branch of value) if (isDocument(branch)) fieldsOfFilter(branch, names);
  }
  return names;
}

function compileField(name: string, value: BsonValue): Matcher {
  if (name === '$comment') return () => true;
  if (name.startsWith('$')) return compileLogical(name, value);
  const path = name.split('.');
  const conditions = compileConditions(value);
  return (document, details) => conditions.every((condition) => holdsAtPath(condition, document, path, details));
}

function compileLogical(name: string, value: BsonValue): Matcher {
  if (!isListed(LOGICAL_OPERATORS, name)) throw outOfScope(`query operator ${name}`);
  if (!Array.isArray(value) || value.length === 0) throw new CommandError(2, `${name} must be a nonempty array`);
  const matchers = value.map((branch) => {
    if (!isDocument(branch)) throw new CommandError(2, `${name} entries must be objects`);
    return compileFilter(branch);
  });
  if (name === '$and') return (document, details) => matchers.every((matches) => matches(document, details));
  if (name === '$or') return (document) => matchers.some((matches) => matches(document));
  return (document) => !matchers.some((matches) => matches(document));
}

/** True for `{ $gt: 1 }`, false for a document to compare with; a reference `{ $ref, $id }` is such a document. */
export function isOperatorDocument(value: BsonValue): value is BsonDocument {
  if (!isDocument(value)) return false;
  const first = value.keys().next().value;
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id' && first !== '$db';
}

function compileConditions(value: BsonValue): Condition[] {
  if (value instanceof BSONRegExp) return [valueCondition(compileRegex(value, undefined))];
  if (!isOperatorDocument(value)) return [valueCondition(equals(value))];
  return [...value.keys()].flatMap((name) => {
    if (name === '$options') {
      if (!value.has('$regex')) throw new CommandError(2, '$options needs a $regex');
      return [];
    }
    if (!name.startsWith('$')) throw new CommandError(2, `unknown operator: ${name}`);
    if (!isListed(QUERY_OPERATORS, name)) throw outOfScope(`query operator ${name}`);
    return [compileOperator(name, value.get(name) ?? null, value)];
  });
}

function valueCondition(test: ValueTest): Condition {
  return { kind: 'value', test, leafArrays: 'elements' };
}

function compileOperator(name: QueryOperator, operand: BsonValue, siblings: BsonDocument): Condition {
  switch (name) {
    case '$eq':
      return valueCondition(equals(operand));
    case '$ne':
      return { kind: 'none-of', conditions: [valueCondition(equals(operand))] };
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return valueCondition(compileRange(name, operand));
    case '$in':
      return valueCondition(compileIn(name, operand));
    case '$nin':
      return { kind: 'none-of', conditions: [valueCondition(compileIn(name, operand))] };
    case '$exists':
      return compileExistence(operand);
    case '$type':
      return valueCondition(compileType(operand));
    case '$regex':
      return valueCondition(compileRegex(operand, siblings.get('$options')));
    case '$mod':
      return valueCondition(compileModulo(operand));
    case '$size':
      return { kind: 'value', test: compileSize(operand), leafArrays: 'whole' };
    case '$not':
      return compileNot(operand);
    case '$all':
      return compileAll(operand);
    case '$elemMatch':
      return compileElemMatch(operand);
  }
}

function compileExistence(operand: BsonValue): Condition {
  const exists: Condition = valueCondition((value) => value !== undefined);
  return compileExists(operand) ? exists : { kind: 'none-of', conditions: [exists] };
}

function compileNot(operand: BsonValue): Condition {
  if (!(operand instanceof BSONRegExp) && !isOperatorDocument(operand)) {
    throw new CommandError(2, '$not needs a regex or a document');
  }
  return { kind: 'none-of', conditions: [{ kind: 'all-of', conditions: compileConditions(operand) }] };
}

function compileAll(operand: BsonValue): Condition {
  if (!Array.isArray(operand)) throw new CommandError(2, '$all needs an array');
  if (operand.length === 0) return { kind: 'none-of', conditions: [{ kind: 'all-of', conditions: [] }] };
  const conditions = operand.map((item): Condition => {
    if (item instanceof BSONRegExp) return valueCondition(compileRegex(item, undefined));
    if (!isOperatorDocument(item)) return valueCondition(equals(item));
    const [name] = item.keys();
    if (name !== '$elemMatch') throw new CommandError(2, `no ${name} expressions in $all`);
    return compileElemMatch(item.get(name) ?? null);
  });
  return { kind: 'all-of', conditions };
}

function compileElemMatch(operand: BsonValue): Condition {
  if (!isDocument(operand)) throw new CommandError(2, '$elemMatch needs an Object');
  const [first] = operand.keys();
  const onValues = isOperatorDocument(operand) && !isListed(LOGICAL_OPERATORS, first ?? '');
  if (onValues) {
    const conditions = compileConditions(operand);
    return { kind: 'elements', element: (value) => conditions.every((condition) => holdsForValue(condition, value)) };
  }
  const matches = compileFilter(operand);
  return {
    kind: 'elements',
    element(value) {
      if (isDocument(value)) return matches(value);
      // An array inside the array answers to its positions, like a document with the fields 0, 1, ...
      return Array.isArray(value) && matches(new Map(value.map((item, index) => [String(index), item])));
    },
  };
}

function holdsAtPath(
  condition: Condition,
  document: BsonDocument,
  path: readonly string[],
  details: MatchDetails | undefined,
): boolean {
  switch (condition.kind) {
    case 'none-of':
      return !condition.conditions.some((inner) => holdsAtPath(inner, document, path, undefined));
    case 'all-of':
      return condition.conditions.every((inner) => holdsAtPath(inner, document, path, details));
    case 'elements':
      return findAtPath(document, path, 'whole', ({ value, arrayIndex }) => {
        const index = Array.isArray(value) ? value.findIndex(condition.element) : -1;
        if (index >= 0 && details) details.arrayIndex = arrayIndex ?? index;
        return index >= 0;
      });
    case 'value':
      return findAtPath(document, path, condition.leafArrays, ({ value, arrayIndex }) => {
        const holds = condition.test(value);
        if (holds && details && arrayIndex !== null) details.arrayIndex = arrayIndex;
        return holds;
      });
  }
}

/** The same for one element of an array taken by itself. */
function holdsForValue(condition: Condition, value: BsonValue): boolean {
  switch (condition.kind) {
    case 'none-of':
      return !condition.conditions.some((inner) => holdsForValue(inner, value));
    case 'all-of':
      return condition.conditions.every((inner) => holdsForValue(inner, value));
    case 'elements':
      return Array.isArray(value) && value.some(condition.element);
    case 'value':
      return condition.test(value);
  }
}

/** Whether one value meets what could stand behind a field name: for `$pull`. */
export function compileValueMatcher(condition: BsonValue): (value: BsonValue) => boolean {
  const conditions = compileConditions(condition);
  return (value) => conditions.every((inner) => holdsForValue(inner, value));
}
