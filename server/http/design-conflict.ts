/** Two people changed the same type or configuration: what each made of it, side by side. */

import {
  type Design,
  historyOf,
  snapshotOf,
  type ThreeWayChange,
  threeWay,
} from '../../plugin/credentials/design-history.ts';
import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import { shownTime } from './format.ts';

export interface Conflict {
  /** Who saved last. */
  readonly by: string;
  readonly at: ReturnType<typeof shownTime>;
  /** For the form: whoever has seen this may save over it. */
  readonly expected: string;
  /** Whether it is known what both began with. */
  readonly hasBase: boolean;
  readonly rows: readonly ThreeWayChange[];
}

/** @param opened `updatedAt` of the version that the form was made from */
export async function conflictOf<Kind extends Design>(
  store: Pick<CredentialStore, 'addVersion' | 'versions'>,
  latest: Kind,
  yours: Kind,
  opened: Date,
): Promise<Conflict> {
  const history = await historyOf(store, latest);
  const base = history.find(({ at }) => at.getTime() === opened.getTime());
  const theirs = snapshotOf(latest);
  return {
    by: history[0].by ?? 'Somebody else',
    at: shownTime(latest.updatedAt),
    expected: latest.updatedAt.toISOString(),
    hasBase: base !== undefined,
    rows: threeWay(base?.snapshot ?? theirs, theirs, snapshotOf(yours)),
  };
}
