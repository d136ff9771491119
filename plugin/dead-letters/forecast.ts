/** What a replay of many dead letters would do, without doing it. */

import type { DeadLetterFilter, DeadLetterStore, ReplayOutcome } from '../ports/dead-letters.ts';
import type { Forecast, LetterReplay } from './replay-letter.ts';

export interface ReplayForecast {
  /** Open letters that match. */
  readonly total: number;
  /** As many of them as were looked at. */
  readonly letters: readonly { readonly id: string; readonly forecast: Forecast }[];
  readonly counts: Readonly<Record<ReplayOutcome, number>>;
}

const BATCH = 100;

/** @param limit letters to look at, at most; those beyond are only counted */
export async function forecastReplay(
  { store, letters }: { readonly store: DeadLetterStore; readonly letters: Pick<LetterReplay, 'forecast'> },
  filter: Omit<DeadLetterFilter, 'state'>,
  limit: number,
): Promise<ReplayForecast> {
  const open = { ...filter, state: 'open' } as const;
  const looked: { id: string; forecast: Forecast }[] = [];
  const counts = { applied: 0, unchanged: 0, ignored: 0, failed: 0 };
  for (let after = ''; looked.length < limit; ) {
    const ids = await store.idsAfter(open, after, Math.min(BATCH, limit - looked.length));
    for (const id of ids) {
      const forecast = await letters.forecast(id);
      counts[forecast.outcome] += 1;
      looked.push({ id, forecast });
    }
    after = ids.at(-1) ?? after;
    if (ids.length < BATCH) break;
  }
  return { total: await store.count(open), letters: looked, counts };
}
