/** Makes the keys of documents for the indexes of a collection: from the bytes of a document, without decoding it, where
 *  values are of the usual types and no array is on the way; else by way of the values. */

import { type BsonDocument, decodeValue } from './bson.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { DocumentKeys } from './document-keys.ts';
import { endOfValue, FieldFinder, MISSING, millisecondsAt, TYPE } from './field-finder.ts';
import type { KeyField } from './index-keys.ts';
import type { LateKeys } from './late-keys.ts';
import { encodeKey, RANK } from './query/order.ts';

/** A document by its bytes, decoded when asked for. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly document: BsonDocument;
}

/** An index whose fields are among those that are looked for. */
interface Plan {
  readonly index: CollectionIndex;
  readonly slots: readonly number[];
  /** What it takes for the index to cover a document; null: only the index itself can tell. */
  readonly conditions: readonly SlotCondition[] | null;
  /** It can be told of a change later: nothing is refused on account of it. */
  readonly mayBeLate: boolean;
}

/** The field is there, and where a key is given it has this value. */
interface SlotCondition {
  readonly slot: number;
  readonly key: Buffer | null;
}

/** Of a field before and after a change. */
const UNKNOWN = 0;
const SAME = 1;
const OTHER = 2;

const EMPTY_ARRAY_BYTES = 5;
const scratch = new DataView(new ArrayBuffer(8));

export class KeyMaker {
  readonly #plans: readonly Plan[];
  #fields: FieldFinder;
  /** Of the document that is there before a change. */
  #formerFields: FieldFinder;
  /** Of each field, as far as somebody has asked: several indexes ask for the same ones. */
  readonly #compared: Uint8Array;

  constructor(indexes: readonly CollectionIndex[]) {
    const slots = new Map<string, number>();
    const paths: (readonly string[])[] = [];
    const slotOf = (name: string): number => {
      const known = slots.get(name);
      if (known !== undefined) return known;
      slots.set(name, paths.length);
      return paths.push(name.split('.')) - 1;
    };
    this.#plans = indexes.map((index) => ({
      index,
      slots: index.fields.map(({ name }) => slotOf(name)),
      conditions:
        index.conditions?.map(({ name, key }) => ({
          slot: slotOf(name),
          key: key === null ? null : Buffer.from(key, 'latin1'),
        })) ?? null,
      mayBeLate: !index.unique && index.conditions !== null,
    }));
    this.#compared = new Uint8Array(paths.length);
    this.#fields = new FieldFinder(paths);
    this.#formerFields = new FieldFinder(paths);
  }

  /** @param source a valid document
   *  @throws CommandError 171 for parallel arrays */
  write(source: Encoded, keys: DocumentKeys): void {
    const { bytes } = source;
    this.#fields.find(bytes);
    keys.clear();
    for (const plan of this.#plans) {
      keys.beginIndex();
      this.#writeKeys(plan, source, bytes, keys);
    }
  }

  /** Only for some of the indexes.
   *  @param source a valid document @param wanted by the place of the index: whether it is one of them */
  writeSome(source: Encoded, keys: DocumentKeys, wanted: (index: number) => boolean): void {
    const { bytes } = source;
    this.#fields.find(bytes);
    keys.clear();
    for (const [at, plan] of this.#plans.entries()) {
      keys.beginIndex();
      if (wanted(at)) this.#writeKeys(plan, source, bytes, keys);
    }
  }

  /** The keys before and after a change: of an index none at all where no field changes that it asks for, or where it can be told
   *  later.
   *  @param late is told of the keys that the document has until then
   *  @throws CommandError 171 for parallel arrays */
  writeChange(
    sequence: number,
    former: Encoded,
    formerKeys: DocumentKeys,
    source: Encoded,
    keys: DocumentKeys,
    late: LateKeys,
  ): void {
    const formerBytes = former.bytes;
    const { bytes } = source;
    this.#formerFields.find(formerBytes);
    this.#fields.find(bytes);
    this.#compared.fill(UNKNOWN);
    formerKeys.clear();
    keys.clear();
    for (let at = 0; at < this.#plans.length; at++) {
      const plan = this.#plans[at] as Plan;
      formerKeys.beginIndex();
      keys.beginIndex();
      if (!this.#isTouched(plan, formerBytes, bytes)) continue;
      const known = late.of(sequence)?.[at];
      if (plan.mayBeLate && this.#isSimple(plan, bytes)) {
        this.#noteArrays(plan);
        if (!known) late.note(sequence, at, this.#takeFormerKeys(plan, former, formerKeys, at));
        continue;
      }
      this.#writeKeys(plan, source, bytes, keys);
      if (known) formerKeys.texts(known);
      else this.#writeFormerKeys(plan, former, formerKeys);
    }
  }

  #writeFormerKeys(plan: Plan, former: Encoded, keys: DocumentKeys): void {
    this.#exchangeFields();
    this.#writeKeys(plan, former, former.bytes, keys);
    this.#exchangeFields();
  }

  #takeFormerKeys(plan: Plan, former: Encoded, keys: DocumentKeys, at: number): readonly string[] {
    this.#writeFormerKeys(plan, former, keys);
    return keys.takeTexts(at);
  }

  /** As `#writeKey` does. */
  #noteArrays({ index, slots }: Plan): void {
    for (let at = 0; at < slots.length; at++) {
      const isArray = this.#fields.types[slots[at] as number] === TYPE.array;
      if (isArray) index.noteArray((index.fields[at] as KeyField).name);
    }
  }

  #exchangeFields(): void {
    const fields = this.#fields;
    this.#fields = this.#formerFields;
    this.#formerFields = fields;
  }

  #isTouched({ slots, conditions }: Plan, former: Buffer, bytes: Buffer): boolean {
    if (!conditions) return true;
    for (let at = 0; at < slots.length; at++) if (!this.#isSame(slots[at] as number, former, bytes)) return true;
    for (let at = 0; at < conditions.length; at++) {
      if (!this.#isSame((conditions[at] as SlotCondition).slot, former, bytes)) return true;
    }
    return false;
  }

  #isSame(slot: number, former: Buffer, bytes: Buffer): boolean {
    if (this.#compared[slot] === UNKNOWN) this.#compared[slot] = this.#compare(slot, former, bytes) ? SAME : OTHER;
    return this.#compared[slot] === SAME;
  }

  #compare(slot: number, former: Buffer, bytes: Buffer): boolean {
    const type = this.#fields.types[slot] as number;
    if (type !== this.#formerFields.types[slot]) return false;
    if (type === MISSING) return true;
    if (type === TYPE.array && this.#fields.behindArray[slot] !== this.#formerFields.behindArray[slot]) return false;
    const at = this.#fields.places[slot] as number;
    const formerAt = this.#formerFields.places[slot] as number;
    const length = endOfValue(bytes, type, at) - at;
    if (endOfValue(former, type, formerAt) - formerAt !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== former[formerAt + i]) return false;
    return true;
  }

  #writeKeys(plan: Plan, source: Encoded, bytes: Buffer, keys: DocumentKeys): void {
    if (this.#isSimple(plan, bytes)) this.#writeKey(plan, bytes, keys);
    else {
      for (const key of plan.index.keysOf(source.document)) {
        keys.text(key);
        keys.endKey();
      }
    }
  }

  /** An array that is empty has one key, like a value; what would be behind it is as if it were not there. */
  #isSimple({ slots, conditions }: Plan, bytes: Buffer): boolean {
    const { types, places } = this.#fields;
    if (!conditions) return false;
    for (const { slot } of conditions) if (types[slot] === TYPE.array) return false;
    let array = -1;
    for (const slot of slots) {
      if (types[slot] !== TYPE.array) continue;
      const at = places[slot] as number;
      if (bytes.readInt32LE(at) !== EMPTY_ARRAY_BYTES || (array >= 0 && array !== at)) return false;
      array = at;
    }
    return true;
  }

  #writeKey({ index, slots, conditions }: Plan, bytes: Buffer, keys: DocumentKeys): void {
    const { types, places, behindArray } = this.#fields;
    if (conditions) for (const condition of conditions) if (!this.#isMet(condition, bytes, keys)) return;
    if (index.sparse && slots.every((slot) => types[slot] === MISSING)) return;
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] as number;
      const field = index.fields[at] as KeyField;
      const start = keys.length;
      const isArray = types[slot] === TYPE.array;
      if (isArray) index.noteArray(field.name);
      const type = isArray && behindArray[slot] === 1 ? MISSING : (types[slot] as number);
      writeValue(keys, bytes, type, places[slot] as number);
      if (field.direction === -1) keys.invertFrom(start);
    }
    keys.endKey();
  }

  #isMet({ slot, key }: SlotCondition, bytes: Buffer, keys: DocumentKeys): boolean {
    const type = this.#fields.types[slot] as number;
    if (type === MISSING || !key) return type !== MISSING;
    const start = keys.length;
    writeValue(keys, bytes, type, this.#fields.places[slot] as number);
    const isEqual = keys.bytes.compare(key, 0, key.length, start, keys.length) === 0;
    keys.backTo(start);
    return isEqual;
  }
}

/** What `encodeKey` says of the value. */
export function writeValue(keys: DocumentKeys, bytes: Buffer, type: number, at: number): void {
  switch (type) {
    case TYPE.string:
      writeString(keys, bytes, at);
      return;
    case TYPE.date:
      keys.byte(RANK_BYTES.date);
      writeFloat(keys, millisecondsAt(bytes, at));
      return;
    case TYPE.int32:
      writeNumber(keys, bytes.readInt32LE(at));
      return;
    case TYPE.double:
      writeNumber(keys, bytes.readDoubleLE(at));
      return;
    case TYPE.boolean:
      keys.byte(RANK_BYTES.boolean);
      keys.byte(bytes[at] === 1 ? 1 : 0);
      return;
    case TYPE.objectId: {
      keys.byte(RANK_BYTES.objectId);
      const to = keys.room(12);
      for (let i = 0; i < 12; i++) keys.bytes[to + i] = bytes[at + i]!;
      return;
    }
    case TYPE.array:
      keys.byte(RANK_BYTES.emptyArray);
      return;
    case MISSING:
    case TYPE.null:
      keys.byte(RANK_BYTES.null);
      return;
    default:
      keys.text(encodeKey(decodeValue(bytes, type, at)));
  }
}

function writeString(keys: DocumentKeys, bytes: Buffer, at: number): void {
  const start = keys.length;
  const length = bytes.readInt32LE(at) - 1;
  const to = keys.room(length + 2);
  const into = keys.bytes;
  into[to] = RANK_BYTES.string;
  for (let i = 0; i < length; i++) {
    const byte = bytes[at + 4 + i]!;
    // What is not plain ASCII may not be what it is read as.
    if (byte === 0 || byte >= 0x80) {
      keys.backTo(start);
      keys.text(encodeKey(decodeValue(bytes, TYPE.string, at)));
      return;
    }
    into[to + 1 + i] = byte;
  }
  into[to + 1 + length] = 0;
}

/** One byte needs no call into what writes texts. */
const RANK_BYTES = {
  null: RANK.null.charCodeAt(0),
  number: RANK.number.charCodeAt(0),
  string: RANK.string.charCodeAt(0),
  emptyArray: RANK.emptyArray.charCodeAt(0),
  objectId: RANK.objectId.charCodeAt(0),
  boolean: RANK.boolean.charCodeAt(0),
  date: RANK.date.charCodeAt(0),
} as const;
const EXACT = 0x80;

function writeNumber(keys: DocumentKeys, value: number): void {
  keys.byte(RANK_BYTES.number);
  if (Number.isNaN(value)) {
    keys.byte(0);
    return;
  }
  writeFloat(keys, value);
  keys.byte(EXACT);
}

function writeFloat(keys: DocumentKeys, value: number): void {
  scratch.setFloat64(0, value === 0 ? 0 : value);
  const high = scratch.getInt32(0);
  const low = scratch.getInt32(4);
  const to = keys.room(8);
  writeUint32(keys.bytes, to, high < 0 ? ~high : high ^ 0x80000000);
  writeUint32(keys.bytes, to + 4, high < 0 ? ~low : low);
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >>> 24) & 255;
  bytes[at + 1] = (value >>> 16) & 255;
  bytes[at + 2] = (value >>> 8) & 255;
  bytes[at + 3] = value & 255;
}
