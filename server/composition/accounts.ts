/** Accounts at badge providers in this process: the use cases, the daily look after them, and what is done at start. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { countMatching, SETTLE_EFFECTS, settleParameters } from '../../plugin/badges/settle-effects.ts';
import type { JobKind } from '../../plugin/jobs/job-runner.ts';
import type { Jobs } from '../../plugin/jobs/request-job.ts';
import type { BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import type { SealedRecords, SecretBox } from '../../plugin/ports/secret-box.ts';
import { type Accounts, createAccounts } from '../../plugin/providers/accounts.ts';
import { createCheckAccounts, requestDailyCheck } from '../../plugin/providers/check-accounts.ts';
import { setUpGivenAccounts } from '../../plugin/providers/given-accounts.ts';
import { sealedAccounts } from '../../plugin/providers/reseal-accounts.ts';
import { words } from '../../plugin/words.ts';
import type { Settings } from '../config.ts';
import { every } from '../every.ts';
import { rescuedSecrets } from '../files/rescued-secrets.ts';
import { createAudit } from '../http/audit/audit.ts';
import type { Stores } from './stores.ts';

export interface AccountsSetupParts {
  readonly settings: Pick<Settings, 'dataDir' | 'providerAccounts' | 'rotateSecrets'>;
  readonly stores: Pick<Stores, 'providers' | 'progress' | 'access'>;
  readonly secrets: SecretBox;
  readonly providers: ReadonlyMap<string, BadgeProvider>;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface AccountsSetup {
  readonly accounts: Accounts;
  readonly kinds: readonly JobKind[];
  readonly sealed: SealedRecords;
  /** What the settings name and what an ended process could not write down is in the database when it resolves.
   *  @throws ConfigurationError */
  prepare(): Promise<void>;
  /** Looks after the accounts from now on. @returns ends it */
  keepLooking(): () => Promise<void>;
}

/** How often it is made sure that the check of the day is asked for. */
const LOOK_MS = 15 * 60_000;

export function composeAccounts(parts: AccountsSetupParts): AccountsSetup {
  const { settings, stores, providers, jobs, clock, logger } = parts;
  const ids = { uuid: randomUUID };
  const audit = createAudit({ access: stores.access, clock });

  async function onNewSecret(provider: string): Promise<void> {
    const filter = { state: 'pending', lane: provider, error: 'provider.unauthorised' } as const;
    if (countMatching(await stores.progress.effectGroups(), filter) === 0) return;
    await jobs.request({
      kind: SETTLE_EFFECTS,
      title: words('Retry what waits for a new secret at {provider}', { provider }),
      parameters: settleParameters('retry', filter),
      requestedBy: 'laurel',
    });
  }

  const shared = { ...parts, store: stores.providers, ids, onNewSecret };
  const accounts = createAccounts({
    ...shared,
    rescue: rescuedSecrets(join(settings.dataDir, 'rescued-secrets')),
    sleep: async (ms) => void (await sleep(ms)),
  });
  const check = createCheckAccounts({
    store: stores.providers,
    accounts,
    providers,
    rotates: settings.rotateSecrets,
    clock,
    logger,
    onRotated: ({ id, provider }) =>
      audit('laurel', 'provider-account.secret-rotated', `provider-account:${id}`, { provider }),
  });

  return {
    accounts,
    kinds: [check],
    sealed: sealedAccounts(stores.providers, parts.secrets),
    async prepare() {
      await setUpGivenAccounts(settings.providerAccounts, shared);
      await accounts.saveRescued();
    },
    keepLooking() {
      const look = async () => {
        if ((await stores.providers.accounts()).length > 0) await requestDailyCheck(jobs, clock);
      };
      const failed = 'the daily check of accounts could not be asked for';
      look().catch(() => logger.warn(failed));
      return every(LOOK_MS, look, { logger, failed });
    },
  };
}
