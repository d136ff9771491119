/** The check of all progress, as a job: derives anew, without the log, what waits for other badges, every outcome and the
 *  effects that follow, and repairs what differs. What a crash or an older defect left behind is found here. */

import type { JobKind, JobStep } from '../../jobs/job-runner.ts';
import type { Jobs } from '../../jobs/request-job.ts';
import type { Job, JsonObject } from '../../ports/job-store.ts';
import type { LearnerStore } from '../../ports/learner-store.ts';
import type { ProgressStore } from '../../ports/progress-store.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { RuleBook } from '../rule-book.ts';
import { identityOfKey, keyOfLearner } from './find-learners.ts';
import type { LearnerReplayer } from './replay-learner.ts';
import { countsOf, resultOf, withLearner } from './replay-request.ts';
import { type ReplayTarget, replayTarget, type TargetParts } from './target.ts';

export const CHECK_PROGRESS = 'check-progress';

export interface CheckParts extends TargetParts {
  readonly replayer: LearnerReplayer;
  readonly progress: Pick<ProgressStore, 'learnerIds'>;
  readonly learners: Pick<LearnerStore, 'find' | 'findById'>;
  readonly ruleBook: Pick<RuleBook, 'index' | 'definitionVersion' | 'refresh' | 'revision'>;
  readonly clock: Clock;
}

const LEARNERS_A_STEP = 200;
const STEP_MS = 2_000;

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
    title: 'Check all progress',
    parameters: checkParameters(true),
    requestedBy: 'Laurel',
  });
}

export function createProgressCheck(parts: CheckParts): JobKind {
  const { replayer, progress, learners, ruleBook, clock } = parts;
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
      const until = clock.now().getTime() + STEP_MS;
      const target = await allBadges();
      const dryRun = job.parameters.repair !== true;
      const after = typeof job.cursor === 'string' ? job.cursor : null;
      const ids = await progress.learnerIds(after, LEARNERS_A_STEP);
      const counts: Record<string, number> = {};
      let result = resultOf(job.result);
      let last = after;
      let done = 0;
      for (const id of ids) {
        const learner = await identityOfKey(keyOfLearner(id), learners);
        const { badges } = await replayer.replay(learner, target, { membership: { kind: 'none' }, dryRun });
        for (const [word, number] of Object.entries(checkCounts(badges, dryRun)))
          counts[word] = (counts[word] ?? 0) + number;
        result = withLearner(result, id, badges);
        last = id;
        done += 1;
        if (clock.now().getTime() > until) break;
      }
      return { cursor: last, done, counts, result: { ...result } as never, finished: ids.length === 0 };
    },
  };
}

function checkCounts(badges: Parameters<typeof countsOf>[0], dryRun: boolean): Readonly<Record<string, number>> {
  const differing = badges.filter(({ isWritten }) => isWritten).length;
  return { ...countsOf(badges), ...(differing > 0 && { [dryRun ? 'to repair' : 'repaired']: differing }) };
}
