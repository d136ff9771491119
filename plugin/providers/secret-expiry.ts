/** When the secret of an account ends, and when to speak of it. Pure. */

import type { ProviderAccount } from '../ports/provider-store.ts';
import { counts, english, type FilledWords, words } from '../words.ts';

/** From here on it is said wherever an administrator looks. */
export const WARN_DAYS = 30;
/** From here on it is exchanged by itself, where the settings allow. */
export const ROTATE_DAYS = 5;

const DAY_MS = 86_400_000;

/** @returns whole days, 0 on the last one, negative afterwards; null: it does not end */
export function daysLeft({ secretExpiresAt }: Pick<ProviderAccount, 'secretExpiresAt'>, now: Date): number | null {
  return secretExpiresAt === null ? null : Math.floor((secretExpiresAt.getTime() - now.getTime()) / DAY_MS);
}

/** What is wrong with an account, for whoever can do something about it; null: nothing. */
export function troubleOf(account: ProviderAccount, now: Date): string | null {
  const trouble = troubleWords(account, now);
  return trouble && english(trouble);
}

/** The same for whoever reads another language. */
export function troubleWords(account: ProviderAccount, now: Date): FilledWords | null {
  if (!account.enabled) return null;
  const { name, slug, provider } = account;
  const named = words('the account "{name}" ({slug}) of {provider}', { name, slug, provider });
  const days = daysLeft(account, now);
  if (days !== null && days < 0)
    return words('the secret of {account} has expired: give it a new one', { account: named });
  if (account.lastCheck?.ok === false)
    return words('{account} does not work: {reason}', { account: named, reason: account.lastCheck.message });
  if (days !== null && days <= WARN_DAYS)
    return words('the secret of {account} expires {soon}: give it a new one', { account: named, soon: inDays(days) });
  return null;
}

export function inDays(days: number): FilledWords {
  return days <= 0 ? words('within a day') : counts(days, 'in {count} day', 'in {count} days');
}
