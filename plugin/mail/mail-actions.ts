/** What can be done with mails, and with which of them. */

import type { MailState } from '../ports/credential-store.ts';

export const MAIL_ACTIONS = {
  retry: ['pending', 'failed', 'given-up'],
  'give-up': ['pending', 'failed'],
} as const satisfies Readonly<Record<string, readonly MailState[]>>;

export type MailAction = keyof typeof MAIL_ACTIONS;
