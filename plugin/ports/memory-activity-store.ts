/** The counts of each hour in memory; the reference behaviour. */

import {
  type ActivityCounts,
  type ActivityHour,
  type ActivityStore,
  assertProviderWords,
  type CallsByProvider,
  hourOf,
  mergedCalls,
  sumOfCounts,
} from './activity-store.ts';

interface Hour {
  readonly counts: ActivityCounts;
  readonly calls: CallsByProvider;
}

export class MemoryActivityStore implements ActivityStore {
  readonly #hours = new Map<number, Hour>();

  async add(at: Date, counts: Partial<ActivityCounts>, calls: CallsByProvider = new Map()): Promise<void> {
    assertProviderWords(calls.keys());
    if (Object.keys(counts).length === 0 && calls.size === 0) return;
    const hour = hourOf(at).getTime();
    const former = this.#hours.get(hour);
    this.#hours.set(hour, {
      counts: sumOfCounts(former?.counts ?? {}, counts),
      calls: mergedCalls(former?.calls ?? new Map(), calls),
    });
  }

  async between(from: Date, to: Date): Promise<readonly ActivityHour[]> {
    return this.#within(from, to).map(([hour, { counts }]) => ({ hour: new Date(hour), counts }));
  }

  async callsBetween(from: Date, to: Date): Promise<CallsByProvider> {
    return mergedCalls(...this.#within(from, to).map(([, { calls }]) => calls));
  }

  async lastSuccess(provider: string, from: Date): Promise<Date | null> {
    const hours = [...this.#hours].filter(([hour]) => hour >= from.getTime());
    return mergedCalls(...hours.map(([, { calls }]) => calls)).get(provider)?.succeededAt ?? null;
  }

  #within(from: Date, to: Date): readonly (readonly [number, Hour])[] {
    return [...this.#hours]
      .filter(([hour]) => hour >= from.getTime() && hour < to.getTime())
      .toSorted(([a], [b]) => a - b);
  }
}
