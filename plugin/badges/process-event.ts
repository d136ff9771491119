/** What an LMS event does: whose it is, which badges it concerns, and their progress after it.
 *
 *  Safe to repeat at any point: an event that was processed already changes nothing, and one whose processing broke off
 *  half-way is completed. Nothing happens outside; what must is recorded as effects together with the progress. */

import {
  type Badge,
  type Contribution,
  contributionsFromBadge,
  mergeContribution,
  type Outcome,
  type RuleIndex,
  replaceContributionsFromBadge,
  upstreamsOf,
} from '../../dsl/index.ts';
import { StoreError } from '../errors.ts';
import type { LmsEvent } from '../events/event.ts';
import type { IgnoredReason } from '../ports/event-log.ts';
import type { LearnerStore } from '../ports/learner-store.ts';
import type { IssuedBadge, Progress, ProgressStore } from '../ports/progress-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { readyEffects } from './effect-order.ts';
import { advance } from './progress.ts';

export interface EventProcessorParts {
  readonly learners: LearnerStore;
  readonly progress: ProgressStore;
  /** The active badges as they are now. */
  index(): RuleIndex;
  definitionVersion(badgeId: string): number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ids: { uuid(): string };
  /** Called when effects were recorded, so that they need not wait to be found. */
  onEffects?(): void;
  /** Between two attempts of a change that somebody else got ahead of; real time unless given. */
  pause?(ms: number): Promise<void>;
}

export interface EventProcessor {
  /** Resolves when what the event does is stored. @throws StoreError */
  process(event: LmsEvent): Promise<ProcessResult>;
}

export type ProcessResult =
  | { readonly outcome: 'ignored'; readonly reason: IgnoredReason }
  | {
      readonly outcome: 'processed';
      readonly learnerId: string;
      /** The badges it counts for by itself. */
      readonly matched: readonly string[];
      /** Every badge whose progress was looked at, a badge after those it depends on. */
      readonly badges: readonly BadgeChange[];
    };

export interface BadgeChange {
  readonly badgeId: string;
  /** False when the event had been processed before. */
  readonly changed: boolean;
  readonly from: Outcome['status'];
  readonly outcome: Outcome;
  /** Badges this event gave. */
  readonly awarded: readonly IssuedBadge[];
  /** Badges this event took back. */
  readonly revoked: readonly IssuedBadge[];
}

const ATTEMPTS = 30;
const LONGEST_PAUSE_MS = 250;

export function createEventProcessor(parts: EventProcessorParts): EventProcessor {
  const pause = parts.pause ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));

  async function process(event: LmsEvent): Promise<ProcessResult> {
    if (event.user === null) return { outcome: 'ignored', reason: 'no-learner' };
    const index = parts.index();
    const matches = index.match(event);
    if (matches.length === 0) return { outcome: 'ignored', reason: 'no-match' };

    const learner = await parts.learners.resolve(event.user, event.time);
    const additions = new Map(matches.map(({ badge, contribution }) => [badge.id, contribution]));
    const current = new Map<string, Progress>();
    const changes: BadgeChange[] = [];
    for (const badgeId of index.topological(withDependents(index, additions.keys()))) {
      const badge = index.get(badgeId);
      if (!badge) continue;
      const addition = additions.get(badgeId);
      const upstreams = upstreamsOf(badge).filter((id) => current.has(id));
      // Where a badge in between has no progress there is nothing to pass on.
      if (!addition && upstreams.length === 0) continue;
      const change = await update(learner.id, badge, addition, upstreams, current);
      if (change) changes.push(change);
    }
    if (changes.some(({ badgeId }) => hasWork(current.get(badgeId)))) parts.onEffects?.();
    return { outcome: 'processed', learnerId: learner.id, matched: [...additions.keys()], badges: changes };
  }

  /** @param current the latest known progress of this learner by badge; takes the result up
   *  @returns null when the badge still has no progress */
  async function update(
    learnerId: string,
    badge: Badge,
    addition: Contribution | undefined,
    upstreams: readonly string[],
    current: Map<string, Progress>,
  ): Promise<BadgeChange | null> {
    let before: Progress | null | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const former = await parts.progress.load(learnerId, badge.id);
      if (before === undefined) before = former;
      const contributions = contributionsAfter(former, badge, addition, upstreams, current);
      if (former === null && contributions.length === 0) return null;
      const next = advance(former, {
        learnerId,
        badge,
        contributions,
        ruleVersion: parts.definitionVersion(badge.id),
        now: parts.clock.now(),
        newUuid: () => parts.ids.uuid(),
      });
      if (next === former) {
        current.set(badge.id, former);
        return toChange(before, former);
      }
      if (await parts.progress.save(next)) {
        const saved = { ...next, version: next.version + 1 };
        current.set(badge.id, saved);
        if (await areLatest(learnerId, upstreams, current)) return toChange(before, saved);
      } else {
        await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
      }
    }
    parts.logger.warn('progress kept changing while an event was processed', { learnerId, badgeId: badge.id });
    throw new StoreError('contention', 'progress kept changing while the event was processed; deliver the event again');
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

  return { process };
}

function contributionsAfter(
  former: Progress | null,
  badge: Badge,
  addition: Contribution | undefined,
  upstreams: readonly string[],
  current: ReadonlyMap<string, Progress>,
): readonly Contribution[] {
  let contributions = former?.contributions ?? [];
  if (addition) contributions = mergeContribution(contributions, addition);
  for (const id of upstreams) {
    const history = current.get(id)?.outcome.history ?? [];
    contributions = replaceContributionsFromBadge(contributions, id, contributionsFromBadge(badge, id, history));
  }
  return contributions;
}

function withDependents(index: RuleIndex, badgeIds: Iterable<string>): ReadonlySet<string> {
  const reached = new Set(badgeIds);
  // A set grows while it is walked: what is added is visited too.
  for (const id of reached) for (const dependent of index.dependents(id)) reached.add(dependent.id);
  return reached;
}

function hasWork(progress: Progress | undefined): boolean {
  return progress !== undefined && readyEffects(progress.effects).length > 0;
}

function toChange(before: Progress | null, after: Progress): BadgeChange {
  const former = new Map(before?.issued.map((badge) => [badge.number, badge]));
  return {
    badgeId: after.badgeId,
    changed: before?.version !== after.version,
    from: before?.outcome.status ?? 'none',
    outcome: after.outcome,
    awarded: after.issued.filter(({ number }) => !former.has(number)),
    revoked: after.issued.filter(
      ({ number, revokedAt }) => revokedAt !== null && former.get(number)?.revokedAt === null,
    ),
  };
}
