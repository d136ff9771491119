/** The one order of BSON values: by type, then by value, numbers of all types among each other. A value's key is a string
 *  of characters 0 to 255 whose plain string order is the BSON order, so sorting, ranges, unique keys and equality all
 *  are string comparisons and cannot disagree. */

import { Binary, BSONRegExp, Code, Decimal128, Double, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { type BsonValue, isLong } from '../bson.ts';

/** First character of a key: the type's rank in the BSON order. */
export const RANK = {
  minKey: '\x01',
  emptyArray: '\x02',
  null: '\x05',
  number: '\x0a',
  string: '\x0f',
  object: '\x14',
  array: '\x19',
  binary: '\x1e',
  objectId: '\x23',
  boolean: '\x28',
  date: '\x2d',
  timestamp: '\x2f',
  regex: '\x32',
  code: '\x3c',
  maxKey: '\x7f',
} as const;

/** Sorts after every key that begins like the text before it. */
export const AFTER = '\u0100';

export function compareValues(left: BsonValue, right: BsonValue): number {
  if (typeof left === 'number' && typeof right === 'number' && !Number.isNaN(left - right)) return left - right;
  const a = encodeKey(left);
  const b = encodeKey(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function equalValues(left: BsonValue, right: BsonValue): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  return compareValues(left, right) === 0;
}

/** The key read from the other end: for descending index fields. */
export function invertKey(key: string): string {
  let inverted = '';
  for (let i = 0; i < key.length; i++) inverted += String.fromCharCode(255 - key.charCodeAt(i));
  return inverted;
}

export function encodeKey(value: BsonValue): string {
  if (value === null) return RANK.null;
  if (typeof value === 'string') return RANK.string + encodeText(value);
  if (typeof value === 'number') return RANK.number + encodeNumber(value);
  if (typeof value === 'boolean') return RANK.boolean + (value ? '\x01' : '\x00');
  if (value instanceof Date) return RANK.date + encodeFloat(value.getTime());
  if (value instanceof ObjectId) return RANK.objectId + latin1(value.id);
  if (value instanceof Map) return `${RANK.object}${encodeFields(value)}\x00`;
  if (Array.isArray(value)) return `${RANK.array}${value.map(encodeKey).join('')}\x00`;
  if (value instanceof Double) return RANK.number + encodeNumber(value.value);
  if (isLong(value)) return RANK.number + encodeLong(value.toBigInt());
  if (value instanceof Decimal128) return RANK.number + encodeDecimal(value.toString());
  if (value instanceof Binary) return RANK.binary + encodeBinary(value);
  if (value instanceof Timestamp) return RANK.timestamp + encodeUint32(value.t) + encodeUint32(value.i);
  if (value instanceof BSONRegExp) return RANK.regex + encodeText(value.pattern) + encodeText(value.options);
  if (value instanceof Code) return RANK.code + encodeText(String(value.code));
  if (value instanceof MinKey) return RANK.minKey;
  if (value instanceof MaxKey) return RANK.maxKey;
  throw new TypeError('not a BSON value');
}

function encodeFields(document: ReadonlyMap<string, BsonValue>): string {
  let key = '';
  for (const [name, value] of document) {
    const encoded = encodeKey(value);
    key += encoded[0] + encodeText(name) + encoded.slice(1);
  }
  return key;
}

const plain = /^[ -~]*$/;

/** UTF-8 order, ended by a zero; zeros inside are escaped so that a prefix still sorts first. */
function encodeText(text: string): string {
  if (plain.test(text)) return `${text}\x00`;
  return `${Buffer.from(text, 'utf8').toString('latin1').replaceAll('\x00', '\x00\xff')}\x00`;
}

/** The key of every string beginning with `text` begins with this. */
export function encodeTextPrefix(text: string): string {
  return RANK.string + encodeText(text).slice(0, -1);
}

const scratch = new DataView(new ArrayBuffer(8));

/** Eight characters in numeric order: the bits of the double, with the sign turned so that negative ones come first. */
function encodeFloat(value: number): string {
  scratch.setFloat64(0, value === 0 ? 0 : value);
  const high = scratch.getInt32(0);
  const low = scratch.getInt32(4);
  return high < 0 ? encodeUint32(~high) + encodeUint32(~low) : encodeUint32(high ^ 0x80000000) + encodeUint32(low);
}

const EXACT = '\x80';

/** The nearest double, then what is left over: most numbers leave nothing. NaN sorts below all numbers. */
function encodeNumber(value: number): string {
  return Number.isNaN(value) ? '\x00' : encodeFloat(value) + EXACT;
}

function encodeLong(value: bigint): string {
  const nearest = Number(value);
  const rest = value - BigInt(nearest);
  return encodeFloat(nearest) + encodeRest(rest, 0);
}

function encodeDecimal(text: string): string {
  if (text === 'NaN') return '\x00';
  if (text.endsWith('Infinity')) return encodeNumber(text.startsWith('-') ? -Infinity : Infinity);
  const [mantissa = '0', exponentText = '0'] = text.toUpperCase().split('E');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const digits = BigInt(whole.replace('+', '') + fraction);
  const exponent = Number(exponentText) - fraction.length;
  if (digits === 0n) return encodeNumber(0);
  const rounded = Number(text);
  const nearest = Number.isFinite(rounded) ? rounded : Math.sign(rounded) * Number.MAX_VALUE;
  const near = exactDecimal(nearest);
  const scale = Math.min(exponent, near.exponent);
  const rest = digits * 10n ** BigInt(exponent - scale) - near.digits * 10n ** BigInt(near.exponent - scale);
  return encodeFloat(nearest) + encodeRest(rest, scale);
}

/** A double as digits times a power of ten, exactly. */
function exactDecimal(value: number): { digits: bigint; exponent: number } {
  let scaled = value;
  let halvings = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    halvings++;
  }
  return { digits: BigInt(scaled) * 5n ** BigInt(halvings), exponent: -halvings };
}

/** rest × 10^exponent: sign, power of ten, digits. */
function encodeRest(rest: bigint, exponent: number): string {
  if (rest === 0n) return EXACT;
  const digits = (rest < 0n ? -rest : rest).toString();
  const power = digits.length + exponent + 0x8000;
  const size = `${String.fromCharCode(power >> 8, power & 255)}${digits.replace(/0+$/, '')}\x00`;
  return rest > 0n ? `\x81${size}` : `\x7f${invertKey(size)}`;
}

function encodeBinary(value: Binary): string {
  return encodeUint32(value.length()) + String.fromCharCode(value.sub_type) + latin1(value.value());
}

function encodeUint32(value: number): string {
  return String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
