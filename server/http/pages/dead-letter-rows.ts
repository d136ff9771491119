/** Dead letters as their pages show them. */

import type { Request } from 'express';
import {
  DEAD_LETTER_STATES,
  type DeadLetterFilter,
  type DeadLetterState,
  type DeadLetterSummary,
  type Replay,
  type ReplayOutcome,
} from '../../../plugin/ports/dead-letters.ts';
import { shortEventType, shownNumber, shownStatus, shownTime } from '../format.ts';
import { queryChoice, queryText, queryTexts } from '../forms.ts';

const HOUR_MS = 3_600_000;

/** Ages that the filter offers. */
export const AGES = [
  { value: '1h', word: 'older than an hour', ms: HOUR_MS },
  { value: '1d', word: 'older than a day', ms: 24 * HOUR_MS },
  { value: '7d', word: 'older than a week', ms: 7 * 24 * HOUR_MS },
] as const;

/** What the address says: filters as they stand in it. */
export interface LetterQuery {
  readonly state: DeadLetterState;
  readonly reason: string | undefined;
  readonly type: string | undefined;
  readonly age: (typeof AGES)[number]['value'] | undefined;
}

export function letterQuery(req: Request): LetterQuery {
  return {
    state: queryChoice(req, 'state', DEAD_LETTER_STATES) ?? 'open',
    reason: queryText(req, 'reason'),
    type: queryText(req, 'type'),
    age: queryChoice(
      req,
      'age',
      AGES.map(({ value }) => value),
    ),
  };
}

export function filterOf({ state, reason, type, age }: LetterQuery, now: Date): DeadLetterFilter {
  const ageMs = AGES.find(({ value }) => value === age)?.ms;
  return {
    state,
    reason,
    eventType: type,
    diedUntil: ageMs === undefined ? undefined : new Date(now.getTime() - ageMs),
  };
}

const MAX_CHOSEN = 100;

/** @returns the letters ticked in the list; undefined: the filters decide */
export function chosenIds(req: Request): readonly string[] | undefined {
  if (queryText(req, 'scope') !== 'selected') return undefined;
  return queryTexts(req, 'id').slice(0, MAX_CHOSEN);
}

/** A choice of letters as one hidden field of a form, and back. */
export function packFilter({ reason, eventType, diedUntil, ids }: Omit<DeadLetterFilter, 'state'>): string {
  return JSON.stringify({ reason, eventType, diedUntil, ids });
}

/** @returns null for what `packFilter` did not write: it must never choose more than a person saw */
export function unpackFilter(text: string): Omit<DeadLetterFilter, 'state'> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { reason, eventType, diedUntil, ids, ...others } = value as Record<string, unknown>;
  const until = new Date(typeof diedUntil === 'string' ? diedUntil : Number.NaN);
  const isText = (one: unknown): boolean => typeof one === 'string';
  const wrong =
    Object.keys(others).length > 0 ||
    [reason, eventType].some((one) => one !== undefined && !isText(one)) ||
    (ids !== undefined && !(Array.isArray(ids) && ids.length <= MAX_CHOSEN && ids.every(isText))) ||
    Number.isNaN(until.getTime());
  if (wrong) return null;
  return {
    diedUntil: until,
    ...(reason !== undefined && { reason: reason as string }),
    ...(eventType !== undefined && { eventType: eventType as string }),
    ...(ids !== undefined && { ids: ids as string[] }),
  };
}

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

export function shownForecastCounts(counts: Readonly<Record<ReplayOutcome, number>>) {
  return (Object.keys(would) as Replay['outcome'][]).map((outcome) => ({
    text: would[outcome],
    count: shownNumber(counts[outcome]),
  }));
}
