/** A stand-in LMS and Laurel's side of it on one clock: waiting takes no time and is written down. */

import type { EnrolledLearner, FiguresWanted } from '../../plugin/ports/learner-records.ts';
import { createLms, type Lms } from '../../providers/index.ts';
import type { LmsOptions } from '../../providers/lms/lms.ts';
import { Campus } from '../../server/stand-ins/lms/campus.ts';
import { CLIENT, type StandInLms, startStandInLms } from '../../server/stand-ins/lms/stand-in-lms.ts';

export const COURSE = 'course-v1:Acme+CS1+2026';
export const OTHER = 'course-v1:Acme+CS2+2026';
export const PATH = 'path-v1:Acme+DS+2026+main';

export interface LmsWorld {
  readonly campus: Campus;
  readonly server: StandInLms;
  /** Milliseconds that were waited, in turn. */
  readonly waits: number[];
  lms(options?: Partial<LmsOptions>): Lms;
  /** Everybody of a context. */
  enrolled(contextKey: string, wanted?: Partial<FiguresWanted>, lms?: Lms): Promise<EnrolledLearner[]>;
  advance(ms: number): void;
  close(): Promise<void>;
}

export async function lmsWorld(): Promise<LmsWorld> {
  const campus = new Campus();
  let offset = 0;
  const now = () => Date.now() + offset;
  const server = await startStandInLms(campus, { now });
  const waits: number[] = [];
  const lms: LmsWorld['lms'] = (options = {}) =>
    createLms({
      baseUrl: server.url,
      ...CLIENT,
      completionSources: ['aggregator', 'blocks'],
      gradeSources: ['gradebook', 'progress', 'subsections'],
      now,
      sleep: async (ms) => {
        waits.push(ms);
        offset += ms;
      },
      ...options,
    });
  return {
    campus,
    server,
    waits,
    lms,
    async enrolled(contextKey, wanted = {}, from = lms()) {
      const found: EnrolledLearner[] = [];
      const all = { completion: true, grades: true, username: null, ...wanted };
      for await (const learner of from.records.enrolled(contextKey, all)) found.push(learner);
      return found;
    },
    advance: (ms) => {
      offset += ms;
    },
    close: () => server.close(),
  };
}
