/** Whose progress a row is about, and on which badge: the columns that lists of parts of progress begin with. */

import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { learnerPath } from '../pages/progress.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { textCell } from './cells.ts';
import { badgeNames, learnersById } from './find-learners.ts';
import type { Column } from './list.ts';

interface Row {
  readonly progress: Progress;
}

export interface ProgressNames {
  /** By id of the learner. */
  readonly usernames: ReadonlyMap<string, string>;
  /** By id of the badge. */
  readonly names: ReadonlyMap<string, string>;
}

export async function progressNames(
  services: Pick<Services, 'learners' | 'badges'>,
  rows: readonly Row[],
): Promise<ProgressNames> {
  const ids = rows.map(({ progress }) => progress.learnerId);
  const people = await learnersById(services, ids);
  return {
    usernames: new Map([...people].map(([id, { username }]) => [id, username])),
    names: await badgeNames(services),
  };
}

export const whoseColumns: readonly Column<Row, ProgressNames>[] = [
  {
    name: 'learner',
    label: msg('Learner'),
    cell: ({ progress: { learnerId } }, { usernames }) =>
      textCell(usernames.get(learnerId) ?? words('removed learner'), learnerPath(learnerId)),
  },
  {
    name: 'badge',
    label: msg('Badge'),
    cell: ({ progress: { badgeId } }, { names }) =>
      textCell(names.get(badgeId) ?? badgeId, names.has(badgeId) ? badgePath(badgeId) : null),
  },
];
