/** Retrying, or giving up, every open effect that matches: a job, because there may be very many. */

import { CredentialsError } from '../errors.ts';
import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { Job, JsonObject } from '../ports/job-store.ts';
import type { EffectFilter, EffectGroup, Progress, ProgressStore } from '../ports/progress-store.ts';
import type { Dispatcher } from './dispatcher.ts';
import { isEffect, openEffects } from './effect-order.ts';

export const SETTLE_EFFECTS = 'settle-effects';

export type Settlement = 'retry' | 'give-up';

/** What a job of this kind is asked for. */
export function settleParameters(settlement: Settlement, filter: EffectFilter): JsonObject {
  return { settlement, filter: { ...filter } };
}

/** @returns how many of the groups' effects match */
export function countMatching(groups: readonly EffectGroup[], filter: EffectFilter): number {
  return groups.reduce(
    (sum, { count, ...group }) => sum + (isEffect({ ...group, id: '', dueAt: null }, filter) ? count : 0),
    0,
  );
}

const BATCH = 100;

export function createSettleEffects({
  progress,
  dispatcher,
}: {
  readonly progress: ProgressStore;
  readonly dispatcher: Pick<Dispatcher, 'retryEffect' | 'giveUpEffect'>;
}): JobKind {
  async function settle({ learnerId, badgeId }: Progress, effectId: string, settlement: Settlement): Promise<string> {
    try {
      if (settlement === 'retry') await dispatcher.retryEffect(learnerId, badgeId, effectId);
      else await dispatcher.giveUpEffect(learnerId, badgeId, effectId);
      return settlement === 'retry' ? 'retried' : 'given up';
    } catch (error) {
      // Somebody else was faster, or the badge was revoked meanwhile: then there is nothing to do.
      if (error instanceof CredentialsError && error.retry === 'never') return 'left alone';
      throw error;
    }
  }

  return {
    kind: SETTLE_EFFECTS,
    async step(job: Job): Promise<JobStep> {
      const { settlement, filter } = job.parameters as unknown as {
        readonly settlement: Settlement;
        readonly filter: EffectFilter;
      };
      // What is settled changes, and so moves to the front of the list, which is behind us.
      const after = typeof job.cursor === 'string' ? job.cursor : undefined;
      const page = await progress.list({ effect: filter, after, limit: BATCH });
      const counts: Record<string, number> = {};
      let done = 0;
      for (const document of page.items) {
        for (const { id } of openEffects(document).filter((effect) => isEffect(effect, filter))) {
          const word = await settle(document, id, settlement);
          counts[word] = (counts[word] ?? 0) + 1;
          done += 1;
        }
      }
      const total = job.total ?? countMatching(await progress.effectGroups(), filter) + done;
      return { cursor: page.next, done, counts, total, finished: page.next === null };
    },
  };
}
