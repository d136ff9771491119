/** Collections and indexes: create, drop, dropDatabase, listCollections, listDatabases, createIndexes, listIndexes,
 *  dropIndexes; and what they take. */

import { Binary } from 'bson';
import { type BsonValue, type Encodable, encodeDocument, isDocument, toDocument } from '../bson.ts';
import type { Collection } from '../collection.ts';
import { CollectionIndex } from '../collection-index.ts';
import { CommandError, outOfScope } from '../errors.ts';
import { compileFilter } from '../query/matcher.ts';
import { equalValues } from '../query/order.ts';
import { encodeCursorReply } from '../wire.ts';
import { Arguments } from './arguments.ts';
import { type CommandContext, collectionOf, type Handlers, namespaceOf } from './context.ts';

type SchemaCommand =
  | 'create'
  | 'dbStats'
  | 'drop'
  | 'dropDatabase'
  | 'listCollections'
  | 'listDatabases'
  | 'createIndexes'
  | 'listIndexes'
  | 'dropIndexes';

export const schemaCommands: Handlers<SchemaCommand> = {
  create({ catalog, databaseName, command, sentName }) {
    catalog.create(databaseName, command.string(sentName));
    return {};
  },

  /** The file is that of all databases, and indexes are not in it. */
  dbStats({ catalog, databaseName, command }) {
    const collections = catalog.collections(databaseName);
    const sum = (of: (collection: Collection) => number) => collections.reduce((total, each) => total + of(each), 0);
    const { file, free } = catalog.journal.space();
    const scale = command.count('scale', 1);
    if (scale === 0) throw new CommandError(2, "BSON field 'dbStats.scale' must be greater than 0");
    const scaled = (bytes: number) => Math.floor(bytes / scale);
    const freeStorage = { freeStorageSize: scaled(free), indexFreeStorageSize: 0, totalFreeStorageSize: scaled(free) };
    return {
      db: databaseName,
      collections: collections.length,
      views: 0,
      objects: sum(({ size }) => size),
      storageSize: scaled(file),
      indexes: sum(({ indexes }) => indexes.length),
      indexSize: 0,
      totalSize: scaled(file),
      ...(command.flag('freeStorage') ? freeStorage : {}),
      scaleFactor: scale,
    };
  },

  drop(context) {
    const collection = collectionOf(context);
    if (!collection) return {};
    context.catalog.drop(collection);
    return { ns: collection.namespace, nIndexesWas: collection.indexes.length };
  },

  dropDatabase({ catalog, databaseName }) {
    for (const collection of catalog.collections(databaseName)) catalog.drop(collection);
    return { dropped: databaseName };
  },

  listCollections(context) {
    const { catalog, databaseName, command } = context;
    const matches = compileFilter(command.document('filter'));
    const nameOnly = command.flag('nameOnly');
    const entries = catalog
      .collections(databaseName)
      .map((collection) => toDocument(describeCollection(collection, nameOnly)))
      .filter((entry) => matches(entry));
    return cursorOf(context, `${databaseName}.$cmd.listCollections`, entries);
  },

  listDatabases({ catalog, command }) {
    const matches = compileFilter(command.document('filter'));
    const nameOnly = command.flag('nameOnly');
    const databases = catalog
      .databaseNames()
      .map((name) => toDocument(nameOnly ? { name } : { name, sizeOnDisk: 0, empty: false }))
      .filter((entry) => matches(entry));
    return nameOnly ? { databases } : { databases, totalSize: 0 };
  },

  createIndexes(context) {
    const { catalog, databaseName, command, sentName } = context;
    const wanted = command.documents('indexes').map((specification) => new CollectionIndex(specification));
    const existed = collectionOf(context) !== null;
    const collection = catalog.findOrCreate(databaseName, command.string(sentName));
    const numIndexesBefore = existed ? collection.indexes.length : 1;
    for (const index of wanted) if (!isThere(collection, index)) collection.addIndex(index);
    catalog.save(collection);
    return {
      numIndexesBefore,
      numIndexesAfter: collection.indexes.length,
      createdCollectionAutomatically: !existed,
      ...(numIndexesBefore === collection.indexes.length ? { note: 'all indexes already exist' } : {}),
    };
  },

  listIndexes(context) {
    const collection = collectionOf(context);
    if (!collection) throw new CommandError(26, `ns does not exist: ${namespaceOf(context)}`);
    return cursorOf(
      context,
      namespaceOf(context),
      collection.indexes.map(({ specification }) => specification),
    );
  },

  dropIndexes(context) {
    const collection = collectionOf(context);
    if (!collection) throw new CommandError(26, `ns not found ${namespaceOf(context)}`);
    const nIndexesWas = collection.indexes.length;
    for (const name of namesToDrop(collection, context.command.raw('index'))) collection.dropIndex(name);
    context.catalog.save(collection);
    return { nIndexesWas };
  },
};

function describeCollection(collection: Collection, nameOnly: boolean): { readonly [key: string]: unknown } {
  const entry = { name: collection.name, type: 'collection' };
  if (nameOnly) return entry;
  return {
    ...entry,
    options: {},
    info: { readOnly: false, uuid: new Binary(collection.uuid, Binary.SUBTYPE_UUID) },
    idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
  };
}

function cursorOf(context: CommandContext, namespace: string, entries: readonly Encodable[]): Buffer {
  const options = new Arguments(context.command.document('cursor'), `${context.sentName}.cursor`);
  const batchSize = options.has('batchSize') ? options.count('batchSize', 0) : null;
  const bodies = entries.map((entry) => () => encodeDocument(entry));
  const { cursorId, bodies: batch } = context.cursors.open(namespace, bodies, batchSize, false);
  return encodeCursorReply('firstBatch', batch, cursorId, namespace);
}

/** @throws CommandError 85, 86 when an index of this name or over these fields is another one */
function isThere(collection: Collection, index: CollectionIndex): boolean {
  for (const existing of collection.indexes) {
    const sameKey = equalValues(existing.pattern, index.pattern);
    if (existing.name === index.name && (existing.isSameAs(index) || index.name === '_id_')) return true;
    if (existing.name === index.name) {
      throw new CommandError(
        86,
        `An existing index has the same name as the requested index: ${index.name}, with other fields or options`,
      );
    }
    if (sameKey && existing.name === '_id_') return true;
    if (sameKey && sameFilter(existing, index)) {
      throw new CommandError(85, `Index already exists with a different name: ${existing.name}`);
    }
  }
  return false;
}

function sameFilter(left: CollectionIndex, right: CollectionIndex): boolean {
  const filters: [BsonValue, BsonValue] = [left.partialFilter, right.partialFilter];
  return equalValues(...filters) && left.sparse === right.sparse && left.unique === right.unique;
}

function namesToDrop(collection: Collection, wanted: BsonValue | undefined): string[] {
  if (wanted === '*') return collection.indexes.map(({ name }) => name).filter((name) => name !== '_id_');
  if (Array.isArray(wanted)) return wanted.flatMap((name) => namesToDrop(collection, name));
  if (typeof wanted !== 'string' && !isDocument(wanted)) throw outOfScope('dropIndexes by anything but name or key');
  const found = collection.indexes.filter(({ name, pattern }) =>
    isDocument(wanted) ? equalValues(pattern, wanted) : name === wanted,
  );
  if (found.length === 0)
    throw new CommandError(27, `index not found${isDocument(wanted) ? '' : ` with name [${wanted}]`}`);
  if (found.some(({ name }) => name === '_id_')) throw new CommandError(72, 'cannot drop _id index');
  return found.map(({ name }) => name);
}
