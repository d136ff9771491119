/** Everything that is stored about one person, wherever it lies: what retirement and renaming work on. */

import type { Person } from '../privacy/person.ts';

/** In this order: what tells who the person is goes last. */
export const traceParts = ['progress', 'credentials', 'records', 'events', 'letters', 'texts', 'learner'] as const;
export type TracePart = (typeof traceParts)[number];

export interface TraceStep {
  /** How many records were removed or changed. */
  readonly erased: number;
  /** Where the next step goes on; null: the part is done. */
  readonly next: string | null;
}

/** Another username of somebody, where only a search of everything finds the former one. */
export const renamedParts = ['letters', 'texts'] as const;
export type RenamedPart = (typeof renamedParts)[number];

export interface Renaming {
  readonly former: string;
  readonly next: string;
  /** Tells apart who had the former one at another time; null: nobody knows. */
  readonly lmsUserId: number | null;
}

export interface LearnerTraces {
  /** Whom the records know under this username; null: nobody. */
  find(username: string): Promise<Person | null>;
  /** The same person with every username, name and address that records of theirs have. */
  gather(person: Person): Promise<Person>;
  /** How many records of the person there are, by part, as far as they are cheap to count. */
  count(person: Person): Promise<Readonly<Partial<Record<TracePart, number>>>>;
  /** Removes the person from one part of the records, or puts the pseudonym in their place. Repeating it changes nothing more.
   *  @param after as `next` of the step before; null: from the beginning */
  erase(part: TracePart, person: Person, pseudonym: string, after: string | null): Promise<TraceStep>;
  /** Puts the new username in place of the old one wherever the learner is found by it. Repeating it changes nothing more.
   *  @returns `taken`: another learner has the new one, and nothing was changed */
  rename(former: string, next: string, at: Date): Promise<'renamed' | 'unknown' | 'taken'>;
  /** The same in what merely mentions the old one.
   *  @param after as of `erase` */
  renameMentions(part: RenamedPart, renaming: Renaming, after: string | null): Promise<TraceStep>;
}
