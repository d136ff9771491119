/** What a change of rules would mean for the learners on record, found by a dry run in memory of this process. */

import type { Instant } from '../../../dsl/index.ts';
import type { JobKind } from '../../jobs/job-runner.ts';
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

export interface Impact extends ReplayResult {
  /** Learners that were looked at. */
  readonly learners: number;
  /** In the words of a job's counts. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The dry run that tells what a plan means.
 *  @param since logged events from then on would count too; null: only those received while a badge was active
 *  @returns null: no active badge is added or changed */
export function impactRequest(plan: RulePlan, since: Instant | null): ReplayRequest | null {
  const put = plan.changes.flatMap((change) => (change.change === 'removed' ? [] : [change]));
  const active = put.filter((change) => change.active);
  if (active.length === 0) return null;
  return replayRequest({
    badges: active.map(({ id }) => id),
    drafts: put.map(({ source }) => source),
    ...(since === null ? {} : { membership: 'backfill', from: since }),
    ...{ everybody: true, dryRun: true, plan: plan.hash },
  });
}

/** @param since as for `impactRequest` @returns null: no active badge is added or changed */
export async function planImpact(
  plan: RulePlan,
  since: Instant | null,
  parts: Omit<ReplayParts, 'scratch'>,
): Promise<Impact | null> {
  const request = impactRequest(plan, since);
  return request && foresee(request, parts);
}

export async function foresee(request: ReplayRequest, parts: Omit<ReplayParts, 'scratch'>): Promise<Impact> {
  const kind = createReplay({ ...parts, scratch: new MemoryReplayScratch() });
  const { done, counts, result } = await carryOutInMemory(kind, request, parts.clock.now());
  return { learners: done, counts, ...resultOf(result) };
}

async function carryOutInMemory(kind: JobKind, request: ReplayRequest, now: Date): Promise<Job> {
  let job: Job = {
    ...{ id: 'preview', kind: REPLAY, title: '', parameters: toParameters(request), requestedBy: '', reason: null },
    ...{ state: 'running', cursor: null, done: 0, total: null, counts: {}, result: null, error: null, attempts: 0 },
    ...{ cancelRequested: false, fence: 1, dueAt: now, createdAt: now, startedAt: now, finishedAt: null },
  };
  for (;;) {
    const step = await kind.step(job);
    const counts = { ...job.counts };
    for (const [word, number] of Object.entries(step.counts ?? {})) counts[word] = (counts[word] ?? 0) + number;
    job = { ...job, cursor: step.cursor, done: job.done + step.done, counts, result: step.result ?? job.result };
    if (step.finished) return job;
  }
}
