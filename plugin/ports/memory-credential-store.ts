/** In-memory twin of the CredentialStore: the reference behaviour, for tests and trials; not for production. */

import { credentialWords } from '../credentials/search-words.ts';
import { ConflictError } from '../errors.ts';
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
} from './credential-store.ts';
import type { Page } from './learner-store.ts';
import { memoryRecords } from './memory-records.ts';
import { credentialShape, runShape } from './record-shapes.ts';

/** Values are never changed in place, so handing out the stored ones is safe: all fields are readonly. */
export class MemoryCredentialStore implements CredentialStore {
  readonly #assets = new Map<string, Asset>();
  readonly #types = new Map<string, CredentialType>();
  readonly #configurations = new Map<string, CredentialConfiguration>();
  readonly #versions: DesignVersion[] = [];
  readonly #schedules = new Map<string, Schedule>();
  readonly #runs = new Map<string, CredentialRun>();
  readonly #credentials = new Map<string, Credential>();
  readonly credentialRecords = memoryRecords(credentialShape, () => this.#credentials.values());
  readonly runRecords = memoryRecords(runShape, () => this.#runs.values());

  async saveAsset(asset: Asset): Promise<void> {
    this.#assets.set(asset.slug, asset);
  }
  async changeAsset(asset: Asset, expected: Date | null): Promise<ChangeResult> {
    const problem = refusal(this.#assets.get(asset.slug), expected);
    if (problem === null) this.#assets.set(asset.slug, asset);
    return problem ?? 'saved';
  }
  async deleteAsset(slug: string, expected: Date): Promise<boolean> {
    return refusal(this.#assets.get(slug), expected) === null && this.#assets.delete(slug);
  }
  async asset(slug: string): Promise<Asset | null> {
    return this.#assets.get(slug) ?? null;
  }
  async assets(): Promise<readonly Asset[]> {
    return sortBy([...this.#assets.values()], (asset) => asset.slug);
  }

  async saveType(type: CredentialType): Promise<void> {
    for (const other of this.#types.values()) {
      if (other.name === type.name && other.id !== type.id) throw duplicateType();
    }
    this.#types.set(type.id, type);
  }
  async changeType(type: CredentialType, expected: Date | null): Promise<ChangeResult> {
    const problem = refusal(this.#types.get(type.id), expected);
    return problem ?? unlessTaken(() => this.saveType(type));
  }
  async deleteType(id: string, expected: Date): Promise<boolean> {
    return refusal(this.#types.get(id), expected) === null && this.#types.delete(id);
  }
  async type(id: string): Promise<CredentialType | null> {
    return this.#types.get(id) ?? null;
  }
  async types(): Promise<readonly CredentialType[]> {
    return sortBy([...this.#types.values()], (type) => type.name);
  }

  async saveConfiguration(configuration: CredentialConfiguration): Promise<void> {
    for (const other of this.#configurations.values()) {
      const same =
        other.contextKey === configuration.contextKey && other.credentialTypeId === configuration.credentialTypeId;
      if (same && other.id !== configuration.id) throw duplicateConfiguration();
    }
    this.#configurations.set(configuration.id, configuration);
  }
  async changeConfiguration(configuration: CredentialConfiguration, expected: Date | null): Promise<ChangeResult> {
    const problem = refusal(this.#configurations.get(configuration.id), expected);
    return problem ?? unlessTaken(() => this.saveConfiguration(configuration));
  }
  async addVersion(version: DesignVersion): Promise<boolean> {
    const { objectId, at } = version;
    if (this.#versions.some((one) => one.objectId === objectId && one.at.getTime() === at.getTime())) return false;
    this.#versions.push(structuredClone(version));
    return true;
  }
  async versions(objectId: string): Promise<readonly DesignVersion[]> {
    return this.#versions
      .filter((version) => version.objectId === objectId)
      .sort((one, other) => other.at.getTime() - one.at.getTime());
  }

  async deleteConfiguration(id: string, expected: Date): Promise<boolean> {
    if (refusal(this.#configurations.get(id), expected) !== null) return false;
    this.#schedules.delete(id);
    return this.#configurations.delete(id);
  }
  async configuration(id: string): Promise<CredentialConfiguration | null> {
    return this.#configurations.get(id) ?? null;
  }
  async configurations(): Promise<readonly CredentialConfiguration[]> {
    return sortBy([...this.#configurations.values()], ({ contextKey, id }) => `${contextKey} ${id}`);
  }

  async saveSchedule(schedule: Schedule): Promise<void> {
    this.#schedules.set(schedule.configurationId, schedule);
  }
  async replaceSchedule(schedule: Schedule, former: Schedule | null): Promise<boolean> {
    const stored = this.#schedules.get(schedule.configurationId);
    const same =
      stored?.updatedAt.getTime() === former?.updatedAt.getTime() &&
      stored?.nextDueAt?.getTime() === former?.nextDueAt?.getTime();
    if (same) this.#schedules.set(schedule.configurationId, schedule);
    return same;
  }
  async removeSchedule(configurationId: string): Promise<boolean> {
    return this.#schedules.delete(configurationId);
  }
  async schedule(configurationId: string): Promise<Schedule | null> {
    return this.#schedules.get(configurationId) ?? null;
  }
  async schedules(): Promise<readonly Schedule[]> {
    return sortBy([...this.#schedules.values()], (schedule) => schedule.configurationId);
  }
  async dueSchedules(now: Date, limit: number): Promise<readonly Schedule[]> {
    const due = [...this.#schedules.values()].filter(
      ({ enabled, nextDueAt }) => enabled && nextDueAt !== null && nextDueAt <= now,
    );
    return sortBy(due, ({ nextDueAt }) => nextDueAt?.toISOString() ?? '').slice(0, limit);
  }
  async advanceSchedule(configurationId: string, from: Date, step: ScheduleStep): Promise<boolean> {
    const schedule = this.#schedules.get(configurationId);
    if (schedule?.nextDueAt?.getTime() !== from.getTime()) return false;
    this.#schedules.set(configurationId, {
      ...schedule,
      enabled: step.nextDueAt !== null,
      nextDueAt: step.nextDueAt,
      waiting: step.waiting,
      ...(step.ranAt !== null
        ? { lastRunAt: step.ranAt, totalRuns: schedule.totalRuns + 1 }
        : step.skipped !== null && { lastSkipped: { dueAt: from, reason: step.skipped } }),
    });
    return true;
  }

  async createRun(run: CredentialRun): Promise<boolean> {
    for (const other of this.#runs.values()) {
      if (other.configurationId === run.configurationId && other.dueAt.getTime() === run.dueAt.getTime()) return false;
    }
    this.#runs.set(run.id, run);
    return true;
  }
  async run(id: string): Promise<CredentialRun | null> {
    return this.#runs.get(id) ?? null;
  }
  async runs(query: { readonly configurationId?: string; readonly limit: number }): Promise<readonly CredentialRun[]> {
    const wanted = [...this.#runs.values()].filter(
      (run) => query.configurationId === undefined || run.configurationId === query.configurationId,
    );
    return sortBy(wanted, ({ startedAt, id }) => `${startedAt.toISOString()} ${id}`)
      .reverse()
      .slice(0, query.limit);
  }
  async abandonedRuns(now: Date): Promise<readonly CredentialRun[]> {
    return [...this.#runs.values()].filter(({ state, leaseUntil }) => state === 'running' && leaseUntil <= now);
  }
  async takeOverRun(id: string, fence: number, leaseUntil: Date): Promise<CredentialRun | null> {
    const run = this.#runs.get(id);
    if (run?.state !== 'running' || run.fence !== fence) return null;
    const taken = { ...run, fence: fence + 1, leaseUntil };
    this.#runs.set(id, taken);
    return taken;
  }
  async updateRun(run: CredentialRun): Promise<boolean> {
    const stored = this.#runs.get(run.id);
    if (stored?.state !== 'running' || stored.fence !== run.fence) return false;
    const { counts, state, leaseUntil, finishedAt, error, checkpoint } = run;
    this.#runs.set(run.id, { ...stored, counts, state, leaseUntil, finishedAt, error, checkpoint });
    return true;
  }
  async cancelRun(id: string, now: Date): Promise<boolean> {
    const run = this.#runs.get(id);
    if (run?.state !== 'running') return false;
    this.#runs.set(id, { ...run, state: 'cancelled', finishedAt: now, leaseUntil: now });
    return true;
  }
  async reopenRun({ id, state, fence }: CredentialRun, now: Date): Promise<boolean> {
    const run = this.#runs.get(id);
    if (!run || run.state !== state || run.fence !== fence) return false;
    this.#runs.set(id, { ...run, state: 'running', fence: fence + 1, leaseUntil: now, finishedAt: null });
    return true;
  }

  async createCredential(credential: Credential): Promise<boolean> {
    const { id, configurationId, username, holdsPlace } = credential;
    const isTaken = holdsPlace && this.#ofLearner(configurationId, username).some((other) => other.holdsPlace);
    if (isTaken || this.#credentials.has(id)) return false;
    this.#credentials.set(credential.id, credential);
    return true;
  }
  async updateCredential(credential: Credential, expected: Date): Promise<boolean> {
    if (this.#credentials.get(credential.id)?.updatedAt.getTime() !== expected.getTime()) return false;
    this.#credentials.set(credential.id, credential);
    return true;
  }
  async credential(id: string): Promise<Credential | null> {
    return this.#credentials.get(id) ?? null;
  }
  async credentialByVerifyId(verifyId: string): Promise<Credential | null> {
    return [...this.#credentials.values()].find((credential) => credential.verifyId === verifyId) ?? null;
  }
  async liveCredential(configurationId: string, username: string): Promise<Credential | null> {
    return this.#ofLearner(configurationId, username).find(({ status }) => status !== 'invalidated') ?? null;
  }
  async liveCredentials(configurationId: string, usernames: readonly string[]): Promise<readonly Credential[]> {
    const wanted = new Set(usernames);
    return [...this.#credentials.values()].filter(
      (credential) =>
        credential.configurationId === configurationId &&
        credential.status !== 'invalidated' &&
        wanted.has(credential.username),
    );
  }
  async placeHolder(configurationId: string, username: string): Promise<Credential | null> {
    return this.#ofLearner(configurationId, username).find(({ holdsPlace }) => holdsPlace) ?? null;
  }
  async placeHolders(configurationId: string, usernames: readonly string[]): Promise<readonly Credential[]> {
    const wanted = new Set(usernames);
    return [...this.#credentials.values()].filter(
      (credential) =>
        credential.configurationId === configurationId && credential.holdsPlace && wanted.has(credential.username),
    );
  }
  async credentials(query: Parameters<CredentialStore['credentials']>[0]): Promise<Page<Credential>> {
    const wanted = [...this.#credentials.values()].filter((credential) => matches(credential, query));
    const position = ({ createdAt, id }: Credential) => `${createdAt.toISOString()} ${id}`;
    const rest = sortBy(wanted, position)
      .reverse()
      .filter((credential) => query.after === undefined || position(credential) < query.after);
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    return { items, next: last && rest.length > items.length ? position(last) : null };
  }
  async countCredentials(filter: CredentialFilter): Promise<number> {
    return [...this.#credentials.values()].filter((credential) => matches(credential, filter)).length;
  }
  async credentialCounts(): Promise<Readonly<Record<Credential['status'], number>>> {
    const counts = { generating: 0, available: 0, error: 0, invalidated: 0 };
    for (const { status } of this.#credentials.values()) counts[status] += 1;
    return counts;
  }

  async abandonedReissues(now: Date, limit: number): Promise<readonly Credential[]> {
    const until = ({ reissue }: Credential) => reissue?.leaseUntil.toISOString() ?? '';
    const abandoned = [...this.#credentials.values()].filter(({ reissue }) => reissue && reissue.leaseUntil <= now);
    return sortBy(abandoned, until).slice(0, limit);
  }
  async dueMails(now: Date, limit: number): Promise<readonly Credential[]> {
    const due = [...this.#credentials.values()].filter(({ mail }) => {
      return mail?.state === 'pending' && mail.dueAt !== null && mail.dueAt <= now;
    });
    return sortBy(due, ({ mail }) => mail?.dueAt?.toISOString() ?? '').slice(0, limit);
  }
  async mailCounts(): Promise<Readonly<Record<MailState, number>>> {
    const counts = { pending: 0, sent: 0, failed: 0, 'given-up': 0, superseded: 0 };
    for (const { mail } of this.#credentials.values()) if (mail) counts[mail.state] += 1;
    return counts;
  }

  #ofLearner(configurationId: string, username: string): readonly Credential[] {
    return [...this.#credentials.values()].filter(
      (credential) => credential.configurationId === configurationId && credential.username === username,
    );
  }
}

function matches(credential: Credential, filter: CredentialFilter): boolean {
  const { username, contextKey, credentialType, status, configurationId, createdBefore, mail, runId } = filter;
  return (
    (username === undefined || credential.username === username) &&
    (contextKey === undefined || credential.contextKey === contextKey) &&
    (credentialType === undefined || credential.credentialType === credentialType) &&
    (status === undefined || credential.status === status) &&
    (configurationId === undefined || credential.configurationId === configurationId) &&
    (createdBefore === undefined || credential.createdAt < createdBefore) &&
    (mail === undefined || credential.mail?.state === mail) &&
    (runId === undefined || credential.runId === runId) &&
    isFound(credential, filter.search?.trim().toLowerCase() ?? '')
  );
}

/** @returns null: the change may be made */
function refusal(stored: { readonly updatedAt: Date } | undefined, expected: Date | null): ChangeResult | null {
  if (expected === null) return stored ? 'duplicate' : null;
  return stored?.updatedAt.getTime() === expected.getTime() ? null : 'stale';
}

async function unlessTaken(save: () => Promise<void>): Promise<ChangeResult> {
  try {
    await save();
    return 'saved';
  } catch (error) {
    if (error instanceof ConflictError) return 'duplicate';
    throw error;
  }
}

export function duplicateType(): ConflictError {
  return new ConflictError('duplicate', 'there is a credential type of this name already; choose another name');
}

export function duplicateConfiguration(): ConflictError {
  return new ConflictError(
    'duplicate',
    'this context already has a configuration of this credential type; edit that one instead',
  );
}

function isFound({ id, verifyId, username, learnerName, email }: Credential, search: string): boolean {
  if (search === '' || search === id || search === verifyId) return true;
  return credentialWords({ username, learnerName, email }).some((text) => text.startsWith(search));
}

/** By code units, as the stores compare texts. */
function sortBy<Item>(items: Item[], key: (item: Item) => string): Item[] {
  return items.sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}
