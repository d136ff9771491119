/** The event log: every accepted event once, with what became of it. Replay, "why?" and the pages read it. */

import type { Instant } from '../../dsl/index.ts';
import type { LmsEvent } from '../events/event.ts';
import type { Learner, Page } from './learner-store.ts';
import type { Records } from './records.ts';

/** How an event came in. */
export const doors = ['amqp', 'http', 'file', 'demo', 'test'] as const;
export type Door = (typeof doors)[number];

export type IgnoredReason = 'no-learner' | 'no-match' | 'badges-disabled' | 'retired-learner';

/** From the least to the most that may be known: a later delivery completes an entry, and never takes back. */
export const outcomeKinds = ['failed', 'dead', 'ignored', 'matched'] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

export type EventOutcome =
  /** Counted for these badges. */
  | { readonly kind: 'matched'; readonly badgeIds: readonly string[] }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason }
  /** `failed`: is or will be tried again; `dead`: given up, it lies with the dead letters. Never personal data. */
  | { readonly kind: 'failed' | 'dead'; readonly code: string; readonly message: string };

export interface EventEntry {
  readonly event: LmsEvent;
  /** By the clock of the server that took it in first. */
  readonly receivedAt: Date;
  readonly door: Door;
  /** Known where the event matched. An event that matched nothing is still found by its user (`LearnerIdentity`). */
  readonly learnerId: string | null;
  readonly outcome: EventOutcome;
  /** `BadgeStore.revision` of the rules it met. */
  readonly ruleRevision: number;
}

/** What finds the events of a learner, also those from before they matched anything. */
export type LearnerIdentity = Pick<Learner, 'id' | 'username' | 'lmsUserId'>;

export interface EventTimeFilter {
  readonly types?: readonly string[];
  /** Time of the event, inclusive. */
  readonly from?: Instant;
  /** Time of the event, exclusive. */
  readonly to?: Instant;
}

export interface EventScan extends EventTimeFilter {
  /** Inclusive. */
  readonly receivedFrom?: Date;
  /** Exclusive. */
  readonly receivedTo?: Date;
  readonly learner?: LearnerIdentity;
}

export interface ScannedEvent {
  readonly entry: EventEntry;
  /** Hand it back to go on behind this entry, in another process if need be. */
  readonly cursor: string;
}

export interface EventQuery {
  readonly id?: string;
  readonly type?: string;
  readonly outcome?: OutcomeKind;
  /** Of any of them; of nobody when empty. */
  readonly learners?: readonly LearnerIdentity[];
  /** As the event itself names its user: finds people who are no learners yet because nothing of theirs matched. */
  readonly username?: string;
  /** Inclusive. */
  readonly receivedFrom?: Date;
  /** Exclusive. */
  readonly receivedTo?: Date;
  readonly after?: string;
  readonly limit: number;
}

export interface EventCount {
  readonly type: string;
  readonly outcome: OutcomeKind;
  /** Why it was ignored, or the code of the error; null where it matched. */
  readonly why: string | null;
  readonly count: number;
}

export interface Recorded {
  /** Entries that were new. */
  readonly added: number;
  /** Entries whose outcome was completed. */
  readonly completed: number;
  /** Ids that are in the log from another source already. An id alone identifies an event: these were taken for the same. */
  readonly otherSource: readonly string[];
}

export interface EventLog {
  /** By `eventShape`. */
  readonly records: Records<EventEntry>;
  /** Adds what is new. An event that is there already (by its id) keeps its entry; only an outcome that says less than
   *  the new one (`outcomeKinds`) is completed, with the learner and the revision of the rules that belong to it.
   *  @returns when all of it is durable @throws StoreError; some of the entries may be stored then */
  record(entries: readonly EventEntry[]): Promise<Recorded>;
  get(id: string): Promise<EventEntry | null>;
  /** In the order of their times, read page by page. */
  ofLearner(learner: LearnerIdentity, filter?: EventTimeFilter): AsyncIterable<EventEntry>;
  /** In the order of time and id, read page by page: memory stays bounded, and whoever reads may take their time. An event
   *  recorded meanwhile is seen if its place is still ahead.
   *  @param after a cursor of an earlier scan of the same query @throws InputError `input.cursor-invalid` */
  scan(query: EventScan, after?: string): AsyncIterable<ScannedEvent>;
  /** The events of one type that came in last, newest first. */
  latest(type: string, limit: number): Promise<readonly EventEntry[]>;
  /** Newest received first. @throws InputError `input.cursor-invalid` */
  list(query: EventQuery): Promise<Page<EventEntry>>;
  /** By type, outcome and reason, of what was received in the range. */
  counts(range?: Pick<EventQuery, 'receivedFrom' | 'receivedTo'>): Promise<readonly EventCount[]>;
  /** Removes every event of the learner. @returns how many */
  forget(learner: LearnerIdentity): Promise<number>;
}
