/** When a failed effect is tried again. Pure. */

export interface RetryPolicy {
  /** Upper end of the first delay; it doubles with every attempt. */
  readonly baseMs: number;
  /** No delay of ours is longer. */
  readonly capMs: number;
  /** How long an effect belongs to the dispatcher that took it; longer than any call may last. */
  readonly leaseMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { baseMs: 2_000, capMs: 3_600_000, leaseMs: 120_000 };

const SHORTEST_MS = 100;
const LONGEST_WISH_MS = 24 * 3_600_000;

/** Exponential with full jitter: many effects that failed together do not come back together.
 *  @param attempts made so far, at least 1
 *  @param retryAfterMs what the other side asked for, heeded up to a day; null: nothing
 *  @param random from 0 to 1 */
export function retryDelayMs(
  attempts: number,
  retryAfterMs: number | null,
  { baseMs, capMs }: RetryPolicy,
  random: number,
): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempts - 1, 40));
  const wish = Math.min(retryAfterMs ?? 0, LONGEST_WISH_MS);
  return Math.max(SHORTEST_MS, wish, Math.round(random * ceiling));
}
