/** Learners that events have told us about. The in-memory twin below is the reference behaviour; not for production. */

import type { Instant } from '../../dsl/index.ts';
import type { EventUser } from '../events/event.ts';
import type { Records } from './records.ts';

export interface Learner {
  /** Ours; stable across renames; what logs and other records use. */
  readonly id: string;
  /** Unique. */
  readonly username: string;
  /** Unique where known. */
  readonly lmsUserId: number | null;
  readonly name: string;
  readonly email: string;
  readonly isActive: boolean;
  /** Time of the event that the details above come from. */
  readonly asOf: Instant;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Hand it back to get the next page; null: this was the last one. */
  readonly next: string | null;
}

export interface LearnerStore {
  /** By `learnerShape`. */
  readonly records: Records<Learner>;
  /** The learner of an event, created when new. Found by LMS user id first, else by username (a rename keeps the
   *  record). Name, e-mail and username are those of the latest event by `at`, whatever the order of arrival.
   *  Safe to call at the same time for the same learner from several processes: one record comes of it. */
  resolve(user: EventUser, at: Instant): Promise<Learner>;
  /** Whom `resolve` would find; creates and changes nothing. */
  find(user: Pick<EventUser, 'lmsUserId' | 'username'>): Promise<Learner | null>;
  findById(id: string): Promise<Learner | null>;
  findByUsername(username: string): Promise<Learner | null>;
  findManyByIds(ids: readonly string[]): Promise<readonly Learner[]>;
  /** Which language they read in, for what is written to them; of nobody who is not on record. */
  rememberLanguage(id: string, language: string): Promise<void>;
  /** @returns null: it is not known */
  languageOf(username: string): Promise<string | null>;
  /** By username, ascending. `search` matches the beginning of username or e-mail, case-insensitively, or is the
   *  whole LMS user id. */
  list(query: { readonly search?: string; readonly after?: string; readonly limit: number }): Promise<Page<Learner>>;
  count(): Promise<number>;
}
