/** What a change of rules would mean for the learners on record, found by a dry run in memory of this process. */

import type { Instant } from '../../../dsl/index.ts';
import type { JobStep } from '../../jobs/job-runner.ts';
import { hashOfSource } from '../../ports/badge-store.ts';
import type { Job } from '../../ports/job-store.ts';
import { MemoryReplayScratch } from '../../ports/memory-replay-scratch.ts';
import type { RulePlan } from '../rule-plan.ts';
import { createReplay, type ReplayParts } from './replay-job.ts';
import {
  REPLAY,
  type ReplayRequest,
  type ReplayResult,
  replayRequest,
  resultOf,
  toParameters,
} from './replay-request.ts';

type ImpactParts = Omit<ReplayParts, 'scratch'>;

export interface Impact extends ReplayResult {
  /** Everybody was looked at. */
  readonly complete: boolean;
  /** Learners that were looked at. */
  readonly learners: number;
  /** In the words of a job's counts. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface Question {
  /** Logged events from then on would count too; null: only those received while a badge was active. */
  readonly since: Instant | null;
  /** Ends after so long with what has been found; left out: when all is known. */
  readonly patienceMs?: number;
}

/** The dry run that tells what a plan means. @returns null: no active badge is added or changed */
export function impactRequest(plan: RulePlan, since: Instant | null): ReplayRequest | null {
  const put = plan.changes.flatMap((change) => (change.change === 'removed' ? [] : [change]));
  const badges = put.filter(({ active }) => active).map(({ id }) => id);
  if (badges.length === 0) return null;
  return {
    ...dryRun(
      badges,
      put.map(({ source }) => source),
      since,
    ),
    plan: plan.hash,
  };
}

/** @returns null: no active badge is added or changed */
export async function planImpact(
  plan: RulePlan,
  { since, patienceMs }: Question,
  parts: ImpactParts,
): Promise<Impact | null> {
  const request = impactRequest(plan, since);
  return request && foresee(request, parts, patienceMs);
}

/** @param drafts texts of single badges, in place of those in force
 *  @returns null: none of them is active */
export async function draftImpact(
  drafts: readonly string[],
  { since, patienceMs }: Question,
  parts: ImpactParts,
): Promise<Impact | null> {
  const read = drafts.flatMap((source) => parts.read({ source, hash: hashOfSource(source) }) ?? []);
  const badges = read.filter(({ active }) => active).map(({ id }) => id);
  return badges.length === 0 ? null : foresee(dryRun(badges, drafts, since), parts, patienceMs);
}

function dryRun(badges: readonly string[], drafts: readonly string[], since: Instant | null): ReplayRequest {
  return replayRequest({
    ...{ badges, drafts, everybody: true, dryRun: true },
    ...(since === null ? {} : { membership: 'backfill', from: since }),
  });
}

async function foresee(request: ReplayRequest, parts: ImpactParts, patienceMs?: number): Promise<Impact> {
  const kind = createReplay({ ...parts, scratch: new MemoryReplayScratch() });
  const until = patienceMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + patienceMs;
  let job = aJob(request, parts.clock.now());
  for (let complete = false; ; ) {
    const step = await kind.step(job);
    job = afterStep(job, step);
    complete = step.finished;
    if (complete || Date.now() > until)
      return { complete, learners: job.done, counts: job.counts, ...resultOf(job.result) };
  }
}

function aJob(request: ReplayRequest, now: Date): Job {
  return {
    ...{ id: 'preview', kind: REPLAY, title: '', parameters: toParameters(request), requestedBy: '', reason: null },
    ...{ state: 'running', cursor: null, done: 0, total: null, counts: {}, result: null, error: null, attempts: 0 },
    ...{ cancelRequested: false, fence: 1, dueAt: now, createdAt: now, startedAt: now, finishedAt: null },
  };
}

function afterStep(job: Job, step: JobStep): Job {
  const counts = { ...job.counts };
  for (const [word, number] of Object.entries(step.counts ?? {})) counts[word] = (counts[word] ?? 0) + number;
  return { ...job, cursor: step.cursor, done: job.done + step.done, counts, result: step.result ?? job.result };
}
