/** Accounts of people in words: how one stands, and what it signs in by. */

import { msg } from '../../../plugin/words.ts';
import type { Account } from './access-store.ts';

/** As `shownStatus` knows them. */
export const ACCOUNT_STATES = ['active', 'invited', 'disabled'] as const;

export function accountState({ passwordHash, lmsUsername, disabledAt }: Account): (typeof ACCOUNT_STATES)[number] {
  if (disabledAt !== null) return 'disabled';
  return passwordHash === null && lmsUsername === null ? 'invited' : 'active';
}

export function waysOf({ passwordHash, lmsUsername }: Pick<Account, 'passwordHash' | 'lmsUsername'>): string {
  if (passwordHash !== null) return lmsUsername === null ? msg('password') : msg('password, LMS');
  return lmsUsername === null ? msg('no password chosen yet') : msg('LMS');
}
