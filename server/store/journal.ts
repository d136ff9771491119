/** What is on disk: every document's body and the catalog of collections, in one LMDB environment. Changes made in one
 *  turn of the event loop become one transaction; `settled` tells when everything so far has reached the disk. */

import { randomBytes } from 'node:crypto';
import { type BsonDocument, decodeDocument, encodeDocument, isDocument } from './bson.ts';
import { CollectionIndex } from './collection-index.ts';
import { dataFileOf, identityOf } from './data-file.ts';
import { CommandError } from './errors.ts';
import { PagePool } from './page-pool.ts';
import type { StoredRecord } from './record.ts';
import { Room } from './room.ts';
import { openFile, type StoreFile, type StoreSpace, spaceOf } from './store-file.ts';

/** Changes when an older program could not read the files any more. */
const FORMAT_VERSION = 1;

export interface CatalogEntry {
  readonly id: number;
  readonly databaseName: string;
  readonly name: string;
  readonly uuid: Buffer;
  readonly indexes: readonly CollectionIndex[];
}

/** Changes that share a transaction. */
interface Batch {
  readonly written: Promise<unknown>;
  readonly records: StoredRecord[];
  readonly waiting: (() => void)[];
}

/** Bodies that were read last stay for a moment: what is found is often changed next. Larger ones would take room for many. */
const MOST_READ = 512;
const MOST_READ_BYTES = 16 * 1024;

interface TreeSize {
  readonly entryCount: number;
}

export class FormatError extends Error {}

export class Journal {
  readonly #directory: string;
  readonly #room: Room;
  readonly #identity: string;
  readonly file: StoreFile;
  readonly #root: StoreFile['root'];
  readonly #bodies: StoreFile['bodies'];
  readonly #catalog: StoreFile['catalog'];
  readonly #read = new Map<number, Buffer>();
  #lastSequence = 0;
  #lastCollectionId = 0;
  /** The transaction that changes go to now; null: all are on disk. */
  #latest: Batch | null = null;
  #settling: Promise<void> = Promise.resolve();
  #failure: Error | null = null;
  /** Of the indexes, which are made anew at every start. */
  readonly pages: PagePool;
  readonly #onBroken: (reason: Error) => void;

  /** @param onBroken told when the disk did not take a write: memory and disk may differ then, and LMDB is not to be trusted
   *    any more, so the sooner this process ends the better
   *  @throws FormatError when the files were written by a newer program */
  constructor(directory: string, onBroken: (reason: Error) => void = () => {}, room = Room.on(directory)) {
    this.#room = room;
    this.#directory = directory;
    this.#onBroken = onBroken;
    this.pages = new PagePool(directory);
    this.#identity = identityOf(directory);
    this.file = openFile(dataFileOf(directory));
    this.#root = this.file.root;
    this.#bodies = this.file.bodies;
    this.#catalog = this.file.catalog;
  }

  /** Its file has made room for another one: what is written here is lost. */
  get isOutdated(): boolean {
    return identityOf(this.#directory) !== this.#identity;
  }

  /** What the file takes on disk. */
  space(): StoreSpace {
    return spaceOf(this.file, dataFileOf(this.#directory));
  }

  /** Of documents and of the catalog. */
  get entryCount(): number {
    return [this.#bodies, this.#catalog].reduce((sum, tree) => sum + (tree.getStats() as TreeSize).entryCount, 0);
  }

  /** Writes all of it to a new file, without what is free. */
  copyCompacted(path: string): Promise<void> {
    return this.#root.backup(path, true);
  }

  /** Runs `action` while no other process is in its own `exclusively` on the same directory. */
  exclusively<Result>(action: () => Result): Result {
    return this.#root.transactionSync(action);
  }

  /** @throws FormatError */
  assertFormat(): void {
    const stored = this.#catalog.get('format');
    if (!stored) {
      this.#catalog.putSync('format', encodeDocument({ version: FORMAT_VERSION }));
      return;
    }
    const version = decodeDocument(stored).get('version');
    if (version !== FORMAT_VERSION) {
      throw new FormatError(
        `the data directory has the format ${String(version)} and this program reads the format ${FORMAT_VERSION}: start the version of Laurel that wrote it, or use another data directory`,
      );
    }
  }

  collections(): CatalogEntry[] {
    const entries: CatalogEntry[] = [];
    for (const { key, value } of this.#catalog.getRange({ start: 'collection:', end: 'collection;' })) {
      const entry = decodeDocument(value);
      const [, id = ''] = key.split(':');
      const indexes = entry.get('indexes');
      this.#lastCollectionId = Math.max(this.#lastCollectionId, Number(id));
      entries.push({
        id: Number(id),
        databaseName: String(entry.get('database')),
        name: String(entry.get('name')),
        uuid: Buffer.from(String(entry.get('uuid')), 'hex'),
        indexes: Array.isArray(indexes) ? indexes.filter(isDocument).map((index) => new CollectionIndex(index)) : [],
      });
    }
    return entries;
  }

  /** A collection's documents in the order of insertion. */
  *sequencesOf(collectionId: number): Generator<number> {
    for (const [, sequence] of this.#bodies.getKeys({ start: [collectionId, 0], end: [collectionId + 1, 0] })) {
      this.#lastSequence = Math.max(this.#lastSequence, sequence);
      yield sequence;
    }
  }

  nextSequence(): number {
    this.#lastSequence += 1;
    return this.#lastSequence;
  }

  newIdentity(): { readonly id: number; readonly uuid: Buffer } {
    this.#lastCollectionId += 1;
    return { id: this.#lastCollectionId, uuid: randomBytes(16) };
  }

  read(collectionId: number, sequence: number): Buffer {
    const known = this.#read.get(sequence);
    if (known) return known;
    const bytes = this.#readFromFile(collectionId, sequence);
    if (bytes.length > MOST_READ_BYTES) return bytes;
    if (this.#read.size >= MOST_READ) this.#read.clear();
    this.#read.set(sequence, bytes);
    return bytes;
  }

  #readFromFile(collectionId: number, sequence: number): Buffer {
    const key: [number, number] = [collectionId, sequence];
    let bytes = this.#bodies.get(key);
    if (!bytes) {
      // What is read in one turn is read from one state, which may be older than the last flush.
      this.#root.resetReadTxn();
      bytes = this.#bodies.get(key);
    }
    if (!bytes) throw new CommandError(1, 'a document that should be on disk is not there');
    return bytes;
  }

  put(collectionId: number, record: StoredRecord): void {
    this.#read.delete(record.sequence);
    const shortage = this.#room.take(record.bytes.length);
    if (shortage) {
      this.#fail(shortage);
      return;
    }
    this.#track(this.#bodies.put([collectionId, record.sequence], record.bytes)).records.push(record);
  }

  remove(collectionId: number, sequence: number): void {
    this.#read.delete(sequence);
    this.#track(this.#bodies.remove([collectionId, sequence]));
  }

  saveCollection(entry: CatalogEntry): void {
    const stored: BsonDocument = new Map();
    stored.set('database', entry.databaseName).set('name', entry.name).set('uuid', entry.uuid.toString('hex'));
    stored.set(
      'indexes',
      entry.indexes.map((index) => index.specification),
    );
    this.#track(this.#catalog.put(`collection:${entry.id}`, encodeDocument(stored)));
  }

  removeCollection(id: number): void {
    this.#track(this.#catalog.remove(`collection:${id}`));
  }

  /** Calls back when every change made so far is on disk, or nothing is acknowledged any more: then there is a failure. */
  whenSettled(done: () => void): void {
    if (this.#latest) this.#latest.waiting.push(done);
    else done();
  }

  /** @throws CommandError 1 when the disk did not take it; from then on nothing is acknowledged any more, because memory
   *  and disk may differ */
  async settled(): Promise<void> {
    await new Promise<void>((done) => this.whenSettled(done));
    this.assertWritable();
  }

  /** What whoever writes is told after a failure to write; null: all is well. */
  get refusal(): CommandError | null {
    if (!this.#failure) return null;
    return new CommandError(
      1,
      `the embedded store takes no more writes (${this.#failure.message}): remove the cause, then restart`,
    );
  }

  /** @throws CommandError 1 after a failure to write */
  assertWritable(): void {
    if (this.refusal) throw this.refusal;
  }

  /** From now on nothing is acknowledged any more. */
  refuseWrites(reason: Error): void {
    this.#failure ??= reason;
  }

  async close(): Promise<void> {
    await this.#settling;
    await this.#root.close();
    this.pages.close();
  }

  /** Changes of one turn share a transaction and a flush, and LMDB one promise between them. */
  #track(written: Promise<unknown>): Batch {
    if (this.#latest?.written === written) return this.#latest;
    const batch: Batch = { written, records: [], waiting: [] };
    this.#latest = batch;
    // `flushed` means the batch that is open when `then` is called, so the call may not wait for anything.
    const flushed = new Promise((done, fail) => this.#root.flushed.then(done, fail));
    this.#settling = Promise.all([this.#settling, written, flushed]).then(
      () => this.#finish(batch),
      (error: unknown) => {
        this.#fail(error);
        this.#finish(batch);
      },
    );
    return batch;
  }

  #finish(batch: Batch): void {
    if (this.#latest === batch) this.#latest = null;
    if (!this.#failure) {
      for (const record of batch.records) {
        this.#read.delete(record.sequence);
        record.stored();
      }
    }
    for (const done of batch.waiting) done();
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.refuseWrites(error instanceof Error ? error : new Error(String(error)));
    // LMDB says only there what the matter was
    const cause = (error as { readonly commitError?: Promise<never> }).commitError;
    if (cause) cause.catch((reason: Error) => this.#onBroken(reason));
    else this.#onBroken(error as Error);
  }
}
