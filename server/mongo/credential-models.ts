/** Collections of PDF credentials. Free-form options are stored as JSON text: their keys may hold dots and dollar signs. */

import { type Connection, type Model, Schema } from 'mongoose';
import type {
  Asset,
  Credential,
  CredentialConfiguration,
  CredentialRun,
  CredentialType,
  DesignVersion,
  Schedule,
} from '../../plugin/ports/credential-store.ts';
import { schemaOptions } from './connect.ts';
import { traceField } from './trace-field.ts';

/** As the port has it, its id (or slug) as `_id`. */
type Stored<Value, Key extends keyof Value> = { _id: string } & Omit<Value, Key>;
type WithJson<Value> = Omit<Value, 'options'> & { options: string };

export type AssetRecord = Stored<Asset, 'slug'>;
export type TypeRecord = WithJson<Stored<CredentialType, 'id'>>;
export type ConfigurationRecord = WithJson<Stored<CredentialConfiguration, 'id'>>;
/** The optional ones came later: a schedule that was stored before has none of them. */
export type ScheduleRecord = Pick<Schedule, 'enabled' | 'nextDueAt' | 'lastRunAt' | 'totalRuns'> &
  Partial<
    Pick<
      Schedule,
      'oneOff' | 'startAt' | 'expiresAt' | 'overlap' | 'deadlineMs' | 'waiting' | 'lastSkipped' | 'updatedAt'
    >
  > & {
    _id: string;
    catchUp?: 'one' | 'none' | 'all';
    /** Both with `all` only. */
    catchUpMax?: number | null;
    catchUpWithinMs?: number | null;
    rule: {
      kind: string;
      everyMs?: number | null;
      expression?: string | null;
      timeZone?: string | null;
      days?: string | null;
      gap?: string | null;
      repeated?: string | null;
      at?: Date | null;
    };
  };
export type VersionRecord = { _id: string } & Omit<DesignVersion, 'snapshot'> & { snapshot: string };
/** The checkpoint came later. */
export type RunRecord = Omit<Stored<CredentialRun, 'id'>, 'checkpoint'> & Partial<Pick<CredentialRun, 'checkpoint'>>;
export type CredentialRecord = Omit<Stored<Credential, 'id'>, 'holdsPlace'> & {
  /** Holds the place: what the unique partial index is about. */
  live: boolean;
  /** Lower-case username, name and e-mail. */
  search: readonly string[];
};

export interface CredentialModels {
  readonly assets: Model<AssetRecord>;
  readonly types: Model<TypeRecord>;
  readonly configurations: Model<ConfigurationRecord>;
  readonly versions: Model<VersionRecord>;
  readonly schedules: Model<ScheduleRecord>;
  readonly runs: Model<RunRecord>;
  readonly credentials: Model<CredentialRecord>;
}

const required = { required: true } as const;
const text = { type: String, ...required };
const optionalText = { type: String, default: null };
const number = { type: Number, ...required };
const optionalNumber = { type: Number, default: null };
const date = { type: Date, ...required };
const optionalDate = { type: Date, default: null };
const flag = { type: Boolean, ...required };

const assetSchema = new Schema<AssetRecord>(
  {
    _id: text,
    description: { type: String, default: '' },
    kind: text,
    fileName: text,
    contentType: text,
    sizeBytes: number,
    sha256: text,
    updatedAt: date,
  },
  { ...schemaOptions, collection: 'assets' },
);

const typeSchema = new Schema<TypeRecord>(
  { _id: text, name: text, retrievalFunction: text, generationFunction: text, options: text, updatedAt: date },
  { ...schemaOptions, collection: 'credential_types' },
).index({ name: 1 }, { unique: true });

const configurationSchema = new Schema<ConfigurationRecord>(
  { _id: text, credentialTypeId: text, contextKey: text, options: text, updatedAt: date },
  { ...schemaOptions, collection: 'credential_configurations' },
).index({ contextKey: 1, credentialTypeId: 1 }, { unique: true });

const versionSchema = new Schema<VersionRecord>(
  {
    _id: text,
    objectId: text,
    at: date,
    before: optionalDate,
    number,
    by: optionalText,
    comment: { type: String, default: '' },
    snapshot: text,
  },
  { ...schemaOptions, collection: 'credential_versions' },
).index({ objectId: 1, at: -1 });

const scheduleSchema = new Schema<ScheduleRecord>(
  {
    _id: text,
    enabled: flag,
    rule: {
      kind: text,
      everyMs: optionalNumber,
      expression: optionalText,
      timeZone: optionalText,
      days: optionalText,
      gap: optionalText,
      repeated: optionalText,
      at: optionalDate,
    },
    oneOff: flag,
    startAt: optionalDate,
    expiresAt: optionalDate,
    overlap: text,
    catchUp: text,
    catchUpMax: optionalNumber,
    catchUpWithinMs: optionalNumber,
    deadlineMs: optionalNumber,
    nextDueAt: optionalDate,
    waiting: [Date],
    lastRunAt: optionalDate,
    lastSkipped: { type: new Schema({ dueAt: date, reason: text }, { _id: false }), default: null },
    totalRuns: number,
    updatedAt: date,
  },
  { ...schemaOptions, collection: 'credential_schedules' },
).index({ enabled: 1, nextDueAt: 1 });

const countsSchema = { seen: number, eligible: number, generated: number, skipped: number, failed: number };
const runErrorSchema = { type: new Schema({ code: text, message: text }, { _id: false }), default: null };

const runSchema = new Schema<RunRecord>(
  {
    _id: text,
    configurationId: text,
    trigger: text,
    dueAt: date,
    state: text,
    fence: number,
    leaseUntil: date,
    startedAt: date,
    finishedAt: optionalDate,
    counts: countsSchema,
    error: runErrorSchema,
    checkpoint: {
      type: new Schema({ position: text, plan: text, counts: countsSchema, error: runErrorSchema }, { _id: false }),
      default: null,
    },
    trace: traceField,
  },
  { ...schemaOptions, collection: 'credential_runs' },
)
  .index({ configurationId: 1, dueAt: 1 }, { unique: true })
  .index({ startedAt: 1, _id: 1 })
  .index({ configurationId: 1, startedAt: 1, _id: 1 })
  .index({ state: 1, startedAt: 1, _id: 1 })
  .index({ state: 1, leaseUntil: 1 });

const mailSchema = new Schema(
  {
    state: text,
    messageId: optionalText,
    attempts: number,
    dueAt: optionalDate,
    sentAt: optionalDate,
    lastError: { type: new Schema({ code: text, message: text }, { _id: false }), default: null },
    trace: traceField,
  },
  { _id: false },
);

const reissuedSchema = new Schema(
  {
    credentialType: text,
    contextName: text,
    lmsUserId: optionalNumber,
    learnerName: { type: String, default: '' },
    email: { type: String, default: '' },
    sizeBytes: number,
    sha256: text,
    generatedAt: date,
    expiresAt: optionalDate,
    mail: { type: mailSchema, default: null },
    formerFileKey: optionalText,
  },
  { _id: false },
);

const reissueSchema = new Schema(
  {
    id: text,
    verifyId: text,
    fileKey: text,
    by: text,
    leaseUntil: date,
    made: { type: reissuedSchema, default: null },
    trace: traceField,
  },
  { _id: false, id: false },
);

const credentialSchema = new Schema<CredentialRecord>(
  {
    _id: text,
    verifyId: text,
    configurationId: text,
    credentialType: text,
    contextKey: text,
    contextName: text,
    username: text,
    lmsUserId: optionalNumber,
    learnerName: { type: String, default: '' },
    email: { type: String, default: '' },
    status: text,
    reason: optionalText,
    fileKey: optionalText,
    sizeBytes: optionalNumber,
    sha256: optionalText,
    runId: text,
    attempts: number,
    issuedAt: optionalDate,
    generatedAt: optionalDate,
    expiresAt: optionalDate,
    reissueOf: optionalText,
    reissuedAs: optionalText,
    reissue: { type: reissueSchema, default: null },
    mail: { type: mailSchema, default: null },
    createdAt: date,
    updatedAt: date,
    live: flag,
    search: { type: [String], ...required },
  },
  { ...schemaOptions, collection: 'credentials' },
)
  .index({ configurationId: 1, username: 1 }, { unique: true, partialFilterExpression: { live: true } })
  .index({ username: 1, configurationId: 1 })
  .index({ verifyId: 1 }, { unique: true })
  .index({ 'reissue.leaseUntil': 1 })
  .index({ 'mail.state': 1, 'mail.dueAt': 1 })
  .index({ createdAt: -1, _id: -1 })
  .index({ search: 1 })
  .index({ runId: 1, createdAt: -1 })
  .index({ username: 1, _id: 1 })
  .index({ status: 1, createdAt: 1, _id: 1 })
  .index({ status: 1, username: 1, _id: 1 })
  .index({ credentialType: 1, createdAt: 1, _id: 1 })
  .index({ credentialType: 1, username: 1, _id: 1 })
  .index({ credentialType: 1, status: 1, createdAt: 1, _id: 1 })
  .index({ credentialType: 1, status: 1, username: 1, _id: 1 })
  .index({ contextKey: 1, createdAt: 1, _id: 1 })
  .index({ contextKey: 1, username: 1, _id: 1 })
  .index({ contextKey: 1, status: 1, createdAt: 1, _id: 1 })
  .index({ contextKey: 1, status: 1, username: 1, _id: 1 })
  .index({ 'mail.state': 1, createdAt: 1, _id: 1 });

/** Registers the models on the connection; calling it again gives the same ones. */
export function credentialModels(connection: Connection): CredentialModels {
  return {
    assets: model(connection, 'Asset', assetSchema),
    types: model(connection, 'CredentialType', typeSchema),
    configurations: model(connection, 'CredentialConfiguration', configurationSchema),
    versions: model(connection, 'CredentialVersion', versionSchema),
    schedules: model(connection, 'CredentialSchedule', scheduleSchema),
    runs: model(connection, 'CredentialRun', runSchema),
    credentials: model(connection, 'Credential', credentialSchema),
  };
}

function model<Value>(connection: Connection, name: string, schema: Schema<Value>): Model<Value> {
  return (connection.models[name] as Model<Value> | undefined) ?? connection.model<Value>(name, schema);
}
