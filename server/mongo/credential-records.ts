/** Between the port's values and what lies in the collections. */

import { credentialWords } from '../../plugin/credentials/search-words.ts';
import { InvariantError } from '../../plugin/errors.ts';
import type {
  Asset,
  CatchUp,
  Credential,
  CredentialConfiguration,
  CredentialRun,
  CredentialType,
  DesignVersion,
  Options,
  Schedule,
  ScheduleRule,
} from '../../plugin/ports/credential-store.ts';
import type {
  AssetRecord,
  ConfigurationRecord,
  CredentialRecord,
  RunRecord,
  ScheduleRecord,
  TypeRecord,
  VersionRecord,
} from './credential-models.ts';

/** Of a schedule from before this was kept. */
export const NEVER_SET = new Date(0);

export function fromAsset({ slug, ...rest }: Asset): AssetRecord {
  return { _id: slug, ...rest };
}
export function toAsset({
  _id,
  description,
  kind,
  fileName,
  contentType,
  sizeBytes,
  sha256,
  updatedAt,
}: AssetRecord): Asset {
  return {
    slug: _id,
    description,
    kind,
    fileName,
    contentType,
    sizeBytes,
    sha256,
    updatedAt,
  };
}

export function fromVersion({ snapshot, ...rest }: DesignVersion): VersionRecord {
  return { _id: `${rest.objectId} ${rest.at.getTime()}`, ...rest, snapshot: JSON.stringify(snapshot) };
}
export function toVersion({ objectId, at, before, number, by, comment, snapshot }: VersionRecord): DesignVersion {
  return { objectId, at, before, number, by, comment, snapshot: JSON.parse(snapshot) as Options };
}

export function fromType({ id, options, ...rest }: CredentialType): TypeRecord {
  return { _id: id, ...rest, options: JSON.stringify(options) };
}
export function toType({
  _id,
  name,
  retrievalFunction,
  generationFunction,
  options,
  updatedAt,
}: TypeRecord): CredentialType {
  return {
    id: _id,
    name,
    retrievalFunction,
    generationFunction,
    options: JSON.parse(options) as Options,
    updatedAt,
  };
}

export function fromConfiguration({ id, options, ...rest }: CredentialConfiguration): ConfigurationRecord {
  return { _id: id, ...rest, options: JSON.stringify(options) };
}
export function toConfiguration({
  _id,
  credentialTypeId,
  contextKey,
  options,
  updatedAt,
}: ConfigurationRecord): CredentialConfiguration {
  return {
    id: _id,
    credentialTypeId,
    contextKey,
    options: JSON.parse(options) as Options,
    updatedAt,
  };
}

export function fromSchedule({ configurationId, catchUp, ...rest }: Schedule): ScheduleRecord {
  const isAll = typeof catchUp === 'object';
  return {
    _id: configurationId,
    ...rest,
    catchUp: isAll ? catchUp.kind : catchUp,
    catchUpMax: isAll ? catchUp.max : null,
    catchUpWithinMs: isAll ? catchUp.withinMs : null,
  };
}
export function toSchedule({ _id, rule, ...rest }: ScheduleRecord): Schedule {
  return {
    configurationId: _id,
    enabled: rest.enabled,
    rule: toRule(rule),
    oneOff: rest.oneOff ?? false,
    startAt: rest.startAt ?? null,
    expiresAt: rest.expiresAt ?? null,
    overlap: rest.overlap ?? 'skip',
    catchUp: toCatchUp(rest),
    deadlineMs: rest.deadlineMs ?? null,
    nextDueAt: rest.nextDueAt,
    waiting: rest.waiting ?? [],
    lastRunAt: rest.lastRunAt,
    lastSkipped: rest.lastSkipped ?? null,
    totalRuns: rest.totalRuns,
    updatedAt: rest.updatedAt ?? NEVER_SET,
  };
}

function toCatchUp({ catchUp = 'one', catchUpMax, catchUpWithinMs }: Partial<ScheduleRecord>): CatchUp {
  if (catchUp !== 'all') return catchUp;
  if (typeof catchUpMax !== 'number' || typeof catchUpWithinMs !== 'number') return 'one';
  return { kind: catchUp, max: catchUpMax, withinMs: catchUpWithinMs };
}

function toRule({
  kind,
  everyMs,
  expression,
  timeZone,
  days,
  gap,
  repeated,
  at,
}: ScheduleRecord['rule']): ScheduleRule {
  if (kind === 'interval' && typeof everyMs === 'number') return { kind, everyMs };
  if (kind === 'crontab' && expression && timeZone) {
    return {
      ...{ kind, expression, timeZone },
      ...(days === 'both' || days === 'either' ? { days } : {}),
      ...(gap === 'after' || gap === 'skip' ? { gap } : {}),
      ...(repeated === 'first' || repeated === 'both' ? { repeated } : {}),
    };
  }
  if (kind === 'clocked' && at instanceof Date) return { kind, at };
  throw new InvariantError('a stored schedule is neither an interval, a crontab nor a given moment');
}

export function fromRun({ id, ...rest }: CredentialRun): RunRecord {
  return { _id: id, ...rest };
}
export function toRun({
  _id,
  configurationId,
  trigger,
  dueAt,
  state,
  fence,
  leaseUntil,
  startedAt,
  finishedAt,
  counts,
  error,
  checkpoint,
  trace,
}: RunRecord): CredentialRun {
  return {
    id: _id,
    configurationId,
    trigger,
    dueAt,
    state,
    fence,
    leaseUntil,
    startedAt,
    finishedAt,
    counts,
    error,
    checkpoint: checkpoint ?? null,
    ...(trace && { trace }),
  };
}

export function fromCredential({ id, holdsPlace, ...rest }: Credential): CredentialRecord {
  const { username, learnerName, email } = rest;
  return {
    _id: id,
    ...rest,
    live: holdsPlace,
    search: [...credentialWords({ username, learnerName, email })],
  };
}
/** Former versions wrote some fields not. */
export function toCredential({ _id, live, search: _, ...rest }: CredentialRecord): Credential {
  const { generatedAt, expiresAt, reissueOf, reissuedAs, reissue, mail } = rest;
  return {
    id: _id,
    ...rest,
    generatedAt: generatedAt ?? rest.issuedAt,
    expiresAt: expiresAt ?? null,
    reissueOf: reissueOf ?? null,
    reissuedAs: reissuedAs ?? null,
    reissue: reissue ?? null,
    holdsPlace: live,
    mail: mail ?? null,
  };
}
