/** Updates that a document takes in its bytes: fields at the top that are there get another value of the same type and size, as
 *  times and counts do, and texts of a fixed form. Nothing is decoded or encoded. */

import { type BsonValue, Elements } from '../bson.ts';
import { millisecondsAt, TYPE, writeMilliseconds } from '../field-finder.ts';
import type { Modification, Update } from './parse.ts';

/** @param bytes of a valid document
 *  @returns the document afterwards, the same bytes where nothing changes; null: it is not as simple as that */
export function patchBytes(bytes: Buffer, update: Update): Buffer | null {
  if (update.kind !== 'modifiers' || !update.modifications.every(isSimple)) return null;
  let result = bytes;
  let done = 0;
  for (const elements = new Elements(bytes); elements.next(); ) {
    const modification = modificationOf(update.modifications, elements.name);
    if (!modification) continue;
    const { argument, operator } = modification;
    const order = compareAt(bytes, elements.type, elements.start, argument);
    if (order === null) return null;
    done += 1;
    if (order === 0 || (operator === '$max' && order < 0) || (operator === '$min' && order > 0)) continue;
    if (result === bytes) {
      result = Buffer.allocUnsafeSlow(bytes.length);
      bytes.copy(result);
    }
    write(result, elements.start, argument);
  }
  return done === update.modifications.length ? result : null;
}

const OPERATORS: ReadonlySet<string> = new Set(['$set', '$max', '$min']);

function isSimple({ operator, path, argument }: Modification): boolean {
  return OPERATORS.has(operator) && path.length === 1 && path[0] !== '_id' && typeOf(argument) !== null;
}

function modificationOf(modifications: readonly Modification[], name: string): Modification | undefined {
  for (let at = 0; at < modifications.length; at++) {
    if ((modifications[at] as Modification).path[0] === name) return modifications[at];
  }
  return undefined;
}

function typeOf(value: BsonValue): number | null {
  if (value instanceof Date) return TYPE.date;
  if (typeof value === 'string') return isAscii.test(value) ? TYPE.string : null;
  return typeof value === 'number' && Number.isInteger(value) && value === (value | 0) && !Object.is(value, -0)
    ? TYPE.int32
    : null;
}

/** There a character is a byte, and their order that of the bytes. */
const isAscii = /^[ -~]*$/;

/** Whether the argument is more or less than what is there; null: that is of another type or size. */
function compareAt(bytes: Buffer, type: number, at: number, argument: BsonValue): number | null {
  if (type !== typeOf(argument)) return null;
  if (argument instanceof Date) return argument.getTime() - millisecondsAt(bytes, at);
  if (typeof argument === 'string') return compareText(bytes, at, argument);
  return (argument as number) - bytes.readInt32LE(at);
}

function compareText(bytes: Buffer, at: number, text: string): number | null {
  const { length } = text;
  if (bytes.readInt32LE(at) !== length + 1) return null;
  for (let i = 0; i < length; i++) {
    const difference = text.charCodeAt(i) - bytes[at + 4 + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function write(bytes: Buffer, at: number, argument: BsonValue): void {
  if (argument instanceof Date) writeMilliseconds(bytes, at, argument.getTime());
  else if (typeof argument === 'string') bytes.write(argument, at + 4, 'latin1');
  else bytes.writeInt32LE(argument as number, at);
}
