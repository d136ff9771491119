/** Who would gain or lose what, were other rules in force: the same events under two sets of rules. */

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
import { type BadgeLine, toBadgeLine } from './simulate.ts';

export interface OutcomeChange {
  readonly learner: string;
  readonly badge: string;
  /** `gains` an award that stands, `loses` it, or keeps it with another date or number of awards. */
  readonly change: 'gains' | 'loses' | 'keeps';
  /** null: there is no such active badge. */
  readonly old: BadgeLine | null;
  readonly new: BadgeLine | null;
  /** The event that makes the difference: it completes the badge, takes it back, or completed it under the old rules and
   *  does not under the new ones; `at` is RFC 3339, UTC. */
  readonly event: { readonly id: string; readonly at: string } | null;
}

/** @returns by learner, then badge; only what changes */
export function compareOutcomes(
  old: readonly Badge[],
  next: readonly Badge[],
  events: readonly LmsEvent[],
): readonly OutcomeChange[] {
  const [before, after] = [activeIndex(old), activeIndex(next)];
  const ids = [...new Set([...old, ...next].map(({ id }) => id))].sort(compareCodePoints);
  return learnersOf(events).flatMap(({ username, events: own }) => {
    const [former, present] = [evaluate(before, own), evaluate(after, own)];
    return ids.flatMap((id) => changeOf(username, id, former.get(id)?.outcome, present.get(id)?.outcome) ?? []);
  });
}

function activeIndex(badges: readonly Badge[]) {
  return createRuleIndex(badges.filter(({ active }) => active));
}

function changeOf(
  learner: string,
  badge: string,
  old: Outcome | undefined,
  next: Outcome | undefined,
): OutcomeChange | null {
  const [had, has] = [old?.status === 'awarded', next?.status === 'awarded'];
  const isSame = old?.awardedAt === next?.awardedAt && old?.awards === next?.awards;
  if (had === has && (!had || isSame)) return null;
  return {
    learner,
    badge,
    change: had === has ? 'keeps' : has ? 'gains' : 'loses',
    old: old ? toBadgeLine(learner, badge, old) : null,
    new: next ? toBadgeLine(learner, badge, next) : null,
    event: has ? standing(next) : (revocation(next) ?? standing(old)),
  };
}

function standing(outcome: Outcome | undefined): OutcomeChange['event'] {
  const award = outcome?.history.findLast(({ revokedAt }) => revokedAt === null);
  return award ? { id: award.eventId, at: formatInstant(award.at) } : null;
}

function revocation(outcome: Outcome | undefined): OutcomeChange['event'] {
  const { revokedAt = null, revokedBy = null } = outcome?.history.at(-1) ?? {};
  return revokedAt !== null && revokedBy !== null ? { id: revokedBy, at: formatInstant(revokedAt) } : null;
}
