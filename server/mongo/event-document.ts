/** An entry of the event log as MongoDB keeps it. */

import type { Instant } from '../../dsl/index.ts';
import { courseOf } from '../../plugin/events/course-of.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { learnerIdOf, subjectOf, whyOf } from '../../plugin/events/event-outcome.ts';
import type { Door, EventEntry, EventOutcome, IgnoredReason, OutcomeKind } from '../../plugin/ports/event-log.ts';
import type { TraceContext } from '../../plugin/ports/trace-context.ts';

export interface EventDocument {
  readonly _id: string;
  readonly type: string;
  readonly source: string;
  /** Instant: fixed-width, so that it sorts as text. */
  readonly time: string;
  readonly receivedAt: Date;
  readonly door: Door;
  /** `subjectOf`; left out where the event concerns nobody. */
  readonly subject?: string;
  /** `courseOf`; left out where it is about none, and in events of before. */
  readonly course?: string;
  /** The user as the event names them. */
  readonly username?: string;
  /** Payload and user as JSON: a payload may use names that no document can (dots, dollar signs, NUL), and one text is
   *  smaller and faster to write than the tree. Nobody searches in it. */
  readonly data: string;
  readonly outcome: OutcomeKind;
  readonly why?: string;
  readonly message?: string;
  readonly badgeIds?: readonly string[];
  readonly ruleRevision: number;
  readonly trace?: TraceContext;
}

/** Field by field: of every event, and spreading what may be there takes as long as encoding it. */
export function toDocument(entry: EventEntry): EventDocument {
  const { id, type, source, time, payload, user, trace } = entry.event;
  const { receivedAt, door, outcome, ruleRevision } = entry;
  const document: { -readonly [Field in keyof EventDocument]: EventDocument[Field] } = {
    _id: id,
    type,
    source,
    time,
    receivedAt,
    door,
    data: JSON.stringify({ payload, user }),
    outcome: outcome.kind,
    ruleRevision,
  };
  const subject = subjectOf(entry);
  const course = courseOf(payload);
  const why = whyOf(outcome);
  if (subject !== null) document.subject = subject;
  if (course !== null) document.course = course;
  if (user !== null) document.username = user.username;
  if (why !== null) document.why = why;
  if ('message' in outcome) document.message = outcome.message;
  if ('badgeIds' in outcome) document.badgeIds = outcome.badgeIds;
  if (trace !== undefined) document.trace = trace;
  return document;
}

/** The update that completes a stored outcome. */
export function outcomeFields(next: EventDocument) {
  const { outcome, why, message, badgeIds, ruleRevision, subject } = next;
  const set = { outcome, ruleRevision, ...(learnerIdOf(subject ?? null) === null ? {} : { subject }) };
  const rest = { why, message, badgeIds };
  const present = Object.entries(rest).filter(([, value]) => value !== undefined);
  const absent = Object.entries(rest).filter(([, value]) => value === undefined);
  return {
    $set: { ...set, ...Object.fromEntries(present) },
    $unset: Object.fromEntries(absent.map(([name]) => [name, ''])),
  };
}

export function toEntry(document: EventDocument): EventEntry {
  const { _id: id, type, source, time, receivedAt, door, ruleRevision, trace } = document;
  const { payload, user } = JSON.parse(document.data) as Pick<LmsEvent, 'payload' | 'user'>;
  return {
    event: { id, type, source, time: time as Instant, payload, user, ...(trace && { trace }) },
    receivedAt,
    door,
    learnerId: learnerIdOf(document.subject ?? null),
    outcome: toOutcome(document),
    ruleRevision,
  };
}

function toOutcome({ outcome, why = '', message = '', badgeIds = [] }: EventDocument): EventOutcome {
  if (outcome === 'matched') return { kind: outcome, badgeIds };
  if (outcome === 'ignored') return { kind: outcome, reason: why as IgnoredReason };
  return { kind: outcome, code: why, message };
}
