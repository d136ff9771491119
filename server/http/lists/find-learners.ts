/** Finding people in lists of what they did or got, and naming those that a list shows. */

import type { Learner } from '../../../plugin/ports/learner-store.ts';
import type { Condition } from '../../../plugin/ports/records.ts';
import { msg } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';

const MOST_FOUND = 50;

export const LEARNER_SEARCH = msg('Learner');
export const LEARNER_HELP = msg('The beginning of a username or an e-mail address, or an LMS user id.');

/** What finds learners by what is written: the beginning of a username or an address, or a whole LMS user id. */
export function learnerWhere(text: string): readonly Condition[] {
  const beginning = text.trim().toLowerCase();
  const lmsUserId = /^[1-9]\d{0,14}$/.test(beginning);
  return [
    {
      anyOf: [
        { field: 'searchUsername', startsWith: beginning },
        { field: 'searchEmail', startsWith: beginning },
        ...(lmsUserId ? [{ field: 'lmsUserId', in: [Number(beginning)] }] : []),
      ],
    },
  ];
}

export async function findLearners(
  { learners }: Pick<Services, 'learners'>,
  search: string,
): Promise<readonly Learner[]> {
  const order = { field: 'username', descending: false };
  return (await learners.records.page({ where: learnerWhere(search), order, limit: MOST_FOUND })).items;
}

export async function learnersById(
  { learners }: Pick<Services, 'learners'>,
  ids: readonly (string | null)[],
): Promise<ReadonlyMap<string, Learner>> {
  const wanted = [...new Set(ids.flatMap((id) => id ?? []))];
  const found = wanted.length > 0 ? await learners.findManyByIds(wanted) : [];
  return new Map(found.map((learner) => [learner.id, learner]));
}

export async function badgeNames({ badges }: Pick<Services, 'badges'>): Promise<ReadonlyMap<string, string>> {
  return new Map((await badges.list()).map(({ id, name }) => [id, name ?? id]));
}

/** What finds their progress. @returns null: nobody is found */
export async function whoseProgress(
  services: Pick<Services, 'learners'>,
  search: string,
): Promise<readonly Condition[] | null> {
  const found = await findLearners(services, search);
  return found.length > 0 ? [{ field: 'learnerId', in: found.map(({ id }) => id) }] : null;
}
