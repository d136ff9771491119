/** Ids of rows that are parts of progress: the document and what tells its parts apart. */

import type { Condition, FieldValue } from '../../../plugin/ports/records.ts';

interface Owner {
  readonly learnerId: string;
  readonly badgeId: string;
}

export function partId({ learnerId, badgeId }: Owner, part: string | number): string {
  return `${learnerId} ${badgeId} ${part}`;
}

/** What the documents meet that have such parts. */
export function documentsWith(ids: readonly (FieldValue | null)[]): readonly Condition[] {
  const owners = ids.map((id) => String(id).split(' '));
  return (['learnerId', 'badgeId'] as const).map((field, n) => ({
    field,
    in: [...new Set(owners.map((owner) => owner[n] ?? ''))],
  }));
}
