/** Values as the store holds them. Every BSON type survives a round trip, and so does the order of fields: documents are
 *  Maps, because a plain object would move fields with numeric names to the front.
 *
 *  A number is an int32 when it is a whole number in that range, otherwise a double; a double that would look like an
 *  int32 is kept as bson's `Double`. int64 is `Long`. */

import {
  Binary,
  BSONRegExp,
  Code,
  Decimal128,
  Double,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  setInternalBufferSize,
  Timestamp,
} from 'bson';
import { deprecatedType, endOfText, endOfValue, millisecondsAt, TYPE, tooShort, wrongLength } from './field-finder.ts';

export type BsonValue =
  | null
  | boolean
  | number
  | string
  | Date
  | Long
  | Double
  | Decimal128
  | ObjectId
  | Binary
  | Timestamp
  | BSONRegExp
  | Code
  | MinKey
  | MaxKey
  | BsonDocument
  | BsonValue[];

export type BsonDocument = Map<string, BsonValue>;

/** What `encodeDocument` also takes: replies are written as object literals. */
export type Encodable = BsonDocument | { readonly [key: string]: unknown };

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

setInternalBufferSize(64 * 1024);

/** int64 and nothing else: in the bson library a timestamp is a Long too. */
export function isLong(value: BsonValue | undefined): value is Long {
  return value instanceof Long && !(value instanceof Timestamp);
}

export function isDocument(value: BsonValue | undefined): value is BsonDocument {
  return value instanceof Map;
}

/** A document from an object literal, nested ones included. */
export function toDocument(fields: { readonly [key: string]: unknown }): BsonDocument {
  return decodeDocument(encodeDocument(fields));
}

export function encodeDocument(document: Encodable): Buffer {
  const bytes = serialize(document as Record<string, unknown>, { ignoreUndefined: false });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @throws CommandError when the bytes are no valid BSON document or hold a deprecated type */
export function decodeDocument(bytes: Buffer, offset = 0): BsonDocument {
  try {
    return new Reader(bytes, offset).document();
  } catch (error) {
    if (error instanceof RangeError) throw tooShort();
    throw error;
  }
}

/** The value of the type that begins there, in a document that is known to be valid. */
export function decodeValue(bytes: Buffer, type: number, offset: number): BsonValue {
  return new Reader(bytes, offset).value(type);
}

/** Those of the fields that are there, of a document that is known to be valid. */
export function decodeFields(bytes: Buffer, wanted: ReadonlySet<string>): BsonDocument {
  const fields: BsonDocument = new Map();
  for (const elements = new Elements(bytes); elements.next(); ) {
    if (wanted.has(elements.name)) fields.set(elements.name, decodeValue(bytes, elements.type, elements.start));
  }
  return fields;
}

/** Goes through the fields of a document in its bytes, without decoding anything. */
export class Elements {
  name = '';
  type = 0;
  /** Where the value begins and ends. */
  start = 0;
  end: number;
  readonly #bytes: Buffer;
  readonly #first: number;

  /** @param at where the document begins */
  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#first = at + 4;
    this.end = this.#first;
  }

  /** Goes on to the next field of this name, from the beginning again behind the last one: fields asked for in the order of the
   *  document are found in one walk. @returns false: there is none */
  seek(name: string): boolean {
    const start = this.end;
    while (this.next()) if (this.name === name) return true;
    this.end = this.#first;
    while (this.end < start && this.next()) if (this.name === name) return true;
    return false;
  }

  /** @returns false at the end @throws CommandError as `decodeDocument` */
  next(): boolean {
    const bytes = this.#bytes;
    this.type = bytes[this.end] ?? 0;
    if (this.type === 0) return false;
    const nameEnd = endOfText(bytes, this.end + 1);
    this.name = nameIn(bytes, this.end + 1, nameEnd - 1);
    this.start = nameEnd;
    this.end = endOfValue(bytes, this.type, nameEnd);
    return true;
  }
}

const names: (string | undefined)[] = new Array(0x400);

/** A field's name. The same few come again and again: looking them up is faster than making new strings. */
function nameIn(bytes: Buffer, start: number, end: number): string {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (hash * 31 + bytes[at]!) & 0xffff;
  const known = names[hash & 0x3ff];
  if (known !== undefined && isSameAscii(bytes, start, end, known)) return known;
  const name = bytes.toString('utf8', start, end);
  // Only ASCII: there a byte is a character, which the comparison relies on.
  if (name.length === end - start) names[hash & 0x3ff] = name;
  return name;
}

function isSameAscii(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes;
    this.#at = offset;
  }

  document(): BsonDocument {
    const fields: BsonDocument = new Map();
    const end = this.#open();
    for (let type = this.#byte(); type !== 0; type = this.#byte()) {
      const name = this.#name();
      fields.set(name, this.value(type));
    }
    this.#close(end);
    return fields;
  }

  #array(): BsonValue[] {
    const items: BsonValue[] = [];
    const end = this.#open();
    for (let type = this.#byte(); type !== 0; type = this.#byte()) {
      this.#at = this.#bytes.indexOf(0, this.#at) + 1;
      items.push(this.value(type));
    }
    this.#close(end);
    return items;
  }

  #open(): number {
    const end = this.#at + this.#bytes.readInt32LE(this.#at);
    if (end > this.#bytes.length) throw new RangeError('length beyond the end');
    this.#at += 4;
    return end;
  }

  #close(end: number): void {
    if (this.#at !== end) throw wrongLength();
  }

  value(type: number): BsonValue {
    switch (type) {
      case 0x01:
        return doubleValue(this.#bytes.readDoubleLE(this.#skip(8)));
      case 0x02:
        return this.#string();
      case 0x03:
        return this.document();
      case 0x04:
        return this.#array();
      case 0x05:
        return this.#binary();
      case 0x07:
        return new ObjectId(this.#copy(12));
      case 0x08:
        return this.#byte() === 1;
      case 0x09:
        return this.#date();
      case 0x0a:
        return null;
      case 0x0b:
        return this.#pattern();
      case 0x0d:
        return new Code(this.#string());
      case 0x10:
        return this.#bytes.readInt32LE(this.#skip(4));
      case 0x11:
        return new Timestamp({
          i: this.#bytes.readUInt32LE(this.#skip(4)),
          t: this.#bytes.readUInt32LE(this.#skip(4)),
        });
      case 0x12:
        return new Long(this.#bytes.readInt32LE(this.#skip(4)), this.#bytes.readInt32LE(this.#skip(4)));
      case 0x13:
        return new Decimal128(this.#copy(16));
      case 0x7f:
        return new MaxKey();
      case 0xff:
        return new MinKey();
      default:
        throw deprecatedType(type);
    }
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  /** @returns where the skipped bytes began */
  #skip(length: number): number {
    const at = this.#at;
    this.#at += length;
    return at;
  }

  #copy(length: number): Buffer {
    const at = this.#skip(length);
    if (length < 0 || this.#at > this.#bytes.length) throw new RangeError('length beyond the end');
    return Buffer.from(this.#bytes.subarray(at, this.#at));
  }

  #name(): string {
    const start = this.#at;
    this.#at = endOfText(this.#bytes, start);
    return nameIn(this.#bytes, start, this.#at - 1);
  }

  #cstring(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new RangeError('unterminated name');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  #string(): string {
    const length = this.#bytes.readInt32LE(this.#skip(4));
    const at = this.#skip(length);
    if (length < 1 || this.#at > this.#bytes.length) throw new RangeError('length beyond the end');
    return this.#bytes.toString('utf8', at, this.#at - 1);
  }

  #binary(): Binary {
    const length = this.#bytes.readInt32LE(this.#skip(4));
    const subtype = this.#byte();
    const bytes = this.#copy(length);
    // Subtype 2 carries its length a second time; bson writes it again.
    return new Binary(subtype === Binary.SUBTYPE_BYTE_ARRAY ? bytes.subarray(4) : bytes, subtype);
  }

  #pattern(): BSONRegExp {
    endOfValue(this.#bytes, TYPE.regex, this.#at);
    return new BSONRegExp(this.#cstring(), this.#cstring());
  }

  #date(): Date {
    const at = this.#at;
    this.#at = endOfValue(this.#bytes, TYPE.date, at);
    return new Date(millisecondsAt(this.#bytes, at));
  }
}

export function doubleValue(value: number): number | Double {
  const looksLikeInt32 = Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff;
  return looksLikeInt32 ? new Double(value) : value;
}

/** A copy that shares nothing that an update could change in place. */
export function cloneValue(value: BsonValue): BsonValue {
  if (value instanceof Map) return cloneDocument(value);
  return Array.isArray(value) ? value.map(cloneValue) : value;
}

function cloneDocument(document: BsonDocument): BsonDocument {
  const copy: BsonDocument = new Map();
  for (const [name, value] of document) copy.set(name, cloneValue(value));
  return copy;
}
