/** Leads providers from the text in a rule to the account and the template that it means. */

import { CredentialsError, ProviderError } from '../errors.ts';
import type { AccountDirectory } from '../ports/badge-provider.ts';
import type { ProviderStore } from '../ports/provider-store.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import { openAccount } from './account-secret.ts';
import { type HeldTemplate, holdersOf, standingOf } from './template-holders.ts';
import { qualified } from './template-text.ts';

export interface AccountDirectoryParts {
  readonly store: ProviderStore;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The same message about the same account is written down again after so long. */
const SAME_AGAIN_MS = 600_000;
const SAVE_ATTEMPTS = 5;

export function createAccountDirectory({ store, secrets, clock, logger }: AccountDirectoryParts): AccountDirectory {
  async function holders(provider: string, text: string): Promise<readonly HeldTemplate[]> {
    return holdersOf({ provider, text }, await store.accounts(provider), store);
  }

  function opened({ account, template }: HeldTemplate) {
    return { account: openAccount(account, secrets), template };
  }

  async function write(accountId: string, check: { readonly ok: boolean; readonly message: string }): Promise<void> {
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
      const account = await store.account(accountId);
      const now = clock.now();
      if (account === null) return;
      const { lastCheck } = account;
      const isSame = lastCheck?.ok === check.ok && lastCheck.message === check.message;
      if (isSame && now.getTime() - lastCheck.at.getTime() < SAME_AGAIN_MS) return;
      const { ok, message } = check;
      if (await store.saveAccount({ ...account, lastCheck: { at: now, ok, message }, updatedAt: now })) return;
    }
  }

  return {
    async resolve(provider, text) {
      const standing = standingOf(await holders(provider, text));
      if (standing.kind === 'usable') return opened(standing.held);
      if (standing.kind === 'unknown') throw noneKnown(provider, text);
      if (standing.kind === 'several') throw severalHaveIt(provider, standing.held);
      throw standing.kind === 'disabled' ? isDisabled(provider, standing.held) : isInactive(provider, standing.held);
    },

    async resolveIssued(provider, text) {
      const held = await holders(provider, text);
      const enabled = held.filter(({ account }) => account.enabled);
      const [first] = enabled.length > 0 ? enabled : held;
      if (first !== undefined && (enabled.length === 1 || held.length === 1)) return opened(first);
      throw first === undefined ? noneKnown(provider, text) : severalMayHaveIssued(provider, held);
    },

    async find(provider, text) {
      const held = await holders(provider, text);
      const standing = standingOf(held);
      if (standing.kind === 'usable') return standing.held.template;
      return held.length === 1 ? (held[0]?.template ?? null) : null;
    },

    async byExternalId(provider, externalId, host) {
      const account = (await store.accounts(provider)).find(
        (one) => one.enabled && one.externalId === externalId && (host === undefined || one.host === host),
      );
      return account ? openAccount(account, secrets) : null;
    },

    async report(accountId, check) {
      try {
        await write(accountId, check);
      } catch (error) {
        const code = error instanceof CredentialsError ? error.code : 'unknown';
        logger.warn('what was learnt of an account could not be written down', { account: accountId, error: code });
      }
    },
  };
}

function severalHaveIt(provider: string, held: readonly HeldTemplate[]): ProviderError {
  const choices = held.map(({ account, template }) => `"${qualified(account, template.templateId)}"`).join(' or ');
  return refused(provider, `several accounts of ${provider} have this template; write ${choices} in the rule`);
}

function severalMayHaveIssued(provider: string, held: readonly HeldTemplate[]): ProviderError {
  const slugs = held.map(({ account }) => account.slug).join(', ');
  return refused(
    provider,
    `several accounts of ${provider} have the template of this badge (${slugs}); disable all but the one that issued it, retry, and enable them again`,
  );
}

function isInactive(provider: string, { account, template }: HeldTemplate): ProviderError {
  return refused(
    provider,
    `the template "${template.name}" of the account "${account.name}" (${account.slug}) is ${template.state} and cannot be issued; make it active at the provider, synchronise the account, then retry`,
  );
}

function isDisabled(provider: string, { account: { name, slug } }: HeldTemplate): ProviderError {
  return refused(provider, `the account "${name}" (${slug}) of ${provider} is disabled; enable it, then retry`);
}

function noneKnown(provider: string, text: string): ProviderError {
  return refused(
    provider,
    `no account of ${provider} has a template "${text}"; synchronise its account or correct the rule, then retry`,
  );
}

function refused(provider: string, message: string): ProviderError {
  return new ProviderError('refused', message, { details: { provider } });
}
