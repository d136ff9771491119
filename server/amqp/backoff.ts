/** Waiting longer after every failure, at random so that several processes do not come back at the same moment. */

export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Full jitter: anywhere between nothing and the doubled-up limit.
 *  @param attempt 1 for the first wait
 *  @param random a number in [0, 1)
 *  @returns milliseconds */
export function fullJitter(
  attempt: number,
  { firstMs, longestMs }: Backoff,
  random: () => number = Math.random,
): number {
  return Math.round(random() * Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30)));
}

/** Jitter that never comes near zero, for what must not spin: at least half of the limit. */
export function atLeastHalf(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  return fullJitter(attempt, backoff, () => 0.5 + random() / 2);
}
