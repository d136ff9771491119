/** Retrying, or giving up, every mail in one state: a job, because there may be very many. */

import { CredentialsError } from '../errors.ts';
import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { CredentialStore, MailState } from '../ports/credential-store.ts';
import type { Job, JsonObject } from '../ports/job-store.ts';
import type { MailDispatcher } from './mail-dispatcher.ts';

export const SETTLE_MAILS = 'settle-mails';

/** What can be done with mails, and with which of them. */
export const MAIL_ACTIONS = {
  retry: ['pending', 'failed', 'given-up'],
  'give-up': ['pending', 'failed'],
} as const satisfies Readonly<Record<string, readonly MailState[]>>;

export type MailAction = keyof typeof MAIL_ACTIONS;

const BATCH = 100;

export function settleMailsParameters(action: MailAction, state: MailState): JsonObject {
  return { action, state };
}

export function createSettleMails({
  store,
  dispatcher,
}: {
  readonly store: Pick<CredentialStore, 'credentials' | 'countCredentials'>;
  readonly dispatcher: Pick<MailDispatcher, 'retry' | 'giveUp'>;
}): JobKind {
  async function settle(id: string, action: MailAction): Promise<string> {
    try {
      await (action === 'retry' ? dispatcher.retry(id) : dispatcher.giveUp(id));
      return action === 'retry' ? 'retried' : 'given up';
    } catch (error) {
      if (error instanceof CredentialsError && error.retry === 'never') return 'left alone';
      throw error;
    }
  }

  return {
    kind: SETTLE_MAILS,
    async step(job: Job): Promise<JobStep> {
      const { action, state } = job.parameters as { readonly action: MailAction; readonly state: MailState };
      const total = job.total ?? (await store.countCredentials({ mail: state }));
      const after = typeof job.cursor === 'string' ? job.cursor : undefined;
      const page = await store.credentials({ mail: state, after, limit: BATCH });
      const counts: Record<string, number> = {};
      for (const { id } of page.items) {
        const word = await settle(id, action);
        counts[word] = (counts[word] ?? 0) + 1;
      }
      return { cursor: page.next, done: page.items.length, counts, total, finished: page.next === null };
    },
  };
}
