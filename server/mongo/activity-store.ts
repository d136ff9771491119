/** The counts of each hour in MongoDB: one small document per hour. */

import mongoose from 'mongoose';
import {
  type ActivityCounts,
  type ActivityHour,
  type ActivityStore,
  assertProviderWords,
  type CallCounts,
  type CallsByProvider,
  hourOf,
  mergedCalls,
  noCalls,
  sumOfCounts,
} from '../../plugin/ports/activity-store.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';

interface HourDocument {
  readonly _id: string;
  readonly hour: Date;
  readonly counts: Partial<ActivityCounts>;
  /** Absent in hours without calls. */
  readonly calls?: Readonly<Record<string, Partial<CallCounts>>>;
}

/** A year and a month, so that a year can be looked back on. */
const KEPT_DAYS = 400;

const schema = new mongoose.Schema<HourDocument>(
  {
    _id: { type: String, required: true },
    hour: { type: Date, required: true },
    counts: { type: mongoose.Schema.Types.Mixed, required: true },
    calls: mongoose.Schema.Types.Mixed,
  },
  { ...schemaOptions, collection: 'activity' },
).index({ hour: 1 }, { expireAfterSeconds: KEPT_DAYS * 86_400 });

export function activityModels(connection: mongoose.Connection): mongoose.Model<HourDocument> {
  return (connection.models.Activity ?? connection.model('Activity', schema)) as mongoose.Model<HourDocument>;
}

export class MongoActivityStore implements ActivityStore {
  readonly #hours: mongoose.Model<HourDocument>;

  constructor(connection: mongoose.Connection) {
    this.#hours = activityModels(connection);
  }

  async add(at: Date, counts: Partial<ActivityCounts>, calls: CallsByProvider = new Map()): Promise<void> {
    assertProviderWords(calls.keys());
    if (Object.keys(counts).length === 0 && calls.size === 0) return;
    const hour = hourOf(at);
    const { $inc, $max } = changesBy(counts, calls);
    await withDatabase(async () => {
      const begin = () =>
        this.#hours.updateOne({ _id: hour.toISOString() }, { $inc, $max, $setOnInsert: { hour } }, { upsert: true });
      try {
        await begin();
      } catch (error) {
        // Of two processes that begin an hour at the same time one meets the document of the other.
        if (!isDuplicateKey(error)) throw error;
        await begin();
      }
    });
  }

  async between(from: Date, to: Date): Promise<readonly ActivityHour[]> {
    const found = await withDatabase(() =>
      this.#hours
        .find({ hour: mongoose.trusted({ $gte: from, $lt: to }) })
        .sort({ hour: 1 })
        .lean<HourDocument[]>(),
    );
    return found.map(({ hour, counts }) => ({ hour, counts: sumOfCounts(counts) }));
  }

  async callsBetween(from: Date, to: Date): Promise<CallsByProvider> {
    const found = await withDatabase(() =>
      this.#hours
        .find({ hour: mongoose.trusted({ $gte: from, $lt: to }) }, { calls: 1 })
        .lean<Pick<HourDocument, 'calls'>[]>(),
    );
    return mergedCalls(...found.map(callsOf));
  }

  async lastSuccess(provider: string, from: Date): Promise<Date | null> {
    assertProviderWords([provider]);
    const [latest] = await withDatabase(() =>
      this.#hours
        .find(
          {
            hour: mongoose.trusted({ $gte: from }),
            [`calls.${provider}.succeededAt`]: mongoose.trusted({ $exists: true }),
          },
          { calls: 1 },
        )
        .sort({ hour: -1 })
        .limit(1)
        .lean<Pick<HourDocument, 'calls'>[]>(),
    );
    return (latest && callsOf(latest).get(provider)?.succeededAt) ?? null;
  }
}

function changesBy(counts: Partial<ActivityCounts>, calls: CallsByProvider) {
  // Every hour has counts, also one in which there were calls only: former versions expect them.
  const $inc: Record<string, number> = { 'counts.events': 0 };
  const $max: Record<string, Date> = {};
  for (const [kind, count] of Object.entries(counts)) $inc[`counts.${kind}`] = count;
  for (const [provider, { calls: made, failures, succeededAt }] of calls) {
    $inc[`calls.${provider}.calls`] = made;
    $inc[`calls.${provider}.failures`] = failures;
    if (succeededAt !== null) $max[`calls.${provider}.succeededAt`] = succeededAt;
  }
  return { $inc, $max };
}

function callsOf({ calls = {} }: Pick<HourDocument, 'calls'>): CallsByProvider {
  return new Map(Object.entries(calls).map(([provider, counts]) => [provider, { ...noCalls, ...counts }]));
}
