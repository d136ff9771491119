/** Looks after the accounts once a day: asks the providers whether each works, warns before a secret expires, and exchanges
 *  it in its last days where that is wanted. A job, so that one process of several does it. */

import { compareCodePoints } from '../../dsl/index.ts';
import { CredentialsError } from '../errors.ts';
import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { Jobs } from '../jobs/request-job.ts';
import type { BadgeProvider } from '../ports/badge-provider.ts';
import type { Job } from '../ports/job-store.ts';
import type { ProviderAccount, ProviderStore } from '../ports/provider-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { msg } from '../words.ts';
import { formOf } from './account-entry.ts';
import type { Accounts } from './accounts.ts';
import { daysLeft, ROTATE_DAYS, troubleOf } from './secret-expiry.ts';

const CHECK_ACCOUNTS = 'check-accounts';

/** Asks for the check of this day: whoever asks second gets the one there is. */
export async function requestDailyCheck(jobs: Jobs, clock: Clock): Promise<void> {
  const day = clock.now().toISOString().slice(0, 10);
  await jobs.request({
    id: `${CHECK_ACCOUNTS} ${day}`,
    kind: CHECK_ACCOUNTS,
    title: msg('Check the accounts at badge providers'),
    parameters: {},
    requestedBy: 'laurel',
  });
}

export interface CheckAccountsParts {
  readonly store: ProviderStore;
  readonly accounts: Pick<Accounts, 'check' | 'rotate'>;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  /** Secrets are exchanged by themselves. */
  readonly rotates: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A secret was exchanged without anybody asking for it. */
  onRotated(account: ProviderAccount): Promise<void>;
}

export function createCheckAccounts(parts: CheckAccountsParts): JobKind {
  const { store, accounts, clock, logger } = parts;

  async function look({ id, provider }: ProviderAccount): Promise<string> {
    const { account, facts } = await accounts.check(id);
    const word = facts === null ? 'failing' : 'working';
    if (facts !== null && mayRotate(account)) {
      try {
        await parts.onRotated(await accounts.rotate(id));
        return 'exchanged';
      } catch (error) {
        if (!(error instanceof CredentialsError)) throw error;
        logger.warn('the secret of an account could not be exchanged', { account: id, provider, error: error.code });
      }
    }
    const trouble = troubleOf(account, clock.now());
    if (trouble !== null) {
      const fields = { account: id, provider, slug: account.slug, daysLeft: daysLeft(account, clock.now()) };
      logger.warn('an account at a badge provider needs a new secret or does not work', fields);
    }
    return word;
  }

  function mayRotate(account: ProviderAccount): boolean {
    const days = daysLeft(account, clock.now());
    const canRotate = formOf(parts.providers.get(account.provider))?.rotates === true;
    return parts.rotates && canRotate && account.origin === 'page' && days !== null && days < ROTATE_DAYS;
  }

  return {
    kind: CHECK_ACCOUNTS,
    async step({ cursor }: Job): Promise<JobStep> {
      const all = (await store.accounts()).filter(isLookedAfter);
      const left = all.filter((one) => typeof cursor !== 'string' || compareCodePoints(placeOf(one), cursor) > 0);
      const [account] = left;
      if (account === undefined) return { cursor, done: 0, total: all.length, finished: true };
      const word = await look(account);
      return {
        cursor: placeOf(account),
        done: 1,
        counts: { [word]: 1 },
        total: all.length,
        finished: left.length === 1,
      };
    },
  };

  function isLookedAfter({ enabled, provider }: ProviderAccount): boolean {
    return enabled && formOf(parts.providers.get(provider)) !== null;
  }
}

/** In the order of the store, so that a step finds its place whatever became of the account before. */
function placeOf({ provider, slug }: ProviderAccount): string {
  return `${provider} ${slug}`;
}
