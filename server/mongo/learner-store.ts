/** Learners in MongoDB. */

import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import type { Instant } from '../../dsl/index.ts';
import { displacedUsername, newLearner, withDetails } from '../../plugin/badges/learner-details.ts';
import { StoreError } from '../../plugin/errors.ts';
import type { EventUser } from '../../plugin/events/event.ts';
import type { Learner, LearnerStore, Page } from '../../plugin/ports/learner-store.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';

interface LearnerDocument extends Omit<Learner, 'id' | 'lmsUserId'> {
  readonly _id: string;
  /** Left out where it is not known: the unique index is on the known ones. */
  readonly lmsUserId?: number;
  /** In lower case, for searching. */
  readonly searchable: { readonly username: string; readonly email: string };
}

const ATTEMPTS = 20;

const schema = new mongoose.Schema<LearnerDocument>(
  {
    _id: { type: String, required: true },
    username: { type: String, required: true },
    lmsUserId: Number,
    name: String,
    email: String,
    isActive: { type: Boolean, required: true },
    asOf: { type: String, required: true },
    searchable: { username: String, email: String },
  },
  { ...schemaOptions, collection: 'learners' },
);
schema.index({ username: 1 }, { unique: true });
schema.index({ lmsUserId: 1 }, { unique: true, partialFilterExpression: { lmsUserId: { $exists: true } } });
schema.index({ 'searchable.username': 1 });
schema.index({ 'searchable.email': 1 });

export function learnerModels(connection: mongoose.Connection): mongoose.Model<LearnerDocument> {
  return (connection.models.Learner ?? connection.model('Learner', schema)) as mongoose.Model<LearnerDocument>;
}

export class MongoLearnerStore implements LearnerStore {
  readonly #learners: mongoose.Model<LearnerDocument>;

  constructor(connection: mongoose.Connection) {
    this.#learners = learnerModels(connection);
  }

  async resolve(user: EventUser, at: Instant): Promise<Learner> {
    return withDatabase(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const learner = (await this.#touch(user, at)) ?? (await this.#tryToResolve(user, at));
        if (learner) return learner;
      }
      throw new StoreError('contention', 'the record of a learner kept changing; deliver the event again');
    });
  }

  async find({ lmsUserId, username }: Pick<EventUser, 'lmsUserId' | 'username'>): Promise<Learner | null> {
    return (lmsUserId === null ? null : await this.#findOne({ lmsUserId })) ?? this.#findOne({ username });
  }

  async findById(id: string): Promise<Learner | null> {
    return this.#findOne({ _id: id });
  }

  async findByUsername(username: string): Promise<Learner | null> {
    return this.#findOne({ username });
  }

  async findManyByIds(ids: readonly string[]): Promise<readonly Learner[]> {
    const filter = { _id: mongoose.trusted({ $in: [...new Set(ids)] }) };
    return withDatabase(async () => (await this.#learners.find(filter).lean()).map(toLearner));
  }

  async list(query: {
    readonly search?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<Learner>> {
    const conditions: mongoose.QueryFilter<LearnerDocument>[] = [];
    if (query.after !== undefined) conditions.push({ username: mongoose.trusted({ $gt: query.after }) });
    if (query.search) {
      const beginning = mongoose.trusted({ $regex: `^${escapeRegex(query.search.toLowerCase())}` });
      const lmsUserId = /^[1-9]\d{0,14}$/.test(query.search) ? [{ lmsUserId: Number(query.search) }] : [];
      conditions.push({
        $or: [{ 'searchable.username': beginning }, { 'searchable.email': beginning }, ...lmsUserId],
      });
    }
    const found = await withDatabase(() =>
      this.#learners
        .find(conditions.length > 0 ? { $and: conditions } : {})
        .sort({ username: 1 })
        .limit(query.limit + 1)
        .lean(),
    );
    const items = found.slice(0, query.limit).map(toLearner);
    return { items, next: found.length > query.limit ? (items.at(-1)?.username ?? null) : null };
  }

  async count(): Promise<number> {
    return withDatabase(() => this.#learners.countDocuments());
  }

  /** The common case in one step: a known learner whose details stay as they are. */
  async #touch(user: EventUser, at: Instant): Promise<Learner | null> {
    const { lmsUserId, ...details } = user;
    if (lmsUserId === null) return null;
    const filter = { lmsUserId, ...details, asOf: mongoose.trusted({ $lte: at }) };
    const found = await this.#learners
      .findOneAndUpdate(filter, { $set: { asOf: at } }, { returnDocument: 'after' })
      .lean();
    return found ? toLearner(found) : null;
  }

  /** @returns null when somebody else changed a record meanwhile */
  async #tryToResolve(user: EventUser, at: Instant): Promise<Learner | null> {
    const holder = await this.#findOne({ username: user.username });
    const sameAccount = user.lmsUserId === null ? null : await this.#findOne({ lmsUserId: user.lmsUserId });
    const known = sameAccount ?? holder;
    if (!known) return this.#insert(newLearner(randomUUID(), user, at));
    let next = withDetails(known, user, at);
    if (next.username !== known.username && holder && holder.id !== known.id) {
      if (holder.asOf >= at) next = { ...next, username: known.username };
      else if (!(await this.#replace(holder, { ...holder, username: displacedUsername(holder) }))) return null;
    }
    return next === known || (await this.#replace(known, next)) ? next : null;
  }

  async #insert(learner: Learner): Promise<Learner | null> {
    try {
      await this.#learners.create([toDocument(learner)]);
      return learner;
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  async #replace(former: Learner, next: Learner): Promise<boolean> {
    const { _id, ...fields } = toDocument(next);
    try {
      const { matchedCount } = await this.#learners.updateOne(
        { _id, username: former.username, asOf: former.asOf },
        { $set: fields },
      );
      return matchedCount === 1;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  #findOne(filter: mongoose.QueryFilter<LearnerDocument>): Promise<Learner | null> {
    return withDatabase(async () => {
      const found = await this.#learners.findOne(filter).lean();
      return found ? toLearner(found) : null;
    });
  }
}

function toDocument({ id, lmsUserId, ...learner }: Learner): LearnerDocument {
  return {
    _id: id,
    ...learner,
    ...(lmsUserId === null ? {} : { lmsUserId }),
    searchable: { username: learner.username.toLowerCase(), email: learner.email.toLowerCase() },
  };
}

function toLearner({ _id, username, lmsUserId, name, email, isActive, asOf }: LearnerDocument): Learner {
  return { id: _id, username, lmsUserId: lmsUserId ?? null, name, email, isActive, asOf };
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
