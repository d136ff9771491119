/** Many conditional updates in one command, and what became of each. */

import mongoose from 'mongoose';
import type { StoreError } from '../../plugin/errors.ts';
import { isGoingAway, unavailable } from './errors.ts';

export interface BulkUpdate {
  readonly filter: object;
  /** `$set` and the like, or the whole document in place of the former. */
  readonly update: object;
  /** Insert it where the filter finds nothing; a unique index may refuse that. */
  readonly upsert?: boolean;
}

export interface BulkOutcome {
  /** By the place of the update. */
  readonly refused: ReadonlyMap<number, mongoose.mongo.WriteError>;
  readonly inserted: ReadonlySet<number>;
  /** How many of the others found their document; which, the database does not tell. */
  readonly matched: number;
}

/** Past mongoose, whose casting would cost more than the write: for what comes from one pure function.
 *  @throws StoreError `store.unavailable` when what became of them is not known; errors of the database that concern all */
export async function updateMany<Document>(
  model: mongoose.Model<Document>,
  updates: readonly BulkUpdate[],
): Promise<BulkOutcome> {
  const operations = updates.map(toOperation) as unknown as mongoose.mongo.AnyBulkWriteOperation[];
  const collection = model.collection as unknown as mongoose.mongo.Collection;
  try {
    return outcomeOf(await collection.bulkWrite(operations, { ordered: false }), []);
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error;
    const refusals = [error.writeErrors].flat();
    // Nothing is known to be durable.
    if (error.result.getWriteConcernError()) throw unavailable(error.name, error);
    // A connection that is lost comes in the same error, with no refusals and no code of the database.
    if (refusals.length === 0) throw typeof error.code === 'number' ? error : unavailable(error.name, error);
    return outcomeOf(error.result, refusals);
  }
}

function toOperation({ filter, update, upsert = false }: BulkUpdate) {
  const isWhole = !Object.keys(update)[0]?.startsWith('$');
  return isWhole ? { replaceOne: { filter, replacement: update, upsert } } : { updateOne: { filter, update, upsert } };
}

function outcomeOf(
  { upsertedIds, matchedCount }: mongoose.mongo.BulkWriteResult,
  refusals: readonly mongoose.mongo.WriteError[],
): BulkOutcome {
  return {
    refused: new Map(refusals.map((refusal) => [refusal.index, refusal])),
    inserted: new Set(Object.keys(upsertedIds).map(Number)),
    matched: matchedCount,
  };
}

/** What a refusal would have been had it been alone. */
export function refusalError(refusal: mongoose.mongo.WriteError): mongoose.mongo.MongoServerError | StoreError {
  if (isGoingAway(refusal.code)) return unavailable('MongoServerError', refusal);
  return new mongoose.mongo.MongoServerError({
    message: refusal.errmsg ?? 'the write was refused',
    code: refusal.code,
  });
}
