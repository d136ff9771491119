/** The list of events. */

import { subjectsOf } from '../../../plugin/events/event-outcome.ts';
import { type EventEntry, type OutcomeKind, outcomeKinds } from '../../../plugin/ports/event-log.ts';
import type { Learner } from '../../../plugin/ports/learner-store.ts';
import type { Condition } from '../../../plugin/ports/records.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createKnownCourses } from '../credentials/known-courses.ts';
import { eventPath, shownLearner } from '../pages/events.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { outcomeReason } from '../words/event-words.ts';
import { shortEventType, shownInstant, shownStatus, shownTime } from '../words/format.ts';
import { linksCell, statusCell, textCell, timeCell } from './cells.ts';
import { badgeNames, findLearners, LEARNER_SEARCH, learnersById } from './find-learners.ts';
import type { List } from './list.ts';

const HOUR = 3_600_000;
/** What the list looks at unless asked for more. */
const PERIODS = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR };
const PERIOD_WORDS = { hour: msg('Last hour'), day: msg('Last 24 hours'), week: msg('Last 7 days') };
const shownOutcomes: readonly OutcomeKind[] = [...outcomeKinds].reverse();

interface Context {
  readonly people: ReadonlyMap<string, Learner>;
  readonly names: ReadonlyMap<string, string>;
}

type ListServices = Pick<Services, 'events' | 'learners' | 'badges' | 'clock' | 'environment'>;

export function eventList(services: ListServices): List<EventEntry, Context> {
  const { events, clock, environment } = services;
  const courses = createKnownCourses(events);
  return {
    path: '/events',
    access: 'look',
    title: msg('Events'),
    section: 'events',
    noun: [msg('{count} event'), msg('{count} events')],
    lead: msg('What came in from the LMS and what became of it.'),
    links: [
      { text: msg('Dead letters'), href: '/dead-letters' },
      { text: msg('Send a test event'), href: '/test-event', access: 'operate' },
    ],
    records: events.records,
    onlyGrows: true,
    load: async (rows) => ({
      people: await learnersById(
        services,
        rows.map(({ learnerId }) => learnerId),
      ),
      names: await badgeNames(services),
    }),
    idOf: ({ event }) => event.id,
    columns: [
      {
        name: 'type',
        label: msg('Event'),
        order: 'type',
        hasFewValues: true,
        cell: ({ event }) => ({
          parts: [
            { kind: 'text', text: shortEventType(event.type), href: eventPath(event.id), breaksAtDots: true } as const,
          ],
          otherwise: msg('none'),
        }),
      },
      {
        name: 'learner',
        label: msg('Learner'),
        cell: (entry, { people }) => {
          const learner = shownLearner(entry, people);
          return textCell(learner?.name ?? null, learner?.href, { otherwise: msg('nobody') });
        },
      },
      {
        name: 'outcome',
        label: msg('Outcome'),
        order: 'outcome',
        hasFewValues: true,
        noteLabel: 'Reason',
        cell({ outcome }) {
          const reason = outcomeReason(outcome);
          return statusCell(shownStatus(outcome.kind), reason, typeof reason === 'string');
        },
      },
      {
        name: 'badges',
        label: msg('Badges'),
        cell: ({ outcome }, { names }) =>
          linksCell(
            (outcome.kind === 'matched' ? outcome.badgeIds : []).map((id) => ({
              text: names.get(id) ?? id,
              href: names.has(id) ? badgePath(id) : null,
            })),
          ),
      },
      {
        name: 'received',
        label: msg('Received'),
        order: 'receivedAt',
        cell: ({ receivedAt }) => timeCell(shownTime(receivedAt)),
      },
      { name: 'happened', label: msg('Happened'), cell: ({ event }) => timeCell(shownInstant(event.time)) },
    ],
    search: {
      label: LEARNER_SEARCH,
      help: msg(
        'The beginning of a username or an e-mail address, or an LMS user id. Somebody whose events never counted for a badge is found by the whole username.',
      ),
      where: (text) => whose(services, text),
    },
    filters: [
      {
        name: 'id',
        label: msg('Event id'),
        any: '',
        isWritten: true,
        looksEverywhere: true,
        choices: () => [],
        where: (id) => [{ field: 'id', in: [id] }],
      },
      {
        name: 'type',
        label: msg('Type'),
        any: msg('All types'),
        field: 'type',
        isOpen: true,
        choices: () =>
          [...environment.eventTypes.keys()].sort().map((type) => ({ value: type, word: shortEventType(type) })),
        where: (type) => [{ field: 'type', in: [type] }],
      },
      {
        name: 'course',
        label: msg('Course key'),
        any: '',
        isWritten: true,
        choices: async () => (await courses()).map((value) => ({ value, word: value })),
        where: (course) => [{ field: 'course', in: [course] }],
      },
      {
        name: 'outcome',
        label: msg('Outcome'),
        any: msg('Any outcome'),
        choices: () => shownOutcomes.map((kind) => ({ value: kind, word: words(shownStatus(kind).word) })),
        where: (outcome) => [{ field: 'outcome', in: [outcome] }],
      },
      {
        name: 'period',
        label: msg('Received'),
        any: msg('All that is kept'),
        initial: 'week',
        choices: () => Object.entries(PERIOD_WORDS).map(([value, word]) => ({ value, word: words(word) })),
        where: (period) => [
          {
            field: 'receivedAt',
            from: new Date(clock.now().getTime() - PERIODS[period as keyof typeof PERIODS]),
          },
        ],
      },
    ],
    date: { field: 'receivedAt', label: msg('Received') },
    order: { field: 'receivedAt', descending: true },
    nothingMatches: msg('Choose fewer filters or a longer time.'),
    empty: {
      title: msg('No events in the last 7 days'),
      text: msg(
        'Events come in from RabbitMQ, by POST /events and from files with laurel events send. The system page shows whether they can arrive.',
      ),
      links: [
        { text: msg('Show all that is kept'), href: '/events?period=all' },
        { text: msg('See whether events can arrive'), href: '/system' },
      ],
    },
  };
}

/** Whose events are asked for: learners as on other pages, else a user of whom nothing has matched yet. */
async function whose(services: ListServices, text: string): Promise<readonly Condition[]> {
  const found = await findLearners(services, text);
  const isLmsId = /^\d{1,15}$/.test(text);
  const people = found.length > 0 || !isLmsId ? found : [{ id: '', username: '', lmsUserId: Number(text) }];
  return people.length > 0
    ? [{ field: 'subject', in: people.flatMap(subjectsOf) }]
    : [{ field: 'username', in: [text] }];
}
