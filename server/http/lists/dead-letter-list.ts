/** Dead letters as a list, and what is done to many of them. */

import { LETTERS_PER_SECOND } from '../../../plugin/dead-letters/replay-job.ts';
import { ConflictError } from '../../../plugin/errors.ts';
import { DEAD_LETTER_STATES, type DeadLetterSummary, type ReplayOutcome } from '../../../plugin/ports/dead-letters.ts';
import { msg, words } from '../../../plugin/words.ts';
import { letterPath, shownForecast } from '../pages/dead-letter-rows.ts';
import type { Services } from '../services.ts';
import { shortEventType, shownStatus, shownTime } from '../words/format.ts';
import { numberCell, statusCell, textCell, timeCell } from './cells.ts';
import { estimateFrom } from './estimates.ts';
import { stateFilter } from './filters.ts';
import type { BulkAction, List } from './list.ts';

const HOUR = 3_600_000;
const AGES = { '1h': HOUR, '1d': 24 * HOUR, '7d': 7 * 24 * HOUR };
const AGE_WORDS = { '1h': msg('Older than an hour'), '1d': msg('Older than a day'), '7d': msg('Older than a week') };

type ListServices = Pick<Services, 'deadLetters' | 'replays' | 'clock'>;

export function deadLetterList(services: ListServices): List<DeadLetterSummary> {
  const { deadLetters, clock } = services;
  const { known } = estimateFrom(
    () => deadLetters.openCounts(),
    () => ({}),
  );
  const openOnes = async (key: 'reason' | 'eventType') =>
    [...new Set((await known()).flatMap((count) => count[key] ?? []))].sort();
  return {
    path: '/dead-letters',
    access: 'look',
    title: msg('Dead letters'),
    titleWithin: msg('dead letters'),
    section: 'events',
    breadcrumbs: [{ text: words('Events'), href: '/events' }],
    noun: [msg('{count} dead letter'), msg('{count} dead letters')],
    lead: msg(
      'Messages from RabbitMQ that could not be processed. Each stays here until it has been replayed or discarded.',
    ),
    links: [{ text: msg('Jobs'), href: '/jobs' }],
    records: deadLetters.records,
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'type',
        label: msg('Event'),
        noteLabel: 'Event id',
        cell: ({ id, eventType, eventId }) => ({
          parts: [
            {
              kind: 'text',
              text: eventType === null ? words('no type') : shortEventType(eventType),
              href: letterPath(id),
              breaksAtDots: true,
            },
          ],
          otherwise: msg('none'),
          note: { text: eventId ?? words('no id') },
        }),
      },
      {
        name: 'reason',
        label: msg('Reason'),
        noteLabel: 'Reason code',
        cell: ({ reason }) =>
          textCell(reason.message, null, { isProse: true, isEnglish: true, note: { text: reason.code } }),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        cell: ({ state }) => statusCell(shownStatus(state)),
      },
      { name: 'attempts', label: msg('Attempts'), isNumber: true, cell: ({ attempts }) => numberCell(attempts) },
      { name: 'replays', label: msg('Tried again'), isNumber: true, cell: ({ replays }) => numberCell(replays) },
      { name: 'died', label: msg('Died'), order: 'diedAt', cell: ({ diedAt }) => timeCell(shownTime(diedAt)) },
    ],
    filters: [
      { ...stateFilter(DEAD_LETTER_STATES), initial: 'open' },
      {
        name: 'reason',
        label: msg('Reason'),
        any: msg('Any reason'),
        isOpen: true,
        choices: async () => (await openOnes('reason')).map((value) => ({ value, word: value })),
        where: (reason) => [{ field: 'reason', in: [reason] }],
      },
      {
        name: 'type',
        label: msg('Event type'),
        any: msg('Any type'),
        isOpen: true,
        choices: async () => (await openOnes('eventType')).map((value) => ({ value, word: shortEventType(value) })),
        where: (type) => [{ field: 'type', in: [type] }],
      },
      {
        name: 'age',
        label: msg('Age'),
        any: msg('Any age'),
        choices: () => Object.entries(AGE_WORDS).map(([value, word]) => ({ value, word: words(word) })),
        where: (age) => [{ field: 'diedAt', before: new Date(clock.now().getTime() - AGES[age as keyof typeof AGES]) }],
      },
    ],
    date: { field: 'diedAt', label: msg('Died') },
    order: { field: 'diedAt', descending: true },
    nothingMatches: msg('Choose fewer filters, or another state.'),
    empty: {
      title: msg('No dead letters'),
      text: msg('Every message that has arrived was processed or is on its way.'),
      links: [{ text: msg('See the events'), href: '/events' }],
    },
    actionAccess: 'operate',
    actions: [replaying(services), discarding(services)],
  };
}

const became: Readonly<Record<ReplayOutcome, string>> = {
  applied: msg('changed progress'),
  unchanged: msg('known already'),
  ignored: msg('ignored'),
  failed: msg('failed again'),
};
const LEFT_ALONE = msg('left alone');

function replaying({ replays }: ListServices): BulkAction<DeadLetterSummary> {
  return {
    name: 'replay',
    label: msg('Replay'),
    audited: 'dead-letters.replayed',
    perSecond: LETTERS_PER_SECOND,
    consequence: msg(
      'Each goes through the pipeline again. Events that were processed before change nothing; what fails again stays open. Those that are settled are left alone.',
    ),
    async foresee({ id, state }) {
      if (state !== 'open') return { word: words('is settled; would be left alone'), note: null };
      const { text, message } = shownForecast(await replays.forecastLetter(id));
      return { word: words(text), note: message };
    },
    async run({ id, state }, { actor }) {
      if (state !== 'open') return LEFT_ALONE;
      try {
        return became[(await replays.letter(id, actor)).outcome];
      } catch (error) {
        // Somebody was faster.
        if (error instanceof ConflictError) return LEFT_ALONE;
        throw error;
      }
    },
  };
}

function discarding({ deadLetters, clock }: ListServices): BulkAction<DeadLetterSummary> {
  return {
    name: 'discard',
    label: msg('Discard'),
    isFinal: true,
    audited: 'dead-letters.discarded',
    needsReason: true,
    consequence: msg(
      'They are never processed. They stay in the list of the discarded, with the reason, until they expire. Those that are settled are left alone.',
    ),
    async run({ id }, { actor, reason }) {
      const count = await deadLetters.discard({ ids: [id] }, { at: clock.now(), by: actor, note: reason });
      return count === 1 ? msg('discarded') : LEFT_ALONE;
    },
  };
}
