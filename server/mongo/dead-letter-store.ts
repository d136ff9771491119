/** DeadLetterStore on MongoDB. Settled letters end by a TTL index; open ones stay. */

import mongoose, { type Connection, type Model, Schema } from 'mongoose';
import {
  type DeadLetter,
  type DeadLetterCount,
  type DeadLetterFilter,
  type DeadLetterStore,
  type DeadLetterSummary,
  type DeadMessage,
  letterCursor,
  parseLetterCursor,
  type Replay,
  type Settlement,
} from '../../plugin/ports/dead-letters.ts';
import type { Page } from '../../plugin/ports/learner-store.ts';
import { sortedCounts } from '../../plugin/ports/memory-dead-letters.ts';
import { deadLetterShape } from '../../plugin/ports/record-shapes.ts';
import type { Records } from '../../plugin/ports/records.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';
import { mongoRecords } from './records.ts';

const { trusted } = mongoose;

interface LetterRecord extends Omit<DeadLetter, 'id' | 'headers' | 'body'> {
  readonly _id: string;
  /** JSON text: names of headers may hold dots and dollar signs. */
  readonly headers: string;
  readonly body: Buffer;
  /** When MongoDB may remove it; null: never. */
  readonly expireAt: Date | null;
}
const text = { type: String, required: true } as const;
/** A reason, a routing key may be empty. */
const anyText = { type: String, default: '' } as const;
const optionalText = { type: String, default: null } as const;
const number = { type: Number, required: true } as const;
const date = { type: Date, required: true } as const;
const optionalDate = { type: Date, default: null } as const;
const part = <Value>(definition: mongoose.SchemaDefinition) => ({
  type: new Schema<Value>(definition, { _id: false }),
  default: null,
});

const letterSchema = new Schema<LetterRecord>(
  {
    _id: text,
    reason: { code: text, message: anyText },
    eventType: optionalText,
    eventId: optionalText,
    source: optionalText,
    exchange: anyText,
    routingKey: anyText,
    queue: anyText,
    contentType: optionalText,
    messageId: optionalText,
    headers: text,
    // not `required`: mongoose takes an empty one for none
    body: { type: Buffer },
    bodyBytes: number,
    attempts: number,
    firstErrorAt: date,
    diedAt: date,
    state: text,
    deaths: number,
    replays: number,
    lastReplay: part<Replay>({ at: date, by: text, outcome: text, code: optionalText, message: optionalText }),
    settled: part<Settlement>({ at: date, by: text, note: optionalText }),
    expireAt: optionalDate,
  },
  { ...schemaOptions, collection: 'dead_letters' },
)
  .index({ state: 1, diedAt: -1, _id: -1 })
  .index({ diedAt: -1, _id: -1 })
  .index({ state: 1, 'reason.code': 1, eventType: 1, diedAt: -1, _id: -1 })
  .index({ state: 1, 'reason.code': 1, diedAt: -1, _id: -1 })
  .index({ state: 1, eventType: 1, diedAt: -1, _id: -1 })
  .index({ eventId: 1, diedAt: -1, _id: -1 })
  .index({ expireAt: 1 }, { expireAfterSeconds: 0 });

/** Registers the model on the connection; calling it again gives the same one. */
export function deadLetterModels(connection: Connection): { readonly letters: Model<LetterRecord> } {
  const { DeadLetter: letters } = connection.models;
  return {
    letters: (letters as Model<LetterRecord> | undefined) ?? connection.model<LetterRecord>('DeadLetter', letterSchema),
  };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

export class MongoDeadLetterStore implements DeadLetterStore {
  readonly #letters: Model<LetterRecord>;
  readonly #keepMs: number;
  readonly records: Records<DeadLetterSummary>;

  /** @param keepDays how long settled letters stay */
  constructor(connection: Connection, keepDays: number) {
    const { letters } = deadLetterModels(connection);
    this.#letters = letters;
    this.records = mongoRecords({
      shape: deadLetterShape,
      model: letters,
      paths: { id: '_id', reason: 'reason.code', type: 'eventType' },
      without: ['body', 'headers'],
      toRow: (letter: LetterRecord) => toSummary(letter),
    });
    this.#keepMs = keepDays * DAY_MS;
  }

  async add({ id, body, headers, ...message }: DeadMessage): Promise<'new' | 'again' | 'known'> {
    const { reason, attempts, diedAt } = message;
    const fresh = { state: 'open', deaths: 1, replays: 0, lastReplay: null, settled: null, expireAt: null } as const;
    const record = { _id: id, ...message, body: Buffer.from(body), headers: JSON.stringify(headers), ...fresh };
    return withDatabase(async () => {
      try {
        await this.#letters.create([record]);
        return 'new';
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const { modifiedCount } = await this.#letters.updateOne(
        { _id: id, diedAt: trusted({ $lt: diedAt }) },
        { $set: { reason, attempts, diedAt, state: 'open', settled: null, expireAt: null }, $inc: { deaths: 1 } },
      );
      return modifiedCount === 1 ? 'again' : 'known';
    });
  }

  async letter(id: string): Promise<DeadLetter | null> {
    const found = await withDatabase(() => this.#letters.findById(id).lean());
    if (!found) return null;
    const { headers, body, ...summary } = found;
    return { ...toSummary(summary), headers: toHeaders(headers), body: toBytes(body) };
  }

  async letters(
    query: DeadLetterFilter & { readonly after?: string | undefined; readonly limit: number },
  ): Promise<Page<DeadLetterSummary>> {
    const after = query.after === undefined ? null : parseLetterCursor(query.after);
    const rest = after && {
      $or: [{ diedAt: trusted({ $lt: after.diedAt }) }, { diedAt: after.diedAt, _id: trusted({ $lt: after.id }) }],
    };
    const filter = rest ? { $and: [conditionsOf(query), rest] } : conditionsOf(query);
    const found = await withDatabase(() =>
      this.#letters
        .find(filter, { body: 0, headers: 0 })
        .sort({ diedAt: -1, _id: -1 })
        .limit(query.limit + 1)
        .lean(),
    );
    const items = found.slice(0, query.limit).map(toSummary);
    const last = items.at(-1);
    return { items, next: found.length > items.length && last ? letterCursor(last) : null };
  }

  async idsAfter(filter: DeadLetterFilter, after: string, limit: number): Promise<readonly string[]> {
    const conditions = { $and: [conditionsOf(filter), { _id: trusted({ $gt: after }) }] };
    const found = await withDatabase(() =>
      this.#letters.find(conditions, { _id: 1 }).sort({ _id: 1 }).limit(limit).lean(),
    );
    return found.map(({ _id }) => _id);
  }

  async count(filter: DeadLetterFilter): Promise<number> {
    return withDatabase(() => this.#letters.countDocuments(conditionsOf(filter)));
  }

  async openCounts(): Promise<readonly DeadLetterCount[]> {
    const found = await withDatabase(() =>
      this.#letters.aggregate<{ _id: Omit<DeadLetterCount, 'count'>; count: number }>([
        { $match: { state: 'open' } },
        { $group: { _id: { reason: '$reason.code', eventType: '$eventType' }, count: { $sum: 1 } } },
      ]),
    );
    return sortedCounts(found.map(({ _id: { reason, eventType }, count }) => ({ reason, eventType, count })));
  }

  async recordReplay(id: string, replay: Replay): Promise<boolean> {
    const { at, by, outcome } = replay;
    const settled =
      outcome === 'failed' ? {} : { state: 'replayed', settled: { at, by, note: null }, expireAt: this.#end(at) };
    const { modifiedCount } = await withDatabase(() =>
      this.#letters.updateOne(
        { _id: id, state: 'open' },
        { $set: { lastReplay: replay, ...settled }, $inc: { replays: 1 } },
      ),
    );
    return modifiedCount === 1;
  }

  async discard(filter: Omit<DeadLetterFilter, 'state'>, settled: Settlement): Promise<number> {
    const { modifiedCount } = await withDatabase(() =>
      this.#letters.updateMany(conditionsOf({ ...filter, state: 'open' }), {
        $set: { state: 'discarded', settled, expireAt: this.#end(settled.at) },
      }),
    );
    return modifiedCount;
  }

  #end(from: Date): Date {
    return new Date(from.getTime() + this.#keepMs);
  }
}

function conditionsOf({ state, reason, eventType, diedUntil, ids }: DeadLetterFilter) {
  return {
    ...(state !== undefined && { state }),
    ...(reason !== undefined && { 'reason.code': reason }),
    ...(eventType !== undefined && { eventType }),
    ...(diedUntil !== undefined && { diedAt: trusted({ $lte: diedUntil }) }),
    ...(ids !== undefined && { _id: trusted({ $in: [...ids] }) }),
  };
}

type SummaryRecord = Omit<LetterRecord, 'headers' | 'body'>;

function toSummary({ _id, expireAt: _, ...summary }: SummaryRecord): DeadLetterSummary {
  return { id: _id, ...summary };
}

function toHeaders(json: string): DeadLetter['headers'] {
  return JSON.parse(json) as DeadLetter['headers'];
}

/** Plain documents carry the driver's own class. */
function toBytes(body: Buffer | mongoose.mongo.Binary): Uint8Array {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.value());
}
