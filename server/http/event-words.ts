/** What became of an event, in words for pages and commands. */

import type { Door, EventOutcome, IgnoredReason } from '../../plugin/ports/event-log.ts';

const doorWords: Readonly<Record<Door, string>> = {
  amqp: 'RabbitMQ',
  http: 'HTTP (POST /events)',
  file: 'a file (laurel events send)',
  demo: 'the demonstration',
  test: 'the page for test events',
};

const ignoredWords: Readonly<Record<IgnoredReason, string>> = {
  'no-match': 'No requirement or penalty of an active badge matched it.',
  'no-learner': 'Its type names no learner, so no rule can use it.',
  'badges-disabled': 'Badges were switched off (LAUREL_BADGES_ENABLED).',
  'retired-learner': 'Its learner was retired: nothing of it is kept but that it came.',
};

export function shownDoor(door: Door): string {
  return doorWords[door];
}

/** @returns null where the badges say it */
export function outcomeReason(outcome: EventOutcome): string | null {
  switch (outcome.kind) {
    case 'matched':
      return null;
    case 'ignored':
      return ignoredWords[outcome.reason];
    case 'failed':
    case 'dead':
      return `${outcome.message.charAt(0).toUpperCase()}${outcome.message.slice(1)} (${outcome.code})`;
  }
}
