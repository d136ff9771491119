/** The connection to the database, with every index in place before anything is read or written. */

import mongoose from 'mongoose';
import { ConfigurationError, InvariantError, StoreError } from '../../plugin/errors.ts';
import type { Logger } from '../../plugin/ports/runtime.ts';
import { withDatabase } from './errors.ts';
import { type DatabaseSpace, databaseSpace } from './store-space.ts';

/** Defines the models of one part on a connection, e.g. `learnerModels`. Calling it again gives the same models. */
export type RegisterModels = (connection: mongoose.Connection) => unknown;

export interface Database {
  readonly connection: mongoose.Connection;
  /** Builds the missing indexes of all models registered so far.
   *  @throws ConfigurationError when one cannot be built or differs from what it must be */
  ensureIndexes(): Promise<void>;
  /** Those that `ensureIndexes` would have to build, as `collection (field, field)`. */
  missingIndexes(): Promise<readonly string[]>;
  /** @throws StoreError `store.unavailable` */
  ping(): Promise<void>;
  /** What it takes on disk; null: it does not tell. @throws StoreError `store.unavailable` */
  space(): Promise<DatabaseSpace | null>;
  /** What the clock of the server says. @throws StoreError `store.unavailable` */
  time(): Promise<Date>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly uri: string;
  readonly logger: Logger;
  readonly models?: readonly RegisterModels[];
  /** Done before anything is built, e.g. to refuse a database of another form. */
  readonly first?: (connection: mongoose.Connection) => Promise<unknown>;
  /** false: no index is built, the database is only looked at. */
  readonly build?: boolean;
  /** How long to look for a server before giving up, at start and at every call. */
  readonly serverSelectionTimeoutMs?: number;
}

/** What every schema of Laurel is made with: unknown fields are refused when writing and when asking. */
export const schemaOptions = {
  autoIndex: false,
  autoCreate: false,
  minimize: false,
  strict: 'throw',
  strictQuery: 'throw',
  versionKey: false,
} as const;

/** @throws StoreError `store.unavailable` when no server answers; ConfigurationError for an unusable URI or index */
export async function connectDatabase(options: ConnectOptions): Promise<Database> {
  const { uri, logger, models = [], build = true, serverSelectionTimeoutMs = 5_000 } = options;
  const connection = await open(uri, serverSelectionTimeoutMs);
  connection.on('error', (error: Error) => logger.warn('the database connection failed', { error: error.name }));
  let closing = false;
  connection.on('disconnected', () => {
    if (!closing) logger.warn('the database connection was lost');
  });
  connection.on('reconnected', () => logger.info('the database connection is back'));
  const database: Database = {
    connection,
    ensureIndexes: () => ensureIndexes(connection),
    missingIndexes: () => missingIndexes(connection),
    ping: () => ping(connection),
    space: () => databaseSpace(connection),
    time: () => time(connection),
    close() {
      closing = true;
      return connection.close();
    },
  };
  try {
    for (const register of models) register(connection);
    await options.first?.(connection);
    if (build) await database.ensureIndexes();
  } catch (error) {
    await connection.close();
    throw error;
  }
  return database;
}

async function open(uri: string, serverSelectionTimeoutMS: number): Promise<mongoose.Connection> {
  const connection = mongoose.createConnection();
  connection.set('sanitizeFilter', true);
  connection.set('bufferCommands', false);
  try {
    return await connection.openUri(uri, {
      serverSelectionTimeoutMS,
      appName: 'laurel',
      // A message is acknowledged after its write: a standalone server would confirm it before it is on disk.
      writeConcern: { w: 'majority', journal: true },
      // What was just written is read again. A secondary, which the address may prefer, need not have it yet.
      readPreference: 'primary',
    });
  } catch (error) {
    await connection.close().catch(() => {});
    if (isUnusableUri(error)) {
      throw new ConfigurationError(
        ['MONGODB_URI is not a MongoDB address; it looks like mongodb://host:27017/laurel'],
        {
          cause: error,
        },
      );
    }
    throw unreachable(error);
  }
}

/** By name: the class comes from one of several packages of the driver. */
function isUnusableUri(error: unknown): boolean {
  const unusable = ['MongoParseError', 'MongoInvalidArgumentError', 'MongoAPIError', 'TypeError'];
  return error instanceof Error && unusable.includes(error.name);
}

/** AuthenticationFailed */
const WRONG_PASSWORD = 18;

function unreachable(cause: unknown): StoreError {
  for (let reason = cause; reason instanceof Error; reason = reason.cause) {
    if (reason.name === 'MongoCompatibilityError') {
      return new StoreError(
        'unavailable',
        'the MongoDB server at MONGODB_URI has a version that Laurel cannot use; take 4.4 or later',
        { cause },
      );
    }
    if (reason instanceof mongoose.mongo.MongoServerError && reason.code === WRONG_PASSWORD) {
      return new StoreError(
        'unavailable',
        'the MongoDB server refuses user name and password of MONGODB_URI; mend them, or name the database of the user with authSource',
        { cause },
      );
    }
  }
  return new StoreError(
    'unavailable',
    'no MongoDB server answers at MONGODB_URI; start it or mend the address, or unset MONGODB_URI to use the embedded store',
    { cause },
  );
}

const PING_LIMIT_MS = 6_000;

async function ping(connection: mongoose.Connection): Promise<void> {
  try {
    await withDatabase(async () => await connection.db?.command({ ping: 1 }), PING_LIMIT_MS);
  } catch (error) {
    throw unreachable(error);
  }
}

async function time(connection: mongoose.Connection): Promise<Date> {
  try {
    const hello = await withDatabase(async () => await connection.db?.command({ hello: 1 }), PING_LIMIT_MS);
    if (hello?.localTime instanceof Date) return hello.localTime;
  } catch (error) {
    throw unreachable(error);
  }
  throw new InvariantError('a MongoDB server says what time it is');
}

async function ensureIndexes(connection: mongoose.Connection): Promise<void> {
  const problems: string[] = [];
  let cause: unknown;
  for (const model of Object.values(connection.models)) {
    for (const [fields, options] of model.schema.indexes()) {
      const index = `${model.collection.name} (${Object.keys(fields).join(', ')})`;
      const wanted = indexOptions(index, options);
      try {
        await model.collection.createIndex(fields as mongoose.mongo.IndexSpecification, wanted);
      } catch (error) {
        if (!(error instanceof mongoose.mongo.MongoServerError)) throw unreachable(error);
        problems.push(remedy(index, error));
        cause = error;
      }
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems, { cause });
}

/** What an index of a schema may ask for. Mongoose adds `background`, which servers have long ignored. */
const INDEX_OPTIONS = ['unique', 'sparse', 'partialFilterExpression', 'expireAfterSeconds', 'background'] as const;

function indexOptions(index: string, options: mongoose.IndexOptions): mongoose.mongo.CreateIndexesOptions {
  const { unique, sparse, partialFilterExpression, expireAfterSeconds } = options;
  const unknown = Object.keys(options).filter((name) => !INDEX_OPTIONS.some((known) => known === name));
  if (unknown.length > 0) throw new InvariantError(`the index on ${index} asks for ${unknown.join(', ')} in vain`);
  return {
    ...(unique && { unique: true }),
    ...(sparse && { sparse: true }),
    ...(partialFilterExpression && { partialFilterExpression }),
    ...(expireAfterSeconds !== undefined && { expireAfterSeconds: Number(expireAfterSeconds) }),
  };
}

async function missingIndexes(connection: mongoose.Connection): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const model of Object.values(connection.models)) {
    const wanted = model.schema.indexes();
    if (wanted.length === 0) continue;
    const present = await withDatabase(() => model.collection.listIndexes().toArray()).catch(noCollection);
    for (const [fields, options] of wanted) {
      const isThere = present.some(
        (index) =>
          sameFields(index.key, fields) &&
          Boolean(index.unique) === Boolean(options.unique) &&
          Boolean(index.sparse) === Boolean(options.sparse),
      );
      if (!isThere) missing.push(`${model.collection.name} (${Object.keys(fields).join(', ')})`);
    }
  }
  return missing;
}

function noCollection(error: unknown): never[] {
  if (error instanceof mongoose.mongo.MongoServerError && error.codeName === 'NamespaceNotFound') return [];
  throw error;
}

function sameFields(one: object, other: object): boolean {
  return JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));
}

function remedy(index: string, error: mongoose.mongo.MongoServerError): string {
  switch (error.code) {
    case 11000:
      return `the unique index on ${index} cannot be built because documents contradict it; remove the duplicates and start again`;
    case 85:
    case 86:
      return `the index on ${index} exists with other options; drop it in the database and start again`;
    default:
      return `the index on ${index} cannot be built (${error.codeName ?? `code ${error.code}`}); see that the database user may create indexes`;
  }
}
