/** Counts calls to somebody who limits them, over all processes: who asks first may call first. The in-memory twin below is
 *  the reference behaviour. */

export interface RateLimit {
  readonly calls: number;
  readonly periodMs: number;
}

export interface RateLimits {
  /** Takes one call out of the period that `now` lies in. Periods follow one another from the same beginning everywhere.
   *  @param key who is called, e.g. `https://api.example.org/`
   *  @returns null: it may be made; else when the next period begins
   *  @throws StoreError nothing is known, so nothing may be called */
  take(key: string, limit: RateLimit, now: Date): Promise<Date | null>;
  /** Undoes a `take` of the same period: the call turned out to be one that does not count. */
  giveBack(key: string, limit: RateLimit, now: Date): Promise<void>;
}

export function periodOf(now: Date, { periodMs }: RateLimit): { readonly start: Date; readonly end: Date } {
  const start = Math.floor(now.getTime() / periodMs) * periodMs;
  return { start: new Date(start), end: new Date(start + periodMs) };
}

export class MemoryRateLimits implements RateLimits {
  readonly #taken = new Map<string, { readonly start: number; calls: number }>();

  async take(key: string, limit: RateLimit, now: Date): Promise<Date | null> {
    const { start, end } = periodOf(now, limit);
    const latest = this.#taken.get(key);
    const period = latest?.start === start.getTime() ? latest : { start: start.getTime(), calls: 0 };
    if (period.calls >= limit.calls) return end;
    period.calls += 1;
    this.#taken.set(key, period);
    return null;
  }

  async giveBack(key: string, limit: RateLimit, now: Date): Promise<void> {
    const latest = this.#taken.get(key);
    if (latest?.start === periodOf(now, limit).start.getTime() && latest.calls > 0) latest.calls -= 1;
  }
}
