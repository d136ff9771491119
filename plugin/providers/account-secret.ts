/** The secret of an account, sealed and opened. */

import { type CredentialsError, ProviderError, StoreError } from '../errors.ts';
import type { OpenAccount } from '../ports/badge-provider.ts';
import type { ProviderAccount } from '../ports/provider-store.ts';
import type { SecretBox } from '../ports/secret-box.ts';

/** A refused secret is looked at again after so long. */
const PAUSE_MS = 600_000;

export function boundTo(accountId: string): string {
  return `account:${accountId}`;
}

/** @throws ProviderError `provider.unauthorised` when the secret cannot be opened: that is the matter of this account alone,
 *    and over once it has a new one */
export function openAccount(account: ProviderAccount, secrets: SecretBox): OpenAccount {
  const { id, slug, name, host, externalId, sealedSecret } = account;
  return { id, slug, name, host, externalId, secret: sealedSecret === null ? '' : open(sealedSecret) };

  function open(sealed: string): string {
    try {
      return secrets.open(sealed, boundTo(id));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw cannotOpen(account, error);
    }
  }
}

function cannotOpen({ name, slug }: ProviderAccount, { message }: CredentialsError): ProviderError {
  return new ProviderError('unauthorised', `the secret of the account "${name}" (${slug}) cannot be used: ${message}`, {
    retryAfterMs: PAUSE_MS,
  });
}
