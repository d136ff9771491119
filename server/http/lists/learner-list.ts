/** Learners as a list. */

import type { Learner } from '../../../plugin/ports/learner-store.ts';
import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { learnerPath, progressCrumb } from '../pages/progress.ts';
import { shownInstant } from '../words/format.ts';
import { numberCell, textCell, timeCell } from './cells.ts';
import { LEARNER_SEARCH, learnerWhere } from './find-learners.ts';
import { type LearnerServices, learnerActions } from './learner-actions.ts';
import type { Column, List } from './list.ts';

/** Their progress, by learner. */
type Context = ReadonlyMap<string, readonly Progress[]>;

export function learnerList(services: LearnerServices): List<Learner, Context> {
  const { learners, progress } = services;
  const count = (status: Progress['outcome']['status'], label: string): Column<Learner, Context> => ({
    ...{ name: status, label, isNumber: true },
    cell: ({ id }, context) =>
      numberCell((context.get(id) ?? []).filter(({ outcome }) => outcome.status === status).length),
  });
  return {
    path: '/learners',
    access: 'look',
    title: msg('Learners'),
    titleWithin: msg('learners'),
    section: 'progress',
    breadcrumbs: [progressCrumb],
    noun: [msg('{count} learner'), msg('{count} learners')],
    lead: msg('Everybody an event has counted for. Each has a page with all that is known here.'),
    links: [
      { text: msg('Progress'), href: '/progress' },
      { text: msg('Issued badges'), href: '/issued-badges' },
    ],
    records: learners.records,
    async load(rows) {
      const found: Progress[] = [];
      const where = [{ field: 'learnerId', in: rows.map(({ id }) => id) }];
      const order = { field: 'learnerId', descending: false };
      for await (const batch of progress.records.scan({ where, order })) found.push(...batch);
      return new Map(rows.map(({ id }) => [id, found.filter(({ learnerId }) => learnerId === id)]));
    },
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'username',
        label: msg('Username'),
        order: 'username',
        cell: ({ id, username }) => textCell(username, learnerPath(id)),
      },
      {
        name: 'name',
        label: msg('Name'),
        cell: ({ name }) => textCell(name || null, null, { otherwise: msg('not known') }),
      },
      {
        name: 'email',
        label: msg('E-mail'),
        cell: ({ email }) => textCell(email || null, null, { otherwise: msg('not known') }),
      },
      {
        name: 'lms-user-id',
        label: msg('LMS user id'),
        isNumber: true,
        cell: ({ lmsUserId }) =>
          textCell(lmsUserId === null ? null : String(lmsUserId), null, { otherwise: msg('not known') }),
      },
      {
        name: 'account',
        label: msg('Account'),
        cell: ({ isActive }) => textCell(isActive ? words('active') : words('not active')),
      },
      count('awarded', msg('Awarded')),
      count('in-progress', msg('In progress')),
      { name: 'as-of', label: msg('As of'), cell: ({ asOf }) => timeCell(shownInstant(asOf)) },
    ],
    search: {
      label: LEARNER_SEARCH,
      help: msg(
        'The beginning of a username or an e-mail address, or an LMS user id. Somebody whose events never counted for a badge is not here; look for their events.',
      ),
      where: async (text) => learnerWhere(text),
    },
    filters: [
      {
        name: 'account',
        label: msg('Account'),
        any: msg('Any'),
        choices: () => [
          { value: 'active', word: words('Active') },
          { value: 'inactive', word: words('Not active') },
        ],
        where: (account) => [{ field: 'isActive', in: [account === 'active'] }],
      },
    ],
    order: { field: 'username', descending: false },
    actionAccess: 'operate',
    actions: learnerActions(services),
    nothingMatches: msg('Write less of the name, or look for the events of somebody for whom none has counted.'),
    empty: {
      title: msg('Nobody yet'),
      text: msg('Learners appear here when the first event of theirs counts for a badge.'),
      links: [{ text: msg('See the events'), href: '/events' }],
    },
  };
}
