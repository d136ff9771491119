/** Keeping in step with providers in this process: the jobs that compare, put right and refresh, and who asks for the last. */

import type { JobKind } from '../../plugin/jobs/job-runner.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { JobStore } from '../../plugin/ports/job-store.ts';
import type { LearnerStore } from '../../plugin/ports/learner-store.ts';
import type { ProgressStore } from '../../plugin/ports/progress-store.ts';
import type { ProviderStore } from '../../plugin/ports/provider-store.ts';
import type { ReplayScratch } from '../../plugin/ports/replay-scratch.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import type { SecretBox } from '../../plugin/ports/secret-box.ts';
import { createComparison } from '../../plugin/providers/comparison/compare-job.ts';
import { createMend } from '../../plugin/providers/comparison/mend-job.ts';
import { createRefreshBadges, requestRefresh } from '../../plugin/providers/refresh-badges.ts';
import { every } from '../every.ts';

export interface ComparisonSetupParts {
  readonly stores: {
    readonly jobs: JobStore;
    readonly learners: LearnerStore;
    readonly progress: ProgressStore;
    readonly providers: ProviderStore;
    readonly replayScratch: ReplayScratch;
  };
  readonly secrets: SecretBox;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly clock: Clock;
  readonly logger: Logger;
  onEffects?(): void;
}

export interface ComparisonSetup {
  readonly kinds: readonly JobKind[];
  /** Has badges refreshed in each period. @returns ends it */
  keepLooking(jobs: Jobs, hours: number): () => Promise<void>;
}

const LOOK_MS = 10 * 60_000;

export function composeComparison(parts: ComparisonSetupParts): ComparisonSetup {
  const { stores, secrets, providers, clock, logger, onEffects } = parts;
  const { progress, learners, replayScratch: scratch } = stores;
  const shared = { providers, progress, scratch, clock };
  return {
    kinds: [
      createComparison({ ...shared, accounts: stores.providers, secrets, learners }),
      createMend({ ...shared, jobs: stores.jobs, ...(onEffects && { onEffects }) }),
      createRefreshBadges({ ...shared, logger }),
    ],
    keepLooking(jobs, hours) {
      const look = async () => {
        if ((await stores.providers.accounts()).length > 0) await requestRefresh(jobs, clock.now(), hours);
      };
      return every(LOOK_MS, look, { logger, failed: 'asking providers how badges stand could not be asked for' });
    },
  };
}
