/** Which things belong to which organisation, in MongoDB. */

import mongoose from 'mongoose';
import type { Owner } from '../../plugin/organisations/standing.ts';
import { type Belonging, type BelongingStore, belongingKey, type Thing } from '../../plugin/ports/belongings.ts';
import { schemaOptions } from './connect.ts';
import { unlessDuplicate, withDatabase } from './errors.ts';

interface BelongingDocument extends Belonging {
  /** Kind and id. */
  readonly _id: string;
}

const text = { type: String, required: true } as const;
const schema = new mongoose.Schema<BelongingDocument>(
  // Called `id` as the thing is, and not what mongoose would call so.
  { _id: text, kind: text, id: text, organisation: text },
  { ...schemaOptions, collection: 'belongings', id: false },
);

export function belongingModels(connection: mongoose.Connection): mongoose.Model<BelongingDocument> {
  return (connection.models.Belonging ?? connection.model('Belonging', schema)) as mongoose.Model<BelongingDocument>;
}

export class MongoBelongingStore implements BelongingStore {
  readonly #belongings: mongoose.Model<BelongingDocument>;

  constructor(connection: mongoose.Connection) {
    this.#belongings = belongingModels(connection);
  }

  async all(): Promise<readonly Belonging[]> {
    const found = await withDatabase(() => this.#belongings.find({}).sort({ _id: 1 }).lean<BelongingDocument[]>());
    return found.map(({ kind, id, organisation }) => ({ kind, id, organisation }));
  }

  async claim(belonging: Belonging): Promise<string> {
    const _id = belongingKey(belonging);
    for (;;) {
      if (await this.#add(belonging)) return belonging.organisation;
      const found = await withDatabase(() => this.#belongings.findById(_id).lean<BelongingDocument | null>());
      if (found !== null) return found.organisation;
    }
  }

  async assign({ kind, id }: Thing, owner: Owner, expected: Owner): Promise<boolean> {
    const _id = belongingKey({ kind, id });
    if (expected === null)
      return owner === null ? !(await this.#isThere(_id)) : this.#add({ kind, id, organisation: owner });
    const still = { _id, organisation: expected };
    if (owner === null) return (await withDatabase(() => this.#belongings.deleteOne(still))).deletedCount === 1;
    const { matchedCount } = await withDatabase(() =>
      this.#belongings.updateOne(still, { $set: { organisation: owner } }),
    );
    return matchedCount === 1;
  }

  async #isThere(_id: string): Promise<boolean> {
    return (await withDatabase(() => this.#belongings.findById(_id).lean())) !== null;
  }

  /** @returns false when it belongs to somebody already */
  #add(belonging: Belonging): Promise<boolean> {
    return unlessDuplicate(() => this.#belongings.create([{ _id: belongingKey(belonging), ...belonging }]));
  }
}
