/** Two people changed the same type or configuration: what each made of it, side by side, to choose from. */

import type { Request } from 'express';
import {
  type Design,
  historyOf,
  snapshotOf,
  type ThreeWayChange,
  threeWay,
  withValuesAt,
} from '../../../plugin/credentials/design-history.ts';
import type { CredentialStore, Options } from '../../../plugin/ports/credential-store.ts';
import { type ConflictRow, conflictRows } from '../forms/edit-conflict.ts';
import { textField } from '../forms/forms.ts';
import { shownTime } from '../words/format.ts';

export interface Conflict extends ReturnType<typeof conflictRows> {
  /** Who saved last; null: it is not known. */
  readonly by: string | null;
  readonly at: ReturnType<typeof shownTime>;
  /** For the form: whoever has seen this may save over it. */
  readonly expected: string;
}

/** Of the radio buttons; the path follows. */
const KEEP = 'keep:';

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
  const changes = threeWay(base?.snapshot ?? theirs, theirs, snapshotOf(yours));
  const differing = changes.filter((change) => change.theirs !== change.yours);
  return {
    by: history[0].by,
    at: shownTime(latest.updatedAt),
    expected: latest.updatedAt.toISOString(),
    ...conflictRows(differing.map((change) => rowOf(change, base !== undefined))),
  };
}

function rowOf({ path, base, theirs, yours, collides }: ThreeWayChange, hasBase: boolean): ConflictRow {
  const choice = (of: 'was' | 'theirs' | 'yours', value: string | null, isChosen: boolean) => ({
    ...{ of, value: of === 'was' ? null : of, shown: value ?? '', picture: null, isChosen },
  });
  return {
    ...{ name: `${KEEP}${path}`, label: path, collides },
    choices: [
      ...(hasBase ? [choice('was', base, false)] : []),
      choice('theirs', theirs, hasBase && base === yours),
      choice('yours', yours, hasBase && base === theirs),
    ],
  };
}

/** What the form says, with what is in force where that was chosen. */
export function withChosen(req: Request, yours: Options, latest: Design): Options {
  const body: Readonly<Record<string, unknown>> = req.body ?? {};
  const chosen = Object.keys(body).filter((name) => name.startsWith(KEEP) && textField(req, name) === 'theirs');
  const paths = new Set(chosen.map((name) => name.slice(KEEP.length)));
  return paths.size === 0 ? yours : withValuesAt(yours, snapshotOf(latest), paths);
}
