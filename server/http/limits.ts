/** How often things may be tried. Counted per process: several processes allow that many times more. */

import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { accountNameKey } from './access-store.ts';
import { textField } from './forms.ts';
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

/** Failed sign-ins: from one address, and for one account from anywhere. */
export function signInLimits(): readonly RequestHandler[] {
  return [
    limiter({ limit: 30, windowMs: 15 * MINUTE_MS, counts: 'failures', keyOf: address }),
    limiter({
      limit: 10,
      windowMs: 15 * MINUTE_MS,
      counts: 'failures',
      keyOf: (req) => `account ${accountNameKey(textField(req, 'name').slice(0, 200))}`,
    }),
  ];
}

/** One-time links tried from one address. */
export function oneTimeSignInLimit(): RequestHandler {
  return limiter({ limit: 30, windowMs: 15 * MINUTE_MS, counts: 'failures', keyOf: address });
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

/** Calls with a wrong token. It stands behind the check: who holds a right one is never slowed down. */
export function wrongTokenLimit(): RequestHandler {
  return limiter({ limit: 60, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}
