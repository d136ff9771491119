/** What tools report per learner and badge, and the same found in memory from events alone. */

import {
  type Badge,
  compareCodePoints,
  createRuleIndex,
  evaluate,
  formatInstant,
  type Outcome,
} from '../../dsl/index.ts';
import type { LmsEvent } from '../events/event.ts';
import { learnersOf } from './learners.ts';

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
  return learnersOf(events).flatMap(({ username, events: own }) => {
    const results = evaluate(index, own);
    return active.flatMap(({ id }) => {
      const result = results.get(id);
      return result ? [toBadgeLine(username, id, result.outcome)] : [];
    });
  });
}
