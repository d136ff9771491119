/** Progress follows the rules: whatever changes them goes through here, so that a replay follows every change that means
 *  something.
 *
 *  The replay is recorded before the change, and waits for it. A process may be killed in between: then either nothing has
 *  changed, and the job finds that out and ends, or the change is in force, and the job follows it. */

import type { Instant } from '../../../dsl/index.ts';
import { ConflictError } from '../../errors.ts';
import type { Jobs } from '../../jobs/request-job.ts';
import { hashOfSource } from '../../ports/badge-store.ts';
import type { Clock } from '../../ports/runtime.ts';
import { type FilledWords, words } from '../../words.ts';
import type { RuleReader } from '../rule-reader.ts';
import { changesProgress } from './meaning.ts';
import { REPLAY, type RulesBefore, replayRequest, toParameters } from './replay-request.ts';

export interface FollowedChange {
  /** Those that are put in force. */
  readonly badges: readonly ChangedBadge[];
  /** How the rules are before the change. */
  readonly before: RulesBefore;
  readonly actor: string;
  readonly reason: string | null;
  /** Logged events from then on count too, whenever they were received. */
  readonly since: Instant | null;
}

export interface ChangedBadge {
  readonly id: string;
  /** null: it is not in force. */
  readonly before: string | null;
  readonly after: string;
  /** It was in force before, now or formerly. */
  readonly hasPast: boolean;
}

export interface RuleFollower {
  /** @param apply changes the rules, in one step
   *  @returns what it returned, and the id of the replay that follows; null: nobody's progress can change */
  during<Result>(
    change: FollowedChange,
    apply: () => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly replay: string | null }>;
}

/** Where there is no progress that could follow. */
export const followNothing: RuleFollower = {
  during: async (_, apply) => ({ result: await apply(), replay: null }),
};

/** Every process has the new rules in force after so long, and has recorded what came in before. */
export const SETTLED_MS = 5_000;
/** More are not named one by one. */
const MOST_BADGES = 5_000;

export interface RuleFollowerParts {
  readonly jobs: Pick<Jobs, 'request' | 'cancel' | 'hasten'>;
  readonly read: RuleReader;
  readonly clock: Clock;
  /** No other process takes in events: there is nothing to wait for. */
  readonly alone: boolean;
}

export function createRuleFollower({ jobs, read, clock, alone }: RuleFollowerParts): RuleFollower {
  return {
    async during({ badges, before, actor, reason, since }, apply) {
      const changed = badges.filter((badge) => isFollowed(badge, since, read)).map(({ id }) => id);
      if (changed.length === 0) return { result: await apply(), replay: null };
      const request = replayRequest({
        badges: changed.length > MOST_BADGES ? null : changed,
        ...(since === null ? {} : { membership: 'backfill', from: since }),
        everybody: true,
        after: before,
      });
      const job = await jobs.request({
        kind: REPLAY,
        title: titleOf(changed),
        parameters: toParameters(request),
        requestedBy: actor,
        reason,
        dueAt: new Date(clock.now().getTime() + SETTLED_MS),
      });
      try {
        const result = await apply();
        if (alone) await jobs.hasten(job.id).catch(() => {});
        return { result, replay: job.id };
      } catch (error) {
        // Any other failure leaves open whether the change has come about; the job finds out.
        if (error instanceof ConflictError) await jobs.cancel(job.id).catch(() => {});
        throw error;
      }
    },
  };
}

export function titleOf(badgeIds: readonly string[]): FilledWords {
  const [first] = badgeIds;
  return first !== undefined && badgeIds.length === 1
    ? words('Bring learners up to date with badge "{badge}"', { badge: first })
    : words('Bring learners up to date with {badges} badges', { badges: badgeIds.length });
}

function isFollowed({ before, after, hasPast }: ChangedBadge, since: Instant | null, read: RuleReader): boolean {
  const next = readText(after, read);
  if (next === null) return false;
  const former = before === null ? null : readText(before, read);
  return changesProgress(former, next, hasPast || (since !== null && next.active));
}

function readText(source: string, read: RuleReader) {
  return read({ source, hash: hashOfSource(source) });
}
