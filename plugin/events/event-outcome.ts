/** What the two implementations of the event log must agree on. */

import { type Instant, toInstant } from '../../dsl/index.ts';
import { InputError } from '../errors.ts';
import {
  type EventEntry,
  type EventOutcome,
  type LearnerIdentity,
  type OutcomeKind,
  outcomeKinds,
} from '../ports/event-log.ts';
import type { EventUser } from './event.ts';

/** Whether `next` says more than what is known: a success after failures, never the other way round. */
export function completes(next: OutcomeKind, known: OutcomeKind): boolean {
  return outcomeKinds.indexOf(next) > outcomeKinds.indexOf(known);
}

export function whyOf(outcome: EventOutcome): string | null {
  if (outcome.kind === 'matched') return null;
  return outcome.kind === 'ignored' ? outcome.reason : outcome.code;
}

/** Whom an entry is about, as one text to find it by; null: nobody. Until an event matches, all that is known is whom it
 *  names itself: by the LMS user id, where it has one, since that survives a rename. */
export function subjectOf({ event: { user }, learnerId }: Pick<EventEntry, 'event' | 'learnerId'>): string | null {
  if (learnerId !== null) return `${LEARNER}${learnerId}`;
  return user === null ? null : userSubject(user);
}

/** Every subject under which entries of the learner may stand. */
export function subjectsOf({ id, lmsUserId, username }: LearnerIdentity): readonly string[] {
  const byName = [`${LEARNER}${id}`, userSubject({ lmsUserId: null, username })];
  return lmsUserId === null ? byName : [...byName, userSubject({ lmsUserId, username })];
}

/** The learner's id in a subject, where it is known. */
export function learnerIdOf(subject: string | null): string | null {
  return subject?.startsWith(LEARNER) ? subject.slice(LEARNER.length) : null;
}

const LEARNER = 'learner:';

function userSubject({ lmsUserId, username }: Pick<EventUser, 'lmsUserId' | 'username'>): string {
  return lmsUserId === null ? `name:${username}` : `id:${lmsUserId}`;
}

/** A place in a list that is ordered by a time and an id, as a text that can travel in an address. */
export interface Place<Time> {
  readonly time: Time;
  readonly id: string;
}

export function eventPlace({ event: { time, id } }: EventEntry): string {
  return placeText(time, id);
}

export function receiptPlace({ receivedAt, event: { id } }: EventEntry): string {
  return placeText(receivedAt.toISOString(), id);
}

/** @throws InputError `input.cursor-invalid` */
export function parseEventPlace(text: string): Place<Instant> {
  const { time, id } = parsePlace(text);
  const instant = toInstant(time);
  if (instant === null) throw noSuchPlace();
  return { time: instant, id };
}

/** @throws InputError `input.cursor-invalid` */
export function parseReceiptPlace(text: string): Place<Date> {
  const { time, id } = parsePlace(text);
  if (Number.isNaN(Date.parse(time))) throw noSuchPlace();
  return { time: new Date(time), id };
}

function placeText(time: string, id: string): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url');
}

function parsePlace(text: string): Place<string> {
  try {
    const [time, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof time === 'string' && typeof id === 'string') return { time, id };
  } catch {
    // Text that is not JSON is as unusable as JSON of another shape.
  }
  throw noSuchPlace();
}

function noSuchPlace(): InputError {
  return new InputError('cursor-invalid', 'the list has no such page; start again at its beginning');
}
