/** The counts of each hour in memory; the reference behaviour. */

import { type ActivityCounts, type ActivityHour, type ActivityStore, hourOf, sumOfCounts } from './activity-store.ts';

export class MemoryActivityStore implements ActivityStore {
  readonly #hours = new Map<number, ActivityCounts>();

  async add(at: Date, counts: Partial<ActivityCounts>): Promise<void> {
    if (Object.keys(counts).length === 0) return;
    const hour = hourOf(at).getTime();
    this.#hours.set(hour, sumOfCounts(this.#hours.get(hour) ?? {}, counts));
  }

  async between(from: Date, to: Date): Promise<readonly ActivityHour[]> {
    return [...this.#hours]
      .filter(([hour]) => hour >= from.getTime() && hour < to.getTime())
      .toSorted(([a], [b]) => a - b)
      .map(([hour, counts]) => ({ hour: new Date(hour), counts }));
  }
}
