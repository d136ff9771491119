/** How many learners are where, over all badges or on one. */

import type { ProgressStore } from '../../../plugin/ports/progress-store.ts';
import { msg } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';

type Counts = Awaited<ReturnType<ProgressStore['counts']>>;
type Status = Counts[number]['status'];

/** What a badge that is only evaluated awards was not issued. */
export function statusCounts(counts: Counts, badgeId?: string): Readonly<Record<Status | 'would-be-awarded', number>> {
  const total = { none: 0, 'in-progress': 0, awarded: 0, revoked: 0, 'would-be-awarded': 0 };
  for (const entry of counts)
    if (badgeId === undefined || entry.badgeId === badgeId) total[statusOf(entry)] += entry.count;
  return total;
}

function statusOf({ status, evaluated }: Counts[number]): Status | 'would-be-awarded' {
  if (!evaluated || status === 'none' || status === 'in-progress') return status;
  return status === 'awarded' ? 'would-be-awarded' : 'in-progress';
}

/** Widths of a bar of 100 units: in progress, awarded, revoked, in this order, and what is only evaluated. */
export function statusShares(counts: Counts, badgeId: string, t: Translator) {
  const of = statusCounts(counts, badgeId);
  const shown = [
    { text: msg('{count} in progress'), className: 'share-busy', count: of['in-progress'] },
    { text: msg('{count} awarded'), className: 'share-good', count: of.awarded },
    { text: msg('{count} revoked'), className: 'share-bad', count: of.revoked },
    ...(of['would-be-awarded'] === 0
      ? []
      : [{ text: msg('{count} would be awarded'), className: 'share-warn', count: of['would-be-awarded'] }]),
  ];
  const total = shown.reduce((sum, share) => sum + share.count, 0);
  let x = 0;
  const shares = shown.map((share) => {
    const width = total === 0 ? 0 : (share.count / total) * 100;
    const text = t({ text: share.text, values: { count: share.count } });
    const placed = { className: share.className, text, x, width };
    x += width;
    return placed;
  });
  return { total, shares, summary: t.list(shares.map(({ text }) => text)) };
}
