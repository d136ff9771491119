/** Each learner has one place per configuration. The first credential holds it for itself and for those that were reissued
 *  after it, so that at no instant another one can be created beside them. */

import type { Credential, CredentialStore } from '../ports/credential-store.ts';
import { withoutPlace } from './credential.ts';

/** Frees the place when the last credential under it is invalidated.
 *  @returns whether it is free now */
export async function freePlace(
  store: Pick<CredentialStore, 'placeHolder' | 'credential' | 'updateCredential'>,
  { configurationId, username }: Pick<Credential, 'configurationId' | 'username'>,
  now: Date,
): Promise<boolean> {
  const holder = await store.placeHolder(configurationId, username);
  if (holder === null) return true;
  for (let last: Credential | null = holder; last?.status === 'invalidated'; ) {
    if (last.reissuedAs === null) return store.updateCredential(withoutPlace(holder, now), holder.updatedAt);
    last = await store.credential(last.reissuedAs);
  }
  return false;
}
