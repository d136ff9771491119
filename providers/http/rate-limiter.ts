/** Keeps calls below what a provider allows, together with every other process. */

import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderError } from '../../plugin/errors.ts';
import type { RateLimit, RateLimits } from '../../plugin/ports/rate-limits.ts';
import { type Clock, systemClock } from '../../plugin/ports/runtime.ts';

export interface RateLimiterParts {
  readonly limits: Pick<RateLimits, 'take'>;
  /** Who is called. */
  readonly key: string;
  readonly limit: RateLimit;
  /** As messages name it. */
  readonly peer: string;
  readonly clock?: Clock;
  readonly pause?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly longestWaitMs?: number;
}

/** Shorter than the lease of an effect: who waits must not lose what it waits for. */
const LONGEST_WAIT_MS = 30_000;

export interface RateLimiter {
  /** Waits until one more call may be made.
   *  @throws ProviderError `provider.unavailable` when there are too many before it, or the signal ends it;
   *    StoreError when nobody can say: then no call is made */
  take(signal?: AbortSignal): Promise<void>;
}

export function createRateLimiter(parts: RateLimiterParts): RateLimiter {
  const { limits, key, limit, peer, clock = systemClock, random = Math.random } = parts;
  const { longestWaitMs = LONGEST_WAIT_MS, pause = pauseFor } = parts;

  return {
    async take(signal) {
      const begun = clock.now().getTime();
      for (;;) {
        if (signal?.aborted) throw ended(peer);
        const now = clock.now();
        const next = await limits.take(key, limit, now);
        if (next === null) return;
        // Not all at once when the period begins.
        const waitMs = Math.max(1, next.getTime() - now.getTime()) + Math.floor((random() * limit.periodMs) / 4);
        if (now.getTime() + waitMs - begun > longestWaitMs) throw tooMany(peer, longestWaitMs);
        await pause(waitMs, signal);
      }
    },
  };
}

function tooMany(peer: string, waitMs: number): ProviderError {
  return new ProviderError(
    'unavailable',
    `${peer} limits how often it may be called, and more is waiting than can be sent now; it is tried again by itself`,
    { retryAfterMs: waitMs },
  );
}

function ended(peer: string): ProviderError {
  return new ProviderError('unavailable', `the call to ${peer} was ended before its turn came`);
}

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => {});
}
