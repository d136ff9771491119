/** Rate limits in MongoDB: one document for each period that had a call, one conditional update for each call. */

import mongoose from 'mongoose';
import { periodOf, type RateLimit, type RateLimits } from '../../plugin/ports/rate-limits.ts';
import { schemaOptions } from './connect.ts';
import { isDuplicateKey, withDatabase } from './errors.ts';

interface Period {
  readonly _id: string;
  readonly calls: number;
  readonly endsAt: Date;
}

const schema = new mongoose.Schema<Period>(
  {
    _id: { type: String, required: true },
    calls: { type: Number, required: true },
    endsAt: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'rate_limits' },
).index({ endsAt: 1 }, { expireAfterSeconds: 60 });

export function rateLimitModels(connection: mongoose.Connection): mongoose.Model<Period> {
  return (connection.models.RateLimit ?? connection.model('RateLimit', schema)) as mongoose.Model<Period>;
}

function idOf(key: string, limit: RateLimit, now: Date): string {
  return `${key} ${periodOf(now, limit).start.toISOString()}`;
}

export class MongoRateLimits implements RateLimits {
  readonly #periods: mongoose.Model<Period>;

  constructor(connection: mongoose.Connection) {
    this.#periods = rateLimitModels(connection);
  }

  async take(key: string, limit: RateLimit, now: Date): Promise<Date | null> {
    const { end } = periodOf(now, limit);
    const _id = idOf(key, limit, now);
    return withDatabase(async () => {
      // Two tries: of two processes that begin a period at the same time one meets the document of the other.
      for (let tries = 0; tries < 2; tries++) {
        try {
          await this.#periods.updateOne(
            { _id, calls: mongoose.trusted({ $lt: limit.calls }) },
            { $inc: { calls: 1 }, $setOnInsert: { endsAt: end } },
            { upsert: true },
          );
          return null;
        } catch (error) {
          // Where the document is full the filter misses it, and a second one may not be made.
          if (!isDuplicateKey(error)) throw error;
        }
      }
      return end;
    });
  }

  async giveBack(key: string, limit: RateLimit, now: Date): Promise<void> {
    const _id = idOf(key, limit, now);
    await withDatabase(() =>
      this.#periods.updateOne({ _id, calls: mongoose.trusted({ $gt: 0 }) }, { $inc: { calls: -1 } }),
    );
  }
}
