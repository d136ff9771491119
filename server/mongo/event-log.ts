/** The event log in MongoDB: one document per event, written many at a time. */

import mongoose from 'mongoose';
import { StoreError } from '../../plugin/errors.ts';
import {
  completes,
  eventPlace,
  parseEventPlace,
  parseReceiptPlace,
  receiptPlace,
  subjectsOf,
} from '../../plugin/events/event-outcome.ts';
import {
  type EventCount,
  type EventEntry,
  type EventLog,
  type EventQuery,
  type EventScan,
  type EventTimeFilter,
  type LearnerIdentity,
  type OutcomeKind,
  outcomeKinds,
  type Recorded,
  type ScannedEvent,
} from '../../plugin/ports/event-log.ts';
import type { Page } from '../../plugin/ports/learner-store.ts';
import { eventShape } from '../../plugin/ports/record-shapes.ts';
import type { Records } from '../../plugin/ports/records.ts';
import { schemaOptions } from './connect.ts';
import { withDatabase } from './errors.ts';
import { type EventDocument, outcomeFields, toDocument, toEntry } from './event-document.ts';
import { insertMany } from './insert-many.ts';
import { mongoRecords } from './records.ts';
import { traceField } from './trace-field.ts';

type Filter = mongoose.QueryFilter<EventDocument>;

const schema = new mongoose.Schema<EventDocument>(
  {
    _id: { type: String, required: true },
    type: { type: String, required: true },
    source: { type: String, required: true },
    time: { type: String, required: true },
    receivedAt: { type: Date, required: true },
    door: { type: String, required: true },
    subject: String,
    course: String,
    username: String,
    data: { type: String, required: true },
    outcome: { type: String, required: true },
    why: String,
    message: String,
    badgeIds: { type: [String], default: undefined },
    ruleRevision: { type: Number, required: true },
    trace: traceField,
  },
  { ...schemaOptions, collection: 'events' },
);
schema.index({ receivedAt: 1, _id: 1 });
schema.index({ time: 1, _id: 1 });
schema.index({ subject: 1, time: 1, _id: 1 });
schema.index({ course: 1, receivedAt: 1, _id: 1 }, { partialFilterExpression: { course: { $exists: true } } });
schema.index({ username: 1, receivedAt: 1, _id: 1 });
schema.index({ type: 1, receivedAt: 1, _id: 1 });
schema.index({ outcome: 1, receivedAt: 1, _id: 1 });
schema.index({ type: 1, outcome: 1, receivedAt: 1, _id: 1 });

const PAGE = 500;
/** Of payloads in one command. */
const MOST_CHARACTERS = 1_000_000;

export function eventModels(connection: mongoose.Connection): mongoose.Model<EventDocument> {
  return (connection.models.Event ?? connection.model('Event', schema)) as mongoose.Model<EventDocument>;
}

/** IndexNotFound; IndexOptionsConflict and IndexKeySpecsConflict: another process is setting the same index. IndexBuildAborted: it
 *  has dropped the one that was being built. */
const SET_ELSEWHERE: readonly unknown[] = [27, 85, 86, 276];
const ATTEMPTS = 5;
/** Over all events of a server that is in use, an index is not built in the time of any other call. */
const BUILD_LIMIT_MS = 3_600_000;

export class MongoEventLog implements EventLog {
  readonly #events: mongoose.Model<EventDocument>;
  readonly records: Records<EventEntry>;

  constructor(connection: mongoose.Connection) {
    this.#events = eventModels(connection);
    this.records = mongoRecords({ shape: eventShape, model: this.#events, paths: { id: '_id' }, toRow: toEntry });
  }

  /** Lets events expire so many days after they were received, those that are there already too. For the server's own
   *  start: a command must not shorten what the server keeps. */
  async keepFor(days: number): Promise<void> {
    const expireAfterSeconds = days * 86_400;
    await withDatabase(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          const existing = (await this.#events.listIndexes()).find(({ key }) => isByReceipt(key));
          if (existing?.expireAfterSeconds === expireAfterSeconds) return;
          if (existing) await this.#events.collection.dropIndex(existing.name);
          await this.#events.collection.createIndex({ receivedAt: 1 }, { expireAfterSeconds });
          return;
        } catch (error) {
          const elsewhere = error instanceof mongoose.mongo.MongoServerError && SET_ELSEWHERE.includes(error.code);
          if (!elsewhere || attempt === ATTEMPTS) throw error;
        }
      }
    }, BUILD_LIMIT_MS);
  }

  async record(entries: readonly EventEntry[]): Promise<Recorded> {
    if (entries.length === 0) return { added: 0, completed: 0, otherSource: [] };
    return withDatabase(async () => {
      const documents = entries.map(toDocument);
      const refused = await this.#insert(documents);
      if (refused.length === 0) return { added: documents.length, completed: 0, otherSource: [] };
      return { added: documents.length - refused.length, ...(await this.#complete(refused)) };
    });
  }

  async get(id: string): Promise<EventEntry | null> {
    return withDatabase(async () => {
      const found = await this.#events.findOne({ _id: id }).lean<EventDocument | null>();
      return found ? toEntry(found) : null;
    });
  }

  async *ofLearner(learner: LearnerIdentity, filter: EventTimeFilter = {}): AsyncIterable<EventEntry> {
    for await (const { entry } of this.scan({ ...filter, learner })) yield entry;
  }

  async *scan(query: EventScan, after?: string): AsyncIterable<ScannedEvent> {
    const conditions = scanConditions(query);
    for (let cursor = after; ; ) {
      const behind = cursor === undefined ? [] : afterTime(cursor);
      const page = await withDatabase(() =>
        this.#events
          .find(all([...conditions, ...behind]))
          .sort({ time: 1, _id: 1 })
          .limit(PAGE)
          .lean<EventDocument[]>(),
      );
      for (const document of page) {
        const entry = toEntry(document);
        cursor = eventPlace(entry);
        yield { entry, cursor };
      }
      if (page.length < PAGE) return;
    }
  }

  async latest(type: string, limit: number): Promise<readonly EventEntry[]> {
    return (await this.list({ type, limit })).items;
  }

  async list(query: EventQuery): Promise<Page<EventEntry>> {
    const found = await withDatabase(() =>
      this.#events
        .find(all(listConditions(query)))
        .sort({ receivedAt: -1, _id: -1 })
        .limit(query.limit + 1)
        .lean<EventDocument[]>(),
    );
    const items = found.slice(0, query.limit).map(toEntry);
    const last = items.at(-1);
    return { items, next: last && found.length > items.length ? receiptPlace(last) : null };
  }

  async counts(range: Pick<EventQuery, 'receivedFrom' | 'receivedTo'> = {}): Promise<readonly EventCount[]> {
    const conditions = receivedIn(range);
    const groups = await withDatabase(() =>
      this.#events.aggregate<{ _id: { type: string; outcome: OutcomeKind; why?: string | null }; count: number }>([
        ...(conditions.length > 0 ? [{ $match: all(conditions) }] : []),
        { $group: { _id: { type: '$type', outcome: '$outcome', why: '$why' }, count: { $sum: 1 } } },
        { $sort: { '_id.type': 1, '_id.outcome': 1, '_id.why': 1 } },
      ]),
    );
    return groups.map(({ _id: { type, outcome, why }, count }) => ({ type, outcome, why: why ?? null, count }));
  }

  async forget(learner: LearnerIdentity): Promise<number> {
    const { deletedCount } = await withDatabase(() => this.#events.deleteMany(ofSubjects([learner])));
    return deletedCount;
  }

  /** @returns the documents that are there already */
  async #insert(documents: readonly EventDocument[]): Promise<readonly EventDocument[]> {
    const known: EventDocument[] = [];
    for (const some of inCommands(documents)) {
      const { refusals, notDurable } = await insertMany(this.#events, some);
      const reason = notDurable ?? refusals.find(({ code }) => code !== 11000)?.code;
      if (reason !== undefined) throw notTaken(reason);
      for (const { index } of refusals) known.push(some[index] as EventDocument);
    }
    return known;
  }

  async #complete(documents: readonly EventDocument[]): Promise<Pick<Recorded, 'completed' | 'otherSource'>> {
    const ids = mongoose.trusted({ $in: documents.map(({ _id }) => _id) });
    const known = await this.#events.find({ _id: ids }, { source: 1, outcome: 1 }).lean<EventDocument[]>();
    const byId = new Map(known.map((document) => [document._id, document]));
    const otherSource = documents.filter(({ _id, source }) => (byId.get(_id)?.source ?? source) !== source);
    let completed = 0;
    for (const document of documents) {
      const stored = byId.get(document._id);
      if (!stored || !completes(document.outcome, stored.outcome)) continue;
      // Conditional on what was read: of two that complete an entry at the same time the one that says more may come second.
      const lesser = mongoose.trusted({ $in: lesserThan(document.outcome) });
      const { modifiedCount } = await this.#events.updateOne(
        { _id: document._id, outcome: lesser },
        outcomeFields(document),
      );
      completed += modifiedCount;
    }
    return { completed, otherSource: otherSource.map(({ _id }) => _id) };
  }
}

function isByReceipt(key: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(key).join() === 'receivedAt';
}

function lesserThan(outcome: OutcomeKind): OutcomeKind[] {
  return outcomeKinds.filter((kind) => completes(outcome, kind));
}

/** @returns what fits into one command, where 16 MB is the most: a character takes three bytes, and stands three times where it
 *  is in the username */
function inCommands(documents: readonly EventDocument[]): readonly (readonly EventDocument[])[] {
  const commands: EventDocument[][] = [];
  let room = 0;
  for (const document of documents) {
    const isFirst = room < document.data.length;
    if (isFirst) {
      commands.push([]);
      room = MOST_CHARACTERS;
    }
    room -= document.data.length;
    commands.at(-1)?.push(document);
  }
  return commands;
}

function notTaken(code: number): StoreError {
  const message = 'the database did not take the record of an event; see its log, and whether its disk is full';
  return new StoreError('unavailable', message, { details: { code } });
}

function all(conditions: readonly Filter[]): Filter {
  return conditions.length > 0 ? { $and: [...conditions] } : {};
}

function scanConditions({ types, from, to, learner, ...range }: EventScan): Filter[] {
  const conditions = receivedIn(range);
  if (types !== undefined) conditions.push({ type: mongoose.trusted({ $in: [...types] }) });
  if (from !== undefined) conditions.push({ time: mongoose.trusted({ $gte: from }) });
  if (to !== undefined) conditions.push({ time: mongoose.trusted({ $lt: to }) });
  if (learner !== undefined) conditions.push(ofSubjects([learner]));
  return conditions;
}

function listConditions({ id, type, outcome, learners, username, after, ...range }: EventQuery): Filter[] {
  const conditions = receivedIn(range);
  if (id !== undefined) conditions.push({ _id: id });
  if (type !== undefined) conditions.push({ type });
  if (outcome !== undefined) conditions.push({ outcome });
  if (learners !== undefined) conditions.push(ofSubjects(learners));
  if (username !== undefined) conditions.push({ username });
  if (after !== undefined) conditions.push(...beforeReceipt(after));
  return conditions;
}

function receivedIn({ receivedFrom, receivedTo }: Pick<EventQuery, 'receivedFrom' | 'receivedTo'>): Filter[] {
  const conditions: Filter[] = [];
  if (receivedFrom !== undefined) conditions.push({ receivedAt: mongoose.trusted({ $gte: receivedFrom }) });
  if (receivedTo !== undefined) conditions.push({ receivedAt: mongoose.trusted({ $lt: receivedTo }) });
  return conditions;
}

function ofSubjects(learners: readonly LearnerIdentity[]): Filter {
  return { subject: mongoose.trusted({ $in: learners.flatMap(subjectsOf) }) };
}

/** The first condition says nothing new; it is what an index can begin at. */
function afterTime(cursor: string): Filter[] {
  const { time, id } = parseEventPlace(cursor);
  return [
    { time: mongoose.trusted({ $gte: time }) },
    { $or: [{ time: mongoose.trusted({ $gt: time }) }, { _id: mongoose.trusted({ $gt: id }) }] },
  ];
}

function beforeReceipt(cursor: string): Filter[] {
  const { time: receivedAt, id } = parseReceiptPlace(cursor);
  return [
    { receivedAt: mongoose.trusted({ $lte: receivedAt }) },
    { $or: [{ receivedAt: mongoose.trusted({ $lt: receivedAt }) }, { _id: mongoose.trusted({ $lt: id }) }] },
  ];
}
