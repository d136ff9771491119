/** How many learners are where, over all badges or on one. */

import type { ProgressStore } from '../../../plugin/ports/progress-store.ts';
import { shownNumber } from '../format.ts';

type Counts = Awaited<ReturnType<ProgressStore['counts']>>;
type Status = Counts[number]['status'];

export function statusCounts(counts: Counts, badgeId?: string): Readonly<Record<Status, number>> {
  const total = { none: 0, 'in-progress': 0, awarded: 0, revoked: 0 };
  for (const entry of counts)
    if (badgeId === undefined || entry.badgeId === badgeId) total[entry.status] += entry.count;
  return total;
}

/** Widths of a bar of 100 units: in progress, awarded, revoked, in this order. */
export function statusShares(counts: Counts, badgeId: string) {
  const of = statusCounts(counts, badgeId);
  const shown = [
    { word: 'in progress', className: 'share-busy', count: of['in-progress'] },
    { word: 'awarded', className: 'share-good', count: of.awarded },
    { word: 'revoked', className: 'share-bad', count: of.revoked },
  ];
  const total = shown.reduce((sum, share) => sum + share.count, 0);
  let x = 0;
  const shares = shown.map((share) => {
    const width = total === 0 ? 0 : (share.count / total) * 100;
    const placed = { ...share, count: shownNumber(share.count), x, width };
    x += width;
    return placed;
  });
  return { total, shares, summary: shares.map((share) => `${share.count} ${share.word}`).join(', ') };
}
