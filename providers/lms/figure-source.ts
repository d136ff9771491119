/** Contract of a source of figures in the LMS: there are several for completion and for grades, and which of them an LMS
 *  offers depends on its plugins and flags. */

import { InputError } from '../../plugin/errors.ts';
import type { Learner } from '../../plugin/ports/learner-records.ts';

export interface FigureSource<Figure> {
  /** As in the settings, e.g. `gradebook`. */
  readonly name: string;
  /** For people: what it is. */
  readonly title: string;
  /** Why the LMS does not offer it for this course, and what would change that; null: it does. @throws LmsError */
  probe(courseKey: string, signal: AbortSignal | undefined): Promise<string | null>;
  /** Everybody's at once; absent: only one by one.
   *  @param keep who is wanted: the others need not be held
   *  @throws LmsError */
  everybody?(courseKey: string, keep: Keep, signal: AbortSignal | undefined): Promise<FigureTable<Figure>>;
  /** One learner's, as fresh as it can be; null: this source has none.
   *  @throws InputError `input.learner-record` for figures that are none, LmsError */
  one(courseKey: string, learner: Learner, signal: AbortSignal | undefined): Promise<Figure | null>;
}

export type Keep = (username: string) => boolean;

export interface FigureTable<Figure> {
  /** @returns null: the source left this learner out @throws InputError `input.learner-record` */
  of(username: string): Figure | null;
}

/** This learner's figures are none. @param what e.g. `the gradebook` */
export function badFigures(what: string): InputError {
  return new InputError(
    'learner-record',
    `${what} of the LMS has figures of a learner that are none; correct them there`,
  );
}
