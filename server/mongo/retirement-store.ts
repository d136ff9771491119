/** RetirementStore on MongoDB. */

import mongoose from 'mongoose';
import type { Retirement, RetirementChange, RetirementStore } from '../../plugin/ports/retirement-store.ts';
import { schemaOptions } from './connect.ts';
import { unlessDuplicate, withDatabase } from './errors.ts';

type RetirementRecord = { _id: string } & Omit<Retirement, 'id'>;

const text = { type: String, required: true } as const;
const optionalText = { type: String, default: null } as const;
const optionalDate = { type: Date, default: null } as const;

const awardSchema = new mongoose.Schema(
  {
    badgeId: text,
    number: { type: Number, required: true },
    awardedAt: text,
    revokedAt: optionalText,
    provider: optionalText,
    there: text,
  },
  { _id: false },
);

const schema = new mongoose.Schema<RetirementRecord>(
  {
    _id: text,
    keys: { type: [String], required: true },
    sealedPerson: optionalText,
    badgesThere: text,
    requestedBy: text,
    requestedAt: { type: Date, required: true },
    finishedAt: optionalDate,
    awards: { type: [awardSchema], required: true },
  },
  { ...schemaOptions, collection: 'retirements' },
)
  .index({ keys: 1 })
  .index({ requestedAt: 1 })
  .index({ finishedAt: 1 });

export function retirementModels(connection: mongoose.Connection): mongoose.Model<RetirementRecord> {
  return (connection.models.Retirement ?? connection.model('Retirement', schema)) as mongoose.Model<RetirementRecord>;
}

export class MongoRetirementStore implements RetirementStore {
  readonly #retirements: mongoose.Model<RetirementRecord>;

  constructor(connection: mongoose.Connection) {
    this.#retirements = retirementModels(connection);
  }

  async add({ id, ...facts }: Retirement): Promise<boolean> {
    return unlessDuplicate(() => this.#retirements.create([{ _id: id, ...facts }]));
  }

  async get(id: string): Promise<Retirement | null> {
    const found = await withDatabase(async () => this.#retirements.findOne({ _id: id }).lean<RetirementRecord>());
    return found && toRetirement(found);
  }

  async withKeys(keys: readonly string[]): Promise<readonly Retirement[]> {
    const filter = { keys: mongoose.trusted({ $in: [...keys] }) } as mongoose.QueryFilter<RetirementRecord>;
    const found = await withDatabase(async () =>
      this.#retirements.find(filter).sort({ requestedAt: -1 }).lean<RetirementRecord[]>(),
    );
    return found.map(toRetirement);
  }

  async change(id: string, change: RetirementChange): Promise<void> {
    await withDatabase(() => this.#retirements.updateOne({ _id: id }, { $set: change }));
  }

  async reseal(id: string, former: string, sealed: string): Promise<boolean> {
    const { matchedCount } = await withDatabase(() =>
      this.#retirements.updateOne({ _id: id, sealedPerson: former }, { $set: { sealedPerson: sealed } }),
    );
    return matchedCount === 1;
  }

  async unfinished(): Promise<readonly Retirement[]> {
    const found = await withDatabase(async () =>
      this.#retirements.find({ finishedAt: null }).lean<RetirementRecord[]>(),
    );
    return found.map(toRetirement);
  }

  async keysSince(since: Date | null): Promise<readonly string[]> {
    const filter = (
      since === null ? {} : { requestedAt: mongoose.trusted({ $gte: since }) }
    ) as mongoose.QueryFilter<RetirementRecord>;
    const found = await withDatabase(async () =>
      this.#retirements.find(filter, { keys: 1 }).lean<Pick<RetirementRecord, 'keys'>[]>(),
    );
    return found.flatMap(({ keys }) => keys);
  }
}

function toRetirement({ _id, ...facts }: RetirementRecord): Retirement {
  return { id: _id, ...facts };
}
