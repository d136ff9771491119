/** Where the LMS tells the points of one learner in graded subsections, one learner at a time and exactly. */

import { isRecord } from '../../plugin/extensions/options.ts';
import { msg } from '../../plugin/words.ts';
import type { LmsClient } from './client.ts';
import type { FigureSource } from './figure-source.ts';
import { type GradedSubsection, readSubsection, readSubsections, readWeights } from './grade-reads.ts';
import { type Grades, Points, type Weights } from './grading.ts';
import { keptFor } from './kept.ts';
import { isStatus } from './lms-error.ts';
import type { People } from './people.ts';
import { getProgress, probeProgress } from './progress.ts';

type GradeSource = FigureSource<Grades>;

/** The progress page: all subsections of a learner in one call. */
export function progressGradeSource(client: LmsClient, people: People): GradeSource {
  const weights = keptFor((courseKey: string, signal) => readWeights(client, courseKey, signal));
  return {
    name: 'progress',
    title: msg('Progress page'),
    probe: (courseKey, signal) => probeProgress(client, people, courseKey, signal),
    async one(courseKey, learner, signal) {
      const body = await getProgress(client, courseKey, learner, signal);
      if (!Array.isArray(body?.section_scores)) return null;
      const points = new Points('the progress page');
      for (const section of body.section_scores) {
        const subsections = isRecord(section) && Array.isArray(section.subsections) ? section.subsections : [];
        for (const subsection of subsections) {
          if (!isRecord(subsection) || subsection.has_graded_assignment !== true) continue;
          const { assignment_type: category, num_points_earned: earned, num_points_possible: possible } = subsection;
          if (typeof category === 'string') points.add(category, earned, possible);
        }
      }
      return points.grades(await weights(courseKey, signal));
    },
  };
}

/** One call for each graded subsection of each learner: slow, but it needs no flag. */
export function subsectionsGradeSource(client: LmsClient): GradeSource {
  const course = keptFor(
    async (
      courseKey: string,
      signal,
    ): Promise<{ readonly subsections: readonly GradedSubsection[]; readonly weights: Weights }> => ({
      subsections: await readSubsections(client, courseKey, signal),
      weights: await readWeights(client, courseKey, signal),
    }),
  );
  return {
    name: 'subsections',
    title: msg('Subsection grades, one by one'),
    async probe(courseKey, signal) {
      try {
        await readSubsections(client, courseKey, signal);
        return null;
      } catch (error) {
        if (isStatus(error, 403)) return 'the user of our application is not staff';
        if (isStatus(error, 404)) return 'the LMS does not know this course';
        throw error;
      }
    },
    async one(courseKey, { lmsUserId }, signal) {
      if (lmsUserId === null) return null;
      const { subsections, weights } = await course(courseKey, signal);
      const points = new Points('the subsection grades');
      for (const { id, category } of subsections) {
        const found = await readSubsection(client, id, lmsUserId, signal);
        if (found === null) return null;
        points.add(category, found.earned, found.possible);
      }
      return points.grades(weights);
    },
  };
}
