/** Looks through schemaless Avro bytes before the codec does. The codec makes room for as many items as a list claims to
 *  have before it looks whether the bytes are there, and cannot say which field is wrong. */

import type { Field, FieldType } from '../../dsl/index.ts';
import { EventError } from '../errors.ts';

/** @throws EventError `event.malformed`: bytes missing or left over, a whole number beyond 2^52, a byte that is no boolean */
export function checkAvroBytes(fields: readonly Field[], bytes: Uint8Array): void {
  const cursor = new Cursor(bytes);
  checkRecord(fields, cursor, '');
  if (cursor.left > 0)
    throw new EventError('malformed', `the Avro body has ${cursor.left} bytes left over after the last field`, {
      details: { left: cursor.left },
    });
}

function checkRecord(fields: readonly Field[], cursor: Cursor, path: string): void {
  for (const field of fields) {
    const here = path === '' ? field.name : `${path}.${field.name}`;
    if (field.nullable) {
      const branch = cursor.long(here);
      if (branch === 0) continue;
      if (branch !== 1) throw wrong(here, 'is neither null nor a value');
    }
    checkValue(field.type, cursor, here);
  }
}

function checkValue(type: FieldType, cursor: Cursor, path: string): void {
  switch (type.kind) {
    case 'boolean':
      if (cursor.byte(path) > 1) throw wrong(path, 'is neither true nor false');
      return;
    case 'number':
      if (type.integer) cursor.long(path);
      else if (!Number.isFinite(cursor.double(path))) throw wrong(path, 'is not a finite number');
      return;
    case 'string':
      cursor.text(path);
      return;
    case 'record':
      checkRecord(type.fields, cursor, path);
      return;
    case 'list':
      checkBlocks(cursor, path, () => checkValue(type.items, cursor, `${path}[]`));
      return;
    case 'map':
      checkBlocks(cursor, path, () => {
        if (utf8.decode(cursor.text(path)) === '__proto__')
          throw wrong(path, 'has a key __proto__, which is not allowed');
        checkValue(type.values, cursor, `${path}.*`);
      });
  }
}

/** Lists and maps are blocks of a count and that many items; a negative count is followed by the block's size in bytes. */
function checkBlocks(cursor: Cursor, path: string, checkItem: () => void): void {
  for (;;) {
    let count = cursor.long(path);
    if (count === 0) return;
    if (count < 0) {
      count = -count;
      cursor.long(path);
    }
    // every item of the catalogue takes at least one byte
    if (count > cursor.left) throw wrong(path, 'claims to have more items than there are bytes');
    for (; count > 0; count -= 1) checkItem();
  }
}

function wrong(path: string, what: string): EventError {
  return new EventError('malformed', `the field ${path} of the Avro body ${what}`, { details: { path } });
}

const utf8 = new TextDecoder();

/** A number of magnitude 2^52 makes a zigzag of 2^53: from there on the codec, which calculates in doubles, is off by one. */
const ZIGZAG_LIMIT = 2 ** 53;

class Cursor {
  private readonly bytes: Uint8Array;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  byte(path: string): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw wrong(path, 'is cut off: the bytes end there');
    this.position += 1;
    return byte;
  }

  /** Zigzag, seven bits a byte, lowest first. */
  long(path: string): number {
    let sum = 0;
    let factor = 1;
    for (let read = 1; read <= 10; read += 1) {
      const byte = this.byte(path);
      sum += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (sum >= ZIGZAG_LIMIT) throw wrong(path, 'is a whole number beyond 2^52, which cannot be kept exactly');
        return sum % 2 === 0 ? sum / 2 : -(sum + 1) / 2;
      }
      factor *= 128;
    }
    throw wrong(path, 'is not a whole number');
  }

  double(path: string): number {
    const start = this.take(8, path);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + start, 8).getFloat64(0, true);
  }

  /** A string's bytes, not decoded. */
  text(path: string): Uint8Array {
    const length = this.long(path);
    if (length < 0) throw wrong(path, 'has a negative length');
    const start = this.take(length, path);
    return this.bytes.subarray(start, start + length);
  }

  private take(length: number, path: string): number {
    const start = this.position;
    if (length > this.left) throw wrong(path, 'is cut off: the bytes end there');
    this.position += length;
    return start;
  }
}
