/** Filters that give fields at the top and the texts, numbers and truth values that they are to have, as those of most updates
 *  do: answered from the bytes of a document. */

import { type BsonDocument, type BsonValue, Elements } from '../bson.ts';
import { TYPE } from '../field-finder.ts';

const PLAIN_TYPES: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);
/** One bit for each field. */
const MOST_FIELDS = 30;

export function isPlainFilter(filter: BsonDocument): boolean {
  for (const [name, value] of filter) {
    if (!PLAIN_TYPES.has(typeof value) || Number.isNaN(value) || name.startsWith('$') || name.includes('.'))
      return false;
  }
  return true;
}

/** @param filter a plain one
 *  @returns true when the document certainly matches; false where only a look at its values can tell */
export function matchesBytes(filter: BsonDocument, bytes: Buffer): boolean {
  if (filter.size > MOST_FIELDS) return false;
  let missing = (1 << filter.size) - 1;
  for (const elements = new Elements(bytes); missing !== 0 && elements.next(); ) {
    const wanted = filter.get(elements.name);
    if (wanted === undefined) continue;
    if (!isAt(bytes, elements.type, elements.start, wanted)) return false;
    missing &= ~(1 << placeOf(filter, elements.name));
  }
  return missing === 0;
}

function placeOf(filter: BsonDocument, name: string): number {
  let place = 0;
  for (const known of filter.keys()) {
    if (known === name) return place;
    place++;
  }
  return place;
}

function isAt(bytes: Buffer, type: number, at: number, wanted: BsonValue): boolean {
  if (typeof wanted === 'string') return type === TYPE.string && isTextAt(bytes, at, wanted);
  if (typeof wanted === 'boolean') return type === TYPE.boolean && (bytes[at] === 1) === wanted;
  if (type === TYPE.int32) return bytes.readInt32LE(at) === wanted;
  return type === TYPE.double && bytes.readDoubleLE(at) === wanted;
}

/** Only of plain ASCII: there a character is a byte. */
function isTextAt(bytes: Buffer, at: number, wanted: string): boolean {
  const { length } = wanted;
  if (bytes.readInt32LE(at) !== length + 1) return false;
  for (let i = 0; i < length; i++) {
    const code = wanted.charCodeAt(i);
    if (code >= 0x80 || bytes[at + 4 + i] !== code) return false;
  }
  return true;
}
