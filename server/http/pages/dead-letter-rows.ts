/** Dead letters as their pages show them. */

import type { DeadLetterSummary, Replay } from '../../../plugin/ports/dead-letters.ts';
import { shortEventType, shownNumber, shownStatus, shownTime } from '../format.ts';

export function letterPath(id: string): string {
  return `/dead-letters/${encodeURIComponent(id)}`;
}

export function letterRow(letter: DeadLetterSummary) {
  return {
    id: letter.id,
    href: letterPath(letter.id),
    type: letter.eventType === null ? 'no type' : shortEventType(letter.eventType),
    eventId: letter.eventId,
    reason: letter.reason,
    status: shownStatus(letter.state),
    attempts: shownNumber(letter.attempts),
    replays: letter.replays,
    diedAt: shownTime(letter.diedAt),
  };
}

const did: Readonly<Record<Replay['outcome'], string>> = {
  applied: 'It changed the progress of a learner.',
  unchanged: 'It had been processed before, so nothing changed.',
  ignored: 'No active rule is about it, so nothing changed.',
  failed: 'It failed again.',
};
const would: Readonly<Record<Replay['outcome'], string>> = {
  applied: 'would change progress',
  unchanged: 'was processed before; would change nothing',
  ignored: 'no active rule is about it; would change nothing',
  failed: 'would fail again',
};

export function shownReplay({ at, by, outcome, code, message }: Replay) {
  return { at: shownTime(at), by, text: did[outcome], code, message };
}

export function shownForecast({ outcome, code, message }: Pick<Replay, 'outcome' | 'code' | 'message'>) {
  return { text: would[outcome], code, message, fails: outcome === 'failed' };
}
