/** Sign-ins that have begun and wait for the LMS to send the person back: kept in the session, each used once and not for long. */

import type { Request } from 'express';
import { newSignInSecrets, type SignInSecrets } from '../../../providers/index.ts';

interface Attempt extends SignInSecrets {
  /** The page that was asked for. */
  readonly to: string;
  readonly begunAt: number;
}

declare module 'express-session' {
  interface SessionData {
    attempts: readonly Attempt[];
  }
}

/** Long enough for a password that must be looked up. */
const ATTEMPT_LIFE_MS = 15 * 60 * 1000;
/** Tabs that sign in side by side. */
const MOST_ATTEMPTS = 5;

export function beginAttempt(req: Request, to: string, now: Date): Attempt {
  const attempt = { ...newSignInSecrets(), to, begunAt: now.getTime() };
  req.session.attempts = [...(req.session.attempts ?? []), attempt].slice(-MOST_ATTEMPTS);
  return attempt;
}

/** Uses it up, whatever comes of it.
 *  @returns `unknown`: this browser has begun none like it, or it was used before */
export async function takeAttempt(req: Request, state: string, now: Date): Promise<Attempt | 'unknown' | 'expired'> {
  const attempts = req.session.attempts ?? [];
  const attempt = attempts.find((one) => one.state === state);
  if (attempt === undefined) return 'unknown';
  req.session.attempts = attempts.filter((one) => one !== attempt);
  // Before the LMS is asked: what is used must not come back because this process ends.
  await new Promise<void>((resolve, reject) => req.session.save((error) => (error ? reject(error) : resolve())));
  return now.getTime() - attempt.begunAt < ATTEMPT_LIFE_MS ? attempt : 'expired';
}
