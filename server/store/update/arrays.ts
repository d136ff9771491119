/** The update operators on arrays. Each returns a new array. */

import { BSONRegExp } from 'bson';
import { type BsonDocument, type BsonValue, cloneValue, isDocument } from '../bson.ts';
import { CommandError, outOfScope } from '../errors.ts';
import { parseKeyPattern, sortKeyOf } from '../index-keys.ts';
import { compileFilter, compileValueMatcher, isOperatorDocument } from '../query/matcher.ts';
import { compareValues, encodeKey, equalValues } from '../query/order.ts';
import { integerOf } from '../query/value-tests.ts';

const PUSH_MODIFIERS = ['$each', '$slice', '$sort', '$position'];

export function pushTo(array: readonly BsonValue[], argument: BsonValue): BsonValue[] {
  if (!isDocument(argument) || !argument.has('$each')) return [...array, cloneValue(argument)];
  for (const name of argument.keys()) {
    if (!PUSH_MODIFIERS.includes(name)) throw new CommandError(2, `Unrecognized clause in $push: ${name}`);
  }
  const result = [...array];
  const position = wholeNumber(argument, '$position') ?? result.length;
  const at = position < 0 ? Math.max(0, result.length + position) : Math.min(position, result.length);
  result.splice(at, 0, ...each(argument, '$push').map(cloneValue));
  const sort = argument.get('$sort');
  const ordered = sort === undefined ? result : sorted(result, sort);
  return sliced(ordered, wholeNumber(argument, '$slice'));
}

function each(argument: BsonDocument, operator: string): BsonValue[] {
  const values = argument.get('$each');
  if (!Array.isArray(values)) throw new CommandError(2, `The argument to $each in ${operator} must be an array`);
  return values;
}

function wholeNumber(argument: BsonDocument, name: string): number | null {
  const value = argument.get(name);
  if (value === undefined) return null;
  const number = integerOf(value);
  if (number === null) throw new CommandError(2, `The value for ${name} must be an integer`);
  return number;
}

function sorted(array: readonly BsonValue[], sort: BsonValue): BsonValue[] {
  if (!isDocument(sort)) {
    const direction = integerOf(sort);
    if (direction !== 1 && direction !== -1)
      throw new CommandError(2, 'The $sort element value must be either 1 or -1');
    return [...array].sort((a, b) => direction * compareValues(a, b));
  }
  const pattern = parseKeyPattern(sort, 'sort');
  const keyed = array.map((value) => ({ value, key: sortKeyOf(isDocument(value) ? value : new Map(), pattern) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ value }) => value);
}

/** The first `size` elements, or the last ones for a negative size. */
function sliced(array: BsonValue[], size: number | null): BsonValue[] {
  if (size === null) return array;
  if (size === 0) return [];
  return size > 0 ? array.slice(0, size) : array.slice(size);
}

export function addToSet(array: readonly BsonValue[], argument: BsonValue): BsonValue[] {
  const several = isDocument(argument) && argument.keys().next().value === '$each';
  if (several && argument.size > 1) throw new CommandError(2, 'Found unexpected fields after $each in $addToSet');
  const result = [...array];
  const known = new Set(array.map(encodeKey));
  for (const value of several ? each(argument, '$addToSet') : [argument]) {
    const key = encodeKey(value);
    if (known.has(key)) continue;
    known.add(key);
    result.push(cloneValue(value));
  }
  return result;
}

export function popFrom(array: readonly BsonValue[], argument: BsonValue): BsonValue[] {
  const end = integerOf(argument);
  if (end !== 1 && end !== -1) throw new CommandError(9, '$pop expects 1 or -1');
  return end === 1 ? array.slice(0, -1) : array.slice(1);
}

export function pullFrom(array: readonly BsonValue[], argument: BsonValue): BsonValue[] {
  const unwanted = pullCondition(argument);
  return array.filter((value) => !unwanted(value));
}

/** A document is a filter on elements that are documents; operators and patterns are for the elements themselves. */
function pullCondition(argument: BsonValue): (value: BsonValue) => boolean {
  if (argument instanceof BSONRegExp) return compileValueMatcher(argument);
  if (!isDocument(argument)) return (value) => equalValues(value, argument);
  const [first = ''] = argument.keys();
  if (['$and', '$or', '$nor'].includes(first)) throw outOfScope(`$pull with ${first} directly on array elements`);
  if (isOperatorDocument(argument)) return compileValueMatcher(argument);
  const matches = compileFilter(argument);
  return (value) => isDocument(value) && matches(value);
}

export function pullAllFrom(array: readonly BsonValue[], argument: BsonValue): BsonValue[] {
  if (!Array.isArray(argument)) throw new CommandError(2, '$pullAll requires an array argument');
  const unwanted = new Set(argument.map(encodeKey));
  return array.filter((value) => !unwanted.has(encodeKey(value)));
}
