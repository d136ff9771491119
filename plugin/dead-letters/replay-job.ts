/** The replay of many dead letters: one after the other, not too fast, and carried on by any process. */

import { CredentialsError, NotFoundError } from '../errors.ts';
import type { DeadLetterFilter, DeadLetterStore, ReplayJob } from '../ports/dead-letters.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { LetterReplay } from './replay-letter.ts';

export interface ReplayJobParts {
  readonly store: DeadLetterStore;
  readonly letters: LetterReplay;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId?: () => string;
  /** So that a replay leaves room for what arrives. */
  readonly lettersPerSecond?: number;
  /** How long a silent process keeps its job. */
  readonly leaseMs?: number;
  /** How often to look for jobs whose process is gone. */
  readonly pollMs?: number;
  readonly pause?: (ms: number) => Promise<void>;
}

export interface ReplayJobs {
  /** Records a replay of the open letters that match now, and begins it. @returns the job as it began */
  begin(filter: Omit<DeadLetterFilter, 'state'>, by: string): Promise<ReplayJob>;
  /** Resolves when the job has ended, here or elsewhere, or `stop` was called. @throws NotFoundError */
  wait(id: string): Promise<ReplayJob>;
  /** Looks for jobs that other processes have left, from now on. */
  start(): void;
  /** Ends work after the letter in hand and leaves the rest to other processes. */
  stop(): Promise<void>;
}

/** Letters between two records of how far the job is. */
const BATCH = 20;
const WAIT_STEP_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export function createReplayJobs(parts: ReplayJobParts): ReplayJobs {
  const { store, letters, clock, logger, lettersPerSecond = 50, leaseMs = 30_000, pollMs = 2_000 } = parts;
  const pause = parts.pause ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const newId = parts.newId ?? (() => crypto.randomUUID());
  const working = new Map<string, Promise<void>>();
  let timer: ReturnType<typeof setInterval> | null = null;
  let stopping = false;

  const leaseEnd = (): Date => new Date(clock.now().getTime() + leaseMs);

  function carryOn(job: ReplayJob): void {
    const work = replayAll(job)
      .catch((error: unknown) =>
        logger.error('a replay of dead letters was left unfinished', { job: job.id, ...codeOf(error) }),
      )
      .finally(() => working.delete(job.id));
    working.set(job.id, work);
  }

  async function replayAll(begun: ReplayJob): Promise<void> {
    let job = begun;
    for (;;) {
      const ids = await store.idsAfter({ ...job.filter, state: 'open' }, job.cursor, BATCH);
      const counts = { ...job.counts };
      let { cursor } = job;
      for (const id of ids) {
        if (stopping) break;
        const outcome = await replayOne(id, job.by);
        if (outcome === 'given-up') break;
        if (outcome !== null) counts[outcome] += 1;
        cursor = id;
        await pause(1_000 / lettersPerSecond);
      }
      const ended = ids.length < BATCH && !stopping;
      const next = ended
        ? ({ state: 'done', finishedAt: clock.now(), leaseUntil: clock.now() } as const)
        : { leaseUntil: stopping ? clock.now() : leaseEnd() };
      job = { ...job, cursor, counts, ...next };
      // cancelled, or taken over by another process: it is not ours any more
      if (!(await store.updateJob(job)) || ended || stopping) return;
    }
  }

  /** Waits for what is away. @returns null when somebody else has settled the letter */
  async function replayOne(id: string, by: string): Promise<keyof ReplayJob['counts'] | null | 'given-up'> {
    for (let attempt = 1; !stopping; attempt += 1) {
      try {
        return (await letters.replay(id, by)).outcome;
      } catch (error) {
        if (!(error instanceof CredentialsError)) throw error;
        if (error.retry !== 'later') return null;
        logger.warn('a replay waits for the database', { attempt, ...codeOf(error) });
        await pause(Math.min(LONGEST_PAUSE_MS, 250 * 2 ** attempt));
      }
    }
    return 'given-up';
  }

  async function takeOver(): Promise<void> {
    try {
      while (!stopping) {
        const job = await store.takeOverJob(clock.now(), leaseEnd());
        if (!job) return;
        carryOn(job);
      }
    } catch (error) {
      logger.warn('replays of dead letters could not be looked up', codeOf(error));
    }
  }

  return {
    async begin(filter, by) {
      const startedAt = clock.now();
      // what dies from now on, by this replay for example, is not part of it
      const bounded = { ...filter, diedUntil: filter.diedUntil ?? startedAt };
      const job: ReplayJob = {
        id: newId(),
        filter: bounded,
        by,
        state: 'running',
        total: await store.count({ ...bounded, state: 'open' }),
        cursor: '',
        counts: { applied: 0, unchanged: 0, ignored: 0, failed: 0 },
        fence: 1,
        leaseUntil: leaseEnd(),
        startedAt,
        finishedAt: null,
      };
      await store.createJob(job);
      carryOn(job);
      return job;
    },

    async wait(id) {
      for (;;) {
        await working.get(id);
        const job = await store.job(id);
        if (!job) throw new NotFoundError('replay', 'there is no such replay; the page of dead letters lists them');
        if (job.state !== 'running' || stopping) return job;
        await pause(WAIT_STEP_MS);
      }
    },

    start() {
      timer ??= setInterval(() => void takeOver(), pollMs);
    },

    async stop() {
      stopping = true;
      if (timer) clearInterval(timer);
      await Promise.all(working.values());
    },
  };
}

function codeOf(error: unknown): { readonly error: string } {
  return { error: error instanceof CredentialsError ? error.code : error instanceof Error ? error.name : 'unknown' };
}
