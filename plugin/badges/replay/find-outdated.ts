/** The second net below `follow-rules`: finds progress that rules made which have changed since, and asks for a replay.
 *  A process that was held up may store such progress long after everybody else went by the new rules. */

import { createHash } from 'node:crypto';
import { compareCodePoints } from '../../../dsl/index.ts';
import type { Jobs } from '../../jobs/request-job.ts';
import type { BadgeStore } from '../../ports/badge-store.ts';
import type { ProgressStore } from '../../ports/progress-store.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { RuleBook } from '../rule-book.ts';
import type { RuleReader } from '../rule-reader.ts';
import { SETTLED_MS, titleOf } from './follow-rules.ts';
import { meansTheSameSince } from './meaning.ts';
import { REPLAY, replayRequest, toParameters } from './replay-request.ts';

export interface OutdatedParts {
  readonly ruleBook: Pick<RuleBook, 'index' | 'definitionVersion'>;
  readonly store: Pick<BadgeStore, 'history'>;
  readonly progress: Pick<ProgressStore, 'hasOlderThan'>;
  readonly read: RuleReader;
  readonly jobs: Pick<Jobs, 'request'>;
  readonly clock: Clock;
}

/** One look into an index each. */
const BADGES_A_LOOK = 200;
const HOUR_MS = 3_600_000;

/** @returns looks at some of the badges, at others the next time; resolves to the badges for which it asked for a replay */
export function createOutdatedLook(parts: OutdatedParts): () => Promise<readonly string[]> {
  const { ruleBook, store, progress, read, jobs, clock } = parts;
  let waiting: string[] = [];

  async function isOutdated(badgeId: string, version: number): Promise<boolean> {
    if (!(await progress.hasOlderThan(badgeId, version))) return false;
    const [newest, ...older] = await store.history(badgeId);
    // A moment ago it changed: the replay that follows is on its way.
    if (newest === undefined || clock.now().getTime() - newest.updatedAt.getTime() < 2 * SETTLED_MS) return false;
    return progress.hasOlderThan(badgeId, meansTheSameSince([newest, ...older], read));
  }

  return async () => {
    if (waiting.length === 0) waiting = [...ruleBook.index().badges()].map(({ id }) => id).sort(compareCodePoints);
    const found: string[] = [];
    for (const badgeId of waiting.splice(0, BADGES_A_LOOK)) {
      const version = ruleBook.definitionVersion(badgeId);
      if (!(await isOutdated(badgeId, version))) continue;
      found.push(badgeId);
      const hour = Math.floor(clock.now().getTime() / HOUR_MS);
      await jobs.request({
        // Several processes ask for one; should that not have mended it, the next hour asks again.
        id: `outdated-${createHash('sha256')
          .update(JSON.stringify([badgeId, version, hour]))
          .digest('hex')
          .slice(0, 24)}`,
        kind: REPLAY,
        title: titleOf([badgeId]),
        parameters: toParameters(replayRequest({ badges: [badgeId] })),
        requestedBy: 'Laurel',
        reason: 'Progress was found that older rules had made.',
      });
    }
    return found;
  };
}
