/** CredentialStore on MongoDB. Every change that must not lose against another is one conditional update; uniqueness is
 *  the indexes' business. */

import mongoose from 'mongoose';
import type {
  Asset,
  ChangeResult,
  Credential,
  CredentialConfiguration,
  CredentialFilter,
  CredentialRun,
  CredentialStore,
  CredentialType,
  DesignVersion,
  MailState,
  Schedule,
  ScheduleStep,
} from '../../plugin/ports/credential-store.ts';
import type { Page } from '../../plugin/ports/learner-store.ts';
import { duplicateConfiguration, duplicateType } from '../../plugin/ports/memory-credential-store.ts';
import { credentialShape, runShape } from '../../plugin/ports/record-shapes.ts';
import type { Records } from '../../plugin/ports/records.ts';
import { type CredentialModels, type CredentialRecord, credentialModels } from './credential-models.ts';
import {
  fromAsset,
  fromConfiguration,
  fromCredential,
  fromRun,
  fromSchedule,
  fromType,
  fromVersion,
  NEVER_SET,
  toAsset,
  toConfiguration,
  toCredential,
  toRun,
  toSchedule,
  toType,
  toVersion,
} from './credential-records.ts';
import { unlessDuplicate, withDatabase } from './errors.ts';
import { mongoRecords } from './records.ts';

const { trusted } = mongoose;

const MAX_ABANDONED = 100;
const AFTER = { returnDocument: 'after' } as const;

export class MongoCredentialStore implements CredentialStore {
  readonly #models: CredentialModels;
  readonly credentialRecords: Records<Credential>;
  readonly runRecords: Records<CredentialRun>;

  constructor(connection: mongoose.Connection) {
    this.#models = credentialModels(connection);
    this.credentialRecords = mongoRecords({
      shape: credentialShape,
      model: this.#models.credentials,
      paths: { id: '_id', type: 'credentialType', context: 'contextKey', mail: 'mail.state', words: 'search' },
      toRow: toCredential,
    });
    this.runRecords = mongoRecords({
      shape: runShape,
      model: this.#models.runs,
      paths: { id: '_id', configuration: 'configurationId' },
      toRow: toRun,
    });
  }

  async saveAsset(asset: Asset): Promise<void> {
    await put(this.#models.assets, fromAsset(asset));
  }
  changeAsset(asset: Asset, expected: Date | null): Promise<ChangeResult> {
    return change(this.#models.assets, fromAsset(asset), expected);
  }
  deleteAsset(slug: string, expected: Date): Promise<boolean> {
    return remove(this.#models.assets, slug, expected);
  }
  async asset(slug: string): Promise<Asset | null> {
    return one(this.#models.assets.findById(slug).lean(), toAsset);
  }
  async assets(): Promise<readonly Asset[]> {
    return all(this.#models.assets.find().sort({ _id: 1 }).lean(), toAsset);
  }

  async saveType(type: CredentialType): Promise<void> {
    if (!(await unlessDuplicate(() => put(this.#models.types, fromType(type))))) throw duplicateType();
  }
  changeType(type: CredentialType, expected: Date | null): Promise<ChangeResult> {
    return change(this.#models.types, fromType(type), expected);
  }
  deleteType(id: string, expected: Date): Promise<boolean> {
    return remove(this.#models.types, id, expected);
  }
  async type(id: string): Promise<CredentialType | null> {
    return one(this.#models.types.findById(id).lean(), toType);
  }
  async types(): Promise<readonly CredentialType[]> {
    return all(this.#models.types.find().sort({ name: 1 }).lean(), toType);
  }

  async saveConfiguration(configuration: CredentialConfiguration): Promise<void> {
    const saved = await unlessDuplicate(() => put(this.#models.configurations, fromConfiguration(configuration)));
    if (!saved) throw duplicateConfiguration();
  }
  changeConfiguration(configuration: CredentialConfiguration, expected: Date | null): Promise<ChangeResult> {
    return change(this.#models.configurations, fromConfiguration(configuration), expected);
  }
  async deleteConfiguration(id: string, expected: Date): Promise<boolean> {
    // The schedule last: of a configuration that is gone it does nothing, but one that stays must not lose it.
    if (!(await remove(this.#models.configurations, id, expected))) return false;
    await withDatabase(() => this.#models.schedules.deleteOne({ _id: id }));
    return true;
  }
  async configuration(id: string): Promise<CredentialConfiguration | null> {
    return one(this.#models.configurations.findById(id).lean(), toConfiguration);
  }
  async configurations(): Promise<readonly CredentialConfiguration[]> {
    return all(this.#models.configurations.find().sort({ contextKey: 1, _id: 1 }).lean(), toConfiguration);
  }

  async addVersion(version: DesignVersion): Promise<boolean> {
    return unlessDuplicate(() => this.#models.versions.create(fromVersion(version)));
  }
  async versions(objectId: string): Promise<readonly DesignVersion[]> {
    return all(this.#models.versions.find({ objectId }).sort({ at: -1 }).lean(), toVersion);
  }

  async saveSchedule(schedule: Schedule): Promise<void> {
    await put(this.#models.schedules, fromSchedule(schedule));
  }
  async replaceSchedule(schedule: Schedule, former: Schedule | null): Promise<boolean> {
    const { _id, ...fields } = fromSchedule(schedule);
    if (former === null) return unlessDuplicate(() => this.#models.schedules.create({ _id, ...fields }));
    const updatedAt = former.updatedAt.getTime() === NEVER_SET.getTime() ? null : former.updatedAt;
    const { matchedCount } = await withDatabase(() =>
      this.#models.schedules.updateOne({ _id, updatedAt, nextDueAt: former.nextDueAt }, { $set: fields }),
    );
    return matchedCount === 1;
  }
  async removeSchedule(configurationId: string): Promise<boolean> {
    const { deletedCount } = await withDatabase(() => this.#models.schedules.deleteOne({ _id: configurationId }));
    return deletedCount === 1;
  }
  async schedule(configurationId: string): Promise<Schedule | null> {
    return one(this.#models.schedules.findById(configurationId).lean(), toSchedule);
  }
  async schedules(): Promise<readonly Schedule[]> {
    return all(this.#models.schedules.find().sort({ _id: 1 }).lean(), toSchedule);
  }
  async dueSchedules(now: Date, limit: number): Promise<readonly Schedule[]> {
    // null is no date: $lte leaves it out
    const due = this.#models.schedules.find({ enabled: true, nextDueAt: trusted({ $lte: now }) });
    return all(due.sort({ nextDueAt: 1 }).limit(limit).lean(), toSchedule);
  }
  async advanceSchedule(configurationId: string, from: Date, step: ScheduleStep): Promise<boolean> {
    const { nextDueAt, waiting, ranAt, skipped } = step;
    const moved = { nextDueAt, waiting: [...waiting], enabled: nextDueAt !== null };
    const { modifiedCount } = await withDatabase(() =>
      this.#models.schedules.updateOne(
        { _id: configurationId, nextDueAt: from },
        ranAt === null
          ? { $set: { ...moved, ...(skipped !== null && { lastSkipped: { dueAt: from, reason: skipped } }) } }
          : { $set: { ...moved, lastRunAt: ranAt }, $inc: { totalRuns: 1 } },
      ),
    );
    return modifiedCount === 1;
  }

  createRun(run: CredentialRun): Promise<boolean> {
    return unlessDuplicate(() => this.#models.runs.create(fromRun(run)));
  }
  async run(id: string): Promise<CredentialRun | null> {
    return one(this.#models.runs.findById(id).lean(), toRun);
  }
  async runs(query: { readonly configurationId?: string; readonly limit: number }): Promise<readonly CredentialRun[]> {
    const { configurationId, limit } = query;
    const wanted = this.#models.runs.find(configurationId === undefined ? {} : { configurationId });
    return all(wanted.sort({ startedAt: -1, _id: -1 }).limit(limit).lean(), toRun);
  }
  async abandonedRuns(now: Date): Promise<readonly CredentialRun[]> {
    const abandoned = this.#models.runs.find({ state: 'running', leaseUntil: trusted({ $lte: now }) });
    return all(abandoned.sort({ leaseUntil: 1 }).limit(MAX_ABANDONED).lean(), toRun);
  }
  async takeOverRun(id: string, fence: number, leaseUntil: Date): Promise<CredentialRun | null> {
    // read with the change: a run that was taken over once more meanwhile is somebody else's
    const change = { $set: { leaseUntil, fence: fence + 1 } };
    const taken = this.#models.runs.findOneAndUpdate({ _id: id, fence, state: 'running' }, change, AFTER);
    return one(taken.lean(), toRun);
  }
  async updateRun(run: CredentialRun): Promise<boolean> {
    const { counts, state, leaseUntil, finishedAt, error, checkpoint } = run;
    const { matchedCount } = await withDatabase(() =>
      this.#models.runs.updateOne(
        { _id: run.id, fence: run.fence, state: 'running' },
        { $set: { counts, state, leaseUntil, finishedAt, error, checkpoint } },
      ),
    );
    return matchedCount === 1;
  }
  async cancelRun(id: string, now: Date): Promise<boolean> {
    const { modifiedCount } = await withDatabase(() =>
      this.#models.runs.updateOne(
        { _id: id, state: 'running' },
        { $set: { state: 'cancelled', finishedAt: now, leaseUntil: now } },
      ),
    );
    return modifiedCount === 1;
  }
  async reopenRun({ id, state, fence }: CredentialRun, now: Date): Promise<boolean> {
    const { modifiedCount } = await withDatabase(() =>
      this.#models.runs.updateOne(
        { _id: id, state, fence },
        { $set: { state: 'running', fence: fence + 1, leaseUntil: now, finishedAt: null } },
      ),
    );
    return modifiedCount === 1;
  }

  createCredential(credential: Credential): Promise<boolean> {
    return unlessDuplicate(() => this.#models.credentials.create(fromCredential(credential)));
  }
  async updateCredential(credential: Credential, expected: Date): Promise<boolean> {
    const { _id, ...fields } = fromCredential(credential);
    const { matchedCount } = await withDatabase(() =>
      this.#models.credentials.updateOne({ _id, updatedAt: expected }, { $set: fields }),
    );
    return matchedCount === 1;
  }
  async credential(id: string): Promise<Credential | null> {
    return one(this.#models.credentials.findById(id).lean(), toCredential);
  }
  async credentialByVerifyId(verifyId: string): Promise<Credential | null> {
    return one(this.#models.credentials.findOne({ verifyId }).lean(), toCredential);
  }
  async liveCredential(configurationId: string, username: string): Promise<Credential | null> {
    const live = trusted({ $ne: 'invalidated' as const });
    return one(this.#models.credentials.findOne({ configurationId, username, status: live }).lean(), toCredential);
  }
  async liveCredentials(configurationId: string, usernames: readonly string[]): Promise<readonly Credential[]> {
    const live = { status: trusted({ $ne: 'invalidated' as const }), username: trusted({ $in: [...usernames] }) };
    return all(this.#models.credentials.find({ configurationId, ...live }).lean(), toCredential);
  }
  async placeHolder(configurationId: string, username: string): Promise<Credential | null> {
    return one(this.#models.credentials.findOne({ configurationId, username, live: true }).lean(), toCredential);
  }
  async placeHolders(configurationId: string, usernames: readonly string[]): Promise<readonly Credential[]> {
    const wanted = { configurationId, username: trusted({ $in: [...usernames] }), live: true };
    return all(this.#models.credentials.find(wanted).lean(), toCredential);
  }
  async credentials(query: CredentialQuery): Promise<Page<Credential>> {
    const found = this.#models.credentials.find(filterOf(query)).sort({ createdAt: -1, _id: -1 });
    const credentials = await all(found.limit(query.limit + 1).lean(), toCredential);
    const items = credentials.slice(0, query.limit);
    const last = items.at(-1);
    const next = last && credentials.length > query.limit ? `${last.createdAt.toISOString()} ${last.id}` : null;
    return { items, next };
  }
  countCredentials(filter: CredentialFilter): Promise<number> {
    return withDatabase(() => this.#models.credentials.countDocuments(filterOf(filter)));
  }
  async credentialCounts(): Promise<Readonly<Record<Credential['status'], number>>> {
    const counts = { generating: 0, available: 0, error: 0, invalidated: 0 };
    const groups = await withDatabase(() =>
      this.#models.credentials.aggregate<{ _id: Credential['status']; count: number }>([
        { $group: { _id: '$status', count: { $sum: 1 } } },
      ]),
    );
    for (const { _id, count } of groups) counts[_id] = count;
    return counts;
  }
  async abandonedReissues(now: Date, limit: number): Promise<readonly Credential[]> {
    const abandoned = this.#models.credentials.find({ 'reissue.leaseUntil': trusted({ $lte: now }) });
    return all(abandoned.sort({ 'reissue.leaseUntil': 1 }).limit(limit).lean(), toCredential);
  }
  async dueMails(now: Date, limit: number): Promise<readonly Credential[]> {
    const due = this.#models.credentials.find({ 'mail.state': 'pending', 'mail.dueAt': trusted({ $lte: now }) });
    return all(due.sort({ 'mail.dueAt': 1 }).limit(limit).lean(), toCredential);
  }
  async mailCounts(): Promise<Readonly<Record<MailState, number>>> {
    const counts = { pending: 0, sent: 0, failed: 0, 'given-up': 0, superseded: 0 };
    const states = Object.keys(counts) as MailState[];
    await Promise.all(
      states.map(async (state) => {
        counts[state] = await withDatabase(() => this.#models.credentials.countDocuments({ 'mail.state': state }));
      }),
    );
    return counts;
  }
}

type CredentialQuery = Parameters<CredentialStore['credentials']>[0];

function filterOf(query: Partial<CredentialQuery>): mongoose.QueryFilter<CredentialRecord> {
  const wanted: mongoose.QueryFilter<CredentialRecord>[] = [];
  const { username, contextKey, credentialType, status, configurationId, createdBefore, mail, runId } = query;
  if (username !== undefined) wanted.push({ username });
  if (credentialType !== undefined) wanted.push({ credentialType });
  if (createdBefore !== undefined) wanted.push({ createdAt: trusted({ $lt: createdBefore }) });
  if (mail !== undefined) wanted.push({ 'mail.state': mail });
  if (contextKey !== undefined) wanted.push({ contextKey });
  if (status !== undefined) wanted.push({ status });
  if (configurationId !== undefined) wanted.push({ configurationId });
  if (runId !== undefined) wanted.push({ runId });
  const search = query.search?.trim().toLowerCase() ?? '';
  if (search !== '') {
    const beginning = `^${search.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
    wanted.push({ $or: [{ _id: search }, { verifyId: search }, { search: trusted({ $regex: beginning }) }] });
  }
  if (query.after !== undefined) {
    const [time = '', id = ''] = query.after.split(' ');
    const createdAt = new Date(time);
    wanted.push({
      $or: [{ createdAt: trusted({ $lt: createdAt }) }, { createdAt, _id: trusted({ $lt: id }) }],
    });
  }
  return wanted.length > 0 ? trusted({ $and: wanted }) : {};
}

async function one<Stored, Value>(
  query: PromiseLike<Stored | null>,
  toValue: (record: Stored) => Value,
): Promise<Value | null> {
  const record = await withDatabase(async () => query);
  return record === null ? null : toValue(record);
}

async function all<Stored, Value>(
  query: PromiseLike<readonly Stored[]>,
  toValue: (record: Stored) => Value,
): Promise<readonly Value[]> {
  return (await withDatabase(async () => query)).map(toValue);
}

async function put<Value extends { readonly _id: string }>(model: mongoose.Model<Value>, record: Value): Promise<void> {
  const { _id, ...fields } = record;
  await withDatabase(() =>
    model.updateOne({ _id } as mongoose.QueryFilter<Value>, { $set: fields } as mongoose.UpdateQuery<Value>, {
      upsert: true,
    }),
  );
}

interface Changeable {
  readonly _id: string;
  readonly updatedAt: Date;
}

async function change<Value extends Changeable>(
  model: mongoose.Model<Value>,
  record: Value,
  expected: Date | null,
): Promise<ChangeResult> {
  const { _id, ...fields } = record;
  let found = true;
  const written = await unlessDuplicate(async () => {
    if (expected === null) return model.create(record);
    const filter = { _id, updatedAt: expected } as mongoose.QueryFilter<Value>;
    const { matchedCount } = await model.updateOne(filter, { $set: fields } as mongoose.UpdateQuery<Value>);
    found = matchedCount === 1;
  });
  if (!written) return 'duplicate';
  return found ? 'saved' : 'stale';
}

async function remove<Value extends Changeable>(
  model: mongoose.Model<Value>,
  _id: string,
  updatedAt: Date,
): Promise<boolean> {
  const filter = { _id, updatedAt } as mongoose.QueryFilter<Value>;
  const { deletedCount } = await withDatabase(() => model.deleteOne(filter));
  return deletedCount === 1;
}
