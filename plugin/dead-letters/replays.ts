/** Replays as the pages and the commands use them: one letter, many, or only what they would do. */

import type { DeadLetterFilter, Replay } from '../ports/dead-letters.ts';
import { forecastReplay, type ReplayForecast } from './forecast.ts';
import { createReplayJobs, type ReplayJobs } from './replay-job.ts';
import { createLetterReplay, type Forecast, type ReplayParts } from './replay-letter.ts';

export interface Replays extends ReplayJobs {
  /** @throws NotFoundError, ConflictError, StoreError */
  letter(id: string, by: string): Promise<Replay>;
  forecastLetter(id: string): Promise<Forecast>;
  forecast(filter: Omit<DeadLetterFilter, 'state'>, limit: number): Promise<ReplayForecast>;
}

export function createReplays(parts: ReplayParts): Replays {
  const { store, clock, logger } = parts;
  const letters = createLetterReplay(parts);
  return {
    ...createReplayJobs({ store, letters, clock, logger }),
    letter: (id, by) => letters.replay(id, by),
    forecastLetter: (id) => letters.forecast(id),
    forecast: (filter, limit) => forecastReplay({ store, letters }, filter, limit),
  };
}
