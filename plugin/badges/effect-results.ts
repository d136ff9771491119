/** How the result of an attempt enters the progress document. Pure: applied to whatever is the latest version of it. */

import { type RetryPolicy, retryDelayMs } from '../effects/retry-policy.ts';
import { CredentialsError, ProviderError } from '../errors.ts';
import type { IssuedAtProvider } from '../ports/badge-provider.ts';
import type { Effect, Progress } from '../ports/progress-store.ts';
import { supersede } from './effects.ts';

/** The attempt begins: the effect is ours until `now + leaseMs`. */
export function taken(progress: Progress, effectId: string, now: Date, { leaseMs }: RetryPolicy): Progress {
  return withEffect(progress, effectId, (effect) => ({
    ...effect,
    attempts: effect.attempts + 1,
    dueAt: new Date(now.getTime() + leaseMs),
  }));
}

/** @param answer what the provider said; null after publishing */
export function succeeded(progress: Progress, effectId: string, answer: IssuedAtProvider | null, now: Date): Progress {
  const done = withEffect(progress, effectId, (effect) => ({ ...effect, state: 'done', finishedAt: now }));
  const number = find(progress, effectId)?.badgeNumber;
  if (answer === null) return done;
  return {
    ...done,
    issued: done.issued.map((badge) =>
      badge.number === number
        ? { ...badge, externalId: answer.externalId, externalState: answer.state, externalUrl: answer.url }
        : badge,
    ),
  };
}

/** What may succeed later stays pending, for ever if need be; anything else is given up until a person looks.
 *  @param random from 0 to 1 */
export function failed(
  progress: Progress,
  effectId: string,
  error: unknown,
  now: Date,
  policy: RetryPolicy,
  random: number,
): Progress {
  const lastError = { ...describe(error), at: now };
  if (error instanceof CredentialsError && error.retry === 'later') {
    const wish = error instanceof ProviderError ? error.retryAfterMs : null;
    return withEffect(progress, effectId, (effect) => ({
      ...effect,
      dueAt: new Date(now.getTime() + retryDelayMs(effect.attempts, wish, policy, random)),
      lastError,
    }));
  }
  const after = withEffect(progress, effectId, (effect) => ({
    ...effect,
    state: 'failed',
    finishedAt: now,
    lastError,
  }));
  return afterLostAward(after, effectId, now);
}

/** A person wants it tried again, now. */
export function reopened(progress: Progress, effectId: string, now: Date): Progress {
  return {
    ...progress,
    updatedAt: now,
    effects: progress.effects.map((effect) =>
      effect.id === effectId ? { ...effect, state: 'pending', dueAt: now, finishedAt: null } : effect,
    ),
  };
}

/** A person wants it never to be tried again. What only announces it, or takes it back, goes with it. */
export function givenUp(progress: Progress, effectId: string, now: Date): Progress {
  const effect = find(progress, effectId);
  if (effect === undefined) return progress;
  const effects = progress.effects.map((one) =>
    one.id === effectId ? { ...one, state: 'given-up' as const, finishedAt: now } : one,
  );
  const isCall = effect.kind === 'award' || effect.kind === 'revoke';
  return { ...progress, updatedAt: now, effects: isCall ? supersede(effects, effect.badgeNumber, now) : effects };
}

/** What was never awarded need not be taken back. */
function afterLostAward(progress: Progress, effectId: string, now: Date): Progress {
  const effect = find(progress, effectId);
  const badge = progress.issued.find(({ number }) => number === effect?.badgeNumber);
  if (effect?.kind !== 'award' || effect.state !== 'failed' || !badge || badge.revokedAt === null) return progress;
  return { ...progress, effects: supersede(progress.effects, badge.number, now) };
}

/** Only the texts of our own errors are known to be free of personal data. */
function describe(error: unknown): { readonly code: string; readonly message: string } {
  return error instanceof CredentialsError
    ? { code: error.code, message: error.message }
    : { code: 'bug.unexpected', message: 'an unexpected error; the log of that time has the details' };
}

/** @returns `progress` itself when the effect is not pending any more: somebody else has settled it */
function withEffect(progress: Progress, effectId: string, change: (effect: Effect) => Effect): Progress {
  if (find(progress, effectId)?.state !== 'pending') return progress;
  return { ...progress, effects: progress.effects.map((effect) => (effect.id === effectId ? change(effect) : effect)) };
}

function find(progress: Progress, effectId: string): Effect | undefined {
  return progress.effects.find(({ id }) => id === effectId);
}
