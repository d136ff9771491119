/** Completion and grades of learners in one course, as far as they are wanted. */

import { InputError } from '../../plugin/errors.ts';
import type { CourseFigures, FiguresWanted, Learner } from '../../plugin/ports/learner-records.ts';
import type { FigureSource, Keep } from './figure-source.ts';
import type { Grades } from './grading.ts';
import { openChain } from './source-chain.ts';

/** In the order in which they are tried. */
export interface FigureSources {
  readonly completion: readonly FigureSource<number>[];
  readonly grades: readonly FigureSource<Grades>[];
}

export interface CourseReader {
  /** One learner's bad data is a `problem`. @throws LmsError when nobody's can be had */
  read(learner: Learner): Promise<CourseFigures>;
}

/** @param keep who is wanted of the whole course; null: learners are few and are asked for one by one
 *  @throws ProviderError when the LMS offers no source of what is wanted */
export async function openCourse(
  sources: FigureSources,
  key: string,
  { completion, grades, signal }: FiguresWanted,
  keep: Keep | null,
): Promise<CourseReader> {
  const course = { key, keep };
  const completions = completion
    ? await openChain(sources.completion, { ...course, figures: 'completions' }, signal)
    : null;
  const graded = grades ? await openChain(sources.grades, { ...course, figures: 'grades' }, signal) : null;
  return {
    async read(learner) {
      try {
        const found = graded === null ? {} : await graded.read(learner, signal);
        return {
          completion: completions === null ? null : await completions.read(learner, signal),
          grades: found ?? {},
          problem: found === null ? 'no source of the LMS has grades of a learner who is enrolled' : null,
        };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return { completion: null, grades: {}, problem: error.message };
      }
    },
  };
}
