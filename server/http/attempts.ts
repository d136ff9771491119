/** How often signing in may fail: counted by all processes together, so that a guesser gains nothing from there being several. */

import { createHmac } from 'node:crypto';
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import type { RateLimit } from '../../plugin/ports/rate-limits.ts';
import { accountNameKey } from './access-store.ts';
import { tooManyRequests } from './request-error.ts';
import type { Services } from './services.ts';

const QUARTER_MS = 15 * 60_000;
/** From one address: several people may sit behind it. */
const PER_ADDRESS: RateLimit = { calls: 30, periodMs: QUARTER_MS };
/** For one account, from anywhere. */
const PER_ACCOUNT: RateLimit = { calls: 10, periodMs: QUARTER_MS };

export interface Attempts {
  /** Counts an attempt as failed before it is known how it ends: many at the same time find out no more than one after another.
   *  @param name of the account that is tried; null: a link is
   *  @returns forgets the attempt, once it has succeeded
   *  @throws RequestError 429 */
  begin(req: Request, name: string | null): Promise<() => Promise<void>>;
}

export function createAttempts({
  rateLimits,
  clock,
  settings,
}: Pick<Services, 'rateLimits' | 'clock' | 'settings'>): Attempts {
  // What is typed as a name may be a password, and an address is somebody's: neither is kept as it is.
  const keyOf = (kind: string, who: string): string =>
    `sign-in ${kind} ${createHmac('sha256', settings.sessionSecret).update(who).digest('base64url')}`;

  return {
    async begin(req, name) {
      const now = clock.now();
      const counted: readonly (readonly [string, RateLimit])[] = [
        [keyOf('address', ipKeyGenerator(req.ip ?? '')), PER_ADDRESS],
        ...(name === null ? [] : [[keyOf('account', accountNameKey(name.slice(0, 200))), PER_ACCOUNT] as const]),
      ];
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
