/** Which logged events belong to a badge: those received while it was active, and those a backfill names. What has counted
 *  already belongs too; that is for the caller to see. Pure. */

import type { Instant } from '../../../dsl/index.ts';
import type { BadgeVersion } from '../../ports/badge-store.ts';
import type { EventEntry } from '../../ports/event-log.ts';

/** Events by their own time and type; null: any. */
export interface EventSelection {
  /** Inclusive. */
  readonly from: Instant | null;
  /** Exclusive. */
  readonly to: Instant | null;
  readonly types: readonly string[] | null;
}

/** From when to when a badge was active; the last interval may be open. */
export interface ActiveInterval {
  readonly from: Date;
  readonly to: Date | null;
}

/** @param history newest first, as the store gives it */
export function activeIntervals(
  history: readonly Pick<BadgeVersion, 'active' | 'removed' | 'updatedAt'>[],
): readonly ActiveInterval[] {
  const intervals: ActiveInterval[] = [];
  let since: Date | null = null;
  for (const { active, removed, updatedAt } of history.toReversed()) {
    if (active && !removed) since ??= updatedAt;
    else if (since !== null) {
      intervals.push({ from: since, to: updatedAt });
      since = null;
    }
  }
  return since === null ? intervals : [...intervals, { from: since, to: null }];
}

export function isAsReceived({ receivedAt, outcome }: EventEntry, intervals: readonly ActiveInterval[]): boolean {
  // While badges were switched off none was active, whatever its rules said.
  if (outcome.kind === 'ignored' && outcome.reason === 'badges-disabled') return false;
  return intervals.some(({ from, to }) => receivedAt >= from && (to === null || receivedAt < to));
}

export function isSelected({ event: { time, type } }: EventEntry, { from, to, types }: EventSelection): boolean {
  return (from === null || time >= from) && (to === null || time < to) && (types === null || types.includes(type));
}
