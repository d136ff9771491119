/** The databases and collections of a store. */

import { Collection } from './collection.ts';
import { CollectionIndex } from './collection-index.ts';
import { CommandError } from './errors.ts';
import type { Journal } from './journal.ts';

export class Catalog {
  readonly journal: Journal;
  readonly #databases = new Map<string, Map<string, Collection>>();

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /** Reads everything back from the journal. */
  load(): void {
    for (const entry of this.journal.collections()) {
      const collection = new Collection(entry, entry.indexes, this.journal);
      collection.load(this.journal.sequencesOf(entry.id));
      this.#database(entry.databaseName).set(entry.name, collection);
    }
  }

  databaseNames(): string[] {
    return [...this.#databases].filter(([, collections]) => collections.size > 0).map(([name]) => name);
  }

  collections(databaseName: string): Collection[] {
    return [...(this.#databases.get(databaseName)?.values() ?? [])];
  }

  *allCollections(): Generator<Collection> {
    for (const collections of this.#databases.values()) yield* collections.values();
  }

  find(databaseName: string, name: string): Collection | null {
    return this.#databases.get(databaseName)?.get(name) ?? null;
  }

  /** Makes the collection when it is not there, as the first insert does. @throws CommandError 73 */
  findOrCreate(databaseName: string, name: string): Collection {
    return this.find(databaseName, name) ?? this.create(databaseName, name);
  }

  /** @throws CommandError 48, 73 */
  create(databaseName: string, name: string): Collection {
    if (this.find(databaseName, name)) throw new CommandError(48, `Collection ${databaseName}.${name} already exists`);
    assertName(databaseName, name);
    const identity = { ...this.journal.newIdentity(), databaseName, name };
    const collection = new Collection(identity, [CollectionIndex.forId()], this.journal);
    this.#database(databaseName).set(name, collection);
    this.save(collection);
    return collection;
  }

  /** To be called after the collection's indexes changed. */
  save(collection: Collection): void {
    this.journal.saveCollection(collection);
  }

  drop(collection: Collection): void {
    collection.removeAll();
    this.journal.removeCollection(collection.id);
    this.#databases.get(collection.databaseName)?.delete(collection.name);
  }

  #database(name: string): Map<string, Collection> {
    const known = this.#databases.get(name);
    if (known) return known;
    const made = new Map<string, Collection>();
    this.#databases.set(name, made);
    return made;
  }
}

function assertName(databaseName: string, name: string): void {
  const bytes = Buffer.byteLength(`${databaseName}.${name}`);
  const invalid =
    name === '' || name.includes('$') || name.includes('\0') || name.startsWith('.') || name.startsWith('system.');
  if (invalid || bytes > 255) {
    throw new CommandError(73, `Invalid namespace specified '${databaseName}.${name}'`);
  }
}
