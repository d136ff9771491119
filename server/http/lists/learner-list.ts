/** Learners as a list. */

import type { Learner } from '../../../plugin/ports/learner-store.ts';
import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { shownInstant } from '../format.ts';
import { learnerPath, progressCrumb } from '../pages/progress.ts';
import type { Services } from '../services.ts';
import { numberCell, textCell, timeCell } from './cells.ts';
import { LEARNER_HELP, LEARNER_SEARCH, learnerWhere } from './find-learners.ts';
import type { Column, List } from './list.ts';

/** Their progress, by learner. */
type Context = ReadonlyMap<string, readonly Progress[]>;

export function learnerList({ learners, progress }: Pick<Services, 'learners' | 'progress'>): List<Learner, Context> {
  const count = (status: Progress['outcome']['status'], label: string): Column<Learner, Context> => ({
    ...{ name: status, label, isNumber: true },
    cell: ({ id }, context) =>
      numberCell((context.get(id) ?? []).filter(({ outcome }) => outcome.status === status).length),
  });
  return {
    path: '/learners',
    access: 'look',
    title: 'Learners',
    section: 'progress',
    breadcrumbs: [progressCrumb],
    noun: ['learner', 'learners'],
    lead: 'Everybody an event has counted for. Each has a page with all that is known here.',
    links: [
      { text: 'Progress', href: '/progress' },
      { text: 'Issued badges', href: '/issued-badges' },
    ],
    records: learners.records,
    async load(rows) {
      const all = await Promise.all(rows.map(({ id }) => progress.ofLearner(id)));
      return new Map(rows.map(({ id }, n) => [id, all[n] ?? []]));
    },
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'username',
        label: 'Username',
        order: 'username',
        cell: ({ id, username }) => textCell(username, learnerPath(id)),
      },
      { name: 'name', label: 'Name', cell: ({ name }) => textCell(name || null, null, { otherwise: 'not known' }) },
      {
        name: 'email',
        label: 'E-mail',
        cell: ({ email }) => textCell(email || null, null, { otherwise: 'not known' }),
      },
      {
        name: 'lms-user-id',
        label: 'LMS user id',
        isNumber: true,
        cell: ({ lmsUserId }) =>
          textCell(lmsUserId === null ? null : String(lmsUserId), null, { otherwise: 'not known' }),
      },
      { name: 'account', label: 'Account', cell: ({ isActive }) => textCell(isActive ? 'active' : 'not active') },
      count('awarded', 'Awarded'),
      count('in-progress', 'In progress'),
      { name: 'as-of', label: 'As of', cell: ({ asOf }) => timeCell(shownInstant(asOf)) },
    ],
    search: {
      label: LEARNER_SEARCH,
      help: `${LEARNER_HELP} Somebody whose events never counted for a badge is not here; look for their events.`,
      where: async (text) => learnerWhere(text),
    },
    filters: [
      {
        name: 'account',
        label: 'Account',
        any: 'Any',
        choices: () => [
          { value: 'active', word: 'Active' },
          { value: 'inactive', word: 'Not active' },
        ],
        where: (account) => [{ field: 'isActive', in: [account === 'active'] }],
      },
    ],
    order: { field: 'username', descending: false },
    nothingMatches: 'Write less of the name, or look for the events of somebody for whom none has counted.',
    empty: {
      title: 'Nobody yet',
      text: 'Learners appear here when the first event of theirs counts for a badge.',
      links: [{ text: 'See the events', href: '/events' }],
    },
  };
}
