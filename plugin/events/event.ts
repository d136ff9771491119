/** An event of the LMS, decoded and checked against the catalogue; the form the whole pipeline speaks. */

import type { Instant } from '../../dsl/index.ts';
import type { TraceContext } from '../ports/trace-context.ts';

/** The learner as an event's `UserData` names them. */
export interface EventUser {
  /** LMS user id; null where the event carries none (0 or absent). */
  readonly lmsUserId: number | null;
  readonly username: string;
  readonly email: string;
  readonly name: string;
  readonly isActive: boolean;
}

export interface LmsEvent {
  /** Identifies the event wherever and however often it arrives. */
  readonly id: string;
  readonly type: string;
  /** CloudEvents source, e.g. `/openedx/lms/web`. */
  readonly source: string;
  readonly time: Instant;
  /** The object under the event data's one top-level field. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** null: the event type concerns no learner. */
  readonly user: EventUser | null;
  /** The work that it came about in; left out: it says nothing of it. */
  readonly trace?: TraceContext;
}
