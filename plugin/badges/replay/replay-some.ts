/** The learners of one step of a job: several at the same time, since they do not touch each other, in order of their keys. */

import type { JobStep } from '../../jobs/job-runner.ts';
import type { Job } from '../../ports/job-store.ts';
import type { LearnerStore } from '../../ports/learner-store.ts';
import type { Clock } from '../../ports/runtime.ts';
import { identityOfKey } from './find-learners.ts';
import type { BadgeReplay, LearnerReplayer, ReplayOptions } from './replay-learner.ts';
import { resultOf, withLearner } from './replay-request.ts';
import type { ReplayTarget } from './target.ts';

const AT_ONCE = 8;
const STEP_MS = 2_000;

export interface ReplaySomeParts {
  readonly replayer: LearnerReplayer;
  readonly learners: Pick<LearnerStore, 'find' | 'findById'>;
  readonly clock: Clock;
}

/** @param keys see `identityOfKey`; as many are done as a step may take
 *  @returns the last key that was done, and what came of them */
export async function replaySome(
  { replayer, learners, clock }: ReplaySomeParts,
  job: Job,
  keys: readonly string[],
  target: ReplayTarget,
  options: ReplayOptions,
  countsOf: (badges: readonly BadgeReplay[]) => Readonly<Record<string, number>>,
): Promise<Pick<JobStep, 'done' | 'counts' | 'result'> & { readonly last: string | null }> {
  const until = clock.now().getTime() + STEP_MS;
  const counts: Record<string, number> = {};
  let result = resultOf(job.result);
  let done = 0;
  while (done < keys.length && (done === 0 || clock.now().getTime() < until)) {
    const some = keys.slice(done, done + AT_ONCE);
    const replays = await Promise.all(
      some.map(async (key) => replayer.replay(await identityOfKey(key, learners), target, options)),
    );
    for (const { learnerId, badges } of replays) {
      for (const [word, number] of Object.entries(countsOf(badges))) counts[word] = (counts[word] ?? 0) + number;
      result = withLearner(result, learnerId, badges);
    }
    done += some.length;
  }
  return { last: keys[done - 1] ?? null, done, counts, result: { ...result } as never };
}
