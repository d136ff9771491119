/** The in-memory twin of the job store: the reference behaviour, for tests; not for production. */

import { isOpen, type Job, type JobChange, type JobStore, type PostponedJobs } from './job-store.ts';
import type { Page } from './learner-store.ts';
import { memoryRecords } from './memory-records.ts';
import { jobShape } from './record-shapes.ts';

export class MemoryJobStore implements JobStore {
  readonly #jobs = new Map<string, Job>();
  readonly records = memoryRecords(jobShape, () => this.#jobs.values());

  async create(job: Job): Promise<boolean> {
    if (this.#jobs.has(job.id)) return false;
    this.#jobs.set(job.id, job);
    return true;
  }

  async get(id: string): Promise<Job | null> {
    return this.#jobs.get(id) ?? null;
  }

  async list({ kind, state, after, limit }: Parameters<JobStore['list']>[0]): Promise<Page<Job>> {
    const wanted = [...this.#jobs.values()]
      .filter((job) => (kind === undefined || job.kind === kind) && (state === undefined || job.state === state))
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1));
    const start = after === undefined ? 0 : wanted.findIndex((job) => jobCursor(job) === after) + 1;
    const items = wanted.slice(start, start + limit);
    const last = items.at(-1);
    return { items, next: last && start + limit < wanted.length ? jobCursor(last) : null };
  }

  async postponed(): Promise<PostponedJobs> {
    return postponedOf([...this.#jobs.values()].filter(({ state, attempts }) => isOpen(state) && attempts > 0));
  }

  async claim(kinds: readonly string[], now: Date, leaseUntil: Date, only?: string): Promise<Job | null> {
    const [job] = [...this.#jobs.values()]
      .filter(({ id }) => only === undefined || id === only)
      .filter(({ kind, state, dueAt }) => kinds.includes(kind) && isOpen(state) && dueAt <= now)
      .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
    if (job === undefined) return null;
    const startedAt = job.startedAt ?? now;
    return this.#put({ ...job, state: 'running', fence: job.fence + 1, dueAt: leaseUntil, startedAt });
  }

  async checkpoint(id: string, fence: number, change: JobChange): Promise<Job | null> {
    const job = this.#jobs.get(id);
    if (job?.state !== 'running' || job.fence !== fence) return null;
    return this.#put({ ...job, ...change });
  }

  async hasten(id: string, now: Date): Promise<void> {
    const job = this.#jobs.get(id);
    if (job?.state === 'waiting' && job.dueAt > now) this.#put({ ...job, dueAt: now });
  }

  async requestCancel(id: string, now: Date): Promise<Job | null> {
    const job = this.#jobs.get(id);
    if (!job || !isOpen(job.state)) return null;
    const ended = job.state === 'waiting' ? ({ state: 'cancelled', finishedAt: now } as const) : {};
    return this.#put({ ...job, cancelRequested: true, ...ended });
  }

  async resume(id: string, now: Date): Promise<Job | null> {
    const job = this.#jobs.get(id);
    if (job?.state !== 'failed' && job?.state !== 'cancelled') return null;
    return this.#put({ ...job, ...reopened(now) });
  }

  #put(job: Job): Job {
    this.#jobs.set(job.id, job);
    return job;
  }
}

/** What resuming changes. */
export function reopened(now: Date) {
  return {
    state: 'waiting',
    cancelRequested: false,
    error: null,
    attempts: 0,
    failingSince: null,
    dueAt: now,
    finishedAt: null,
  } as const;
}

/** Jobs of the time before this was noted count from when they were begun. */
export function postponedOf(jobs: readonly Pick<Job, 'failingSince' | 'startedAt' | 'createdAt'>[]): PostponedJobs {
  const since = jobs.map(({ failingSince, startedAt, createdAt }) => failingSince ?? startedAt ?? createdAt);
  const [first = null] = since.toSorted((a, b) => a.getTime() - b.getTime());
  return { count: jobs.length, since: first };
}

/** Where the page after this job begins. */
export function jobCursor({ createdAt, id }: Pick<Job, 'createdAt' | 'id'>): string {
  return `${createdAt.toISOString()} ${id}`;
}
