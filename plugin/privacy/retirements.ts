/** Asking for the retirement of a learner: from then on nothing new about the person is stored, and a job removes what is there.
 *  And for another username. */

import { ConflictError, NotFoundError } from '../errors.ts';
import type { Jobs } from '../jobs/request-job.ts';
import { isOpen, type Job, type JobStore } from '../ports/job-store.ts';
import type { Learner } from '../ports/learner-store.ts';
import type { LearnerTraces, Renaming, TracePart } from '../ports/learner-traces.ts';
import type { BadgesThere, Retirement, RetirementStore } from '../ports/retirement-store.ts';
import type { Clock } from '../ports/runtime.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { msg } from '../words.ts';
import type { Person } from './person.ts';
import { openedRenaming, RENAME, sealedRenaming } from './rename-job.ts';
import { RETIRE, SETTLE_MS, sealedFor } from './retire-job.ts';
import type { RetiredPeople } from './retired-people.ts';

export interface RetirementRequest {
  readonly username: string;
  readonly badgesThere: BadgesThere;
  readonly by: string;
  /** Why; must not name the learner. */
  readonly reason?: string | null;
}

/** How far a retirement is. */
export interface RetirementState
  extends Pick<Retirement, 'requestedAt' | 'requestedBy' | 'finishedAt' | 'badgesThere'> {
  readonly jobId: string;
}

export interface Retirements {
  /** What there is about the learner; null: nothing. Changes nothing. */
  preview(username: string): Promise<Readonly<Partial<Record<TracePart, number>>> | null>;
  /** Those that were asked for, the latest first. */
  of(learner: Pick<Learner, 'username' | 'lmsUserId'>): Promise<readonly RetirementState[]>;
  /** Repeating it while the work is going on gives the same job, and lets one that failed go on. @returns null: nothing is known of such a learner */
  request(request: RetirementRequest): Promise<Job | null>;
  /** Asks again for the work of those whose process died before it had asked. @returns how many there are */
  takeUp(): Promise<number>;
  /** At once wherever the learner is found by the username; a job goes through what merely mentions it. Repeating it changes
   *  nothing more, and gives the same job. @param by who asks */
  rename(former: string, next: string, by: string): Promise<Renamed>;
}

export interface Renamed {
  /** `taken`: another learner has the new one, and nothing was changed. */
  readonly outcome: 'renamed' | 'unknown' | 'taken';
  /** null: there is nobody whom anything could mention. */
  readonly job: Job | null;
}

export interface RetirementsParts {
  readonly store: RetirementStore;
  readonly traces: LearnerTraces;
  readonly jobs: Pick<Jobs, 'request' | 'resume'>;
  readonly jobStore: Pick<JobStore, 'get'>;
  readonly people: RetiredPeople;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  readonly newId: () => string;
  /** As of the job. */
  readonly settleMs?: number;
}

const TITLE = msg('Retire a learner');
const RENAME_TITLE = msg('Give a learner another username');

export function createRetirements(parts: RetirementsParts): Retirements {
  const { store, traces, jobs, people, secrets, clock, newId, settleMs = SETTLE_MS } = parts;

  async function request({ username, badgesThere, by, reason = null }: RetirementRequest): Promise<Job | null> {
    const found = await traces.find(username);
    const account = { username, lmsUserId: found?.lmsUserId ?? null };
    const before = await store.withKeys(people.keysOf(account));
    const underWay = before.find(({ finishedAt }) => finishedAt === null);
    if (underWay) return goingOn(await jobOf(underWay, reason));
    // Of somebody who was retired, traces may be left that only a search of everything finds.
    if (found === null && before.length === 0) return null;
    const isNew = found?.learnerId != null && (await store.get(found.learnerId)) === null;
    const id = isNew && found?.learnerId ? found.learnerId : newId();
    const keys = people.newKeysOf(account);
    const person: Person = found ?? unknownPerson(username);
    const retirement: Retirement = {
      ...{ id, keys, badgesThere, requestedBy: by, requestedAt: clock.now(), finishedAt: null, awards: [] },
      sealedPerson: secrets.seal(JSON.stringify(person), sealedFor(id)),
    };
    // Somebody else was faster: it is the same work.
    if (!(await store.add(retirement))) return jobOf((await store.get(id)) ?? retirement, reason);
    await people.refresh();
    return jobOf(retirement, reason);
  }

  /** Whoever asks again does not know what became of the first call. */
  async function goingOn(job: Job): Promise<Job> {
    if (job.state !== 'failed') return job;
    try {
      return await jobs.resume(job.id);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return (await parts.jobStore.get(job.id)) ?? job;
    }
  }

  function jobOf({ id, requestedBy, requestedAt }: Retirement, reason: string | null = null): Promise<Job> {
    return jobs.request({
      ...{ kind: RETIRE, id: jobIdOf(id), title: TITLE, requestedBy, reason },
      parameters: { retirement: id },
      dueAt: new Date(requestedAt.getTime() + settleMs),
    });
  }

  return {
    request,
    async of(learner) {
      const found = await store.withKeys(people.keysOf(learner));
      return found.map(({ id, requestedAt, requestedBy, finishedAt, badgesThere }) => {
        return { requestedAt, requestedBy, finishedAt, badgesThere, jobId: jobIdOf(id) };
      });
    },
    async preview(username) {
      const found = await traces.find(username);
      return found && traces.count(await traces.gather(found));
    },
    async takeUp() {
      const unfinished = await store.unfinished();
      for (const retirement of unfinished) {
        if ((await parts.jobStore.get(jobIdOf(retirement.id))) === null) await jobOf(retirement);
      }
      return unfinished.length;
    },
    async rename(former, next, by) {
      const known = (await traces.find(former)) ?? (await traces.find(next));
      const outcome = await traces.rename(former, next, clock.now());
      // Also when all was found renamed: whoever did it may have died before it asked for the job.
      if (outcome === 'taken' || known === null || former === next) return { outcome, job: null };
      const renaming = { former, next, lmsUserId: known.lmsUserId };
      return { outcome, job: await jobOfRenaming(renaming, outcome === 'renamed', by) };
    },
  };

  /** @param isFresh there was something to rename just now */
  async function jobOfRenaming(renaming: Renaming, isFresh: boolean, by: string): Promise<Job> {
    // Keyed hashes: an id is seen by many, and no username may be guessed from it.
    const names = [renaming.former, renaming.next].map((username) => people.keysOf({ username, lmsUserId: null })[0]);
    const idOf = (nth: number) => `rename-${names.join('-')}-${nth}`;
    let last: Job | null = null;
    let nth = 1;
    for (let found = await parts.jobStore.get(idOf(nth)); found !== null; found = await parts.jobStore.get(idOf(nth))) {
      last = found;
      nth++;
    }
    if (last !== null && standsFor(last, renaming, isFresh)) return last;
    const id = idOf(nth);
    const parameters = { sealed: sealedRenaming(renaming, id, secrets) };
    return jobs.request({ kind: RENAME, id, title: RENAME_TITLE, requestedBy: by, parameters });
  }

  /** A job that has begun may be past what was renamed just now; one that failed or was cancelled did not get everywhere. */
  function standsFor(job: Job, { former, next, lmsUserId }: Renaming, isFresh: boolean): boolean {
    if (!(isFresh ? job.state === 'waiting' : isOpen(job.state) || job.state === 'done')) return false;
    const of = openedRenaming(job, secrets);
    return of.former === former && of.next === next && of.lmsUserId === lmsUserId;
  }
}

function jobIdOf(retirementId: string): string {
  return `retire-${retirementId}`;
}

function unknownPerson(username: string): Person {
  return { learnerId: null, lmsUserId: null, username, usernames: [username], emails: [], names: [] };
}

/** @throws NotFoundError for those who want to be told that there is nobody */
export function knownOnly<Found>(found: Found | null): Found {
  if (found !== null) return found;
  throw new NotFoundError('learner', 'nothing is stored about a learner with this username; check the spelling');
}
