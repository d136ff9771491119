/** find, getMore, killCursors, count, distinct, aggregate. */

import { compilePipeline } from '../aggregate.ts';
import { type BsonDocument, type BsonValue, encodeDocument, isDocument, isLong } from '../bson.ts';
import type { Collection } from '../collection.ts';
import type { CursorSource } from '../cursors.ts';
import { CommandError } from '../errors.ts';
import { parseKeyPattern } from '../index-keys.ts';
import { compileFilter } from '../query/matcher.ts';
import { encodeKey } from '../query/order.ts';
import { findAtPath } from '../query/path.ts';
import { compileProjection } from '../query/projection.ts';
import type { StoredRecord } from '../record.ts';
import { encodeCursorReply } from '../wire.ts';
import { Arguments } from './arguments.ts';
import { checkHint, collectionOf, type Handlers, NO_SORT, namespaceOf } from './context.ts';

export const readCommands: Handlers<'find' | 'getMore' | 'killCursors' | 'count' | 'distinct' | 'aggregate'> = {
  find(context) {
    const { command } = context;
    const collection = collectionOf(context);
    checkHint(collection, command.raw('hint'));
    const filter = command.document('filter');
    const sort = parseKeyPattern(command.document('sort'), 'sort');
    const projection = command.document('projection');
    const project = projection.size > 0 ? compileProjection(projection) : null;
    const options = { filter, sort, skip: command.count('skip', 0), limit: command.count('limit', 0) };
    const matches = compileFilter(filter);
    const records = collection?.find({ ...options, matches }) ?? [];
    const bodies = records.map((record) =>
      project ? () => encodeDocument(project(record.document)) : () => record.bytes,
    );
    const batchSize = command.has('batchSize') ? command.count('batchSize', 0) : null;
    const { cursorId, bodies: batch } = context.cursors.open(
      namespaceOf(context),
      bodies,
      batchSize,
      command.flag('singleBatch'),
      sourceOf(collection, records),
    );
    return encodeCursorReply('firstBatch', batch, cursorId, namespaceOf(context));
  },

  getMore(context) {
    const { command, cursors, databaseName } = context;
    const namespace = `${databaseName}.${command.string('collection')}`;
    const { cursorId, bodies } = cursors.more(
      cursorIdOf(command.raw('getMore')),
      namespace,
      command.count('batchSize', 0),
    );
    return encodeCursorReply('nextBatch', bodies, cursorId, namespace);
  },

  killCursors({ command, cursors }) {
    const ids = command.raw('cursors');
    if (!Array.isArray(ids)) throw new CommandError(14, 'killCursors needs an array of cursors');
    const killed = ids.filter((id) => cursors.kill(cursorIdOf(id)));
    return {
      cursorsKilled: killed,
      cursorsNotFound: ids.filter((id) => !killed.includes(id)),
      cursorsAlive: [],
      cursorsUnknown: [],
    };
  },

  count(context) {
    const { command } = context;
    const collection = collectionOf(context);
    checkHint(collection, command.raw('hint'));
    const filter = command.document('query');
    const matches = compileFilter(filter);
    const options = { filter, skip: command.count('skip', 0), limit: command.count('limit', 0), matches };
    return { n: collection?.count(options) ?? 0 };
  },

  distinct(context) {
    const { command } = context;
    const path = command.string('key').split('.');
    const collection = collectionOf(context);
    checkHint(collection, command.raw('hint'));
    const filter = command.document('query');
    const matches = compileFilter(filter);
    const values = new Map<string, BsonValue>();
    for (const { document } of collection?.find({ filter, sort: NO_SORT, skip: 0, limit: 0, matches }) ?? []) {
      for (const value of distinctValues(document, path)) {
        const key = encodeKey(value);
        if (!values.has(key)) values.set(key, value);
      }
    }
    return { values: [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value) };
  },

  aggregate(context) {
    const { command, cursors } = context;
    if (typeof command.raw(context.sentName) !== 'string') {
      throw new CommandError(
        115,
        'the embedded store does not support the aggregation of a database; name a collection',
      );
    }
    const collection = collectionOf(context);
    checkHint(collection, command.raw('hint'));
    const pipeline = command.documents('pipeline');
    // The whole pipeline is checked before anything is read; then a `$match` at its beginning goes through the indexes.
    compilePipeline(pipeline);
    const match = pipeline[0]?.get('$match');
    const filter: BsonDocument = isDocument(match) ? match : new Map();
    const found = collection?.find({ filter, sort: NO_SORT, skip: 0, limit: 0 }) ?? [];
    const rows = compilePipeline(isDocument(match) ? pipeline.slice(1) : pipeline)(found);
    const bodies = rows.map((row) => () => encodeDocument(row.document));
    const cursor = new Arguments(command.document('cursor'), 'aggregate.cursor');
    const batchSize = cursor.has('batchSize') ? cursor.count('batchSize', 0) : null;
    const { cursorId, bodies: batch } = cursors.open(
      namespaceOf(context),
      bodies,
      batchSize,
      false,
      sourceOf(collection, found),
    );
    return encodeCursorReply('firstBatch', batch, cursorId, namespaceOf(context));
  },
};

/** What an open cursor has found stays what it was, whatever happens to the documents. */
function sourceOf(collection: Collection | null, records: readonly StoredRecord[]): CursorSource {
  return {
    hold: () => {
      for (const record of records) collection?.hold(record);
    },
    letGo: () => {
      for (const record of records) collection?.letGo(record);
    },
  };
}

function distinctValues(document: BsonDocument, path: readonly string[]): BsonValue[] {
  const values: BsonValue[] = [];
  findAtPath(document, path, 'whole', ({ value }) => {
    if (Array.isArray(value)) values.push(...value);
    else if (value !== undefined) values.push(value);
    return false;
  });
  return values;
}

function cursorIdOf(value: BsonValue | undefined): bigint {
  if (isLong(value)) return value.toBigInt();
  if (typeof value === 'number') return BigInt(value);
  throw new CommandError(14, 'a cursor id must be a 64-bit integer');
}
