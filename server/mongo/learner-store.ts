/** Learners in MongoDB. Those of different events of the same moment are resolved together: in the common case, where all
 *  have been seen lately, by one command; where they are known or new, by one more query. */

import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import type { Instant } from '../../dsl/index.ts';
import { displacedUsername, newLearner, withDetails } from '../../plugin/badges/learner-details.ts';
import { StoreError } from '../../plugin/errors.ts';
import type { EventUser } from '../../plugin/events/event.ts';
import type { Learner, LearnerStore, Page } from '../../plugin/ports/learner-store.ts';
import { learnerShape } from '../../plugin/ports/record-shapes.ts';
import type { Records } from '../../plugin/ports/records.ts';
import { type BulkUpdate, updateMany } from './bulk.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';
import { type Answer, gather } from './gather.ts';
import { RecentLearners } from './recent-learners.ts';
import { mongoRecords } from './records.ts';

interface LearnerDocument extends Omit<Learner, 'id' | 'lmsUserId'> {
  readonly _id: string;
  /** Left out where it is not known: the unique index is on the known ones. */
  readonly lmsUserId?: number;
  /** In lower case, for searching. */
  readonly searchable: { readonly username: string; readonly email: string };
  /** What events say never touches it. */
  readonly language?: string;
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
    language: String,
  },
  { ...schemaOptions, collection: 'learners' },
);
schema.index({ username: 1 }, { unique: true });
schema.index({ lmsUserId: 1 }, { unique: true, partialFilterExpression: { lmsUserId: { $exists: true } } });
schema.index({ username: 1, _id: 1 });
schema.index({ isActive: 1, username: 1, _id: 1 });
schema.index({ 'searchable.username': 1 });
schema.index({ 'searchable.email': 1 });

export function learnerModels(connection: mongoose.Connection): mongoose.Model<LearnerDocument> {
  return (connection.models.Learner ?? connection.model('Learner', schema)) as mongoose.Model<LearnerDocument>;
}

/** Who an event is about, and when it was. */
interface Sighting {
  readonly user: EventUser;
  readonly at: Instant;
}

/** What a sighting comes to, and the update that has to succeed for it. */
interface Step {
  readonly learner: Learner;
  readonly update: BulkUpdate | null;
}

export class MongoLearnerStore implements LearnerStore {
  readonly records: Records<Learner>;
  readonly #learners: mongoose.Model<LearnerDocument>;
  readonly #recent = new RecentLearners();
  /** null: it takes more than that, see `#resolveAlone`. */
  readonly #resolveTogether = gather<Sighting, Learner | null>({
    ask: (sightings) => withDatabase(() => this.#tryTogether(sightings)),
    keysOf: ({ user }) => [`name:${user.username}`, ...(user.lmsUserId === null ? [] : [`id:${user.lmsUserId}`])],
  });

  constructor(connection: mongoose.Connection) {
    this.#learners = learnerModels(connection);
    this.records = mongoRecords({
      shape: learnerShape,
      model: this.#learners,
      paths: { id: '_id', searchUsername: 'searchable.username', searchEmail: 'searchable.email' },
      toRow: toLearner,
    });
  }

  async resolve(user: EventUser, at: Instant): Promise<Learner> {
    return (await this.#resolveTogether({ user, at })) ?? (await this.#resolveAlone(user, at));
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

  async rememberLanguage(id: string, language: string): Promise<void> {
    const filter = { _id: id, language: mongoose.trusted({ $ne: language }) };
    await withDatabase(() => this.#learners.updateOne(filter, { $set: { language } }));
  }

  async languageOf(username: string): Promise<string | null> {
    const found = await withDatabase(() => this.#learners.findOne({ username }, { language: 1 }).lean());
    return found?.language ?? null;
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

  async #tryTogether(sightings: readonly Sighting[]): Promise<readonly Answer<Learner | null>[]> {
    const recalled = sightings.map(({ user }) => this.#recent.recall(user));
    const others = sightings.filter((_, at) => recalled[at] === null);
    const known = await this.#known(others);
    const steps = sightings.map((sighting, at) => {
      const seen = recalled[at];
      return seen ? confirmation(seen, sighting) : stepFor(sighting, known(sighting.user));
    });
    const updates = steps.flatMap((step) => step?.update ?? []);
    const { refused, inserted, matched } =
      updates.length > 0 ? await updateMany(this.#learners, updates) : NOTHING_DONE;
    const areAllFound = matched === updates.filter(({ upsert }, at) => !upsert && !refused.has(at)).length;
    if (!areAllFound && others.length < sightings.length) {
      // Of somebody it holds no more, but not of whom. What has been done already is found done.
      for (const { user } of sightings) this.#recent.forget(user);
      return this.#tryTogether(sightings);
    }
    const isDone = ({ upsert }: BulkUpdate, at: number) =>
      upsert ? inserted.has(at) : areAllFound && !refused.has(at);
    const done = new Set<BulkUpdate | null | undefined>([null, ...updates.filter(isDone)]);
    return sightings.map(({ user }, at) => {
      const step = steps[at];
      if (!step || !done.has(step.update)) return { result: null };
      this.#recent.remember(user, step.learner);
      return { result: step.learner };
    });
  }

  /** By LMS user id, and by username those who are not found so. */
  async #known(sightings: readonly Sighting[]): Promise<(user: EventUser) => Learner | undefined> {
    const ids = sightings.flatMap(({ user }) => user.lmsUserId ?? []);
    const byId = new Map((await this.#findAmong('lmsUserId', ids)).map((learner) => [learner.lmsUserId, learner]));
    const sameAccount = ({ lmsUserId }: EventUser) => (lmsUserId === null ? undefined : byId.get(lmsUserId));
    const names = sightings.flatMap(({ user }) => (sameAccount(user) ? [] : user.username));
    const byName = new Map((await this.#findAmong('username', names)).map((learner) => [learner.username, learner]));
    return (user) => sameAccount(user) ?? byName.get(user.username);
  }

  async #findAmong(field: 'lmsUserId' | 'username', values: readonly (string | number)[]): Promise<readonly Learner[]> {
    if (values.length === 0) return [];
    const collection = this.#learners.collection as unknown as mongoose.mongo.Collection<LearnerDocument>;
    return (await collection.find({ [field]: { $in: values } }).toArray()).map(toLearner);
  }

  /** What takes several steps: a rename, a username that passes to somebody else, a record that others are changing. */
  async #resolveAlone(user: EventUser, at: Instant): Promise<Learner> {
    return withDatabase(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const learner = await this.#tryToResolve(user, at);
        if (learner) return learner;
      }
      throw new StoreError('contention', 'the record of a learner kept changing; deliver the event again');
    });
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
      const { matchedCount } = await this.#learners.updateOne(unchanged(former), { $set: fields });
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

const NOTHING_DONE = { refused: new Map<number, unknown>(), inserted: new Set<number>(), matched: 0 };

/** The learner as they were seen lately, unless that holds no more; only the time of the latest event moves. */
function confirmation(seen: Learner, { at }: Sighting): Step {
  const { asOf, ...details } = unchanged(seen);
  const learner = at > seen.asOf ? { ...seen, asOf: at } : seen;
  return { learner, update: { filter: details, update: { $max: { asOf: at } } } };
}

/** @returns null: not to be done together with others */
function stepFor({ user, at }: Sighting, former: Learner | undefined): Step | null {
  if (!former) {
    const learner = newLearner(randomUUID(), user, at);
    const { _id, ...fields } = toDocument(learner);
    return { learner, update: { filter: { _id }, update: { $set: fields }, upsert: true } };
  }
  if (former.username !== user.username) return null;
  const learner = withDetails(former, user, at);
  if (learner === former) return { learner, update: null };
  return { learner, update: { filter: unchanged(former), update: { $set: changes(former, learner) } } };
}

/** All of it: of two events of one instant, the details tell which comes second. */
function unchanged({ id, lmsUserId, username, name, email, isActive, asOf }: Learner) {
  return { _id: id, lmsUserId, username, name, email, isActive, asOf };
}

/** Mostly it is the time alone. */
function changes(former: Learner, next: Learner): Partial<LearnerDocument> {
  const { name, email, isActive, lmsUserId } = next;
  const isSame =
    name === former.name &&
    email === former.email &&
    isActive === former.isActive &&
    lmsUserId === former.lmsUserId &&
    next.username === former.username;
  const { _id, ...fields } = toDocument(next);
  return isSame ? { asOf: next.asOf } : fields;
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
