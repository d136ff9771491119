/** What is done to many accounts at badge providers. */

import { ProviderError } from '../../../plugin/errors.ts';
import type { ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import { requestSync } from '../../../plugin/providers/template-sync/request.ts';
import { msg } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import type { Services } from '../services.ts';
import type { BulkAction } from './list.ts';

const LEFT_ALONE = msg('left alone');

export type ProviderAccountServices = Pick<Services, 'accounts' | 'providers' | 'jobs' | 'access' | 'clock'>;

export function providerAccountActions(services: ProviderAccountServices): readonly BulkAction<ProviderAccount>[] {
  return [checking(services), synchronising(services), switching(services, true), switching(services, false)];
}

function checking({ accounts }: ProviderAccountServices): BulkAction<ProviderAccount> {
  return {
    name: 'check',
    label: msg('Check the connection'),
    audited: 'provider-accounts.checked',
    // Each is a call to a provider, which may be slow.
    atOnce: 10,
    consequence: msg('The provider of each is asked whether the account works. Nothing is changed there.'),
    async run({ id }) {
      const { facts, account } = await accounts.check(id);
      // What a provider says is never personal and never a secret.
      if (facts === null) throw new ProviderError('refused', account.lastCheck?.message ?? '');
      return msg('works');
    },
  };
}

function synchronising({ providers, jobs }: ProviderAccountServices): BulkAction<ProviderAccount> {
  return {
    name: 'synchronise',
    label: msg('Synchronise the templates'),
    audited: 'provider-accounts.synchronised',
    consequence: msg(
      'A job of its own brings the templates of each up to date with its provider. Disabled accounts, and those whose provider lists no templates, are left alone.',
    ),
    async run(account, { actor }) {
      if (!account.enabled || !providers.get(account.provider)?.capabilities.synchronises) return LEFT_ALONE;
      await requestSync(jobs, [account], actor);
      return msg('synchronisation begun');
    },
  };
}

/** Each is written down at the account too, as its own page does it. */
function switching(services: ProviderAccountServices, enabled: boolean): BulkAction<ProviderAccount> {
  const audit = createAudit(services);
  return {
    name: enabled ? 'enable' : 'disable',
    label: enabled ? msg('Enable') : msg('Disable'),
    access: 'administer',
    audited: enabled ? 'provider-accounts.enabled' : 'provider-accounts.disabled',
    consequence: enabled
      ? msg('Badges are issued with each of them again. Those that are enabled are left alone.')
      : msg(
          'Nothing is issued with any of them until it is enabled again: what a badge awards meanwhile fails, and waits for somebody to retry it. Those that are disabled are left alone.',
        ),
    async run({ id, provider, slug, enabled: now }, { actor }) {
      if (now === enabled) return LEFT_ALONE;
      await services.accounts.setEnabled(id, enabled);
      const action = enabled ? 'provider-account.enabled' : 'provider-account.disabled';
      await audit(actor, action, `provider-account:${id}`, { provider, slug });
      return enabled ? msg('enabled') : msg('disabled');
    },
  };
}
