/** How often things may be tried, counted over all processes. Signing in has its own counts: people/attempts.ts. */

import { createHmac } from 'node:crypto';
import type { Express, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { InvariantError } from '../../../plugin/errors.ts';
import type { RateLimits } from '../../../plugin/ports/rate-limits.ts';
import { actorOf, findActor } from '../people/identity.ts';
import type { Services } from '../services.ts';
import { tooManyRequests } from './request-error.ts';

const MINUTE_MS = 60_000;
const COUNTS = 'laurel attempts';

interface Limit {
  /** Limits of one name are one limit, wherever they stand. */
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
  readonly keyOf: (req: Request, res: Response) => string;
  /** Which answers count. */
  readonly counts: 'all' | 'failures';
}

interface Counts {
  readonly rateLimits: RateLimits;
  readonly now: () => Date;
  /** Who tried it: addresses and names are not stored as they are. */
  readonly hidden: (key: string) => string;
}

/** Before any route. */
export function countAttempts(app: Express, { rateLimits, clock, settings }: Services): void {
  const hidden = (key: string) =>
    createHmac('sha256', settings.sessionSecret).update(key).digest('base64url').slice(0, 22);
  app.set(COUNTS, { rateLimits, now: () => clock.now(), hidden } satisfies Counts);
}

function limiter({ name, limit, windowMs, keyOf, counts }: Limit): RequestHandler {
  const allowed = { calls: limit, periodMs: windowMs };
  return async (req, res, next) => {
    try {
      const { rateLimits, now, hidden } = countsOf(req);
      const key = `${name} ${hidden(keyOf(req, res))}`;
      const at = now();
      const free = await rateLimits.take(key, allowed, at);
      if (free !== null) throw tooManyRequests(Math.max(1, Math.ceil((free.getTime() - at.getTime()) / 1_000)));
      if (counts === 'failures')
        res.once('finish', () => {
          // What cannot be given back counts: the worst that comes of it is a wait.
          if (res.statusCode < 400) rateLimits.giveBack(key, allowed, at).catch(() => {});
        });
    } catch (error) {
      return next(error);
    }
    next();
  };
}

function countsOf(req: Request): Counts {
  const counts = req.app.get(COUNTS) as Counts | undefined;
  if (!counts) throw new InvariantError('a limit was asked for before anything counts attempts');
  return counts;
}

function address(req: Request): string {
  return ipKeyGenerator(req.ip ?? '');
}

/** Sign-ins with the LMS that are begun from one address: a whole school may stand behind it. */
export function lmsSignInLimit(): RequestHandler {
  return limiter({ name: 'lms-sign-in', limit: 600, windowMs: 5 * MINUTE_MS, counts: 'all', keyOf: address });
}

/** Those that come back and fail. Each that was begun here costs a call to the LMS; guessing leads nowhere at any pace. */
export function lmsReturnLimit(): RequestHandler {
  return limiter({ name: 'lms-return', limit: 300, windowMs: 15 * MINUTE_MS, counts: 'failures', keyOf: address });
}

/** A learner's own page, which may ask the LMS how they stand. */
export function myLimit(): RequestHandler {
  return limiter({
    name: 'my',
    limit: 60,
    windowMs: MINUTE_MS,
    counts: 'all',
    keyOf: (req) => `learner ${req.session.identity?.lms?.username ?? address(req)}`,
  });
}

/** The public verification pages: plenty for people, too few for guessing. */
export function verifyLimit(): RequestHandler {
  return limiter({ name: 'verify', limit: 120, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}

/** Notices of providers: each makes us ask the provider. Those that are refused come again later. */
export function webhookLimit(): RequestHandler {
  return limiter({ name: 'webhook', limit: 300, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}

/** Badges that strangers bring: each costs a signature, and perhaps calls to others. */
export function broughtBadgeLimit(): RequestHandler {
  return limiter({ name: 'brought-badge', limit: 20, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}

/** Pictures of a certificate while somebody moves things on it: as fast as they can be looked at. */
export function previewLimit(): RequestHandler {
  const keyOf = (_req: Request, res: Response) => actorOf(res).name;
  return limiter({ name: 'certificate-preview', limit: 240, windowMs: MINUTE_MS, counts: 'all', keyOf });
}

/** Calls with a wrong token. It stands behind the check: who holds a right one is never slowed down. */
export function wrongTokenLimit(): RequestHandler {
  return limiter({ name: 'wrong-token', limit: 60, windowMs: MINUTE_MS, counts: 'all', keyOf: address });
}

/** Searches, exports and previews, which cost a person nothing and the server a lot. */
const COSTLY = /^\/exports\/|\/(?:export|preview|eligibility|plan|compare)(?:\.\w+)?(?:\?|$)|[?&]search=[^&]/;

/** By account and address. */
export function costlyLimit(): RequestHandler {
  const keyOf = (req: Request, res: Response) => `${findActor(res)?.name ?? ''} ${address(req)}`;
  const limit = limiter({ name: 'costly', limit: 300, windowMs: MINUTE_MS, counts: 'all', keyOf });
  return (req, res, next) => (COSTLY.test(req.originalUrl) ? limit(req, res, next) : next());
}
