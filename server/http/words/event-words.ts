/** What became of an event, in words for pages and commands. */

import type { Door, EventOutcome, IgnoredReason } from '../../../plugin/ports/event-log.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';

const doorWords: Readonly<Record<Door, string>> = {
  amqp: 'RabbitMQ',
  http: 'HTTP (POST /events)',
  file: msg('a file (laurel events send)'),
  demo: msg('the demonstration'),
  test: msg('the page for test events'),
};

const ignoredWords: Readonly<Record<IgnoredReason, string>> = {
  'no-match': msg('No requirement or penalty of an active badge matched it.'),
  'no-learner': msg('Its type names no learner, so no rule can use it.'),
  'badges-disabled': msg('Badges were switched off (LAUREL_BADGES_ENABLED).'),
  'retired-learner': msg('Its learner was retired: nothing of it is kept but that it came.'),
};

export function shownDoor(door: Door): string {
  return doorWords[door];
}

/** @returns null where the badges say it; a text alone is what the error said when it was written down */
export function outcomeReason(outcome: EventOutcome): Words | null {
  switch (outcome.kind) {
    case 'matched':
      return null;
    case 'ignored':
      return words(ignoredWords[outcome.reason]);
    case 'failed':
    case 'dead':
      return `${outcome.message.charAt(0).toUpperCase()}${outcome.message.slice(1)} (${outcome.code})`;
  }
}
