/** Kept answers in MongoDB: one document for each key, which one conditional update takes, fills or frees. */

import mongoose from 'mongoose';
import type { SecretBox } from '../../plugin/ports/secret-box.ts';
import { type AnswerStore, type Claim, KEPT_MS, type KeptAnswer, LEASE_MS } from '../http/api/kept-answers.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';

interface Entry {
  readonly _id: string;
  readonly request: string;
  readonly lease: Date;
  /** null: under way. */
  readonly status: number | null;
  /** Sealed: it may name learners. */
  readonly answer: string | null;
  readonly endsAt: Date;
}

const schema = new mongoose.Schema<Entry>(
  {
    _id: { type: String, required: true },
    request: { type: String, required: true },
    lease: { type: Date, required: true },
    status: { type: Number, default: null },
    answer: { type: String, default: null },
    endsAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'kept_answers' },
).index({ endsAt: 1 }, { expireAfterSeconds: 0 });

export function answerModels(connection: mongoose.Connection): mongoose.Model<Entry> {
  return (connection.models.KeptAnswer ?? connection.model('KeptAnswer', schema)) as mongoose.Model<Entry>;
}

export class MongoAnswerStore implements AnswerStore {
  readonly #entries: mongoose.Model<Entry>;
  readonly #secrets: SecretBox;

  constructor(connection: mongoose.Connection, secrets: SecretBox) {
    this.#entries = answerModels(connection);
    this.#secrets = secrets;
  }

  claim(id: string, request: string, now: Date): Promise<Claim> {
    const lease = new Date(now.getTime() + LEASE_MS);
    const begun = { request, lease, status: null, answer: null, endsAt: new Date(now.getTime() + KEPT_MS) };
    return withDatabase(async (): Promise<Claim> => {
      try {
        await this.#entries.create({ _id: id, ...begun });
        return { kind: 'begin', lease };
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const found = await this.#entries.findById(id).lean();
      // Freed a moment ago: whoever freed it may be asked again.
      if (!found) return { kind: 'under-way' };
      // What has run out is removed within a minute, not at once.
      const isOver = found.endsAt <= now;
      if (!isOver && found.request !== request) return { kind: 'other-request' };
      if (!isOver && found.status !== null && found.answer !== null)
        return { kind: 'answered', answer: { status: found.status, body: this.#secrets.open(found.answer, id) } };
      if (!isOver && found.lease > now) return { kind: 'under-way' };
      const taken = await this.#entries.updateOne(
        { _id: id, lease: found.lease, endsAt: found.endsAt, status: found.status },
        { $set: begun },
      );
      return taken.matchedCount === 1 ? { kind: 'begin', lease } : { kind: 'under-way' };
    });
  }

  async keep(id: string, lease: Date, { status, body }: KeptAnswer): Promise<void> {
    const answer = this.#secrets.seal(body, id);
    await withDatabase(() => this.#entries.updateOne({ _id: id, lease, status: null }, { $set: { status, answer } }));
  }

  async release(id: string, lease: Date): Promise<void> {
    await withDatabase(() => this.#entries.deleteOne({ _id: id, lease, status: null }));
  }
}
