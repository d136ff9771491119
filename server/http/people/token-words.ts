/** API tokens in words: how one stands. */

import { type ApiToken, hasExpired } from './access-store.ts';
import { EXPIRY_WARNING_DAYS } from './tokens.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** As `shownStatus` knows them. */
export const TOKEN_STATES = ['valid', 'ending', 'expired', 'token-revoked'] as const;

export function tokenState(token: ApiToken, now: Date): (typeof TOKEN_STATES)[number] {
  if (token.revokedAt !== null) return 'token-revoked';
  if (hasExpired(token, now)) return 'expired';
  const soon = new Date(now.getTime() + EXPIRY_WARNING_DAYS * DAY_MS);
  return hasExpired(token, soon) ? 'ending' : 'valid';
}
