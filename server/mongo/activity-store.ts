/** The counts of each hour in MongoDB: one small document per hour. */

import mongoose from 'mongoose';
import {
  type ActivityCounts,
  type ActivityHour,
  type ActivityStore,
  hourOf,
  sumOfCounts,
} from '../../plugin/ports/activity-store.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';

interface HourDocument {
  readonly _id: string;
  readonly hour: Date;
  readonly counts: Partial<ActivityCounts>;
}

/** A year and a month, so that a year can be looked back on. */
const KEPT_DAYS = 400;

const schema = new mongoose.Schema<HourDocument>(
  {
    _id: { type: String, required: true },
    hour: { type: Date, required: true },
    counts: { type: mongoose.Schema.Types.Mixed, required: true },
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

  async add(at: Date, counts: Partial<ActivityCounts>): Promise<void> {
    const hour = hourOf(at);
    const $inc = Object.fromEntries(Object.entries(counts).map(([kind, count]) => [`counts.${kind}`, count]));
    if (Object.keys($inc).length === 0) return;
    await withDatabase(async () => {
      const begin = () =>
        this.#hours.updateOne({ _id: hour.toISOString() }, { $inc, $setOnInsert: { hour } }, { upsert: true });
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
}
