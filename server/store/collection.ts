/** The documents of one collection and their indexes. Changes happen in memory at once and go to the journal; whoever
 *  acknowledges them waits for the journal. */

import { BSONRegExp, ObjectId } from 'bson';
import { type BsonDocument, type BsonValue, encodeDocument, isDocument, MAX_DOCUMENT_BYTES } from './bson.ts';
import type { CollectionIndex } from './collection-index.ts';
import { CommandError } from './errors.ts';
import { type KeyField, sortKeyOf } from './index-keys.ts';
import type { Journal } from './journal.ts';
import { planQuery } from './planner.ts';
import { compileFilter, type Matcher } from './query/matcher.ts';
import { equalValues } from './query/order.ts';
import { Recent } from './recent.ts';
import { type RecordHome, StoredRecord } from './record.ts';

export interface QueryOptions {
  readonly filter: BsonDocument;
  readonly sort: readonly KeyField[];
  readonly skip: number;
  /** 0: no limit. */
  readonly limit: number;
  /** The filter compiled, where somebody has done that already. */
  readonly matches?: Matcher;
}

/** Documents of a collection that stay decoded, those decoded last. A decoded document takes several times the memory of its
 *  body, and most are never looked at again. */
const KEPT_DECODED = 4_096;
/** Bodies of a collection that stay in memory, those written last. The others are read from the pages of the file, which the
 *  system keeps in memory as long as there is room. */
const KEPT_BODIES = 2_048;

export class Collection implements RecordHome {
  readonly id: number;
  readonly databaseName: string;
  readonly name: string;
  readonly uuid: Buffer;
  readonly #journal: Journal;
  readonly #records = new Map<number, StoredRecord>();
  readonly #decoded = new Recent<StoredRecord>(KEPT_DECODED, (record) => record.forgetDecoded());
  readonly #kept = new Recent<StoredRecord>(KEPT_BODIES, (record) => record.release());
  #indexes: CollectionIndex[];

  constructor(
    identity: { readonly id: number; readonly databaseName: string; readonly name: string; readonly uuid: Buffer },
    indexes: readonly CollectionIndex[],
    journal: Journal,
  ) {
    this.id = identity.id;
    this.databaseName = identity.databaseName;
    this.name = identity.name;
    this.uuid = identity.uuid;
    this.#indexes = [...indexes];
    this.#journal = journal;
  }

  get namespace(): string {
    return `${this.databaseName}.${this.name}`;
  }

  get size(): number {
    return this.#records.size;
  }

  get indexes(): readonly CollectionIndex[] {
    return this.#indexes;
  }

  /** Takes over what the journal holds. */
  load(sequences: Iterable<number>): void {
    for (const sequence of sequences) this.#records.set(sequence, new StoredRecord(sequence, null, null, this));
    for (const { index, entries } of this.#entriesFor(this.#indexes)) index.keys.load(entries);
  }

  /** Matching records in the order asked for, else as an index gives them or in the order of insertion. */
  find({ filter, sort, skip, limit, matches = compileFilter(filter) }: QueryOptions): StoredRecord[] {
    const plan = planQuery(this.#indexes, filter, sort);
    const mustSort = sort.length > 0 && !plan?.sorted;
    const wanted = limit > 0 && !mustSort ? skip + limit : Number.POSITIVE_INFINITY;
    const found: StoredRecord[] = [];
    for (const record of this.#candidates(plan)) {
      if (filter.size > 0 && !matches(record.document)) continue;
      found.push(record);
      if (found.length >= wanted) break;
    }
    const ordered = mustSort ? sortRecords(found, sort) : found;
    return skip > 0 || limit > 0 ? ordered.slice(skip, limit > 0 ? skip + limit : undefined) : ordered;
  }

  /** How many match. Where an index alone can tell, no document is looked at. */
  count({ filter, skip, limit, matches }: Omit<QueryOptions, 'sort'>): number {
    const plan = planQuery(this.#indexes, filter, []);
    if (!plan?.exact) return this.find({ filter, sort: [], skip, limit, ...(matches && { matches }) }).length;
    const wanted = limit > 0 ? skip + limit : Number.POSITIVE_INFINITY;
    let found = 0;
    for (const range of plan.ranges) {
      found += plan.index.keys.count(range, wanted - found);
      if (found >= wanted) break;
    }
    return Math.max(0, found - skip);
  }

  /** @param body the document as it was sent, which is stored as it is where nothing has to be added
   *  @returns the stored document, `_id` first
   *  @throws CommandError 11000, 10334, 53 */
  insert(document: BsonDocument, body?: Buffer): BsonDocument {
    const identified = withIdFirst(document);
    const bytes = identified === document && body ? withinLimit(body) : encodeWithinLimit(identified);
    const sequence = this.#journal.nextSequence();
    const keys = this.#checkedKeys(identified, sequence);
    for (const [index, own] of keys) for (const key of own) index.keys.add(key, sequence);
    // Most are not read soon, if ever: what is decoded of them would only fill the memory.
    this.#store(new StoredRecord(sequence, bytes, null, this));
    return identified;
  }

  /** @returns false when nothing changed
   *  @throws CommandError 11000, 10334, 66 */
  replace(record: StoredRecord, document: BsonDocument): boolean {
    const former = record.document;
    if (!equalValues(former.get('_id') ?? null, document.get('_id') ?? null) || !document.has('_id')) {
      throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
    }
    const bytes = encodeWithinLimit(document);
    if (bytes.equals(record.bytes)) return false;
    const keys = this.#checkedKeys(document, record.sequence);
    for (const [index, own] of keys) {
      const old = index.keysOf(former);
      for (const key of old) if (!own.includes(key)) index.keys.remove(key, record.sequence);
      for (const key of own) if (!old.includes(key)) index.keys.add(key, record.sequence);
    }
    record.retain();
    this.#store(new StoredRecord(record.sequence, bytes, document, this));
    return true;
  }

  remove(record: StoredRecord): void {
    for (const index of this.#indexes) {
      for (const key of index.keysOf(record.document)) index.keys.remove(key, record.sequence);
    }
    record.retain();
    this.#records.delete(record.sequence);
    this.#journal.remove(this.id, record.sequence);
  }

  removeAll(): void {
    for (const record of this.#records.values()) {
      record.retain();
      this.#journal.remove(this.id, record.sequence);
    }
    this.#records.clear();
    for (const index of this.#indexes) index.keys.load([]);
  }

  /** Builds the index over what is there. @throws CommandError 11000 when the documents break it */
  addIndex(index: CollectionIndex): void {
    for (const { entries } of this.#entriesFor([index])) index.keys.load(entries);
    if (index.unique) this.#assertNoDuplicates(index);
    this.#indexes.push(index);
  }

  dropIndex(name: string): void {
    this.#indexes = this.#indexes.filter((index) => index.name !== name);
  }

  read(sequence: number): Buffer {
    return this.#journal.read(this.id, sequence);
  }

  decoded(record: StoredRecord): void {
    this.#decoded.add(record);
  }

  kept(record: StoredRecord): void {
    this.#kept.add(record);
  }

  *#candidates(plan: ReturnType<typeof planQuery>): Generator<StoredRecord> {
    if (!plan) {
      yield* this.#records.values();
      return;
    }
    const seen = plan.index.multikey ? new Set<number>() : null;
    const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
    for (const range of ranges) {
      for (const sequence of plan.index.keys.range(range, plan.reverse)) {
        if (seen?.has(sequence)) continue;
        seen?.add(sequence);
        const record = this.#records.get(sequence);
        if (record) yield record;
      }
    }
  }

  #checkedKeys(document: BsonDocument, sequence: number): Map<CollectionIndex, readonly string[]> {
    const keys = new Map<CollectionIndex, readonly string[]>();
    for (const index of this.#indexes) {
      const own = index.keysOf(document);
      index.assertUnique(own, sequence, document, this.namespace);
      keys.set(index, own);
    }
    return keys;
  }

  #store(record: StoredRecord): void {
    this.#records.set(record.sequence, record);
    this.#journal.put(this.id, record);
  }

  #entriesFor(indexes: readonly CollectionIndex[]) {
    const built = indexes.map((index) => ({ index, entries: [] as (readonly [string, number])[] }));
    for (const record of this.#records.values()) {
      const { document } = record;
      for (const { index, entries } of built) {
        for (const key of index.keysOf(document)) entries.push([key, record.sequence]);
      }
      record.forgetDecoded();
    }
    return built;
  }

  #assertNoDuplicates(index: CollectionIndex): void {
    let former: string | null = null;
    for (const [key, sequence] of index.keys.entries()) {
      const record = key === former ? this.#records.get(sequence) : undefined;
      if (record) throw index.duplicateOf(record.document, this.namespace);
      former = key;
    }
  }
}

export function sortRecords<Row extends { readonly document: BsonDocument }>(
  rows: readonly Row[],
  sort: readonly KeyField[],
): Row[] {
  const keyed = rows.map((row) => ({ row, key: sortKeyOf(row.document, sort) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ row }) => row);
}

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
