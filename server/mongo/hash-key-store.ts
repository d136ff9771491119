/** HashKeyStore on MongoDB. */

import mongoose from 'mongoose';
import type { HashKey, HashKeyStore } from '../../plugin/ports/hash-key-store.ts';
import { schemaOptions } from './connect.ts';
import { unlessDuplicate, withDatabase } from './errors.ts';

interface HashKeyDocument {
  readonly _id: string;
  readonly sealed: string;
}

const text = { type: String, required: true } as const;
const schema = new mongoose.Schema<HashKeyDocument>(
  { _id: text, sealed: text },
  { ...schemaOptions, collection: 'hash_keys' },
);

export function hashKeyModels(connection: mongoose.Connection): mongoose.Model<HashKeyDocument> {
  return (connection.models.HashKey ?? connection.model('HashKey', schema)) as mongoose.Model<HashKeyDocument>;
}

export class MongoHashKeyStore implements HashKeyStore {
  readonly #keys: mongoose.Model<HashKeyDocument>;

  constructor(connection: mongoose.Connection) {
    this.#keys = hashKeyModels(connection);
  }

  async all(): Promise<readonly HashKey[]> {
    const found = await withDatabase(async () => this.#keys.find({}).sort({ _id: 1 }).lean<HashKeyDocument[]>());
    return found.map(({ _id, sealed }) => ({ id: _id, sealed }));
  }

  async add({ id, sealed }: HashKey): Promise<void> {
    await unlessDuplicate(() => this.#keys.create([{ _id: id, sealed }]));
  }

  async reseal(id: string, former: string, sealed: string): Promise<boolean> {
    const { matchedCount } = await withDatabase(() =>
      this.#keys.updateOne({ _id: id, sealed: former }, { $set: { sealed } }),
    );
    return matchedCount === 1;
  }
}
