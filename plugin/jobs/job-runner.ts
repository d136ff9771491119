/** Carries jobs out, a step at a time. Any process may go on where another one stopped or died: what a step did is
 *  recorded after it, so a step may be repeated and must then change nothing more. */

import { CredentialsError, ProviderError } from '../errors.ts';
import type { Job, JobChange, JobStore, Json, JsonObject } from '../ports/job-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { type StepNotes, silentTracer, type Tracer } from '../ports/tracer.ts';

export interface JobStep {
  /** Where the next step goes on. */
  readonly cursor: Json;
  /** Items looked at in this step. */
  readonly done: number;
  /** What came of them, to be added to the job's counts. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Once known. */
  readonly total?: number | null;
  /** Replaces the former one. */
  readonly result?: JsonObject;
  readonly finished: boolean;
}

export interface JobKind {
  readonly kind: string;
  /** A part of the work that takes a few seconds, unless others let it wait. Repeating it changes nothing more.
   *  @throws what may succeed later (`retry: 'later'`) is tried again; anything else fails the job */
  step(job: Job): Promise<JobStep>;
}

export interface JobRunnerParts {
  readonly store: JobStore;
  readonly kinds: readonly JobKind[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer?: Tracer;
  /** How many jobs one process carries out at the same time. */
  readonly concurrency?: number;
  readonly pollMs?: number;
  /** Longer than a process may stand still. */
  readonly leaseMs?: number;
}

export interface JobRunner {
  /** Carries out everything that is due, to its end. @returns the jobs that ended */
  runDue(): Promise<readonly Job[]>;
  /** Carries out this one if it is due and nobody else has it.
   *  @param until when aborted, it is given back after the step under way
   *  @returns it when it ended; null: it goes on elsewhere, later, or not at all */
  carryOut(id: string, until?: AbortSignal): Promise<Job | null>;
  start(): void;
  /** Resolves after the steps under way, those of `carryOut` too; what is left goes on elsewhere at once. */
  stop(): Promise<void>;
  /** There is a new job: do not wait for the next look. Does nothing unless started. */
  nudge(): void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** Who wants us to stay away for longer is asked again all the same: it may have been a slip. */
const LONGEST_WISH_MS = 3_600_000;

export function createJobRunner(parts: JobRunnerParts): JobRunner {
  const { store, clock, logger, concurrency = 2, pollMs = 1_000, leaseMs = 60_000 } = parts;
  const { tracer = silentTracer } = parts;
  const kinds = new Map(parts.kinds.map((kind) => [kind.kind, kind]));
  const running = new Set<Promise<unknown>>();
  /** Carried out because somebody asked for just this one. */
  const asked = new Set<Promise<unknown>>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let started = false;
  let stopping = false;

  function claim(id?: string): Promise<Job | null> {
    const now = clock.now();
    return store.claim([...kinds.keys()], now, new Date(now.getTime() + leaseMs), id);
  }

  /** Goes on with the work that asked for the job.
   *  @returns the job when it ended; null: it was given back, or lost to another process */
  function carryOut(claimed: Job, until?: AbortSignal): Promise<Job | null> {
    const { id, kind, fence, trace } = claimed;
    const attributes = { 'laurel.job.id': id, 'laurel.job.kind': kind, 'laurel.job.fence': fence };
    return tracer.step({ name: `job ${kind}`, parent: trace, attributes }, (notes) => carryOn(claimed, notes, until));
  }

  async function carryOn(claimed: Job, notes: StepNotes, until?: AbortSignal): Promise<Job | null> {
    let job: Job | null = claimed;
    while (job !== null) {
      if (job.cancelRequested) return record(job, { state: 'cancelled', finishedAt: clock.now() });
      if (stopping || until?.aborted) {
        await record(job, { dueAt: clock.now() });
        return null;
      }
      const change = await stepOf(job);
      if (change.error) notes.add({ 'error.type': change.error.code });
      job = await record(job, change);
      if (job === null || change.state !== undefined) return job;
      if (change.error) return null;
    }
    return null;
  }

  async function stepOf(job: Job): Promise<JobChange> {
    try {
      const step = await holding(job, (kinds.get(job.kind) as JobKind).step(job));
      return afterStep(job, step, clock.now(), leaseMs);
    } catch (error) {
      logger.warn('a step of a job failed', { job: job.id, kind: job.kind, error: codeOf(error) });
      return afterFailure(job, error, clock.now());
    }
  }

  /** Renews the lease while a step takes longer than it should: what waits for somebody else's server may. */
  async function holding(job: Job, step: Promise<JobStep>): Promise<JobStep> {
    let renewal: Promise<unknown> = Promise.resolve();
    const timer = setInterval(() => {
      const dueAt = new Date(clock.now().getTime() + leaseMs);
      renewal = store.checkpoint(job.id, job.fence, { dueAt }).catch(() => null);
    }, leaseMs / 3).unref();
    try {
      return await step;
    } finally {
      clearInterval(timer);
      await renewal;
    }
  }

  async function record(job: Job, change: JobChange): Promise<Job | null> {
    const recorded = await store.checkpoint(job.id, job.fence, change);
    if (recorded === null) logger.info('another process has taken over a job', { job: job.id, kind: job.kind });
    return recorded;
  }

  async function runDue(): Promise<readonly Job[]> {
    const ended: Job[] = [];
    for (let job = await claim(); job !== null; job = await claim()) {
      const end = await carryOut(job);
      if (end !== null) ended.push(end);
    }
    return ended;
  }

  async function look(): Promise<void> {
    timer = null;
    try {
      while (!stopping && running.size < concurrency) {
        const job = await claim();
        if (job === null) break;
        const work = carryOut(job)
          .catch((error: unknown) =>
            logger.warn('a job could not be carried on; it is taken up again when its lease ends', {
              job: job.id,
              kind: job.kind,
              error: codeOf(error),
            }),
          )
          .finally(() => {
            running.delete(work);
            nudge();
          });
        running.add(work);
      }
    } catch (error) {
      logger.warn('due jobs could not be read; the next look is soon', { error: codeOf(error) });
    }
    if (started && timer === null) timer = setTimeout(run, pollMs);
  }

  let looking: Promise<void> = Promise.resolve();
  function run(): void {
    looking = looking.then(look);
  }

  function nudge(): void {
    if (!started) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(run, 0);
  }

  return {
    runDue,
    carryOut(id, until) {
      if (stopping || until?.aborted) return Promise.resolve(null);
      // from the claim on: what is claimed while the process stops has to be given back before the store is closed
      const work = claim(id).then((job) => job && carryOut(job, until));
      asked.add(work);
      return work.finally(() => asked.delete(work));
    },
    start() {
      if (started) return;
      started = true;
      stopping = false;
      nudge();
    },
    async stop() {
      started = false;
      stopping = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await looking;
      await Promise.allSettled([...running, ...asked]);
    },
    nudge,
  };
}

function afterStep(job: Job, step: JobStep, now: Date, leaseMs: number): JobChange {
  const counts: Record<string, number> = { ...job.counts };
  for (const [word, number] of Object.entries(step.counts ?? {})) counts[word] = (counts[word] ?? 0) + number;
  return {
    cursor: step.cursor,
    done: job.done + step.done,
    counts,
    error: null,
    attempts: 0,
    ...(job.attempts > 0 && { failingSince: null }),
    dueAt: new Date(now.getTime() + leaseMs),
    ...(step.total === undefined ? {} : { total: step.total }),
    ...(step.result === undefined ? {} : { result: step.result }),
    ...(step.finished ? { state: 'done' as const, finishedAt: now } : {}),
  };
}

function afterFailure(job: Job, error: unknown, now: Date): JobChange {
  const attempts = job.attempts + 1;
  const told =
    error instanceof CredentialsError
      ? { code: error.code, message: error.message }
      : { code: 'bug.unexpected', message: 'an unexpected error; the log of that time has the details' };
  if (error instanceof CredentialsError && error.retry === 'later') {
    const ownMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20));
    const wishMs = error instanceof ProviderError ? Math.min(LONGEST_WISH_MS, error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(ownMs, wishMs);
    const failingSince = job.attempts === 0 ? now : (job.failingSince ?? now);
    return { attempts, failingSince, error: told, dueAt: new Date(now.getTime() + delayMs) };
  }
  return { attempts, error: told, state: 'failed', finishedAt: now };
}

function codeOf(error: unknown): string {
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.name;
  return 'unknown';
}
