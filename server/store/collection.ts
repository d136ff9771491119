/** The documents of one collection and their indexes. Changes happen in memory at once and go to the journal; whoever
 *  acknowledges them waits for the journal. */

import { BSONRegExp, ObjectId } from 'bson';
import {
  type BsonDocument,
  type BsonValue,
  decodeDocument,
  encodeDocument,
  isDocument,
  MAX_DOCUMENT_BYTES,
} from './bson.ts';
import type { CollectionIndex } from './collection-index.ts';
import { DocumentKeys } from './document-keys.ts';
import { CommandError } from './errors.ts';
import { endOfValue, TYPE } from './field-finder.ts';
import { type KeyField, sortKeyOf } from './index-keys.ts';
import type { Journal } from './journal.ts';
import { type Encoded, KeyMaker } from './key-maker.ts';
import { LateKeys } from './late-keys.ts';
import { findUniqueKey, planQuery, type UniqueKey } from './planner.ts';
import { compileFilter, fieldsOfFilter, type Matcher } from './query/matcher.ts';
import { equalValues } from './query/order.ts';
import { isPlainFilter, matchesBytes } from './query/plain-filter.ts';
import { Recent } from './recent.ts';
import { type RecordHome, StoredRecord } from './record.ts';
import { Sequences } from './sequences.ts';
import { certainlyMatches, UniqueLookup } from './unique-lookup.ts';

export interface QueryOptions {
  readonly filter: BsonDocument;
  readonly sort: readonly KeyField[];
  readonly skip: number;
  /** 0: no limit. */
  readonly limit: number;
  /** The filter compiled, where somebody has done that already. */
  readonly matches?: Matcher;
}

/** Documents of a collection that stay decoded, those decoded last. Bodies are read from the pages of the file, which the
 *  system keeps in memory as long as there is room. */
const KEPT = 4_096;
/** Documents that indexes are told of later: about 5 MB, and as much work as a page may wait for. */
const MOST_LATE = 4_096;
/** Where the value of `_id` begins: behind the length of the document, the type and the name. */
const ID_VALUE = 9;

const NOTHING_READ: { readonly sequence: number; readonly bytes: Buffer } = { sequence: -1, bytes: Buffer.alloc(0) };

/** One document at a time is written; what is made for it is written over by the next. */
const ownKeys = new DocumentKeys();
const formerKeys = new DocumentKeys();

export class Collection implements RecordHome {
  readonly id: number;
  readonly databaseName: string;
  readonly name: string;
  readonly uuid: Buffer;
  readonly #journal: Journal;
  /** Of all documents. */
  readonly #sequences = new Sequences();
  /** Those that somebody holds, the journal until they are written, or that were decoded lately. Of others there is no record
   *  until they are asked for. */
  readonly #records = new Map<number, StoredRecord>();
  readonly #recent = new Recent<StoredRecord>(KEPT, (record) => {
    record.isRecent = false;
    this.letGo(record);
  });
  #lastRead = NOTHING_READ;
  #indexes: CollectionIndex[];
  #keys: KeyMaker;
  #unique: UniqueLookup;
  readonly #late = new LateKeys();

  constructor(
    identity: { readonly id: number; readonly databaseName: string; readonly name: string; readonly uuid: Buffer },
    indexes: readonly CollectionIndex[],
    journal: Journal,
  ) {
    this.id = identity.id;
    this.databaseName = identity.databaseName;
    this.name = identity.name;
    this.uuid = identity.uuid;
    this.#journal = journal;
    this.#indexes = [...indexes];
    for (const index of indexes) index.keepIn(journal.pages);
    this.#keys = new KeyMaker(this.#indexes);
    this.#unique = new UniqueLookup(this.#indexes);
  }

  get namespace(): string {
    return `${this.databaseName}.${this.name}`;
  }

  get size(): number {
    return this.#sequences.size;
  }

  get indexes(): readonly CollectionIndex[] {
    return this.#indexes;
  }

  /** Takes over what the journal holds. */
  load(sequences: Iterable<number>): void {
    for (const sequence of sequences) {
      this.#sequences.add(sequence);
      this.#keys.write(new Draft(this.read(sequence)), ownKeys);
      this.#addKeys(sequence);
    }
  }

  /** Matching records in the order asked for, else as an index gives them or in the order of insertion. */
  find({ filter, sort, skip, limit, matches }: QueryOptions): StoredRecord[] {
    const unique = findUniqueKey(this.#indexes, filter);
    if (unique && skip === 0) return this.#findOne(unique, matcherOf(filter, matches));
    const plan = planQuery(this.#indexes, filter, sort);
    const mustSort = sort.length > 0 && !plan?.sorted;
    const wanted = limit > 0 && !mustSort ? skip + limit : Number.POSITIVE_INFINITY;
    const isMatch = filter.size === 0 || plan?.exact ? () => true : matcherOf(filter, matches);
    const found: StoredRecord[] = [];
    for (const record of this.#candidates(plan)) {
      if (!isMatch(record)) continue;
      found.push(record);
      if (found.length >= wanted) break;
    }
    const ordered = mustSort ? sortRecords(found, sort) : found;
    return skip > 0 || limit > 0 ? ordered.slice(skip, limit > 0 ? skip + limit : undefined) : ordered;
  }

  #findOne({ index, key, isExact }: UniqueKey, isMatch: (record: StoredRecord) => boolean): StoredRecord[] {
    const sequence = index.keys.sequenceOf(Buffer.from(key, 'latin1'));
    if (sequence === null) return [];
    const record = this.#recordOf(sequence);
    return isExact || isMatch(record) ? [record] : [];
  }

  /** What most updates are about.
   *  @param filter bytes as they were sent @param at where the filter begins in them
   *  @returns the only match of the filter; null: there is none, or only `find` can tell */
  findSent(filter: Buffer, at: number): StoredRecord | null {
    const sequence = this.#unique.sequenceFor(filter, at);
    if (sequence === null) return null;
    const record = this.#recordOf(sequence);
    return certainlyMatches(record.bytes, filter, at) ? record : null;
  }

  /** How many match. Where an index alone can tell, no document is looked at. */
  count({ filter, skip, limit, matches }: Omit<QueryOptions, 'sort'>): number {
    const wanted = limit > 0 ? skip + limit : Number.POSITIVE_INFINITY;
    if (filter.size === 0) return Math.max(0, Math.min(this.#sequences.size, wanted) - skip);
    const plan = planQuery(this.#indexes, filter, []);
    if (!plan?.exact) return this.find({ filter, sort: [], skip, limit, ...(matches && { matches }) }).length;
    let found = 0;
    this.#bringUpToDate(plan.index);
    for (const range of plan.ranges) {
      found += plan.index.keys.count(range, wanted - found);
      if (found >= wanted) break;
    }
    return Math.max(0, found - skip);
  }

  /** @param body the document as it was sent, which is stored as it is where nothing has to be added
   *  @throws CommandError 11000, 10334, 53, 2, 115 */
  insert(body: Buffer): void {
    if (beginsWithPlainId(body)) {
      this.#insertBytes(withinLimit(body));
      return;
    }
    const document = decodeDocument(body);
    const identified = withIdFirst(document);
    this.#insertBytes(identified === document ? withinLimit(body) : encodeWithinLimit(identified));
  }

  /** @returns the stored document, `_id` first
   *  @throws CommandError 11000, 10334, 53 */
  insertDocument(document: BsonDocument): BsonDocument {
    const identified = withIdFirst(document);
    this.#insertBytes(encodeWithinLimit(identified));
    return identified;
  }

  #insertBytes(bytes: Buffer): void {
    const sequence = this.#journal.nextSequence();
    const draft = new Draft(bytes);
    this.#keys.write(draft, ownKeys);
    this.#assertUnique(draft, sequence);
    this.#addKeys(sequence);
    this.#sequences.add(sequence);
    this.#store(sequence, bytes);
  }

  /** The `_id` stays.
   *  @param source with a document without `_id`, from `start` to `end`
   *  @returns false when nothing changed
   *  @throws CommandError 11000, 10334, 2, 115 */
  replaceBody(record: StoredRecord, source: Buffer, start: number, end: number): boolean {
    const former = record.bytes;
    // stored documents begin with their `_id`
    const idEnd = endOfValue(former, former[4] as number, ID_VALUE);
    const bytes = Buffer.allocUnsafeSlow(end - start + idEnd - 4);
    bytes.writeInt32LE(bytes.length, 0);
    former.copy(bytes, 4, 4, idEnd);
    source.copy(bytes, idEnd, start + 4, end);
    return this.#replaceBytes(record, withinLimit(bytes), former);
  }

  /** @returns false when nothing changed
   *  @throws CommandError 11000, 10334, 66 */
  replace(record: StoredRecord, document: BsonDocument): boolean {
    const { document: former } = record;
    if (!equalValues(former.get('_id') ?? null, document.get('_id') ?? null) || !document.has('_id')) {
      throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
    }
    return this.#replaceBytes(record, encodeWithinLimit(document));
  }

  /** The `_id` is the same and the size fits.
   *  @returns false when nothing changed @throws CommandError 11000 */
  replacePatched(record: StoredRecord, bytes: Buffer): boolean {
    return bytes !== record.bytes && this.#replaceBytes(record, bytes);
  }

  #replaceBytes(former: StoredRecord, bytes: Buffer, formerBytes = former.bytes): boolean {
    if (bytes.equals(formerBytes)) return false;
    const { sequence } = former;
    const draft = new Draft(bytes);
    this.#keys.writeChange(sequence, former, formerKeys, draft, ownKeys, this.#late);
    this.#assertUnique(draft, sequence);
    for (let at = 0; at < this.#indexes.length; at++) this.#exchangeKeys(at, sequence);
    former.retain();
    this.#store(sequence, bytes);
    if (this.#late.size >= MOST_LATE) this.#bringAllUpToDate();
    return true;
  }

  remove(record: StoredRecord): void {
    const { sequence } = record;
    record.retain();
    this.#bringUpToDateAbout(sequence);
    this.#keys.write(record, formerKeys);
    for (const [at, { keys }] of this.#indexes.entries()) {
      for (let key = formerKeys.firstOf(at); key < formerKeys.endOf(at); key++) {
        keys.remove(formerKeys.bytes, formerKeys.startOfKey(key), formerKeys.endOfKey(key), sequence);
      }
    }
    this.#forget(record);
  }

  removeAll(): void {
    for (const sequence of this.#sequences) {
      const record = this.#recordOf(sequence);
      // only who holds it can still want it
      if (record.holders > 0) record.retain();
      this.#forget(record);
    }
    for (const index of this.#indexes) index.keys.clear();
    this.#late.clear();
  }

  /** Builds the index over what is there. @throws CommandError 11000 when the documents break it */
  addIndex(index: CollectionIndex): void {
    index.keepIn(this.#journal.pages);
    this.#bringAllUpToDate();
    const maker = new KeyMaker([index]);
    try {
      for (const sequence of this.#sequences) {
        const record = this.#recordOf(sequence);
        maker.write(record, ownKeys);
        this.#assertUniqueIn(index, 0, record, sequence);
        this.#addKeysTo(index, 0, sequence);
      }
    } catch (error) {
      index.keys.clear();
      throw error;
    }
    this.#indexes.push(index);
    this.#keys = new KeyMaker(this.#indexes);
    this.#unique = new UniqueLookup(this.#indexes);
  }

  dropIndex(name: string): void {
    this.#bringAllUpToDate();
    const [dropped] = this.#indexes.filter((index) => index.name === name);
    dropped?.keys.clear();
    this.#indexes = this.#indexes.filter((index) => index !== dropped);
    this.#keys = new KeyMaker(this.#indexes);
    this.#unique = new UniqueLookup(this.#indexes);
  }

  /** Whoever reads a field of a document often reads all of it next. */
  read(sequence: number): Buffer {
    if (sequence !== this.#lastRead.sequence) {
      this.#lastRead = { sequence, bytes: this.#journal.read(this.id, sequence) };
    }
    return this.#lastRead.bytes;
  }

  used(record: StoredRecord): void {
    if (record.isRecent) return;
    record.isRecent = true;
    this.hold(record);
    this.#recent.add(record);
  }

  /** Until it is let go, whoever finds the document gets this record, and it is told when another takes its place. */
  hold(record: StoredRecord): void {
    record.holders++;
    this.#records.set(record.sequence, record);
  }

  letGo(record: StoredRecord): void {
    record.holders--;
    if (record.holders > 0) return;
    record.release();
    if (this.#records.get(record.sequence) === record) this.#records.delete(record.sequence);
  }

  *#candidates(plan: ReturnType<typeof planQuery>): Generator<StoredRecord> {
    if (!plan) {
      for (const sequence of this.#sequences) yield this.#recordOf(sequence);
      return;
    }
    this.#bringUpToDate(plan.index);
    const seen = plan.index.multikey ? new Set<number>() : null;
    const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
    for (const range of ranges) {
      for (const sequence of plan.index.keys.range(range, plan.reverse)) {
        if (seen?.has(sequence)) continue;
        seen?.add(sequence);
        yield this.#recordOf(sequence);
      }
    }
  }

  #recordOf(sequence: number): StoredRecord {
    return this.#records.get(sequence) ?? new StoredRecord(sequence, null, this);
  }

  /** Of the keys made last. */
  #assertUnique(draft: Draft, sequence: number): void {
    for (let at = 0; at < this.#indexes.length; at++)
      this.#assertUniqueIn(this.#indexes[at] as CollectionIndex, at, draft, sequence);
  }

  #assertUniqueIn(index: CollectionIndex, at: number, source: Encoded, sequence: number): void {
    if (!index.unique) return;
    for (let key = ownKeys.firstOf(at); key < ownKeys.endOf(at); key++) {
      const start = ownKeys.startOfKey(key);
      const end = ownKeys.endOfKey(key);
      if (!index.keys.hasOther(ownKeys.bytes, start, end, sequence)) continue;
      throw index.duplicateOf(source.document, this.namespace);
    }
  }

  #addKeys(sequence: number): void {
    for (let at = 0; at < this.#indexes.length; at++)
      this.#addKeysTo(this.#indexes[at] as CollectionIndex, at, sequence);
  }

  #addKeysTo({ keys }: CollectionIndex, at: number, sequence: number): void {
    for (let key = ownKeys.firstOf(at); key < ownKeys.endOf(at); key++) {
      keys.add(ownKeys.bytes, ownKeys.startOfKey(key), ownKeys.endOfKey(key), sequence);
    }
  }

  /** To be called before an index is read. */
  #bringUpToDate(index: CollectionIndex): void {
    const at = this.#indexes.indexOf(index);
    if (this.#late.countIn(at) === 0) return;
    for (const sequence of this.#late.sequences()) this.#bringUpToDateAbout(sequence, at);
  }

  #bringAllUpToDate(): void {
    for (const sequence of this.#late.sequences()) this.#bringUpToDateAbout(sequence);
  }

  /** @param only one index by its place; else all of them */
  #bringUpToDateAbout(sequence: number, only?: number): void {
    const former = this.#late.of(sequence);
    if (!former || (only !== undefined && !former[only])) return;
    const isWanted = (at: number): boolean => former[at] !== undefined && (only === undefined || at === only);
    this.#keys.writeSome(this.#recordOf(sequence), ownKeys, isWanted);
    formerKeys.clear();
    for (let at = 0; at < this.#indexes.length; at++) {
      formerKeys.beginIndex();
      if (isWanted(at)) formerKeys.texts(former[at] as readonly string[]);
    }
    for (let at = 0; at < this.#indexes.length; at++) this.#exchangeKeys(at, sequence);
    if (only === undefined) this.#late.forget(sequence);
    else this.#late.settled(sequence, only);
  }

  /** Only what differs is touched. */
  #exchangeKeys(at: number, sequence: number): void {
    if (formerKeys.firstOf(at) === formerKeys.endOf(at) && ownKeys.firstOf(at) === ownKeys.endOf(at)) return;
    this.#late.settled(sequence, at);
    const { keys } = this.#indexes[at] as CollectionIndex;
    for (let key = formerKeys.firstOf(at); key < formerKeys.endOf(at); key++) {
      if (ownKeys.includes(at, formerKeys, key)) continue;
      keys.remove(formerKeys.bytes, formerKeys.startOfKey(key), formerKeys.endOfKey(key), sequence);
    }
    for (let key = ownKeys.firstOf(at); key < ownKeys.endOf(at); key++) {
      if (formerKeys.includes(at, ownKeys, key)) continue;
      keys.add(ownKeys.bytes, ownKeys.startOfKey(key), ownKeys.endOfKey(key), sequence);
    }
  }

  #forget(record: StoredRecord): void {
    this.#lastRead = NOTHING_READ;
    this.#records.delete(record.sequence);
    this.#sequences.delete(record.sequence);
    this.#journal.remove(this.id, record.sequence);
  }

  #store(sequence: number, bytes: Buffer): void {
    const record = new StoredRecord(sequence, bytes, this);
    this.#lastRead = NOTHING_READ;
    this.hold(record);
    this.#journal.put(this.id, record);
  }
}

/** What is about to be stored. */
class Draft implements Encoded {
  readonly bytes: Buffer;
  #document: BsonDocument | null = null;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get document(): BsonDocument {
    this.#document ??= decodeDocument(this.bytes);
    return this.#document;
  }
}

/** Decodes of a document what the filter asks for. */
function matcherOf(filter: BsonDocument, matches = compileFilter(filter)): (record: StoredRecord) => boolean {
  let names: ReadonlySet<string> | null = null;
  const byValues = (record: StoredRecord): boolean => {
    names ??= fieldsOfFilter(filter);
    return matches(record.fields(names));
  };
  if (!isPlainFilter(filter)) return byValues;
  return (record) => (!record.isDecoded && matchesBytes(filter, record.bytes)) || byValues(record);
}

export function sortRecords<Row extends { readonly document: BsonDocument }>(
  rows: readonly Row[],
  sort: readonly KeyField[],
): Row[] {
  const keyed = rows.map((row) => ({ row, key: sortKeyOf(row.document, sort) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ row }) => row);
}

/** Whether `withIdFirst` would leave it as it is, as far as can be seen at a glance. */
function beginsWithPlainId(body: Buffer): boolean {
  return body.length > 9 && PLAIN_IDS.has(body[4] as number) && body.readUInt32BE(5) === ID_NAME;
}

/** `_id` and the zero at its end. */
const ID_NAME = 0x5f696400;
const PLAIN_IDS: ReadonlySet<number> = new Set([TYPE.string, TYPE.objectId, TYPE.int32, TYPE.double, TYPE.date]);

function withIdFirst(document: BsonDocument): BsonDocument {
  const id: BsonValue = document.get('_id') ?? (document.has('_id') ? null : new ObjectId());
  if (Array.isArray(id) || id instanceof BSONRegExp) {
    throw new CommandError(53, `The '_id' value cannot be of type ${Array.isArray(id) ? 'array' : 'regex'}`);
  }
  if (isDocument(id)) {
    for (const name of id.keys()) {
      if (name.startsWith('$')) throw new CommandError(52, '_id fields may not contain $-prefixed fields');
    }
  }
  if (document.keys().next().value === '_id') return document;
  const ordered: BsonDocument = new Map([['_id', id]]);
  for (const [name, value] of document) if (name !== '_id') ordered.set(name, value);
  return ordered;
}

function encodeWithinLimit(document: BsonDocument): Buffer {
  return withinLimit(encodeDocument(document));
}

function withinLimit(bytes: Buffer): Buffer {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(10334, `the document has ${bytes.length} bytes, the limit is ${MAX_DOCUMENT_BYTES}`);
  }
  return bytes;
}
