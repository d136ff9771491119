/** Replays as the pages and the commands use them: one letter, many, or only what they would do. */

import type { JobKind } from '../jobs/job-runner.ts';
import type { Jobs } from '../jobs/request-job.ts';
import type { DeadLetterFilter, Replay } from '../ports/dead-letters.ts';
import type { Job } from '../ports/job-store.ts';
import { counts } from '../words.ts';
import { forecastReplay, type ReplayForecast } from './forecast.ts';
import { createReplayDeadLetters, REPLAY_DEAD_LETTERS, replayParameters } from './replay-job.ts';
import { createLetterReplay, type Forecast, type ReplayParts } from './replay-letter.ts';

export interface Replays {
  /** Asks for a replay of the open letters that match now. @returns its job, and how many letters it is about */
  begin(filter: Omit<DeadLetterFilter, 'state'>, by: string): Promise<{ readonly job: Job; readonly letters: number }>;
  /** @throws NotFoundError, ConflictError, StoreError */
  letter(id: string, by: string): Promise<Replay>;
  forecastLetter(id: string): Promise<Forecast>;
  forecast(filter: Omit<DeadLetterFilter, 'state'>, limit: number): Promise<ReplayForecast>;
  /** Who carries the jobs out. */
  readonly kinds: readonly JobKind[];
}

export function createReplays(parts: ReplayParts & { readonly jobs: Pick<Jobs, 'request'> }): Replays {
  const { store, clock, jobs } = parts;
  const letters = createLetterReplay(parts);
  return {
    async begin(filter, by) {
      // what dies from now on, by this replay for example, is not part of it
      const bounded = { ...filter, diedUntil: filter.diedUntil ?? clock.now() };
      const count = await store.count({ ...bounded, state: 'open' });
      const job = await jobs.request({
        kind: REPLAY_DEAD_LETTERS,
        title: counts(count, 'Replay {count} dead letter', 'Replay {count} dead letters'),
        parameters: replayParameters(bounded),
        requestedBy: by,
      });
      return { job, letters: count };
    },
    letter: (id, by) => letters.replay(id, by),
    forecastLetter: (id) => letters.forecast(id),
    forecast: (filter, limit) => forecastReplay({ store, letters }, filter, limit),
    kinds: [createReplayDeadLetters({ store, letters })],
  };
}
