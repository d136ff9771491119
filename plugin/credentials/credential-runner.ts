/** Runs: everybody's credentials of one configuration, recorded so that a run survives the process that began it. */

import { createHash } from 'node:crypto';
import { CredentialsError, NotFoundError } from '../errors.ts';
import type { RetrievedLearner } from '../extensions/retrieval-function.ts';
import type { Credential, CredentialRun } from '../ports/credential-store.ts';
import type { Learner, Resumption } from '../ports/learner-records.ts';
import { type StepNotes, silentTracer } from '../ports/tracer.ts';
import { settleInOrder } from '../settle-in-order.ts';
import { loadConfiguration } from './eligibility.ts';
import { type GenerationJob, type GenerationOutcome, generateCredential, metAgain } from './generate-credentials.ts';
import { inBatches, type PlacedLearner } from './learner-batches.ts';
import { type GenerationParts, prepareGeneration } from './prepare-generation.ts';
import { fromCheckpoint, NO_COUNTS, type RunCounts, RunProgress } from './run-progress.ts';

export interface CredentialRunner {
  /** Records a run and begins it. Joins the one that is running for the configuration, or that was made for `dueAt`.
   *  @param options `beside`: it joins none that is running, only its own @returns the run's id
   *  @throws NotFoundError `not-found.configuration` */
  runNow(
    configurationId: string,
    trigger: CredentialRun['trigger'],
    dueAt: Date,
    options?: { readonly beside?: boolean },
  ): Promise<string>;
  /** Resolves when the run has ended, here or in another process, or has been given up by `stop`.
   *  @throws NotFoundError `not-found.run` */
  wait(runId: string): Promise<CredentialRun>;
  /** Continues the runs whose process is gone. @returns how many */
  takeOverAbandoned(): Promise<number>;
  /** Ends work after the learners in hand and leaves unfinished runs to other processes. */
  stop(): Promise<void>;
}

export interface RunnerParts extends GenerationParts {
  /** How long a silent process keeps its run. */
  readonly leaseMs?: number;
  /** How often counts are written and the lease renewed, beside the end of every batch. */
  readonly saveEveryMs?: number;
  /** So many learners are looked up in the store at once. */
  readonly batchSize?: number;
  /** So many documents are under way at once: while one is made, another is stored. */
  readonly atOnce?: number;
  /** Waits, or less when the signal comes. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What one learner adds to a run. */
interface Settled {
  readonly counts: Partial<RunCounts>;
  readonly problem?: NonNullable<CredentialRun['error']>;
}

const WAIT_STEP_MS = 200;
/** Together less than a lease. */
const RETRY_AFTER_MS = [1_000, 4_000, 16_000];

export function createCredentialRunner(parts: RunnerParts): CredentialRunner {
  const { store, clock, logger, tracer = silentTracer } = parts;
  const newId = parts.newId ?? (() => crypto.randomUUID());
  const leaseMs = parts.leaseMs ?? 60_000;
  const saveEveryMs = parts.saveEveryMs ?? 1_000;
  const batchSize = parts.batchSize ?? 100;
  const atOnce = parts.atOnce ?? 4;
  const sleep = parts.sleep ?? pause;
  const working = new Map<string, Promise<void>>();
  const stop = new AbortController();

  function begin(run: CredentialRun): void {
    const progress = new RunProgress(run, { store, clock, leaseMs });
    // unhandled failures of a heartbeat show in the next write of the work itself
    const heartbeat = setInterval(() => void progress.save().catch(() => {}), saveEveryMs).unref();
    const { id, configurationId, trigger, fence, trace } = run;
    const attributes = {
      ...{ 'laurel.run.id': id, 'laurel.run.trigger': trigger, 'laurel.run.fence': fence },
      'laurel.configuration.id': configurationId,
    };
    const work = tracer
      .step({ name: 'credential run', parent: trace, attributes }, (notes) => carryOut(progress, notes))
      .catch((error: unknown) =>
        logger.error('a credential run was left unfinished', { runId: run.id, ...codeOf(error) }),
      )
      .finally(() => {
        clearInterval(heartbeat);
        working.delete(run.id);
      });
    working.set(run.id, work);
  }

  async function carryOut(progress: RunProgress, notes: StepNotes): Promise<void> {
    const { id: runId, configurationId } = progress.run;
    let isComplete = false;
    try {
      isComplete = await generateAll(progress);
    } catch (error) {
      // whoever is asked for data may fail because we stop waiting: another process asks again
      if (stop.signal.aborted) return progress.release();
      const { code } = codeOf(error);
      notes.add({ 'error.type': code });
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
    else if (!isComplete && stop.signal.aborted) await progress.release();
    else if (!isComplete)
      logger.warn('a credential run was left to others: its lease was not renewed in time', { runId });
    else await progress.finish(progress.run.counts.failed > 0 ? 'done-with-errors' : 'done');
  }

  /** @returns false: it was stopped on the way */
  async function generateAll(progress: RunProgress): Promise<boolean> {
    const { id: runId, configurationId } = progress.run;
    const job = { ...(await prepareGeneration(parts, configurationId)), runId };
    const plan = fingerprintOf(job);
    if (progress.run.checkpoint?.plan !== plan) progress.restart();
    try {
      return await generateFrom(progress.run.checkpoint?.position, job, plan, progress);
    } catch (error) {
      if (progress.run.checkpoint === null || codeOf(error).code !== 'conflict.position') throw error;
      logger.warn('the place of a credential run in its list is lost; it begins again', { runId });
      progress.restart();
      return await generateFrom(undefined, job, plan, progress);
    }
  }

  async function generateFrom(
    from: string | undefined,
    job: GenerationJob,
    plan: string,
    progress: RunProgress,
  ): Promise<boolean> {
    const context = { records: parts.records, signal: stop.signal };
    const { retrieval, contextKey, options, configurationId } = job;
    const start = from === undefined ? {} : { from };
    const batches = inBatches((reached) => {
      if (progress.run.trigger !== 'retry')
        return retrieval.retrieve(contextKey, options, { ...context, ...start, reached });
      const retrieve = (username: string) => retrieval.retrieve(contextKey, options, { ...context, username });
      return retrieveFailed(configurationId, retrieve, { ...start, reached });
    }, batchSize);
    for await (const batch of batches) {
      const known = await knownOf(configurationId, batch);
      await settleInOrder(
        batch,
        atOnce,
        async ({ found }) =>
          mustStop(progress) ? null : settle(found, metAgain(job, known.get(found.learner.username)), job, progress),
        ({ position }, settled) => {
          if (settled === null) return;
          progress.count(settled.counts);
          if (settled.problem) progress.note(settled.problem);
          if (position !== null) progress.reach(position, plan);
        },
      );
      if (mustStop(progress)) return false;
      await progress.save();
    }
    return !mustStop(progress);
  }

  function mustStop(progress: RunProgress): boolean {
    return progress.lost || progress.lapsed || stop.signal.aborted;
  }

  /** What fails for a moment is tried again for this learner, before it ends the run. */
  async function generate(job: GenerationJob, learner: Learner, progress: RunProgress): Promise<GenerationOutcome> {
    for (const waitMs of RETRY_AFTER_MS) {
      try {
        return await generateCredential(job, learner);
      } catch (error) {
        if (!(error instanceof CredentialsError) || error.retry !== 'later') throw error;
        await sleep(waitMs, stop.signal);
        if (mustStop(progress)) throw error;
      }
    }
    return generateCredential(job, learner);
  }

  /** @param met what became of the learner before; null: a credential is to be made */
  async function settle(
    found: RetrievedLearner,
    met: ReturnType<typeof metAgain>,
    job: GenerationJob,
    progress: RunProgress,
  ): Promise<Settled> {
    if (found.problem !== null)
      return { counts: { seen: 1, failed: 1 }, problem: { code: 'credential.learner-data', message: found.problem } };
    if (!found.eligible) return { counts: { seen: 1 } };
    const outcome = met ?? (await generate(job, found.learner, progress));
    return { counts: { seen: 1, eligible: 1, [outcome]: 1 } };
  }

  /** By username: the live credential, or else what holds the place. Two questions at most, however many they are. */
  async function knownOf(
    configurationId: string,
    batch: readonly PlacedLearner[],
  ): Promise<ReadonlyMap<string, Credential>> {
    const eligible = batch.flatMap(({ found }) => (found.eligible ? [found.learner.username] : []));
    const live = eligible.length === 0 ? [] : await store.liveCredentials(configurationId, eligible);
    const known = new Map(live.map((credential) => [credential.username, credential]));
    const others = eligible.filter((username) => !known.has(username));
    const holders = others.length === 0 ? [] : await store.placeHolders(configurationId, others);
    for (const holder of holders) known.set(holder.username, holder);
    return known;
  }

  /** Those whose live credential is an error when their turn comes. */
  async function* retrieveFailed(
    configurationId: string,
    retrieve: (username: string) => AsyncIterable<RetrievedLearner>,
    { from, reached }: Resumption,
  ): AsyncIterable<RetrievedLearner> {
    // newest first and by page: who fails again keeps the place, who no longer fails leaves no gap
    for (let after = from, more = true; more; ) {
      const page = await store.credentials({ configurationId, status: 'error', after, limit: batchSize });
      for (const { username } of page.items) yield* retrieve(username);
      after = page.next ?? undefined;
      more = page.next !== null;
      if (page.next !== null) reached?.(page.next);
    }
  }

  /** The running one, or the one of the same due time, newest first. */
  async function findRun(configurationId: string, dueAt: Date, beside: boolean): Promise<CredentialRun | null> {
    const runs = await store.runs({ configurationId, limit: 100 });
    const running = beside ? undefined : runs.find((run) => run.state === 'running' && run.leaseUntil > clock.now());
    return running ?? runs.find((run) => run.dueAt.getTime() === dueAt.getTime()) ?? null;
  }

  return {
    async runNow(configurationId, trigger, dueAt, { beside = false } = {}) {
      await loadConfiguration(store, configurationId);
      const known = await findRun(configurationId, dueAt, beside);
      if (known) return known.id;
      const startedAt = clock.now();
      const trace = tracer.current();
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
        checkpoint: null,
        ...(trace && { trace }),
      };
      if (await store.createRun(run)) {
        begin(run);
        return run.id;
      }
      return (await findRun(configurationId, dueAt, beside))?.id ?? run.id;
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
        begin(fromCheckpoint(run));
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

/** Of what decides who is in the list and in which order. */
function fingerprintOf({ retrieval, contextKey, options }: GenerationJob): string {
  const said = JSON.stringify([retrieval.name, contextKey, options]);
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}

function codeOf(error: unknown): { readonly code: string } {
  return { code: error instanceof CredentialsError ? error.code : 'bug.unexpected' };
}
