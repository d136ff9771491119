/** One change of the progress of one learner on one badge: computed from the latest state, saved by one conditional update,
 *  computed anew when somebody else was faster. Live events, replays and repairs all go through here. */

import type { Badge, Contribution } from '../../dsl/index.ts';
import { StoreError } from '../errors.ts';
import type { Progress, ProgressStore } from '../ports/progress-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Tracer } from '../ports/tracer.ts';
import { advance } from './progress.ts';

export interface ProgressUpdaterParts {
  readonly progress: Pick<ProgressStore, 'load' | 'recall' | 'save'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer?: Pick<Tracer, 'current'>;
  readonly ids: { uuid(): string };
  /** Looks at the store. @returns the version of the badge in force, 0: none. Left out: the rules never change */
  latestVersion?(badgeId: string): Promise<number>;
  /** Called when a change has been saved. */
  onSaved?(former: Progress | null, next: Progress): void;
  /** Between two attempts of a change that somebody else got ahead of; real time unless given. */
  pause?(ms: number): Promise<void>;
}

export interface ProgressUpdate {
  readonly learnerId: string;
  readonly badge: Badge;
  /** Of the badge's rules. */
  readonly ruleVersion: number;
  /** Badges whose history goes into the contributions. */
  readonly upstreams: readonly string[];
  /** The latest known progress of this learner by badge; takes the result up. */
  readonly current: Map<string, Progress>;
  /** All of them, in timeline order; the former array itself when nothing changes. */
  contributions(former: Progress | null): readonly Contribution[];
  /** See `Advance`. */
  readonly anew?: boolean;
  /** Called once when the stored state was made by older rules: its events have to be asked again first. */
  catchUp?(former: Progress): Promise<void>;
}

export interface ProgressUpdater {
  /** @returns what was stored before and is now; null when the badge still has no progress
   *  @throws StoreError `store.contention`; `store.rules-changed` when newer rules are in force than those at hand */
  update(step: ProgressUpdate): Promise<ProgressChange | null>;
}

export interface ProgressChange {
  readonly before: Progress | null;
  readonly after: Progress;
}

const ATTEMPTS = 30;
const LONGEST_PAUSE_MS = 250;

export function createProgressUpdater(parts: ProgressUpdaterParts): ProgressUpdater {
  const pause = parts.pause ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));

  async function update(step: ProgressUpdate): Promise<ProgressChange | null> {
    const { learnerId, badge, ruleVersion, upstreams, current } = step;
    let before: Progress | null | undefined;
    let caughtUp = false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const guess = attempt === 0 && !step.anew ? parts.progress.recall(learnerId, badge.id) : null;
      const former = guess ?? (await parts.progress.load(learnerId, badge.id));
      if (former !== null && former.ruleVersion > ruleVersion) await assertLatest(badge.id, ruleVersion);
      if (former !== null && former.ruleVersion < ruleVersion && step.catchUp && !caughtUp) {
        caughtUp = true;
        await step.catchUp(former);
        continue;
      }
      if (before === undefined) before = former;
      const contributions = step.contributions(former);
      if (former === null && contributions.length === 0) return null;
      const next = advance(former, {
        ...{ learnerId, badge, contributions, ruleVersion, anew: step.anew ?? false },
        now: parts.clock.now(),
        trace: parts.tracer?.current(),
        newUuid: () => parts.ids.uuid(),
      });
      if (next === former) {
        // There is nothing to save, which would have told whether it holds.
        if (guess !== null) continue;
        current.set(badge.id, former);
        // After an attempt that was beaten it may be ours all the same, with something else saved on top.
        if (attempt === 0 || (await areLatest(learnerId, upstreams, current))) return { before, after: former };
        continue;
      }
      if (await parts.progress.save(next)) {
        parts.onSaved?.(former, next);
        const after = { ...next, version: next.version + 1 };
        current.set(badge.id, after);
        if (await areLatest(learnerId, upstreams, current)) return { before, after };
      } else if (guess === null) {
        await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
      }
    }
    parts.logger.warn('progress kept changing while it was to be changed', { learnerId, badgeId: badge.id });
    throw new StoreError('contention', 'progress kept changing while the event was processed; deliver the event again');
  }

  /** Rules that somebody has changed since must not undo what the new ones did. Where the numbers have begun anew (another
   *  rule store), those in force are the newest there are. */
  async function assertLatest(badgeId: string, ruleVersion: number): Promise<void> {
    const latest = (await parts.latestVersion?.(badgeId)) ?? ruleVersion;
    if (latest !== ruleVersion) throw new StoreError('rules-changed', 'the rules have just changed; it is done again');
  }

  /** Somebody may have changed an upstream badge, passed that on, and been overtaken by what we just saved from an older
   *  state. Whoever saves last must have looked last. */
  async function areLatest(
    learnerId: string,
    upstreams: readonly string[],
    current: Map<string, Progress>,
  ): Promise<boolean> {
    let latest = true;
    for (const id of upstreams) {
      const now = await parts.progress.load(learnerId, id);
      if (now === null || now.version === current.get(id)?.version) continue;
      current.set(id, now);
      latest = false;
    }
    return latest;
  }

  return { update };
}
