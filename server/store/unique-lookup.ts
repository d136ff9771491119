/** Filters as they were sent that give values for all fields of a unique index, as those of most updates do: the one document that
 *  can match is looked up in the index, and held against the filter, without decoding either. */

import { Elements } from './bson.ts';
import type { CollectionIndex } from './collection-index.ts';
import { DocumentKeys } from './document-keys.ts';
import { FieldFinder, TYPE } from './field-finder.ts';
import type { KeyField } from './index-keys.ts';
import { writeValue } from './key-maker.ts';

interface Candidate {
  readonly index: CollectionIndex;
  readonly finder: FieldFinder;
}

/** Of those the same bytes are the same value, and the key of the value is that of no other. */
const KEY_TYPES: ReadonlySet<number> = new Set([TYPE.string, TYPE.int32, TYPE.double, TYPE.objectId]);
const PLAIN_TYPES: ReadonlySet<number> = new Set([TYPE.string, TYPE.int32, TYPE.boolean, TYPE.objectId, TYPE.date]);

/** Of the filter at hand. */
const key = new DocumentKeys();

export class UniqueLookup {
  readonly #candidates: readonly Candidate[];

  constructor(indexes: readonly CollectionIndex[]) {
    this.#candidates = indexes
      .filter(({ unique, sparse, partialFilter }) => unique && !sparse && !partialFilter)
      .filter(({ fields }) => fields.every(({ path }) => path.length === 1))
      .map((index) => ({ index, finder: new FieldFinder(index.fields.map(({ path }) => path)) }));
  }

  /** @param at where the filter begins in the bytes
   *  @returns the number of the only document that can match; null: there is none, or this is not the way to find it */
  sequenceFor(bytes: Buffer, at: number): number | null {
    for (const { index, finder } of this.#candidates) {
      if (index.multikey) continue;
      finder.find(bytes, at);
      if (writeKey(index.fields, finder, bytes)) return index.keys.sequenceOf(key.bytes, 0, key.length);
    }
    return null;
  }
}

/** @returns false where a value is missing or of another type */
function writeKey(fields: readonly KeyField[], { types, places }: FieldFinder, bytes: Buffer): boolean {
  key.clear();
  for (let slot = 0; slot < fields.length; slot++) {
    const type = types[slot] as number;
    if (!KEY_TYPES.has(type)) return false;
    const start = key.length;
    writeValue(key, bytes, type, places[slot] as number);
    if ((fields[slot] as KeyField).direction === -1) key.invertFrom(start);
  }
  return true;
}

/** @param at where the filter begins in the bytes
 *  @returns true when the document certainly matches; false where only a look at the values can tell */
export function certainlyMatches(document: Buffer, bytes: Buffer, at: number): boolean {
  const own = new Elements(document);
  for (const wanted = new Elements(bytes, at); wanted.next(); ) {
    const { name, type, start, end } = wanted;
    if (!PLAIN_TYPES.has(type) || name.startsWith('$') || name.includes('.')) return false;
    if (!own.seek(name) || own.type !== type || own.end - own.start !== end - start) return false;
    for (let i = start, o = own.start; i < end; i++, o++) if (bytes[i] !== document[o]) return false;
  }
  return true;
}
