/** What each award rested on when it was made: later events, resets and rounds do not change it. */

import type { Award, AwardGround, Badge, Contribution } from './model.ts';
import { outcome, type TimelineWatch } from './timeline.ts';

/** @param contributions in any order and any number of times each
 *  @returns by `Award.ordinal`: for each award of the timeline what it rested on, in rule order */
export function groundsOf(
  badge: Badge,
  contributions: readonly Contribution[],
): ReadonlyMap<number, readonly AwardGround[]> {
  const grounds = new Map<number, readonly AwardGround[]>();
  const watch: TimelineWatch = {
    met() {},
    reset() {},
    awarded({ ordinal }: Award, _cleared: boolean, rested: readonly AwardGround[]) {
      grounds.set(ordinal, rested);
    },
  };
  outcome(badge, contributions, watch);
  return grounds;
}
