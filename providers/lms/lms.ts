/** An Open edX LMS as a source of learner records, and the test of the connection to it. */

import type { LearnerRecords } from '../../plugin/ports/learner-records.ts';
import { type CheckLine, checkLms } from './check.ts';
import { createLmsClient, type LmsClientParts } from './client.ts';
import { aggregatorSource, blocksSource, progressCompletionSource } from './completion-sources.ts';
import { createContexts } from './contexts.ts';
import { progressGradeSource, subsectionsGradeSource } from './grade-sources.ts';
import { gradebookSource } from './gradebook.ts';
import { LmsLearnerRecords } from './lms-learner-records.ts';
import { createPeople } from './people.ts';

/** The first that the LMS offers is used. */
export const completionSourceNames = ['aggregator', 'blocks', 'progress'] as const;
export const gradeSourceNames = ['gradebook', 'progress', 'subsections'] as const;

export type CompletionSourceName = (typeof completionSourceNames)[number];
export type GradeSourceName = (typeof gradeSourceNames)[number];

export interface LmsOptions extends LmsClientParts {
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
  const completion = {
    aggregator: aggregatorSource(client),
    blocks: blocksSource(client, people),
    progress: progressCompletionSource(client, people),
  };
  const grades = {
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
