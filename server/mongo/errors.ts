/** What the database's errors mean to the rest of Laurel. */

import mongoose from 'mongoose';
import { CredentialsError, StoreError } from '../../plugin/errors.ts';

const { MongoError, MongoServerError } = mongoose.mongo;

/** The unique index that refused says: somebody else was faster, or it exists already. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}

/** Runs one piece of work against the database.
 *  @throws StoreError `store.unavailable` when the database cannot be reached or did not do it in time;
 *    errors that are not the database's, and duplicate keys, pass through unchanged */
export async function withDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(error);
  }
}

function toStoreError(error: unknown): unknown {
  if (error instanceof CredentialsError || isDuplicateKey(error)) return error;
  if (isFromDatabase(error)) {
    return new StoreError(
      'unavailable',
      'the database does not answer; check that MongoDB is running and that MONGODB_URI leads to it',
      { cause: error, details: { error: (error as Error).name } },
    );
  }
  return error;
}

/** A refusal by the server (`MongoServerError`) is our mistake, unless it says that it is going away. */
function isFromDatabase(error: unknown): boolean {
  if (error instanceof MongoServerError) {
    return error.hasErrorLabel('RetryableWriteError') || error.hasErrorLabel('RetryableError');
  }
  return error instanceof MongoError || error instanceof mongoose.MongooseError;
}
