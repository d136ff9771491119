/** An Open edX LMS as a source of learner records, and the test of the connection to it. */

import type { LearnerRecords } from '../../plugin/ports/learner-records.ts';
import { type CheckLine, checkLms } from './check.ts';
import { createLmsClient, type LmsClientParts } from './client.ts';
import { aggregatorSource, blocksSource, progressCompletionSource } from './completion-sources.ts';
import { createContexts } from './contexts.ts';
import type { FigureSource } from './figure-source.ts';
import { progressGradeSource, subsectionsGradeSource } from './grade-sources.ts';
import { gradebookSource } from './gradebook.ts';
import type { Grades } from './grading.ts';
import { LmsLearnerRecords } from './lms-learner-records.ts';
import { createPeople } from './people.ts';

export type CompletionSourceName = 'aggregator' | 'blocks' | 'progress';
export type GradeSourceName = 'gradebook' | 'progress' | 'subsections';

export interface LmsOptions extends LmsClientParts {
  /** In the order in which they are tried. */
  readonly completionSources: readonly CompletionSourceName[];
  readonly gradeSources: readonly GradeSourceName[];
  /** Requests side by side where learners are asked for one by one. */
  readonly atATime?: number;
}

export interface Lms {
  readonly records: LearnerRecords;
  /** What works and what the LMS offers; never rejects for what the LMS does.
   *  @param courseKey to try on; null: one that our user can see */
  check(courseKey: string | null): Promise<readonly CheckLine[]>;
  /** That the LMS answers and knows us. @throws LmsError */
  ping(): Promise<void>;
}

export function createLms(options: LmsOptions): Lms {
  const client = createLmsClient(options);
  const people = createPeople(client);
  const contexts = createContexts(client, people);
  const completion: Record<CompletionSourceName, FigureSource<number>> = {
    aggregator: aggregatorSource(client),
    blocks: blocksSource(client, people),
    progress: progressCompletionSource(client, people),
  };
  const grades: Record<GradeSourceName, FigureSource<Grades>> = {
    gradebook: gradebookSource(client),
    progress: progressGradeSource(client, people),
    subsections: subsectionsGradeSource(client),
  };
  const sources = {
    completion: options.completionSources.map((name) => completion[name]),
    grades: options.gradeSources.map((name) => grades[name]),
  };
  return {
    records: new LmsLearnerRecords({
      people,
      contexts,
      sources,
      ...(options.atATime ? { atATime: options.atATime } : {}),
    }),
    check: (courseKey) => checkLms({ client, people, contexts, sources }, courseKey),
    async ping() {
      await client.get({ what: 'the user of our application', path: '/api/user/v1/me' });
    },
  };
}
