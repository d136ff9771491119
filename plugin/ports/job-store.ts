/** Jobs: long pieces of work that outlive the process that began them, such as a replay or a retry of everything that
 *  failed. One document each; every step of one is recorded by one conditional update. */

import type { FilledWords } from '../words.ts';
import type { Page } from './learner-store.ts';
import type { Records } from './records.ts';
import type { TraceContext } from './trace-context.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** Neither ended nor given up. */
export function isOpen(state: JobState): boolean {
  return state === 'waiting' || state === 'running';
}

export interface Job {
  readonly id: string;
  /** Who carries it out: the name of a `JobKind`. */
  readonly kind: string;
  /** What a person reads in the list, in English; no personal data. */
  readonly title: string;
  /** The title, to be said in other languages; left out where there is nothing else to say. */
  readonly said?: FilledWords;
  /** What the kind was asked for. */
  readonly parameters: JsonObject;
  readonly requestedBy: string;
  /** Why, in the words of who asked; null: not said. */
  readonly reason: string | null;
  readonly state: JobState;
  /** Where the next step goes on; null: at the beginning. Only the kind understands it. */
  readonly cursor: Json;
  /** Items looked at so far. */
  readonly done: number;
  /** null: not known (yet). */
  readonly total: number | null;
  /** What came of the items, by words of the kind's own, e.g. `changed`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What the kind wants to show beyond counts; bounded by it. */
  readonly result: JsonObject | null;
  /** Code and message of the last failure; never personal data. */
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Steps that failed since one succeeded. */
  readonly attempts: number;
  /** When the first of them failed; null, or left out: none has. */
  readonly failingSince?: Date | null;
  readonly cancelRequested: boolean;
  /** Grows whenever a process takes the job: who holds an older number has lost it. */
  readonly fence: number;
  /** Not before; while it runs, the end of the lease. */
  readonly dueAt: Date;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** The work that asked for it. */
  readonly trace?: TraceContext;
}

/** What a checkpoint may change. */
export type JobChange = Partial<
  Pick<
    Job,
    | 'state'
    | 'cursor'
    | 'done'
    | 'total'
    | 'counts'
    | 'result'
    | 'error'
    | 'attempts'
    | 'failingSince'
    | 'dueAt'
    | 'finishedAt'
  >
>;

/** Jobs that go on putting off a step that fails. */
export interface PostponedJobs {
  readonly count: number;
  /** Since when the one does that has done so longest; null: there is none. */
  readonly since: Date | null;
}

export interface JobStore {
  /** By `jobShape`. */
  readonly records: Records<Job>;
  /** @returns false when there is one with this id already; nothing was changed */
  create(job: Job): Promise<boolean>;
  get(id: string): Promise<Job | null>;
  /** Newest first. */
  list(query: {
    readonly kind?: string;
    readonly state?: JobState;
    readonly after?: string;
    readonly limit: number;
  }): Promise<Page<Job>>;
  /** Open jobs whose last step failed. */
  postponed(): Promise<PostponedJobs>;
  /** Takes the job of one of the kinds that is due longest: a waiting one, or a running one whose lease has ended.
   *  @param id only this one
   *  @returns it as taken, running and with a new fence; null: there is none */
  claim(kinds: readonly string[], now: Date, leaseUntil: Date, id?: string): Promise<Job | null>;
  /** Records a step of a running job.
   *  @returns the job as it is now; null: another process has it, or it no longer runs; nothing was changed */
  checkpoint(id: string, fence: number, change: JobChange): Promise<Job | null>;
  /** Lets a waiting job begin at once. */
  hasten(id: string, now: Date): Promise<void>;
  /** A waiting job is cancelled at once, a running one after its step.
   *  @returns the job as it is now; null: there is none, or it has finished */
  requestCancel(id: string, now: Date): Promise<Job | null>;
  /** Lets a failed or cancelled job go on where it stopped.
   *  @returns null: there is none, or it neither failed nor was cancelled */
  resume(id: string, now: Date): Promise<Job | null>;
}

/** Finished jobs are kept so long. */
export const JOB_RETENTION_DAYS = 90;
