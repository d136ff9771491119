/** The check of all progress, as a job: derives anew, without the log, what waits for other badges, every outcome and the
 *  effects that follow, and repairs what differs. What a crash or an older defect left behind is found here. */

import type { JobKind, JobStep } from '../../jobs/job-runner.ts';
import type { Jobs } from '../../jobs/request-job.ts';
import type { Job, JsonObject } from '../../ports/job-store.ts';
import type { ProgressStore } from '../../ports/progress-store.ts';
import { msg } from '../../words.ts';
import type { RuleBook } from '../rule-book.ts';
import { keyOfLearner } from './find-learners.ts';
import { countsOf } from './replay-request.ts';
import { type ReplaySomeParts, replaySome } from './replay-some.ts';
import { type ReplayTarget, replayTarget, type TargetParts } from './target.ts';

export const CHECK_PROGRESS = 'check-progress';

export interface CheckParts extends TargetParts, ReplaySomeParts {
  readonly progress: Pick<ProgressStore, 'learnerIds'>;
  readonly ruleBook: Pick<RuleBook, 'index' | 'definitionVersion' | 'refresh' | 'revision'>;
}

const LEARNERS_A_STEP = 200;

/** @param repair false: only say what differs */
export function checkParameters(repair: boolean): JsonObject {
  return { repair };
}

/** How often all progress is checked without anybody asking. */
const PERIOD_MS = 6 * 3_600_000;

/** One for each period, whichever process asks first. */
export async function requestCheck(jobs: Pick<Jobs, 'request'>, now: Date): Promise<void> {
  const start = new Date(Math.floor(now.getTime() / PERIOD_MS) * PERIOD_MS);
  await jobs.request({
    id: `check-${start.toISOString().slice(0, 13)}`,
    kind: CHECK_PROGRESS,
    title: msg('Check all progress'),
    parameters: checkParameters(true),
    requestedBy: 'Laurel',
  });
}

export function createProgressCheck(parts: CheckParts): JobKind {
  const { progress, ruleBook } = parts;
  let latest: { readonly revision: number; readonly target: ReplayTarget } | null = null;

  async function allBadges(): Promise<ReplayTarget> {
    await ruleBook.refresh();
    const revision = ruleBook.revision();
    if (latest?.revision !== revision) latest = { revision, target: replayTarget({ badges: null, drafts: [] }, parts) };
    return latest.target;
  }

  return {
    kind: CHECK_PROGRESS,
    async step(job: Job): Promise<JobStep> {
      const target = await allBadges();
      const dryRun = job.parameters.repair !== true;
      const after = typeof job.cursor === 'string' ? job.cursor : null;
      const ids = await progress.learnerIds(after, LEARNERS_A_STEP);
      const options = { membership: { kind: 'none' }, dryRun } as const;
      const keys = ids.map(keyOfLearner);
      const { last, ...step } = await replaySome(parts, job, keys, target, options, (badges) =>
        checkCounts(badges, dryRun),
      );
      return { ...step, cursor: ids[keys.indexOf(last ?? '')] ?? after, finished: ids.length === 0 };
    },
  };
}

function checkCounts(badges: Parameters<typeof countsOf>[0], dryRun: boolean): Readonly<Record<string, number>> {
  const differing = badges.filter(({ isWritten }) => isWritten).length;
  return { ...countsOf(badges), ...(differing > 0 && { [dryRun ? 'to repair' : 'repaired']: differing }) };
}
