/** The query operators that look at one value. `undefined` stands for a path that ends nowhere. */

import { BSONRegExp, Decimal128, Double, MaxKey, MinKey } from 'bson';
import { type BsonValue, isLong } from '../bson.ts';
import { CommandError, outOfScope } from '../errors.ts';
import { compareValues, encodeKey, equalValues, RANK } from './order.ts';

export type ValueTest = (value: BsonValue | undefined) => boolean;

export function equals(operand: BsonValue): ValueTest {
  if (operand === null) return (value) => value === undefined || value === null;
  return (value) => value !== undefined && equalValues(value, operand);
}

const ACCEPTS: Readonly<Record<'$gt' | '$gte' | '$lt' | '$lte', (order: number) => boolean>> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

/** Only values of the operand's type are comparable; all numeric types are one. */
export function compileRange(name: keyof typeof ACCEPTS, operand: BsonValue): ValueTest {
  if (operand instanceof BSONRegExp) throw new CommandError(2, `Can't have RegEx as arg to predicate over field`);
  const accepts = ACCEPTS[name];
  const acceptsEqual = accepts(0);
  if (operand === null) return (value) => acceptsEqual && (value === undefined || value === null);
  if (isNaNValue(operand)) return (value) => acceptsEqual && value !== undefined && isNaNValue(value);
  const anyType = operand instanceof MinKey || operand instanceof MaxKey;
  const rank = encodeKey(operand)[0];
  return (value) => {
    if (value === undefined || isNaNValue(value)) return false;
    if (!anyType && encodeRank(value) !== rank) return false;
    return accepts(compareValues(value, operand));
  };
}

function encodeRank(value: BsonValue): string | undefined {
  // Most values are strings, numbers and dates; their rank needs no full key.
  return typeof value === 'string' ? RANK.string : typeof value === 'number' ? RANK.number : encodeKey(value)[0];
}

export function isNaNValue(value: BsonValue): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  return value instanceof Decimal128 && value.toString() === 'NaN';
}

export function compileIn(name: '$in' | '$nin', operand: BsonValue): ValueTest {
  if (!Array.isArray(operand)) throw new CommandError(2, `${name} needs an array`);
  const keys = new Set<string>();
  const patterns: ValueTest[] = [];
  for (const item of operand) {
    if (item instanceof BSONRegExp) patterns.push(compileRegex(item, undefined));
    keys.add(encodeKey(item));
  }
  const missingToo = keys.has(encodeKey(null));
  return (value) => {
    if (value === undefined) return missingToo;
    return keys.has(encodeKey(value)) || patterns.some((test) => test(value));
  };
}

/** The operand of `$exists` as MongoDB reads it: everything but false, 0 and null is true. */
export function compileExists(operand: BsonValue): boolean {
  if (operand === null || operand === false || operand === 0) return false;
  return !(operand instanceof Double && operand.value === 0) && !(isLong(operand) && operand.isZero());
}

export function compileSize(operand: BsonValue): ValueTest {
  const size = integerOf(operand);
  if (size === null) throw new CommandError(9, 'Failed to parse $size. Expected an integer');
  if (size < 0) throw new CommandError(2, '$size may not be negative');
  return (value) => Array.isArray(value) && value.length === size;
}

/** The whole number an operand stands for; null when it is none. */
export function integerOf(value: BsonValue | undefined): number | null {
  const number = value instanceof Double ? value.value : isLong(value) ? Number(value.toBigInt()) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : null;
}

const TYPE_RANKS: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  javascript: 13,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

const NUMERIC_TYPES = [1, 16, 18, 19];

export function compileType(operand: BsonValue): ValueTest {
  const wanted = new Set((Array.isArray(operand) ? operand : [operand]).flatMap(typeNumbers));
  if (wanted.size === 0) throw new CommandError(9, '$type must match at least one type');
  return (value) => value !== undefined && wanted.has(TYPE_RANKS[typeName(value)] ?? 0);
}

function typeNumbers(operand: BsonValue): number[] {
  if (operand === 'number') return NUMERIC_TYPES;
  const number = typeof operand === 'string' ? TYPE_RANKS[operand] : integerOf(operand);
  if (number === null || number === undefined) throw new CommandError(2, 'Unknown type name or number for $type');
  if (!Object.values(TYPE_RANKS).includes(number)) throw outOfScope(`$type ${number}`);
  return [number];
}

/** MongoDB's name of a value's type. */
export function typeName(value: BsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') {
    return Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff ? 'int' : 'double';
  }
  if (value instanceof Map) return 'object';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  return BSON_CLASS_NAMES[value._bsontype] ?? 'unknown';
}

const BSON_CLASS_NAMES: Readonly<Record<string, string>> = {
  Binary: 'binData',
  BSONRegExp: 'regex',
  Code: 'javascript',
  Decimal128: 'decimal',
  Double: 'double',
  Long: 'long',
  MaxKey: 'maxKey',
  MinKey: 'minKey',
  ObjectId: 'objectId',
  Timestamp: 'timestamp',
};

/** What PCRE has and JavaScript has not, or reads differently. */
const foreignSyntax = /\\[AZzQEKGhHRXC]|\(\?(?:[>P#|&R+\d]|[imsxnUJ^-]+[:)])|[*+?}]\+|\[\[[:.=]|\(\*/;

/** @throws CommandError 115 for syntax that JavaScript would read differently from MongoDB */
export function compileRegex(operand: BsonValue, optionsOperand: BsonValue | undefined): ValueTest {
  const [pattern, ownOptions] = operand instanceof BSONRegExp ? [operand.pattern, operand.options] : [operand, ''];
  if (typeof pattern !== 'string') throw new CommandError(2, '$regex has to be a string');
  if (optionsOperand !== undefined && typeof optionsOperand !== 'string') {
    throw new CommandError(2, '$options has to be a string');
  }
  const options = optionsOperand || ownOptions;
  const unknown = [...options].find((flag) => !'imsu'.includes(flag));
  if (unknown) throw outOfScope(`$regex option ${unknown}`);
  const foreign = foreignSyntax.exec(pattern);
  if (foreign) throw outOfScope(`$regex syntax ${foreign[0]}`);
  let regex: RegExp;
  try {
    regex = new RegExp(pattern, options.replace('u', ''));
  } catch {
    throw new CommandError(2, 'Regular expression is invalid');
  }
  return (value) => {
    if (typeof value === 'string') return regex.test(value);
    return value instanceof BSONRegExp && value.pattern === pattern && value.options === options;
  };
}

export function compileModulo(operand: BsonValue): ValueTest {
  if (!Array.isArray(operand) || operand.length !== 2)
    throw new CommandError(2, 'malformed mod, needs to be two numbers');
  const [divisor, remainder] = operand.map(truncated);
  if (divisor === null || divisor === undefined || remainder === null || remainder === undefined) {
    throw new CommandError(2, 'malformed mod, divisor and remainder must be numbers');
  }
  if (divisor === 0n) throw new CommandError(2, 'divisor cannot be 0');
  return (value) => {
    const dividend = value === undefined ? null : truncated(value);
    return dividend !== null && dividend % divisor === remainder;
  };
}

/** A number without its fraction; null when it is no finite number. */
function truncated(value: BsonValue): bigint | null {
  if (isLong(value)) return value.toBigInt();
  const number = value instanceof Double ? value.value : value instanceof Decimal128 ? Number(value.toString()) : value;
  return typeof number === 'number' && Number.isFinite(number) ? BigInt(Math.trunc(number)) : null;
}
