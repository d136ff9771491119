/** What LMS events of a learner do: whose they are, which badges they concern, and their progress after them.
 *
 *  Safe to repeat at any point: an event that was processed already changes nothing, and one whose processing broke off
 *  half-way is completed. Nothing happens outside; what must is recorded as effects together with the progress. */

import {
  type Badge,
  type BadgeMatch,
  type Contribution,
  contributionsFromBadge,
  type Instant,
  mergeContribution,
  type Outcome,
  type RuleIndex,
  replaceContributionsFromBadge,
  upstreamsOf,
} from '../../dsl/index.ts';
import type { EventUser, LmsEvent } from '../events/event.ts';
import type { IgnoredReason } from '../ports/event-log.ts';
import type { LearnerStore } from '../ports/learner-store.ts';
import type { IssuedBadge, Progress } from '../ports/progress-store.ts';
import { readyEffects } from './effect-order.ts';
import { visibleHistory } from './progress.ts';
import { createProgressUpdater, type ProgressUpdaterParts } from './update-progress.ts';

export interface EventProcessorParts extends ProgressUpdaterParts {
  readonly learners: LearnerStore;
  /** The active badges as they are now. */
  index(): RuleIndex;
  definitionVersion(badgeId: string): number;
  /** Called when effects were recorded, so that they need not wait to be found. */
  onEffects?(): void;
  /** Asks all events of a learner again by the rules in force, for a badge whose progress older rules made. Left out: what
   *  they made stays. */
  catchUp?(learnerId: string, badgeId: string): Promise<void>;
}

export interface EventProcessor {
  /** Resolves when what they do is stored: one change of each progress for all of them.
   *  @param events that name the same user with the same details
   *  @returns a result for each, in their order
   *  @throws StoreError; of it `store.rules-changed` when the rules changed meanwhile: it is to be begun anew */
  process(events: readonly LmsEvent[]): Promise<readonly ProcessResult[]>;
  /** By the rules of this moment. @returns null: it counts for a badge */
  reasonToIgnore(event: LmsEvent): IgnoredReason | null;
}

export type ProcessResult =
  | { readonly outcome: 'ignored'; readonly reason: IgnoredReason }
  | {
      readonly outcome: 'processed';
      readonly learnerId: string;
      /** The badges it counts for by itself. */
      readonly matched: readonly string[];
      /** Every badge whose progress was looked at, a badge after those it depends on: for all events that were processed
       *  together. */
      readonly badges: readonly BadgeChange[];
    };

export interface BadgeChange {
  readonly badgeId: string;
  /** False when everything had been processed before. */
  readonly changed: boolean;
  readonly from: Outcome['status'];
  readonly outcome: Outcome;
  /** Badges that were given. */
  readonly awarded: readonly IssuedBadge[];
  /** Badges that were taken back. */
  readonly revoked: readonly IssuedBadge[];
}

export function createEventProcessor(parts: EventProcessorParts): EventProcessor {
  const updater = createProgressUpdater(parts);

  async function process(events: readonly LmsEvent[]): Promise<readonly ProcessResult[]> {
    const index = parts.index();
    const matches = events.map((event) => (event.user === null ? [] : index.match(event)));
    const latest = latestOf(events.filter((_, at) => matches[at]?.length !== 0));
    if (latest === null) return events.map(({ user }) => ignored(user));
    const additions = additionsOf(matches.flat());
    // Before it first waits: the rules may change then, and a badge must keep to the version it was matched by.
    const concerned = index.topological(withDependents(index, additions.keys())).flatMap((badgeId) => {
      const badge = index.get(badgeId);
      return badge ? [{ badge, ruleVersion: parts.definitionVersion(badgeId) }] : [];
    });
    const { id: learnerId } = await parts.learners.resolve(latest.user, latest.time);
    const current = new Map<string, Progress>();
    const changes: BadgeChange[] = [];
    for (const { badge, ruleVersion } of concerned) {
      const added = additions.get(badge.id) ?? [];
      const upstreams = upstreamsOf(badge).filter((id) => current.has(id));
      // Where a badge in between has no progress there is nothing to pass on.
      if (added.length === 0 && upstreams.length === 0) continue;
      const { catchUp } = parts;
      const change = await updater.update({
        ...{ learnerId, badge, ruleVersion, upstreams, current },
        contributions: (former) => contributionsAfter(former, badge, added, upstreams, current),
        ...(catchUp && { catchUp: () => catchUp(learnerId, badge.id) }),
      });
      if (change) changes.push(toChange(change.before, change.after));
    }
    if (changes.some(({ badgeId }) => hasWork(current.get(badgeId)))) parts.onEffects?.();
    return events.map(({ user }, at) => {
      const matched = (matches[at] ?? []).map(({ badge }) => badge.id);
      return matched.length === 0 ? ignored(user) : { outcome: 'processed', learnerId, matched, badges: changes };
    });
  }

  return {
    process,
    reasonToIgnore(event) {
      if (event.user === null) return 'no-learner';
      return parts.index().find(event).length === 0 ? 'no-match' : null;
    },
  };
}

function additionsOf(matches: readonly BadgeMatch[]): ReadonlyMap<string, readonly Contribution[]> {
  const additions = new Map<string, Contribution[]>();
  for (const { badge, contribution } of matches) {
    const own = additions.get(badge.id);
    if (own) own.push(contribution);
    else additions.set(badge.id, [contribution]);
  }
  return additions;
}

function latestOf(events: readonly LmsEvent[]): { readonly user: EventUser; readonly time: Instant } | null {
  let latest: { readonly user: EventUser; readonly time: Instant } | null = null;
  for (const { user, time } of events) {
    if (user !== null && (latest === null || time > latest.time)) latest = { user, time };
  }
  return latest;
}

function ignored(user: EventUser | null): ProcessResult {
  return { outcome: 'ignored', reason: user === null ? 'no-learner' : 'no-match' };
}

function contributionsAfter(
  former: Progress | null,
  badge: Badge,
  added: readonly Contribution[],
  upstreams: readonly string[],
  current: ReadonlyMap<string, Progress>,
): readonly Contribution[] {
  let contributions = former?.contributions ?? [];
  for (const addition of added) contributions = mergeContribution(contributions, addition);
  for (const id of upstreams) {
    const history = visibleHistory(badge, current.get(id));
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
