/** Jobs in MongoDB. What only the kind of a job understands is kept as JSON text: its names may hold anything. */

import mongoose from 'mongoose';
import {
  JOB_RETENTION_DAYS,
  type Job,
  type JobChange,
  type JobStore,
  type PostponedJobs,
} from '../../plugin/ports/job-store.ts';
import type { Page } from '../../plugin/ports/learner-store.ts';
import { jobCursor, postponedOf, reopened } from '../../plugin/ports/memory-job-store.ts';
import { jobShape } from '../../plugin/ports/record-shapes.ts';
import type { Records } from '../../plugin/ports/records.ts';
import { schemaOptions } from './connect.ts';
import { unlessDuplicate, withDatabase } from './errors.ts';
import { mongoRecords } from './records.ts';
import { traceField } from './trace-field.ts';

const { trusted } = mongoose;

const asText = ['parameters', 'cursor', 'counts', 'result'] as const;
type AsText = (typeof asText)[number];
type JobRecord = { _id: string; said?: string } & Omit<Job, 'id' | 'said' | AsText> & Readonly<Record<AsText, string>>;

const text = { type: String, required: true } as const;
const number = { type: Number, required: true } as const;
const date = { type: Date, required: true } as const;

const jobSchema = new mongoose.Schema<JobRecord>(
  {
    _id: text,
    kind: text,
    title: text,
    said: { type: String },
    parameters: text,
    requestedBy: text,
    reason: { type: String, default: null },
    state: text,
    cursor: text,
    done: number,
    total: { type: Number, default: null },
    counts: text,
    result: text,
    error: { type: new mongoose.Schema({ code: text, message: text }, { _id: false }), default: null },
    attempts: number,
    failingSince: Date,
    cancelRequested: { type: Boolean, required: true },
    fence: number,
    dueAt: date,
    createdAt: date,
    startedAt: { type: Date, default: null },
    finishedAt: { type: Date, default: null },
    trace: traceField,
  },
  { ...schemaOptions, collection: 'jobs' },
)
  .index({ state: 1, dueAt: 1 })
  .index({ createdAt: -1, _id: -1 })
  .index({ state: 1, createdAt: 1, _id: 1 })
  .index({ kind: 1, createdAt: 1, _id: 1 })
  .index({ finishedAt: 1 }, { expireAfterSeconds: JOB_RETENTION_DAYS * 86_400 });

export function jobModels(connection: mongoose.Connection): { readonly jobs: mongoose.Model<JobRecord> } {
  return {
    jobs: (connection.models.Job ?? connection.model('Job', jobSchema)) as mongoose.Model<JobRecord>,
  };
}

export class MongoJobStore implements JobStore {
  readonly #jobs: mongoose.Model<JobRecord>;
  readonly records: Records<Job>;

  constructor(connection: mongoose.Connection) {
    this.#jobs = jobModels(connection).jobs;
    this.records = mongoRecords({ shape: jobShape, model: this.#jobs, paths: { id: '_id' }, toRow: toJob });
  }

  async create(job: Job): Promise<boolean> {
    const { id, said, ...facts } = job;
    const texts = { ...textsOf(job), ...(said && { said: JSON.stringify(said) }) };
    return unlessDuplicate(() => this.#jobs.create([{ _id: id, ...facts, ...texts } as JobRecord]));
  }

  async get(id: string): Promise<Job | null> {
    const record = await withDatabase(async () => this.#jobs.findOne({ _id: id }).lean<JobRecord>());
    return record && toJob(record);
  }

  async list({ kind, state, after, limit }: Parameters<JobStore['list']>[0]): Promise<Page<Job>> {
    const wanted: mongoose.QueryFilter<JobRecord>[] = [];
    if (kind !== undefined) wanted.push({ kind });
    if (state !== undefined) wanted.push({ state });
    if (after !== undefined) {
      const [time = '', id = ''] = after.split(' ');
      const createdAt = new Date(time);
      wanted.push({ $or: [{ createdAt: trusted({ $lt: createdAt }) }, { createdAt, _id: trusted({ $lt: id }) }] });
    }
    const filter: mongoose.QueryFilter<JobRecord> = wanted.length === 0 ? {} : trusted({ $and: wanted });
    const query = this.#jobs
      .find(filter)
      .sort({ createdAt: -1, _id: -1 })
      .limit(limit + 1);
    const found = (await withDatabase(async () => query.lean<JobRecord[]>())).map(toJob);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, next: last && found.length > limit ? jobCursor(last) : null };
  }

  async postponed(): Promise<PostponedJobs> {
    const open: mongoose.QueryFilter<JobRecord> = {
      state: trusted({ $in: ['waiting', 'running'] }),
      attempts: trusted({ $gt: 0 }),
    };
    const found = await withDatabase(() =>
      this.#jobs.find(open, { failingSince: 1, startedAt: 1, createdAt: 1 }).lean<JobRecord[]>(),
    );
    return postponedOf(found);
  }

  async claim(kinds: readonly string[], now: Date, leaseUntil: Date, id?: string): Promise<Job | null> {
    const due: mongoose.QueryFilter<JobRecord> = {
      ...(id === undefined ? {} : { _id: id }),
      kind: trusted({ $in: [...kinds] }),
      state: trusted({ $in: ['waiting', 'running'] }),
      dueAt: trusted({ $lte: now }),
    };
    const claimed = await withDatabase(async () =>
      this.#jobs
        .findOneAndUpdate(due, { $set: { state: 'running', dueAt: leaseUntil }, $inc: { fence: 1 } })
        .sort({ dueAt: 1 })
        .lean<JobRecord>(),
    );
    if (claimed === null) return null;
    // As it was before: only what the claim changes has to be put in.
    const job = { ...toJob(claimed), state: 'running' as const, dueAt: leaseUntil, fence: claimed.fence + 1 };
    if (job.startedAt !== null) return job;
    await withDatabase(() => this.#jobs.updateOne({ _id: job.id, startedAt: null }, { $set: { startedAt: now } }));
    return { ...job, startedAt: now };
  }

  async checkpoint(id: string, fence: number, change: JobChange): Promise<Job | null> {
    return this.#change({ _id: id, fence, state: 'running' }, { ...change, ...textsOf(change) });
  }

  async hasten(id: string, now: Date): Promise<void> {
    await this.#change({ _id: id, state: 'waiting', dueAt: trusted({ $gt: now }) }, { dueAt: now });
  }

  async requestCancel(id: string, now: Date): Promise<Job | null> {
    const cancelled = { state: 'cancelled', cancelRequested: true, finishedAt: now } as const;
    return (
      (await this.#change({ _id: id, state: 'waiting' }, cancelled)) ??
      (await this.#change({ _id: id, state: 'running' }, { cancelRequested: true }))
    );
  }

  async resume(id: string, now: Date): Promise<Job | null> {
    return this.#change({ _id: id, state: trusted({ $in: ['failed', 'cancelled'] }) }, reopened(now));
  }

  async #change(filter: object, fields: object): Promise<Job | null> {
    const changed = await withDatabase(async () =>
      this.#jobs
        .findOneAndUpdate(filter as mongoose.QueryFilter<JobRecord>, { $set: fields }, { returnDocument: 'after' })
        .lean<JobRecord>(),
    );
    return changed && toJob(changed);
  }
}

function textsOf(values: Partial<Pick<Job, AsText>>): Partial<Record<AsText, string>> {
  const given = asText.filter((name) => values[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, JSON.stringify(values[name])]));
}

function toJob(record: JobRecord): Job {
  const { _id: id, said, parameters, cursor, counts, result, ...facts } = record;
  return {
    id,
    ...facts,
    ...(said && { said: JSON.parse(said) }),
    parameters: JSON.parse(parameters),
    cursor: JSON.parse(cursor),
    counts: JSON.parse(counts),
    result: JSON.parse(result),
  };
}
