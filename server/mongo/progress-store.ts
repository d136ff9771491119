/** Progress in MongoDB: one document per learner and badge, every change one conditional update. Loads and saves of the
 *  same moment, which are those of different learners, share a command. */

import mongoose from 'mongoose';
import { fromIssuedCursor, toIssuedCursor } from '../../plugin/badges/issued-cursor.ts';
import { fromCursor, toCursor } from '../../plugin/badges/progress-cursor.ts';
import type { Page } from '../../plugin/ports/learner-store.ts';
import type {
  BadgeStages,
  EffectFilter,
  EffectGroup,
  IssuedFilter,
  IssuedGroup,
  IssuedQuery,
  LaneChoice,
  OpenEffect,
  Progress,
  ProgressCount,
  ProgressQuery,
  ProgressStore,
} from '../../plugin/ports/progress-store.ts';
import { progressShape } from '../../plugin/ports/record-shapes.ts';
import type { Records } from '../../plugin/ports/records.ts';
import { refusalError, updateMany } from './bulk.ts';
import { schemaOptions } from './connect.ts';
import { withDatabase } from './errors.ts';
import { type Answer, gather } from './gather.ts';
import { type ProgressDocument, toDocument, toProgress } from './progress-document.ts';
import { RecentProgress } from './recent-progress.ts';
import { mongoRecords } from './records.ts';

const { Mixed } = mongoose.Schema.Types;

// What is inside is written by one pure function only; casting it field by field would cost more than the write.
const schema = new mongoose.Schema<ProgressDocument>(
  {
    learnerId: { type: String, required: true },
    badgeId: { type: String, required: true },
    version: { type: Number, required: true },
    ruleVersion: { type: Number, required: true },
    evaluated: Boolean,
    contributions: { type: Mixed, required: true },
    outcome: { type: Mixed, required: true },
    issued: { type: Mixed, required: true },
    effects: { type: Mixed, required: true },
    updatedAt: { type: Date, required: true },
    openEffects: { type: Mixed, default: [] },
    nextEffectAt: Date,
    savedBy: mongoose.Schema.Types.ObjectId,
  },
  { ...schemaOptions, collection: 'progress' },
);
schema.index({ learnerId: 1, badgeId: 1 }, { unique: true });
schema.index({ nextEffectAt: 1 }, { partialFilterExpression: { nextEffectAt: { $exists: true } } });
schema.index({ updatedAt: -1, learnerId: 1, badgeId: 1 });
schema.index({ updatedAt: 1, learnerId: 1, badgeId: 1 });
schema.index({ badgeId: 1, updatedAt: 1, learnerId: 1 });
schema.index({ 'outcome.status': 1, updatedAt: 1, learnerId: 1, badgeId: 1 });
schema.index({ badgeId: 1, 'outcome.status': 1, updatedAt: 1, learnerId: 1 });
schema.index({ 'openEffects.lane': 1, 'openEffects.dueAt': 1 });
schema.index({ 'openEffects.state': 1, 'outcome.status': 1, badgeId: 1 });
schema.index({ 'openEffects.state': 1, updatedAt: 1, learnerId: 1, badgeId: 1 });
schema.index({ 'issued.template.provider': 1, updatedAt: 1, learnerId: 1, badgeId: 1 });
schema.index({ badgeId: 1, learnerId: 1 });
schema.index({ badgeId: 1, ruleVersion: 1 });
schema.index({ evaluated: 1, badgeId: 1, 'outcome.status': 1 }, { partialFilterExpression: { evaluated: true } });
schema.index({ 'issued.externalId': 1 });
schema.index({ 'issued.template.provider': 1, learnerId: 1, badgeId: 1 });

export function progressModels(connection: mongoose.Connection): mongoose.Model<ProgressDocument> {
  return (connection.models.Progress ?? connection.model('Progress', schema)) as mongoose.Model<ProgressDocument>;
}

const STAGES_AT_ONCE = 1_000;
const STAGE_FIELDS = {
  ...{ _id: 0, learnerId: 1, evaluated: 1, 'outcome.status': 1, 'outcome.progress': 1 },
  ...{ 'issued.externalState': 1, 'issued.revokedAt': 1 },
};

const GROUP_FIELDS = { 'issued.template': 1, 'issued.externalState': 1, 'issued.revokedAt': 1 };
const STATUSES = ['awarded', 'in-progress', 'none', 'revoked'] as const;

function addToGroup(
  groups: Map<string, IssuedGroup>,
  { template, externalState, revokedAt }: ProgressDocument['issued'][number],
): void {
  const { provider = null, id: templateId = null } = template ?? {};
  const group = { provider, templateId, externalState: externalState ?? null, stands: revokedAt === null };
  const key = JSON.stringify(Object.values(group));
  groups.set(key, { ...group, count: (groups.get(key)?.count ?? 0) + 1 });
}

function addStages(
  stages: { -readonly [Stage in keyof BadgeStages]: BadgeStages[Stage] },
  { evaluated, outcome: { status, progress }, issued }: ProgressDocument,
): void {
  if (evaluated || status === 'none') return;
  const known = issued.filter(({ externalState, revokedAt }) => externalState !== null && revokedAt === null);
  stages.begun += 1;
  if (status === 'awarded' || progress > 0) stages.partDone += 1;
  if (status === 'awarded') stages.complete += 1;
  if (status === 'revoked') stages.revoked += 1;
  if (known.length > 0) stages.issued += 1;
  if (known.some(({ externalState }) => externalState === 'accepted')) stages.accepted += 1;
}

interface ProgressKey {
  readonly learnerId: string;
  readonly badgeId: string;
}

interface Save {
  readonly document: ProgressDocument;
  /** The save of this process that made the version before it; null: that is not known. */
  readonly former: mongoose.Types.ObjectId | null;
}

export class MongoProgressStore implements ProgressStore {
  readonly #progress: mongoose.Model<ProgressDocument>;
  readonly records: Records<Progress>;
  readonly #load = gather<ProgressKey, Progress | null>({ ask: (keys) => withDatabase(() => this.#find(keys)) });
  readonly #save = gather<Save, boolean>({
    ask: (saves) => withDatabase(() => this.#store(saves)),
    keysOf: ({ document }) => [keyOf(document)],
  });
  readonly #recent = new RecentProgress();

  constructor(connection: mongoose.Connection) {
    this.#progress = progressModels(connection);
    this.records = mongoRecords({
      shape: progressShape,
      model: this.#progress,
      paths: { status: 'outcome.status', effects: 'openEffects.state' },
      partPaths: { provider: 'template.provider', template: 'template.id' },
      toRow: toProgress,
    });
  }

  load(learnerId: string, badgeId: string): Promise<Progress | null> {
    return this.#load({ learnerId, badgeId });
  }

  recall(learnerId: string, badgeId: string): Progress | null {
    return this.#recent.recall(keyOf({ learnerId, badgeId }));
  }

  async save(progress: Progress): Promise<boolean> {
    const key = keyOf(progress);
    const savedBy = new mongoose.Types.ObjectId();
    const known = this.#recent.take(key);
    const former = known?.progress.version === progress.version ? known.savedBy : null;
    const isSaved = await this.#save({ document: toDocument(progress, savedBy), former });
    if (former !== null) this.#recent.learn(isSaved);
    if (isSaved) this.#recent.remember(key, { progress: { ...progress, version: progress.version + 1 }, savedBy });
    return isSaved;
  }

  async due(now: Date, limit: number, lanes: LaneChoice): Promise<readonly Progress[]> {
    const lane = 'only' in lanes ? lanes.only : { $nin: [...lanes.except] };
    return withDatabase(async () => {
      const found = await this.#progress
        .find({
          nextEffectAt: mongoose.trusted({ $lte: now }),
          openEffects: mongoose.trusted({ $elemMatch: { lane, dueAt: { $lte: now } } }),
        })
        .sort({ nextEffectAt: 1 })
        .limit(limit)
        .lean<ProgressDocument[]>();
      return found.map(toProgress);
    });
  }

  async ofLearner(learnerId: string): Promise<readonly Progress[]> {
    return withDatabase(async () => {
      const found = await this.#progress.find({ learnerId }).sort({ badgeId: 1 }).lean<ProgressDocument[]>();
      return found.map(toProgress);
    });
  }

  async list(query: ProgressQuery): Promise<Page<Progress>> {
    const conditions = conditionsOf(query);
    const found = await withDatabase(() =>
      this.#progress
        .find(conditions.length > 0 ? { $and: conditions } : {})
        .sort({ updatedAt: -1, learnerId: 1, badgeId: 1 })
        .limit(query.limit + 1)
        .lean<ProgressDocument[]>(),
    );
    const items = found.slice(0, query.limit).map(toProgress);
    const last = items.at(-1);
    return { items, next: last && found.length > items.length ? toCursor(last) : null };
  }

  async counts(badgeIds: readonly string[]): Promise<readonly ProgressCount[]> {
    const wanted = badgeIds.toSorted().flatMap((badgeId) => STATUSES.map((status) => ({ badgeId, status })));
    const evaluated = await this.#count({ evaluated: true }, 1);
    const counted = await Promise.all(
      wanted.map(async ({ badgeId, status }) => {
        const here = { badgeId, 'outcome.status': status };
        const [all, only] = await Promise.all([
          this.#count(here),
          evaluated === 0 ? 0 : this.#count({ evaluated: true, ...here }),
        ]);
        return [
          { badgeId, status, evaluated: false, count: all - only },
          { badgeId, status, evaluated: true, count: only },
        ];
      }),
    );
    return counted.flat().filter(({ count }) => count > 0);
  }

  #count(filter: object, atMost?: number): Promise<number> {
    return withDatabase(async () => {
      const { collection, db } = this.#progress;
      const limit = atMost === undefined ? {} : { limit: atMost };
      // `countDocuments` would be an aggregation, which looks at every document.
      const answer = await db.db?.command({ count: collection.collectionName, query: filter, ...limit });
      return Number(answer?.n);
    });
  }

  async stages(badgeIds: readonly string[]): Promise<readonly BadgeStages[]> {
    const all: BadgeStages[] = [];
    // One after the other: whoever waits for something else is served in between.
    for (const badgeId of badgeIds) all.push(await this.#stagesOf(badgeId));
    return all;
  }

  async #stagesOf(badgeId: string): Promise<BadgeStages> {
    const stages = { badgeId, begun: 0, partDone: 0, complete: 0, revoked: 0, issued: 0, accepted: 0 };
    const collection = this.#progress.collection as unknown as mongoose.mongo.Collection<ProgressDocument>;
    for (let after = ''; ; ) {
      const found = await withDatabase(() =>
        collection
          .find({ badgeId, learnerId: { $gt: after } }, { projection: STAGE_FIELDS })
          .sort({ badgeId: 1, learnerId: 1 })
          .limit(STAGES_AT_ONCE)
          .toArray(),
      );
      for (const document of found) addStages(stages, document);
      const last = found.at(-1);
      if (last === undefined || found.length < STAGES_AT_ONCE) return stages;
      after = last.learnerId;
    }
  }

  async effectCounts(): Promise<{ readonly pending: number; readonly failed: number }> {
    const count = (state: OpenEffect['state']): Promise<number> =>
      this.#progress.countDocuments({ 'openEffects.state': state });
    return withDatabase(async () => ({ pending: await count('pending'), failed: await count('failed') }));
  }

  async effectGroups(): Promise<readonly EffectGroup[]> {
    const groups = await withDatabase(() =>
      this.#progress.aggregate<{ _id: Omit<EffectGroup, 'count'>; count: number }>([
        { $match: { 'openEffects.state': { $in: ['pending', 'failed'] } } },
        { $unwind: '$openEffects' },
        {
          $group: {
            _id: {
              state: '$openEffects.state',
              kind: '$openEffects.kind',
              lane: '$openEffects.lane',
              error: '$openEffects.error',
            },
            count: { $sum: 1 },
          },
        },
      ]),
    );
    return groups.map(({ _id: { state, kind, lane, error }, count }) => ({ state, kind, lane, error, count }));
  }

  async learnersOf(badgeId: string, after: string | null, limit: number): Promise<readonly string[]> {
    const behind = after === null ? {} : { learnerId: mongoose.trusted({ $gt: after }) };
    const found = await withDatabase(() =>
      this.#progress
        .find({ badgeId, ...behind }, { learnerId: 1 })
        .sort({ badgeId: 1, learnerId: 1 })
        .limit(limit)
        .lean<Pick<ProgressDocument, 'learnerId'>[]>(),
    );
    return found.map(({ learnerId }) => learnerId);
  }

  async learnerIds(after: string | null, limit: number): Promise<readonly string[]> {
    const behind = after === null ? {} : { learnerId: mongoose.trusted({ $gt: after }) };
    const found = await withDatabase(() =>
      this.#progress
        .find(behind, { learnerId: 1 })
        .sort({ learnerId: 1, badgeId: 1 })
        .limit(limit)
        .lean<Pick<ProgressDocument, 'learnerId'>[]>(),
    );
    return [...new Set(found.map(({ learnerId }) => learnerId))];
  }

  async findIssued(provider: string, externalId: string): Promise<readonly Progress[]> {
    return withDatabase(async () => {
      const found = await this.#progress
        .find({
          'issued.externalId': externalId,
          issued: mongoose.trusted({ $elemMatch: { externalId, 'template.provider': provider } }),
        })
        .sort({ learnerId: 1, badgeId: 1 })
        .lean<ProgressDocument[]>();
      return found.map(toProgress);
    });
  }

  async listIssued({ badgeId, learnerIds, after, limit, ...filter }: IssuedQuery): Promise<Page<Progress>> {
    const conditions: mongoose.QueryFilter<ProgressDocument>[] = [
      { issued: mongoose.trusted({ $elemMatch: wantedIssued(filter) }) },
    ];
    // Said by itself as well, so that the index serves.
    if (filter.provider !== undefined) conditions.push({ 'issued.template.provider': filter.provider });
    if (badgeId !== undefined) conditions.push({ badgeId });
    if (learnerIds !== undefined) conditions.push({ learnerId: mongoose.trusted({ $in: [...learnerIds] }) });
    if (after !== undefined) {
      const place = fromIssuedCursor(after);
      // The first condition says the same once more, as a range for the index.
      conditions.push({ learnerId: mongoose.trusted({ $gte: place.learnerId }) });
      conditions.push({
        $or: [
          { learnerId: mongoose.trusted({ $gt: place.learnerId }) },
          { learnerId: place.learnerId, badgeId: mongoose.trusted({ $gt: place.badgeId }) },
        ],
      });
    }
    const found = await withDatabase(() =>
      this.#progress
        .find({ $and: conditions })
        .sort({ learnerId: 1, badgeId: 1 })
        .limit(limit + 1)
        .lean<ProgressDocument[]>(),
    );
    const items = found.slice(0, limit).map(toProgress);
    const last = items.at(-1);
    return { items, next: last && found.length > items.length ? toIssuedCursor(last) : null };
  }

  async issuedGroups(): Promise<readonly IssuedGroup[]> {
    const groups = new Map<string, IssuedGroup>();
    const collection = this.#progress.collection as unknown as mongoose.mongo.Collection<ProgressDocument>;
    for (let after: mongoose.mongo.ObjectId | null = null; ; ) {
      const found: mongoose.mongo.WithId<ProgressDocument>[] = await withDatabase(() =>
        collection
          .find(after === null ? {} : { _id: { $gt: after } }, { projection: GROUP_FIELDS })
          .sort({ _id: 1 })
          .limit(STAGES_AT_ONCE)
          .toArray(),
      );
      for (const { issued } of found) for (const badge of issued) addToGroup(groups, badge);
      const last = found.at(-1);
      if (last === undefined || found.length < STAGES_AT_ONCE) return [...groups.values()];
      after = last._id;
    }
  }

  async hasOlderThan(badgeId: string, ruleVersion: number): Promise<boolean> {
    const older = { badgeId, ruleVersion: mongoose.trusted({ $lt: ruleVersion }) };
    return (await withDatabase(async () => this.#progress.findOne(older, { _id: 1 }).lean())) !== null;
  }

  async #find(keys: readonly ProgressKey[]): Promise<readonly Answer<Progress | null>[]> {
    const found = new Map((await this.#findDocuments(keys)).map((document) => [keyOf(document), document]));
    return keys.map((key) => {
      const document = found.get(keyOf(key));
      const known = this.#recent.confirmed(keyOf(key), document?.savedBy);
      return { result: known ?? (document ? toProgress(document) : null) };
    });
  }

  /** Whether each of the documents is stored now. */
  async #store(saves: readonly Save[]): Promise<readonly Answer<boolean>[]> {
    const { refused, inserted, matched } = await updateMany(this.#progress, saves.map(updateTo));
    const documents = saves.map(({ document }) => document);
    const conditional = documents.filter((document, at) => !isNew(document) && !refused.has(at));
    const beaten = matched === conditional.length ? new Set() : await this.#beaten(conditional);
    return documents.map((document, at) => {
      const refusal = refused.get(at);
      if (refusal) return refusal.code === 11000 ? { result: false } : { error: refusalError(refusal) };
      return { result: isNew(document) ? inserted.has(at) : !beaten.has(document) };
    });
  }

  /** Those that somebody else was faster with. Who saved on top of ours in this very moment makes ours look beaten too,
   *  which is no harm: whoever is told so looks again, and finds theirs done. */
  async #beaten(documents: readonly ProgressDocument[]): Promise<ReadonlySet<ProgressDocument>> {
    const stored = await this.#findDocuments(documents, { learnerId: 1, badgeId: 1, savedBy: 1 });
    const savedBy = new Map(stored.map((document) => [keyOf(document), document.savedBy]));
    return new Set(documents.filter((document) => !document.savedBy?.equals(savedBy.get(keyOf(document)))));
  }

  /** One query for each badge: an `$or` of pairs is answered by no index of the embedded store. */
  async #findDocuments(keys: readonly ProgressKey[], projection = {}): Promise<readonly ProgressDocument[]> {
    const collection = this.#progress.collection as unknown as mongoose.mongo.Collection<ProgressDocument>;
    const learnersByBadge = new Map<string, Set<string>>(keys.map(({ badgeId }) => [badgeId, new Set()]));
    for (const { badgeId, learnerId } of keys) learnersByBadge.get(badgeId)?.add(learnerId);
    const found = await Promise.all(
      [...learnersByBadge].map(([badgeId, learnerIds]) =>
        collection.find({ badgeId, learnerId: { $in: [...learnerIds] } }, { projection }).toArray(),
      ),
    );
    return found.flat();
  }
}

function keyOf({ learnerId, badgeId }: ProgressKey): string {
  return `${badgeId} ${learnerId}`;
}

function isNew({ version }: ProgressDocument): boolean {
  return version === 1;
}

/** No document has version 0, so a new one is always an insert, which the unique index refuses where there is one. A number
 *  may come again, where what was deleted begins anew; a save does not. */
function updateTo({ document, former }: Save) {
  const { learnerId, badgeId, version } = document;
  const condition = former === null ? { version: version - 1 } : { savedBy: former };
  return { filter: { learnerId, badgeId, ...condition }, update: document, upsert: isNew(document) };
}

/** At least the state is asked for, so that the index serves. */
function wanted({ state, kind, lane, error }: EffectFilter): object {
  return {
    state: state ?? { $in: ['pending', 'failed'] },
    ...(kind === undefined ? {} : { kind }),
    ...(lane === undefined ? {} : { lane }),
    ...(error === undefined ? {} : { error }),
  };
}

/** At least the number is asked for, so that there is a badge at all. */
function wantedIssued({ provider, templateId, externalState, stands }: IssuedFilter): object {
  return {
    number: { $gte: 1 },
    ...(provider === undefined ? {} : { 'template.provider': provider }),
    ...(templateId === undefined ? {} : { 'template.id': templateId }),
    ...(externalState === undefined ? {} : { externalState }),
    ...(stands === undefined ? {} : { revokedAt: stands ? null : { $ne: null } }),
  };
}

function conditionsOf(query: ProgressQuery): mongoose.QueryFilter<ProgressDocument>[] {
  const conditions: mongoose.QueryFilter<ProgressDocument>[] = [];
  if (query.badgeId !== undefined) conditions.push({ badgeId: query.badgeId });
  if (query.status !== undefined) conditions.push({ 'outcome.status': query.status });
  if (query.learnerIds !== undefined) conditions.push({ learnerId: mongoose.trusted({ $in: [...query.learnerIds] }) });
  if (query.effect !== undefined)
    conditions.push({ openEffects: mongoose.trusted({ $elemMatch: wanted(query.effect) }) });
  if (query.after !== undefined) {
    const { updatedAt, learnerId, badgeId } = fromCursor(query.after);
    conditions.push({
      $or: [
        { updatedAt: mongoose.trusted({ $lt: updatedAt }) },
        { updatedAt, learnerId: mongoose.trusted({ $gt: learnerId }) },
        { updatedAt, learnerId, badgeId: mongoose.trusted({ $gt: badgeId }) },
      ],
    });
  }
  return conditions;
}
