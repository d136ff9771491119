/** The part of the composition that lets progress follow the rules and the log: replays, checks, and the periodic looks. */

import type { ProcessResult } from '../../plugin/badges/process-event.ts';
import { createProgressCheck, requestCheck } from '../../plugin/badges/replay/check-progress.ts';
import { createOutdatedLook } from '../../plugin/badges/replay/find-outdated.ts';
import { draftImpact, type Impact } from '../../plugin/badges/replay/impact.ts';
import { createReplay, type ReplayParts } from '../../plugin/badges/replay/replay-job.ts';
import {
  createLearnerReplayer,
  type LearnerReplay,
  type LearnerReplayerParts,
} from '../../plugin/badges/replay/replay-learner.ts';
import { replayTarget } from '../../plugin/badges/replay/target.ts';
import type { RuleBook } from '../../plugin/badges/rule-book.ts';
import type { RuleReader } from '../../plugin/badges/rule-reader.ts';
import { createProgressUpdater, type ProgressUpdaterParts } from '../../plugin/badges/update-progress.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { JobKind } from '../../plugin/jobs/job-runner.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { BadgeStore } from '../../plugin/ports/badge-store.ts';
import type { EventLog, LearnerIdentity } from '../../plugin/ports/event-log.ts';
import type { LearnerStore } from '../../plugin/ports/learner-store.ts';
import type { ProgressStore } from '../../plugin/ports/progress-store.ts';
import type { ReplayScratch } from '../../plugin/ports/replay-scratch.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import { every } from '../every.ts';

export interface ReplaySetup {
  readonly kinds: readonly JobKind[];
  /** For replays that a process makes for itself. */
  readonly parts: Omit<ReplayParts, 'scratch'>;
  /** As long as a page may take. */
  foresee(drafts: readonly string[]): Promise<Impact | null>;
  /** Asks the events of a learner again for these badges, and what waits for them. */
  catchUp(learnerId: string, badges: readonly string[]): Promise<void>;
  /** All their events again, for every active badge. @returns whether anything came out differently */
  recount(learner: LearnerIdentity): Promise<boolean>;
  /** The same for whatever an event met, and meets now. */
  catchUpWith(event: LmsEvent, result: ProcessResult): Promise<void>;
  /** Looks for progress that older rules made, and has all progress checked now and then. @returns ends it */
  keepLooking(jobs: Jobs, logger: Logger): () => Promise<void>;
}

export interface ReplayStores {
  readonly events: EventLog;
  readonly learners: LearnerStore;
  readonly progress: ProgressStore;
  readonly badges: BadgeStore;
  readonly replayScratch: ReplayScratch;
}

const PAGE_PATIENCE_MS = 4_000;
const OUTDATED_LOOK_MS = 15_000;
const CHECK_LOOK_MS = 10 * 60_000;

export function composeReplay({
  stores,
  ruleBook,
  read,
  clock,
  progressParts,
}: {
  readonly stores: ReplayStores;
  readonly ruleBook: RuleBook;
  readonly read: RuleReader;
  readonly clock: Clock;
  readonly progressParts: ProgressUpdaterParts & Pick<LearnerReplayerParts, 'onEffects'>;
}): ReplaySetup {
  const { events, learners, progress, badges: store } = stores;
  const replayer = createLearnerReplayer({
    ...progressParts,
    progress,
    events,
    learners,
    updater: createProgressUpdater(progressParts),
  });
  const rules = { ruleBook, store, read };
  const parts = { ...rules, replayer, events, learners, progress, clock };
  const options = { membership: { kind: 'as-received' }, dryRun: false } as const;

  function replay(learner: LearnerIdentity, badges: readonly string[] | null): Promise<LearnerReplay> {
    return replayer.replay(learner, replayTarget({ badges, drafts: [] }, rules), options);
  }

  return {
    kinds: [createReplay({ ...parts, scratch: stores.replayScratch }), createProgressCheck(parts)],
    parts,
    foresee: (drafts) => draftImpact(drafts, { since: null, patienceMs: PAGE_PATIENCE_MS }, parts),
    async catchUp(learnerId, badges) {
      await replay((await learners.findById(learnerId)) ?? { id: learnerId, username: '', lmsUserId: null }, badges);
    },
    async recount(learner) {
      await ruleBook.refresh();
      const { badges } = await replay(learner, null);
      return badges.some(({ isWritten }) => isWritten);
    },
    async catchUpWith(event, result) {
      if (event.user === null) return;
      const met = result.outcome === 'processed' ? result.matched : [];
      const meets = ruleBook.index().match(event);
      const badges = new Set([...met, ...meets.map(({ badge }) => badge.id)]);
      if (badges.size === 0) return;
      await replay((await learners.find(event.user)) ?? { id: '', ...event.user }, [...badges]);
    },
    keepLooking(jobs, logger) {
      const look = createOutdatedLook({ ...rules, progress, jobs, clock });
      const failed = 'looking for outdated progress failed';
      const ends = [
        every(OUTDATED_LOOK_MS, look, { logger, failed }),
        every(CHECK_LOOK_MS, () => requestCheck(jobs, clock.now()), { logger, failed }),
      ];
      return async () => void (await Promise.all(ends.map((end) => end())));
    },
  };
}
