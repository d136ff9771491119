/** Messages that could not be processed, kept until a person has dealt with them. */

import type { Page } from './learner-store.ts';
import type { Records } from './records.ts';

/** A message as it died: what the door it came through hands in. */
export interface DeadMessage {
  /** The same for every copy of one message, wherever and however often it dies. */
  readonly id: string;
  readonly reason: { readonly code: string; readonly message: string };
  /** As the message claims; null where it claims nothing. */
  readonly eventType: string | null;
  readonly eventId: string | null;
  readonly source: string | null;
  /** Where it had been published, and the queue it died in. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly queue: string;
  readonly contentType: string | null;
  readonly messageId: string | null;
  /** JSON values. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
  /** Size of the whole body; `body` is only its beginning where this is more. */
  readonly bodyBytes: number;
  /** How often it was handed to somebody, or tried, before it died. */
  readonly attempts: number;
  readonly firstErrorAt: Date;
  readonly diedAt: Date;
}

/** `applied`: something changed; `unchanged`: it had been processed before; `ignored`: no rule is about it. */
export type ReplayOutcome = 'applied' | 'unchanged' | 'ignored' | 'failed';

export interface Replay {
  readonly at: Date;
  readonly by: string;
  readonly outcome: ReplayOutcome;
  /** A code and a sentence without personal data; null where there is nothing to add. */
  readonly code: string | null;
  readonly message: string | null;
}

export interface Settlement {
  readonly at: Date;
  readonly by: string;
  /** Why it was discarded; null: it was replayed. */
  readonly note: string | null;
}

export type DeadLetterState = 'open' | 'replayed' | 'discarded';
export const DEAD_LETTER_STATES = ['open', 'replayed', 'discarded'] as const satisfies readonly DeadLetterState[];

export interface DeadLetter extends DeadMessage {
  readonly state: DeadLetterState;
  /** How often the message has died: more than once after it was sent, or replayed, again. */
  readonly deaths: number;
  readonly replays: number;
  readonly lastReplay: Replay | null;
  readonly settled: Settlement | null;
}

/** Without what may be large. */
export type DeadLetterSummary = Omit<DeadLetter, 'body' | 'headers'>;

/** What is left out does not matter. */
export interface DeadLetterFilter {
  readonly state?: DeadLetterState | undefined;
  readonly reason?: string | undefined;
  readonly eventType?: string | undefined;
  /** Died at this time or earlier. */
  readonly diedUntil?: Date | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** Open letters of one kind. */
export interface DeadLetterCount {
  readonly reason: string;
  readonly eventType: string | null;
  readonly count: number;
}

export interface DeadLetterStore {
  /** By `deadLetterShape`. */
  readonly records: Records<DeadLetterSummary>;
  /** Takes a message in; the same death twice is one. A message that dies again after it was settled is open again. */
  add(message: DeadMessage): Promise<'new' | 'again' | 'known'>;
  letter(id: string): Promise<DeadLetter | null>;
  /** The latest death first. */
  letters(
    query: DeadLetterFilter & { readonly after?: string | undefined; readonly limit: number },
  ): Promise<Page<DeadLetterSummary>>;
  /** Ids in their own order, those after `after`: for work that any process may continue. */
  idsAfter(filter: DeadLetterFilter, after: string, limit: number): Promise<readonly string[]>;
  count(filter: DeadLetterFilter): Promise<number>;
  /** The most frequent first. */
  openCounts(): Promise<readonly DeadLetterCount[]>;
  /** Notes an attempt at an open letter; any outcome but `failed` settles it.
   *  @returns false when it was settled meanwhile */
  recordReplay(id: string, replay: Replay): Promise<boolean>;
  /** Settles the open letters that match. @returns how many */
  discard(filter: Omit<DeadLetterFilter, 'state'>, settlement: Settlement): Promise<number>;
}

/** The place of a letter in the list, for the next page. */
export function letterCursor({ diedAt, id }: Pick<DeadLetter, 'diedAt' | 'id'>): string {
  return `${diedAt.toISOString()} ${id}`;
}

/** @returns null for a text that is no cursor */
export function parseLetterCursor(text: string): { readonly diedAt: Date; readonly id: string } | null {
  const [time = '', id = ''] = text.split(' ');
  const diedAt = new Date(time);
  return id === '' || Number.isNaN(diedAt.getTime()) ? null : { diedAt, id };
}
