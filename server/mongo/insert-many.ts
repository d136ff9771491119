/** Many documents inserted with one command. The driver's own way makes several objects of each document and looks at each
 *  three times, which costs as much as encoding it. */

import mongoose from 'mongoose';
import { unavailable } from './errors.ts';

interface InsertReply {
  readonly n: number;
  readonly writeErrors?: readonly Refusal[];
  readonly writeConcernError?: { readonly code: number };
}

/** Of one document. */
export interface Refusal {
  /** Place of the document. */
  readonly index: number;
  readonly code: number;
}

export interface Inserted {
  readonly refusals: readonly Refusal[];
  /** Code of why the others are not known to be durable; null: they are. */
  readonly notDurable: number | null;
}

/** A command of its own inherits nothing from the connection. */
const DURABLE = { w: 'majority', j: true };

/** In any order, past mongoose, whose casting would cost more than the write: for what comes from one pure function.
 *  @param documents of 16 MB together at most, each with its `_id`: inserting them again must do no harm
 *  @throws StoreError `store.unavailable` when what became of them is not known */
export async function insertMany<Document extends { readonly _id: unknown }>(
  model: mongoose.Model<Document>,
  documents: readonly Document[],
): Promise<Inserted> {
  const {
    n,
    writeErrors = [],
    writeConcernError,
  } = await run(model, {
    insert: model.collection.collectionName,
    documents,
    ordered: false,
    writeConcern: DURABLE,
  });
  if (n + writeErrors.length !== documents.length) throw unavailable('IncompleteReply');
  return { refusals: writeErrors, notDurable: writeConcernError?.code ?? null };
}

async function run<Document>({ db: { db } }: mongoose.Model<Document>, command: mongoose.mongo.BSON.Document) {
  if (!db) throw unavailable('NotConnected');
  const send = async () => (await db.command(command)) as unknown as InsertReply;
  try {
    return await send().catch((error: unknown) => {
      // as when another server has become the primary, which the driver gets over where it makes the command
      if (error instanceof mongoose.mongo.MongoError && error.hasErrorLabel('RetryableWriteError')) return send();
      throw error;
    });
  } catch (error) {
    throw unavailable((error as Error).name, error);
  }
}
