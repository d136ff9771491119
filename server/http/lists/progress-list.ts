/** The list of progress: who is how far on which badge. */

import type { Effect, Progress } from '../../../plugin/ports/progress-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { learnerPath, whyPath } from '../pages/progress.ts';
import type { Services } from '../services.ts';
import { progressStatus, shownInstant, shownTime } from '../words/format.ts';
import { type CellPart, textCell, timeCell } from './cells.ts';
import { badgeFilter, statusFilter } from './filters.ts';
import {
  badgeNames,
  findLearners,
  LEARNER_HELP,
  LEARNER_SEARCH,
  learnersById,
  whoseProgress,
} from './find-learners.ts';
import type { List } from './list.ts';

const STATUSES = ['in-progress', 'awarded', 'revoked', 'none'] as const;
const EFFECT_STATES = { pending: msg('Pending effects'), failed: msg('Failed effects') };

interface Context {
  readonly usernames: ReadonlyMap<string, string>;
  readonly names: ReadonlyMap<string, string>;
}

type ListServices = Pick<Services, 'progress' | 'learners' | 'badges'>;

export function progressList(services: ListServices): List<Progress, Context> {
  const { progress } = services;
  return {
    path: '/progress',
    access: 'look',
    title: msg('Progress'),
    section: 'progress',
    noun: [msg('{count} record of progress'), msg('{count} records of progress')],
    links: [
      { text: msg('Learners'), href: '/learners' },
      { text: msg('Issued badges'), href: '/issued-badges' },
    ],
    records: progress.records,
    async load(rows) {
      const people = await learnersById(
        services,
        rows.map(({ learnerId }) => learnerId),
      );
      return {
        usernames: new Map([...people].map(([id, { username }]) => [id, username])),
        names: await badgeNames(services),
      };
    },
    idOf: ({ learnerId, badgeId }) => `${learnerId}-${badgeId}`,
    columns: [
      {
        name: 'learner',
        label: msg('Learner'),
        cell: ({ learnerId }, { usernames }) =>
          textCell(usernames.get(learnerId) ?? words('removed learner'), learnerPath(learnerId)),
      },
      {
        name: 'badge',
        label: msg('Badge'),
        cell({ learnerId, badgeId }, { usernames, names }) {
          const [badge, learner] = [
            names.get(badgeId) ?? badgeId,
            usernames.get(learnerId) ?? words('removed learner'),
          ] as const;
          const note = {
            ...{ text: words('Why?'), href: whyPath(learnerId, badgeId) },
            hidden: words('{learner}, {badge}', { learner, badge }),
          };
          return textCell(badge, null, { note });
        },
      },
      {
        name: 'status',
        label: msg('Status'),
        order: 'status',
        hasFewValues: true,
        cell: (row) => ({ parts: [{ kind: 'status', status: progressStatus(row) } as const], otherwise: msg('none') }),
      },
      {
        name: 'groups',
        label: msg('Groups'),
        noteLabel: 'Share',
        cell: ({ outcome }) => ({
          parts: Object.entries(outcome.groups).map(
            ([text, fulfilled]): CellPart => ({ kind: 'group', text, fulfilled }),
          ),
          otherwise: msg('none'),
          note: { text: words('{percent} %', { percent: Math.round(outcome.progress * 100) }) },
        }),
      },
      {
        name: 'awarded',
        label: msg('Award date'),
        cell: ({ outcome }) => timeCell(shownInstant(outcome.awardedAt), msg('none')),
      },
      {
        name: 'effects',
        label: msg('Effects'),
        cell: (row) => ({ parts: openEffectParts(row), otherwise: msg('none open') }),
      },
      {
        name: 'changed',
        label: msg('Last change'),
        order: 'updatedAt',
        cell: ({ updatedAt }) => timeCell(shownTime(updatedAt)),
      },
    ],
    search: { label: LEARNER_SEARCH, help: LEARNER_HELP, where: (text) => whoseProgress(services, text) },
    filters: [
      badgeFilter(services),
      statusFilter(STATUSES),
      {
        name: 'effects',
        label: msg('Effects'),
        any: msg('Any'),
        choices: () => Object.entries(EFFECT_STATES).map(([value, word]) => ({ value, word: words(word) })),
        where: (state) => [{ field: 'effects', in: [state] }],
      },
    ],
    date: { field: 'updatedAt', label: msg('Last change') },
    order: { field: 'updatedAt', descending: true },
    nothingMatches: msg('Choose fewer filters, or search by the beginning of a username or an e-mail address.'),
    empty: {
      title: msg('No progress yet'),
      text: msg(
        'Learners appear here when the first event fulfils a requirement of an active badge. The system page shows whether events can arrive.',
      ),
      links: [
        { text: msg('See the badges'), href: '/badges' },
        { text: msg('See whether events can arrive'), href: '/system' },
      ],
    },
    /** A learner without any progress can be found too: the page about them says why there is none. */
    async notes({ search }) {
      if (search === undefined) return [];
      const found = (await findLearners(services, search)).slice(0, 10);
      const without = await Promise.all(
        found.map(async ({ id, username }) =>
          (await progress.ofLearner(id)).length === 0 ? [{ text: username, href: learnerPath(id) }] : [],
        ),
      );
      const links = without.flat();
      return links.length > 0 ? [{ text: msg('Without progress among these:'), links }] : [];
    },
  };
}

function openEffectParts({ effects }: Progress): readonly CellPart[] {
  const countOf = (state: Effect['state']): number => effects.filter((effect) => effect.state === state).length;
  const [failed, pending] = [countOf('failed'), countOf('pending')];
  const [bad, busy] = [words('{count} failed', { count: failed }), words('{count} pending', { count: pending })];
  return [
    ...(failed > 0 ? [{ kind: 'status' as const, status: { word: bad, tone: 'bad' as const } }] : []),
    ...(pending > 0 ? [{ kind: 'status' as const, status: { word: busy, tone: 'busy' as const } }] : []),
  ];
}
