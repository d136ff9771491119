/** Limits of a period that no wall clock ends: a test that counts to a limit finds the same on any machine, at any second of the
 *  minute. */

import { MemoryRateLimits, type RateLimit, type RateLimits } from '../../plugin/ports/rate-limits.ts';

/** The first moment of a period of any length that divides a day. */
const PERIOD_BEGINS = Date.UTC(2026, 5, 1);

export class StandingLimits implements RateLimits {
  readonly #limits = new MemoryRateLimits();
  readonly #passedMs: () => number;

  /** @param passedMs how far the test has moved the time on: nothing else ends a period */
  constructor(passedMs: () => number = () => 0) {
    this.#passedMs = passedMs;
  }

  async take(key: string, limit: RateLimit, now: Date): Promise<Date | null> {
    const standing = this.#standing();
    const until = await this.#limits.take(key, limit, standing);
    return until && new Date(now.getTime() + until.getTime() - standing.getTime());
  }

  async giveBack(key: string, limit: RateLimit): Promise<void> {
    await this.#limits.giveBack(key, limit, this.#standing());
  }

  #standing(): Date {
    return new Date(PERIOD_BEGINS + this.#passedMs());
  }
}
