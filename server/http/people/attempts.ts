/** How often signing in may fail: counted by all processes together, so that a guesser gains nothing from there being several. */

import { createHmac } from 'node:crypto';
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import type { RateLimit } from '../../../plugin/ports/rate-limits.ts';
import { tooManyRequests } from '../middleware/request-error.ts';
import type { Services } from '../services.ts';
import { accountNameKey } from './access-store.ts';

const QUARTER_MS = 15 * 60_000;
/** From one address: several people may sit behind it. */
const PER_ADDRESS: RateLimit = { calls: 30, periodMs: QUARTER_MS };
/** For one account, by all strangers together, from anywhere. */
const PER_ACCOUNT: RateLimit = { calls: 10, periodMs: QUARTER_MS };
/** For one account, in one browser that has signed in to it before. */
const PER_DEVICE: RateLimit = { calls: 10, periodMs: QUARTER_MS };

/** Who tries it. */
export interface Trier {
  /** Of the account that is tried; null: a link is. */
  readonly name: string | null;
  /** What tells the browser from others at this account, where it has signed in to it before: its tries count by themselves, and
   *  those of strangers do not count for it. Left out, or null: it is a stranger. */
  readonly device?: string | null;
}

export interface Attempts {
  /** Counts an attempt as failed before it is known how it ends: many at the same time find out no more than one after another.
   *  @returns forgets the attempt, once it has succeeded
   *  @throws RequestError 429 */
  begin(req: Request, trier: Trier): Promise<() => Promise<void>>;
}

export function createAttempts({
  rateLimits,
  clock,
  settings,
}: Pick<Services, 'rateLimits' | 'clock' | 'settings'>): Attempts {
  // What is typed as a name may be a password, and an address is somebody's: neither is kept as it is.
  const keyOf = (kind: string, who: string): string =>
    `sign-in ${kind} ${createHmac('sha256', settings.sessionSecret).update(who).digest('base64url')}`;

  function countsOf(req: Request, { name, device = null }: Trier): readonly (readonly [string, RateLimit])[] {
    const account = name === null ? null : accountNameKey(name.slice(0, 200));
    if (device !== null) return [[keyOf('device', JSON.stringify([account, device])), PER_DEVICE]];
    return [
      [keyOf('address', ipKeyGenerator(req.ip ?? '')), PER_ADDRESS],
      ...(account === null ? [] : [[keyOf('account', account), PER_ACCOUNT] as const]),
    ];
  }

  return {
    async begin(req, trier) {
      const now = clock.now();
      const counted = countsOf(req, trier);
      for (const [key, limit] of counted) {
        const until = await rateLimits.take(key, limit, now);
        if (until !== null) throw tooManyRequests(Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)));
      }
      return async () => {
        for (const [key, limit] of counted) await rateLimits.giveBack(key, limit, now);
      };
    },
  };
}
