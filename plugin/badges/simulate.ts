/** What tools report per learner and badge, and the same found in memory from events alone. */

import {
  type Badge,
  compareCodePoints,
  createRuleIndex,
  evaluate,
  formatInstant,
  type Outcome,
} from '../../dsl/index.ts';
import type { EventUser, LmsEvent } from '../events/event.ts';

/** The keys are in the order in which they are printed. */
export interface BadgeLine {
  /** Username. */
  readonly learner: string;
  readonly badge: string;
  readonly status: Outcome['status'];
  readonly progress: number;
  readonly groups: Readonly<Record<string, boolean>>;
  readonly fulfilled: readonly string[];
  /** RFC 3339, UTC. */
  readonly awardedAt: string | null;
  readonly awards: number;
}

export function toBadgeLine(username: string, badgeId: string, outcome: Outcome): BadgeLine {
  return {
    learner: username,
    badge: badgeId,
    status: outcome.status,
    progress: outcome.progress,
    groups: outcome.groups,
    fulfilled: outcome.fulfilled,
    awardedAt: outcome.awardedAt === null ? null : formatInstant(outcome.awardedAt),
    awards: outcome.awards,
  };
}

/** @returns a line for every learner of the events and every active badge, by learner, then badge */
export function simulate(badges: readonly Badge[], events: readonly LmsEvent[]): BadgeLine[] {
  const active = badges.filter((badge) => badge.active).toSorted((a, b) => compareCodePoints(a.id, b.id));
  const index = createRuleIndex(active);
  return groupByLearner(events)
    .map((own) => ({ username: latestUsername(own), own }))
    .toSorted((a, b) => compareCodePoints(a.username, b.username))
    .flatMap(({ username, own }) => {
      const results = evaluate(index, own);
      return active.flatMap(({ id }) => {
        const result = results.get(id);
        return result ? [toBadgeLine(username, id, result.outcome)] : [];
      });
    });
}

type LearnerEvent = LmsEvent & { readonly user: EventUser };

/** Events with the same LMS user id or the same username are one learner's, also by way of others. */
function groupByLearner(events: readonly LmsEvent[]): LearnerEvent[][] {
  const groups = new Map<string, LearnerEvent[]>();
  for (const event of events) {
    if (!concernsLearner(event)) continue;
    const keys = keysOf(event.user);
    const known = new Set(keys.map((key) => groups.get(key)).filter((group) => group !== undefined));
    const [largest = [], ...others] = [...known].toSorted((a, b) => b.length - a.length);
    largest.push(event);
    for (const other of others) {
      for (const moved of other) {
        largest.push(moved);
        for (const key of keysOf(moved.user)) groups.set(key, largest);
      }
    }
    for (const key of keys) groups.set(key, largest);
  }
  return [...new Set(groups.values())];
}

function concernsLearner(event: LmsEvent): event is LearnerEvent {
  return event.user !== null;
}

function keysOf({ lmsUserId, username }: EventUser): readonly string[] {
  return lmsUserId === null ? [`name:${username}`] : [`id:${lmsUserId}`, `name:${username}`];
}

function latestUsername(events: readonly LearnerEvent[]): string {
  return events.reduce((latest, event) => (isLater(event, latest) ? event : latest)).user.username;
}

function isLater(a: LmsEvent, b: LmsEvent): boolean {
  return a.time === b.time ? compareCodePoints(a.id, b.id) > 0 : a.time > b.time;
}
