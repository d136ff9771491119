/** The scratch of replays in MongoDB: one small document per job and learner, gone with the job. */

import mongoose from 'mongoose';
import { JOB_RETENTION_DAYS } from '../../plugin/ports/job-store.ts';
import type { ReplayScratch } from '../../plugin/ports/replay-scratch.ts';
import { schemaOptions } from './connect.ts';
import { withDatabase } from './errors.ts';

interface ScratchDocument {
  readonly job: string;
  readonly key: string;
  readonly at: Date;
}

// A job that was cancelled may be resumed as long as it is kept, and then needs what it had found.
const schema = new mongoose.Schema<ScratchDocument>(
  {
    job: { type: String, required: true },
    key: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { ...schemaOptions, collection: 'replay_scratch' },
)
  .index({ job: 1, key: 1 }, { unique: true })
  .index({ at: 1 }, { expireAfterSeconds: JOB_RETENTION_DAYS * 86_400 });

export function replayScratchModels(connection: mongoose.Connection): mongoose.Model<ScratchDocument> {
  return (connection.models.ReplayScratch ??
    connection.model('ReplayScratch', schema)) as mongoose.Model<ScratchDocument>;
}

const DUPLICATE = 11000;

export class MongoReplayScratch implements ReplayScratch {
  readonly #scratch: mongoose.Model<ScratchDocument>;

  constructor(connection: mongoose.Connection) {
    this.#scratch = replayScratchModels(connection);
  }

  async add(jobId: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const at = new Date();
    const documents = [...new Set(keys)].map((key) => ({ job: jobId, key, at }));
    await withDatabase(async () => {
      try {
        await this.#scratch.collection.insertMany(documents, { ordered: false });
      } catch (error) {
        if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error;
        if ([error.writeErrors].flat().some(({ code }) => code !== DUPLICATE)) throw error;
      }
    });
  }

  async next(jobId: string, after: string | null, limit: number): Promise<readonly string[]> {
    const behind = after === null ? {} : { key: mongoose.trusted({ $gt: after }) };
    const found = await withDatabase(() =>
      this.#scratch
        .find({ job: jobId, ...behind })
        .sort({ job: 1, key: 1 })
        .limit(limit)
        .lean<ScratchDocument[]>(),
    );
    return found.map(({ key }) => key);
  }

  async count(jobId: string): Promise<number> {
    return withDatabase(() => this.#scratch.countDocuments({ job: jobId }));
  }

  async clear(jobId: string): Promise<void> {
    await withDatabase(() => this.#scratch.deleteMany({ job: jobId }));
  }
}
