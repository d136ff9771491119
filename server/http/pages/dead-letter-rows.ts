/** Dead letters as their pages show them. */

import type { DeadLetterSummary, Replay } from '../../../plugin/ports/dead-letters.ts';
import { msg, words } from '../../../plugin/words.ts';
import { shortEventType, shownStatus, shownTime } from '../words/format.ts';

export function letterPath(id: string): string {
  return `/dead-letters/${encodeURIComponent(id)}`;
}

export function letterRow(letter: DeadLetterSummary) {
  return {
    id: letter.id,
    href: letterPath(letter.id),
    type: letter.eventType === null ? words('no type') : shortEventType(letter.eventType),
    eventId: letter.eventId,
    reason: letter.reason,
    status: shownStatus(letter.state),
    attempts: letter.attempts,
    replays: letter.replays,
    diedAt: shownTime(letter.diedAt),
  };
}

const did: Readonly<Record<Replay['outcome'], string>> = {
  applied: msg('It changed the progress of a learner.'),
  unchanged: msg('It had been processed before, so nothing changed.'),
  ignored: msg('No active rule is about it, so nothing changed.'),
  failed: msg('It failed again.'),
};
const would: Readonly<Record<Replay['outcome'], string>> = {
  applied: msg('would change progress'),
  unchanged: msg('was processed before; would change nothing'),
  ignored: msg('no active rule is about it; would change nothing'),
  failed: msg('would fail again'),
};

export function shownReplay({ at, by, outcome, code, message }: Replay) {
  return { at: shownTime(at), by, text: did[outcome], code, message };
}

export function shownForecast({ outcome, code, message }: Pick<Replay, 'outcome' | 'code' | 'message'>) {
  return { text: would[outcome], code, message, fails: outcome === 'failed' };
}
