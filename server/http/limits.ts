/** How often things may be tried. Counted per process: several processes allow that many times more. Signing in is counted by
 *  all of them together: attempts.ts. */

import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { actorOf } from './identity.ts';
import { tooManyRequests } from './request-error.ts';

const MINUTE_MS = 60_000;

interface Limit {
  readonly limit: number;
  readonly windowMs: number;
  readonly keyOf: (req: Request) => string;
  /** Which answers count. */
  readonly counts: 'all' | 'failures';
}

function limiter({ limit, windowMs, keyOf, counts }: Limit): RequestHandler {
  return rateLimit({
    limit,
    windowMs,
    keyGenerator: keyOf,
    skipSuccessfulRequests: counts === 'failures',
    standardHeaders: false,
    legacyHeaders: false,
    // The number of proxies is set explicitly, and the library's guesses about it only write to the console.
    validate: false,
    handler: (req, _res, next) => {
      const resetTime = (req as Request & { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime;
      const waitMs = resetTime ? resetTime.getTime() - Date.now() : windowMs;
      next(tooManyRequests(Math.max(1, Math.ceil(waitMs / 1000))));
    },
  });
}

function address(req: Request): string {
  return ipKeyGenerator(req.ip ?? '');
}

/** Sign-ins with the LMS that are begun from one address: a whole school may stand behind it. */
export function lmsSignInLimit(): RequestHandler {
  return limiter({ limit: 600, windowMs: 5 * MINUTE_MS, counts: 'all', keyOf: address });
}

/** Those that come back and fail. Each that was begun here costs a call to the LMS; guessing leads nowhere at any pace. */
export function lmsReturnLimit(): RequestHandler {
  return limiter({ limit: 300, windowMs: 15 * MINUTE_MS, counts: 'failures', keyOf: address });
}

/** A learner's own page, which may ask the LMS how they stand. */
export function myLimit(): RequestHandler {
  return limiter({
    limit: 60,
    windowMs: MINUTE_MS,
    counts: 'all',
    keyOf: (req) => `learner ${req.session.identity?.lms?.username ?? address(req)}`,
  });
}

/** The public verification pages: plenty for people, too few for guessing. */
export function verifyLimit(): RequestHandler {
  return limiter({ limit: 120, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}

/** Notices of providers: each makes us ask the provider. Those that are refused come again later. */
export function webhookLimit(): RequestHandler {
  return limiter({ limit: 300, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}

/** Badges that strangers bring: each costs a signature, and perhaps calls to others. */
export function broughtBadgeLimit(): RequestHandler {
  return limiter({ limit: 20, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}

/** Pictures of a certificate while somebody moves things on it: as fast as they can be looked at. */
export function previewLimit(): RequestHandler {
  const keyOf = ({ res }: Request) => `account ${res ? actorOf(res).name : ''}`;
  return limiter({ limit: 240, windowMs: MINUTE_MS, counts: 'all', keyOf });
}

/** Calls with a wrong token. It stands behind the check: who holds a right one is never slowed down. */
export function wrongTokenLimit(): RequestHandler {
  return limiter({ limit: 60, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}
