/** Learners, their events and what was done, for accounts that are limited to some organisations. */

import { fromParameters, REPLAY } from '../../../plugin/badges/replay/replay-request.ts';
import { courseOf } from '../../../plugin/events/course-of.ts';
import type { Jobs } from '../../../plugin/jobs/request-job.ts';
import { contextBeginnings } from '../../../plugin/organisations/standing.ts';
import type { BelongingKind } from '../../../plugin/ports/belongings.ts';
import type { CredentialStore } from '../../../plugin/ports/credential-store.ts';
import type { EventEntry, EventLog } from '../../../plugin/ports/event-log.ts';
import type { Job, JobStore, JsonObject } from '../../../plugin/ports/job-store.ts';
import type { Learner, LearnerStore } from '../../../plugin/ports/learner-store.ts';
import type { ProgressStore } from '../../../plugin/ports/progress-store.ts';
import type { PageQuery, RecordPage, Records } from '../../../plugin/ports/records.ts';
import { SYNC_KIND } from '../../../plugin/providers/template-sync/request.ts';
import { LIMIT_PARAMETER, LIST_ACTION } from '../lists/act.ts';
import type { AccessStore } from '../people/access-store.ts';
import type { Services } from '../services.ts';
import { closed, needsEverything, refuse } from './closed.ts';
import { limitPage, limitRecords, noRecords } from './limited-records.ts';
import { isShared, NOTHING, type Reach } from './reach.ts';

/** No more are looked through for those that are somebody's own. */
const MOST_LOOKED_AT = 500;

/** Those who have come somewhere on a badge of their own, or have a credential of a course of their own.
 *  @param own stores that are limited */
export function limitLearners(
  store: LearnerStore,
  own: { readonly progress: ProgressStore; readonly credentials: CredentialStore },
): LearnerStore {
  async function those(learners: readonly Learner[]): Promise<readonly Learner[]> {
    if (learners.length === 0) return [];
    const [ids, usernames] = await Promise.all([
      valuesIn(
        own.progress.records,
        'learnerId',
        learners.map(({ id }) => id),
        'updatedAt',
      ),
      valuesIn(
        own.credentials.credentialRecords,
        'username',
        learners.map(({ username }) => username),
        'createdAt',
      ),
    ]);
    return learners.filter(({ id, username }) => ids.has(id) || usernames.has(username));
  }

  const ifOwn = async (learner: Learner | null): Promise<Learner | null> =>
    (await those(learner === null ? [] : [learner]))[0] ?? null;

  return {
    records: {
      ...noRecords(store.records),
      async page(query: PageQuery): Promise<RecordPage<Learner>> {
        const { items } = await store.records.page({ ...query, limit: MOST_LOOKED_AT });
        return { items: (await those(items)).slice(0, query.limit), next: null, previous: null };
      },
    },
    find: async (user) => ifOwn(await store.find(user)),
    findById: async (id) => ifOwn(await store.findById(id)),
    findByUsername: async (username) => ifOwn(await store.findByUsername(username)),
    // Asked for to name those whom own records are about.
    findManyByIds: (ids) => store.findManyByIds(ids),
    async list({ limit, ...query }) {
      const { items } = await store.list({ ...query, limit: MOST_LOOKED_AT });
      return { items: (await those(items)).slice(0, limit), next: null };
    },
    languageOf: refuse,
    rememberLanguage: refuse,
    resolve: refuse,
    count: refuse,
  };
}

/** @returns which of the values any record has in the field */
async function valuesIn<Field extends string, Row extends Readonly<Record<Field, string>>>(
  records: Records<Row>,
  field: Field,
  values: readonly string[],
  order: string,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const rows of records.scan({ where: [{ field, in: values }], order: { field: order, descending: true } }))
    for (const row of rows) found.add(row[field]);
  return found;
}

/** Events that are about courses of their own. */
export function limitEvents(log: EventLog, reach: Reach): EventLog {
  const isOwn = ({ event }: EventEntry): boolean => {
    const course = courseOf(event.payload);
    return course !== null && reach.ownsContext(course);
  };
  const within = () => [
    {
      anyOf: reach.organisations
        .flatMap(contextBeginnings)
        .map((startsWith) => ({ field: 'course', startsWith }) as const),
    },
  ];
  return {
    records: limitRecords(log.records, within, { name: 'course', has: reach.ownsContext }),
    async get(id) {
      const entry = await log.get(id);
      return entry !== null && isOwn(entry) ? entry : null;
    },
    async *ofLearner(learner, filter) {
      for await (const entry of log.ofLearner(learner, filter)) if (isOwn(entry)) yield entry;
    },
    latest: async (type, limit) =>
      (await log.latest(type, Math.max(limit, MOST_LOOKED_AT))).filter(isOwn).slice(0, limit),
    list: (query) => limitPage((page) => log.list(page), query, isOwn),
    scan: refuse,
    counts: refuse,
    record: refuse,
    forget: refuse,
  };
}

/** Jobs on badges of their own, and what they began themselves. */
export function limitJobs({ jobStore, jobs, badges }: Pick<Services, 'jobStore' | 'jobs' | 'badges'>, reach: Reach) {
  /** What a dry run finds out names people. @throws RequestError 403 */
  async function assertOwnBadges(parameters: JsonObject): Promise<void> {
    const { badges: ids } = fromParameters(parameters);
    if (ids === null) return refuse();
    for (const id of ids) if (!reach.owns('badge', id) && (await badges.history(id)).length > 0) throw isShared();
  }

  /** What is brought up to date is changed. @throws RequestError 403 */
  function assertOwnAccounts(parameters: JsonObject): void {
    const { accounts } = parameters;
    if (!Array.isArray(accounts)) throw needsEverything();
    for (const id of accounts.map(String)) if (reach.ownId('provider-account', id) === NOTHING) throw needsEverything();
  }

  function isOwn({ kind, parameters }: Job): boolean {
    const limit = parameters[LIMIT_PARAMETER];
    if (Array.isArray(limit)) return limit.every((one) => reach.organisations.includes(String(one)));
    if (kind !== REPLAY) return false;
    const { badges } = fromParameters(parameters);
    return badges !== null && badges.length > 0 && badges.every((id) => reach.owns('badge', id));
  }

  const get = async (id: string): Promise<Job | null> => {
    const job = await jobStore.get(id);
    return job !== null && isOwn(job) ? job : null;
  };

  const limitedStore: JobStore = {
    records: noRecords(jobStore.records),
    get,
    list: (query) => limitPage((page) => jobStore.list(page), query, isOwn),
    create: refuse,
    claim: refuse,
    checkpoint: refuse,
    hasten: refuse,
    postponed: refuse,
    requestCancel: refuse,
    resume: refuse,
  };
  const limitedJobs: Jobs = {
    async request(request) {
      if (request.kind === REPLAY) await assertOwnBadges(request.parameters);
      else if (request.kind === SYNC_KIND) assertOwnAccounts(request.parameters);
      else if (request.kind !== LIST_ACTION) return refuse();
      const limit = { [LIMIT_PARAMETER]: [...reach.organisations] };
      return jobs.request({ ...request, parameters: { ...request.parameters, ...limit } });
    },
    hasten: async (id) => ((await get(id)) === null ? refuse() : jobs.hasten(id)),
    cancel: async (id) => jobs.cancel((await get(id))?.id ?? NOTHING),
    resume: async (id) => jobs.resume((await get(id))?.id ?? NOTHING),
  };
  return { jobStore: limitedStore, jobs: limitedJobs };
}

/** What a history is told of, by the word before the colon in the audit. */
const told: Readonly<Record<string, BelongingKind>> = {
  badge: 'badge',
  'credential-type': 'credential-type',
  asset: 'asset',
  'open-badge-template': 'open-badge-template',
};

/** The audit: writing into it, and the history of what they see. */
export function limitAccess(access: AccessStore, reach: Reach, credentials: CredentialStore): AccessStore {
  async function sees(object: string): Promise<boolean> {
    const colon = object.indexOf(':');
    const [word, id] = [object.slice(0, colon), object.slice(colon + 1)];
    if (word === 'configuration') return (await credentials.configuration(id)) !== null;
    if (word === 'credential') return (await credentials.credential(id)) !== null;
    const kind = told[word];
    return kind !== undefined && reach.sees(kind, id);
  }

  return closed<AccessStore>({
    recordAudit: (entry) => access.recordAudit(entry),
    audit: async (query) =>
      query.object !== undefined && (await sees(query.object)) ? access.audit(query) : { items: [], next: null },
  });
}
