/** Runs: everybody's credentials of one configuration, recorded so that a run survives the process that began it. */

import { CredentialsError, NotFoundError } from '../errors.ts';
import type { RetrievedLearner } from '../extensions/retrieval-function.ts';
import type { CredentialRun } from '../ports/credential-store.ts';
import { loadConfiguration } from './eligibility.ts';
import { generateCredential } from './generate-credentials.ts';
import { type GenerationParts, prepareGeneration } from './prepare-generation.ts';
import { NO_COUNTS, RunProgress } from './run-progress.ts';

export interface CredentialRunner {
  /** Records a run and begins it. Joins the one that is running for the configuration, or that was made for `dueAt`.
   *  @returns the run's id @throws NotFoundError `not-found.configuration` */
  runNow(configurationId: string, trigger: CredentialRun['trigger'], dueAt: Date): Promise<string>;
  /** Resolves when the run has ended, here or in another process, or has been given up by `stop`.
   *  @throws NotFoundError `not-found.run` */
  wait(runId: string): Promise<CredentialRun>;
  /** Continues the runs whose process is gone. @returns how many */
  takeOverAbandoned(): Promise<number>;
  /** Ends work after the current learner and leaves unfinished runs to other processes. */
  stop(): Promise<void>;
}

export interface RunnerParts extends GenerationParts {
  /** How long a silent process keeps its run. */
  readonly leaseMs?: number;
  /** How often counts are written and the lease renewed. */
  readonly saveEveryMs?: number;
}

const WAIT_STEP_MS = 200;
const RETRY_PAGE_SIZE = 100;

export function createCredentialRunner(parts: RunnerParts): CredentialRunner {
  const { store, clock, logger } = parts;
  const newId = parts.newId ?? (() => crypto.randomUUID());
  const leaseMs = parts.leaseMs ?? 60_000;
  const saveEveryMs = parts.saveEveryMs ?? 1_000;
  const working = new Map<string, Promise<void>>();
  const stop = new AbortController();

  function begin(run: CredentialRun): void {
    const progress = new RunProgress(run, { store, clock, leaseMs });
    // unhandled failures of a heartbeat show in the next write of the work itself
    const heartbeat = setInterval(() => void progress.save().catch(() => {}), saveEveryMs).unref();
    const work = carryOut(progress)
      .catch((error: unknown) =>
        logger.error('a credential run was left unfinished', { runId: run.id, ...codeOf(error) }),
      )
      .finally(() => {
        clearInterval(heartbeat);
        working.delete(run.id);
      });
    working.set(run.id, work);
  }

  async function carryOut(progress: RunProgress): Promise<void> {
    const { id: runId, configurationId } = progress.run;
    try {
      await generateAll(progress);
    } catch (error) {
      // whoever is asked for data may fail because we stop waiting: another process asks again
      if (stop.signal.aborted) return progress.release();
      const { code } = codeOf(error);
      logger.error('a credential run failed', { runId, configurationId, code });
      progress.note({
        code,
        message:
          error instanceof CredentialsError
            ? error.message
            : 'the run ended because of an unexpected error; the log says where it happened',
      });
      await progress.finish('failed');
      return;
    }
    if (progress.lost) logger.warn('a credential run was cancelled, or taken over by another process', { runId });
    else if (stop.signal.aborted) await progress.release();
    else await progress.finish(progress.run.counts.failed > 0 ? 'done-with-errors' : 'done');
  }

  async function generateAll(progress: RunProgress): Promise<void> {
    const { id: runId, configurationId } = progress.run;
    const job = { ...(await prepareGeneration(parts, configurationId)), runId };
    const context = { records: parts.records, signal: stop.signal };
    const learners =
      progress.run.trigger === 'retry'
        ? retrieveFailed(configurationId, (username) =>
            job.retrieval.retrieve(job.contextKey, job.options, { ...context, username }),
          )
        : job.retrieval.retrieve(job.contextKey, job.options, context);
    for await (const found of learners) {
      if (progress.lost || stop.signal.aborted) return;
      progress.count({ seen: 1 });
      if (found.problem !== null) {
        progress.count({ failed: 1 });
        progress.note({ code: 'credential.learner-data', message: found.problem });
        continue;
      }
      if (!found.eligible) continue;
      const outcome = await generateCredential(job, found.learner);
      progress.count({ eligible: 1, [outcome]: 1 });
    }
  }

  /** Those whose live credential is an error when their turn comes. */
  async function* retrieveFailed(
    configurationId: string,
    retrieve: (username: string) => AsyncIterable<RetrievedLearner>,
  ): AsyncIterable<RetrievedLearner> {
    // newest first and by page: who fails again keeps the place, who no longer fails leaves no gap
    for (let after: string | undefined, more = true; more; ) {
      const failed = { configurationId, status: 'error', limit: RETRY_PAGE_SIZE } as const;
      const page = await store.credentials(after === undefined ? failed : { ...failed, after });
      for (const { username } of page.items) yield* retrieve(username);
      after = page.next ?? undefined;
      more = page.next !== null;
    }
  }

  /** The running one, or the one of the same due time, newest first. */
  async function findRun(configurationId: string, dueAt: Date): Promise<CredentialRun | null> {
    const runs = await store.runs({ configurationId, limit: 100 });
    const running = runs.find((run) => run.state === 'running' && run.leaseUntil > clock.now());
    return running ?? runs.find((run) => run.dueAt.getTime() === dueAt.getTime()) ?? null;
  }

  return {
    async runNow(configurationId, trigger, dueAt) {
      await loadConfiguration(store, configurationId);
      const known = await findRun(configurationId, dueAt);
      if (known) return known.id;
      const startedAt = clock.now();
      const run: CredentialRun = {
        id: newId(),
        configurationId,
        trigger,
        dueAt,
        state: 'running',
        fence: 1,
        leaseUntil: new Date(startedAt.getTime() + leaseMs),
        startedAt,
        finishedAt: null,
        counts: NO_COUNTS,
        error: null,
      };
      if (await store.createRun(run)) {
        begin(run);
        return run.id;
      }
      return (await findRun(configurationId, dueAt))?.id ?? run.id;
    },

    async wait(runId) {
      for (;;) {
        await working.get(runId);
        const run = await store.run(runId);
        if (!run) throw new NotFoundError('run', 'there is no credential run with this id');
        if (run.state !== 'running' || stop.signal.aborted) return run;
        await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS));
      }
    },

    async takeOverAbandoned() {
      if (stop.signal.aborted) return 0;
      let taken = 0;
      for (const abandoned of await store.abandonedRuns(clock.now())) {
        // our own: the store was away longer than the lease; the fence decides whether we still hold it
        if (working.has(abandoned.id)) continue;
        const leaseUntil = new Date(clock.now().getTime() + leaseMs);
        const run = await store.takeOverRun(abandoned.id, abandoned.fence, leaseUntil);
        if (!run) continue;
        // it starts from the first learner again and meets what was made before: the counts come out exact
        begin({ ...run, counts: NO_COUNTS, error: null });
        taken += 1;
      }
      return taken;
    },

    async stop() {
      stop.abort();
      await Promise.all(working.values());
    },
  };
}

function codeOf(error: unknown): { readonly code: string } {
  return { code: error instanceof CredentialsError ? error.code : 'bug.unexpected' };
}
