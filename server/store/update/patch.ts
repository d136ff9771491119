/** Updates that a document takes in its bytes: fields at the top that are there get another value of the same type and size, as
 *  times and counts do, and texts of a fixed form. Neither the document nor the update is decoded. */

import { Elements } from '../bson.ts';
import { TYPE } from '../field-finder.ts';

const OPERATORS: ReadonlySet<string> = new Set(['$set', '$max', '$min']);

/** @param bytes of a valid document
 *  @param update the operators with their fields, as they were sent
 *  @param at where they begin
 *  @returns the document afterwards, the same bytes where nothing changes; null: it is not as simple as that */
export function patchBytes(bytes: Buffer, update: Buffer, at = 0): Buffer | null {
  const own = new Elements(bytes);
  const seen: string[] = [];
  let result = bytes;
  for (const operators = new Elements(update, at); operators.next(); ) {
    const operator = operators.name;
    if (!OPERATORS.has(operator) || operators.type !== TYPE.document) return null;
    for (const argument = new Elements(update, operators.start); argument.next(); ) {
      const { name } = argument;
      if (!isPlainName(name) || seen.includes(name) || !own.seek(name)) return null;
      seen.push(name);
      const order = compare(update, argument, bytes, own);
      if (order === null) return null;
      if (order === 0 || (operator === '$max' && order < 0) || (operator === '$min' && order > 0)) continue;
      if (result === bytes) {
        result = Buffer.allocUnsafeSlow(bytes.length);
        bytes.copy(result);
      }
      update.copy(result, own.start, argument.start, argument.end);
    }
  }
  return result;
}

function isPlainName(name: string): boolean {
  return name !== '_id' && name !== '' && !name.startsWith('$') && !name.includes('.');
}

/** Whether the argument is more or less than what is there; null: that is of another type or size. */
function compare(update: Buffer, argument: Elements, bytes: Buffer, own: Elements): number | null {
  const { type, start, end } = argument;
  if (type !== own.type || end - start !== own.end - own.start) return null;
  if (type === TYPE.int32) return update.readInt32LE(start) - bytes.readInt32LE(own.start);
  if (type === TYPE.date) {
    const order = update.readInt32LE(start + 4) - bytes.readInt32LE(own.start + 4);
    return order === 0 ? update.readUInt32LE(start) - bytes.readUInt32LE(own.start) : order;
  }
  // The order of texts is that of their bytes.
  return type === TYPE.string ? update.compare(bytes, own.start, own.end, start, end) : null;
}
