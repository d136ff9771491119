/** When the secret of an account ends, and when to speak of it. Pure. */

import type { ProviderAccount } from '../ports/provider-store.ts';

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
  if (!account.enabled) return null;
  const named = `the account "${account.name}" (${account.slug}) of ${account.provider}`;
  const days = daysLeft(account, now);
  if (days !== null && days < 0) return `the secret of ${named} has expired: give it a new one`;
  if (account.lastCheck?.ok === false) return `${named} does not work: ${account.lastCheck.message}`;
  if (days !== null && days <= WARN_DAYS) return `the secret of ${named} expires ${inDays(days)}: give it a new one`;
  return null;
}

export function inDays(days: number): string {
  if (days <= 0) return 'within a day';
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}
