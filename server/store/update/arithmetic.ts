/** Sums and products that keep MongoDB's numeric types: the wider type wins, int32 grows into int64, int64 does not
 *  overflow silently. */

import { Decimal128, Double, Long } from 'bson';
import { type BsonValue, doubleValue, isLong } from '../bson.ts';
import { CommandError, outOfScope } from '../errors.ts';

export type Numeric = number | Double | Long | Decimal128;

export function isNumeric(value: BsonValue | undefined): value is Numeric {
  return typeof value === 'number' || value instanceof Double || isLong(value) || value instanceof Decimal128;
}

/** @throws CommandError 2 when an int64 overflows, 115 for decimals */
export function add(left: Numeric, right: Numeric): BsonValue {
  return combine(
    left,
    right,
    (a, b) => a + b,
    (a, b) => a + b,
  );
}

/** @throws CommandError 2 when an int64 overflows, 115 for decimals */
export function multiply(left: Numeric, right: Numeric): BsonValue {
  return combine(
    left,
    right,
    (a, b) => a * b,
    (a, b) => a * b,
  );
}

function combine(
  left: Numeric,
  right: Numeric,
  whole: (a: bigint, b: bigint) => bigint,
  float: (a: number, b: number) => number,
): BsonValue {
  if (left instanceof Decimal128 || right instanceof Decimal128) throw outOfScope('arithmetic with Decimal128');
  if (isDouble(left) || isDouble(right)) return doubleValue(float(toNumber(left), toNumber(right)));
  const result = whole(toBigInt(left), toBigInt(right));
  const bothInt32 = typeof left === 'number' && typeof right === 'number';
  if (bothInt32 && result >= -0x80000000n && result <= 0x7fffffffn) return Number(result);
  if (BigInt.asIntN(64, result) !== result) throw new CommandError(2, 'the result does not fit into a 64-bit integer');
  return Long.fromBigInt(result);
}

function isDouble(value: number | Double | Long): boolean {
  return value instanceof Double || (typeof value === 'number' && !isInt32(value));
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff && !Object.is(value, -0);
}

function toNumber(value: number | Double | Long): number {
  if (typeof value === 'number') return value;
  return value instanceof Double ? value.value : Number(value.toBigInt());
}

function toBigInt(value: number | Double | Long): bigint {
  return isLong(value) ? value.toBigInt() : BigInt(toNumber(value));
}
