/** What the database's errors mean to the rest of Laurel. */

import mongoose from 'mongoose';
import { CredentialsError, StoreError } from '../../plugin/errors.ts';

const { MongoError, MongoServerError, MongoWriteConcernError } = mongoose.mongo;

/** The unique index that refused says: somebody else was faster, or it exists already. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}

/** Longer than the driver looks for a server and tries once more. */
const GIVE_UP_AFTER_MS = 20_000;

/** Runs one piece of work against the database.
 *
 *  The driver alone gives no bound: a command that is written at the very moment when its connection is lost may never
 *  be answered, not even with an error. Work that is given up may still take effect.
 *  @throws StoreError `store.unavailable` when the database cannot be reached or did not do it in time;
 *    errors that are not the database's, and duplicate keys, pass through unchanged */
export async function withDatabase<Result>(
  work: () => Promise<Result>,
  giveUpAfterMs: number = GIVE_UP_AFTER_MS,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable('NoAnswer')), giveUpAfterMs);
  });
  try {
    return await Promise.race([work(), tooLate]);
  } catch (error) {
    throw toStoreError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns false when a unique index refused the write @throws as `withDatabase` */
export async function unlessDuplicate(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await withDatabase(write);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** @param error name of what the driver says */
export function unavailable(error: string, cause?: unknown): StoreError {
  const message = 'the database does not answer; check that MongoDB is running and that MONGODB_URI leads to it';
  return new StoreError('unavailable', message, { cause, details: { error } });
}

function toStoreError(error: unknown): unknown {
  if (error instanceof CredentialsError || isDuplicateKey(error)) return error;
  return isFromDatabase(error) ? unavailable((error as Error).name, error) : error;
}

/** What mongoose finds wrong before anything is sent: trying again would not help. */
const OUR_MISTAKES = [mongoose.Error.CastError, mongoose.Error.ValidationError, mongoose.Error.StrictModeError];

/** What a server says that is shutting down, or is the primary no longer, or has lost others of its cluster. It adds a label to
 *  writes that a driver may repeat: not to reads, nor where it stands alone, nor with `retryWrites=false`. */
const GOING_AWAY: readonly unknown[] = [6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

export function isGoingAway(code: unknown): boolean {
  return GOING_AWAY.includes(code);
}

/** What a socket says that leads nowhere any more. The driver passes it on as it is where it waited for a write to leave. */
const SOCKET_GONE: readonly unknown[] = [
  ...['EPIPE', 'ECONNRESET', 'ECONNABORTED', 'ECONNREFUSED', 'ENOTCONN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_WRITE_AFTER_END', 'ERR_SOCKET_CLOSED'],
];

/** A refusal by the server (`MongoServerError`) is our mistake, unless it says that it is going away, or that it has written
 *  and does not know how durably. */
function isFromDatabase(error: unknown): boolean {
  if (OUR_MISTAKES.some((mistake) => error instanceof mistake)) return false;
  if (error instanceof MongoWriteConcernError) return true;
  if (error instanceof MongoServerError) {
    const isLabelled = error.hasErrorLabel('RetryableWriteError') || error.hasErrorLabel('RetryableError');
    return isLabelled || isGoingAway(error.code);
  }
  if (error instanceof MongoError || error instanceof mongoose.MongooseError) return true;
  return error instanceof Error && 'code' in error && SOCKET_GONE.includes(error.code);
}
