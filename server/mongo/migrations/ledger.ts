/** What the database remembers of its own form: one document, which is also the lock. */

import mongoose from 'mongoose';
import { schemaOptions } from '../connect.ts';
import { isDuplicateKey, withDatabase } from '../errors.ts';

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly at: Date;
  /** Documents that it changed. */
  readonly changed: number;
  /** Version of the program that did it. */
  readonly by: string;
}

export interface FormDocument {
  readonly _id: string;
  /** Number of the last migration applied. */
  readonly number: number;
  /** Number of the last one that programs which do not know it cannot live with. */
  readonly breaking: number;
  readonly applied: readonly AppliedMigration[];
  /** Grows with everyone who takes the lock: a holder of an older one must not record anything. */
  readonly fence: number;
  /** A backup is being put back, or was not put back to its end. */
  readonly restoring: boolean;
  /** Past: free. */
  readonly lockedUntil: Date;
}

const ID = 'form';
const FREE = new Date(0);

const schema = new mongoose.Schema<FormDocument>(
  {
    _id: { type: String, required: true },
    number: { type: Number, required: true },
    breaking: { type: Number, required: true },
    applied: { type: mongoose.Schema.Types.Mixed, required: true },
    fence: { type: Number, required: true },
    restoring: { type: Boolean, required: true },
    lockedUntil: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'database_form' },
);

export function formModels(connection: mongoose.Connection): mongoose.Model<FormDocument> {
  return (connection.models.DatabaseForm ?? connection.model('DatabaseForm', schema)) as mongoose.Model<FormDocument>;
}

/** Of a database that no migration has seen: a new one, or one of before there were any. */
const NONE: FormDocument = {
  _id: ID,
  number: 0,
  breaking: 0,
  applied: [],
  fence: 0,
  restoring: false,
  lockedUntil: FREE,
};

export class Ledger {
  readonly #forms: mongoose.Model<FormDocument>;

  constructor(connection: mongoose.Connection) {
    this.#forms = formModels(connection);
  }

  async read(): Promise<FormDocument> {
    return (await withDatabase(async () => this.#forms.findOne({ _id: ID }).lean<FormDocument>())) ?? NONE;
  }

  /** @returns what stands there and is ours until then; null: somebody else is at it */
  async lock(now: Date, until: Date): Promise<FormDocument | null> {
    await withDatabase(() => this.#forms.create([{ ...NONE }]).catch(unlessThere));
    return this.#change(
      { lockedUntil: mongoose.trusted({ $lte: now }) },
      { $set: { lockedUntil: until }, $inc: { fence: 1 } },
    );
  }

  /** @returns null: the lock is somebody else's by now */
  async renew(fence: number, until: Date): Promise<FormDocument | null> {
    return this.#change({ fence }, { $set: { lockedUntil: until } });
  }

  async record(fence: number, migration: AppliedMigration, breaking: boolean): Promise<FormDocument | null> {
    const { number } = migration;
    return this.#change(
      { fence, number: number - 1 },
      { $set: { number, ...(breaking && { breaking: number }) }, $push: { applied: migration } },
    );
  }

  async unlock(fence: number): Promise<void> {
    await this.#change({ fence }, { $set: { lockedUntil: FREE } });
  }

  /** Of an empty database. Until `endRestore` no process uses it. */
  async beginRestore(): Promise<void> {
    await withDatabase(() => this.#forms.create([{ ...NONE, restoring: true }]));
  }

  /** @param form what the backup remembers; null: it was made before there were migrations */
  async endRestore(form: FormDocument | null): Promise<void> {
    const { number, breaking, applied } = form ?? NONE;
    await this.#change({ restoring: true }, { $set: { number, breaking, applied, restoring: false } });
  }

  async #change(filter: object, update: object): Promise<FormDocument | null> {
    return withDatabase(async () =>
      this.#forms.findOneAndUpdate({ _id: ID, ...filter }, update, { returnDocument: 'after' }).lean<FormDocument>(),
    );
  }
}

function unlessThere(error: unknown): void {
  if (!isDuplicateKey(error)) throw error;
}
