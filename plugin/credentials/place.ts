/** Each learner has one place per configuration. The first credential holds it for itself and for those that were reissued
 *  after it, so that at no instant another one can be created beside them. It is kept when the last of them is taken back,
 *  too, until a person allows a new one. */

import { ConflictError, CredentialError, NotFoundError } from '../errors.ts';
import type { Credential, CredentialStore } from '../ports/credential-store.ts';
import type { Clock } from '../ports/runtime.ts';
import { withoutPlace } from './credential.ts';

type Places = Pick<CredentialStore, 'placeHolder' | 'credential'>;

export interface TakenBack {
  readonly holder: Credential;
  /** What was invalidated by hand: the holder, or the last that was reissued after it. */
  readonly last: Credential;
}

/** What keeps a new credential from being made although none is in force.
 *  @returns null: the place is free, or something in it is in force or about to be */
export async function takenBack(
  store: Places,
  { configurationId, username }: Pick<Credential, 'configurationId' | 'username'>,
): Promise<TakenBack | null> {
  const holder = await store.placeHolder(configurationId, username);
  if (holder === null) return null;
  for (let last: Credential | null = holder; last?.status === 'invalidated'; ) {
    if (last.reissuedAs === null) return { holder, last };
    last = await store.credential(last.reissuedAs);
  }
  return null;
}

/** Whether it is this one that keeps a new one from being made. */
export async function holdsBack(store: Places, credential: Credential): Promise<boolean> {
  if (credential.status !== 'invalidated' || credential.reissuedAs !== null) return false;
  return (await takenBack(store, credential))?.last.id === credential.id;
}

/** Frees the place of a credential that was taken back: the next run makes a new one for a learner who still is eligible.
 *  @returns the one that was taken back
 *  @throws NotFoundError `not-found.credential`; CredentialError `credential.status` when it does not stand in the way of a
 *    new one; ConflictError `conflict.stale` */
export async function allowNewCredential(
  credentialId: string,
  { store, clock }: { readonly store: Places & Pick<CredentialStore, 'updateCredential'>; readonly clock: Clock },
): Promise<Credential> {
  const credential = await store.credential(credentialId);
  if (!credential) {
    throw new NotFoundError('credential', 'there is no credential with this id; choose one from the list');
  }
  const taken = await takenBack(store, credential);
  if (taken?.last.id !== credentialId) {
    throw new CredentialError(
      'status',
      'this credential does not keep a new one from being made; there is nothing to allow',
      {
        details: { credentialId },
      },
    );
  }
  if (await store.updateCredential(withoutPlace(taken.holder, clock.now()), taken.holder.updatedAt)) return taken.last;
  throw new ConflictError('stale', 'somebody else changed the credential at the same time; load it again');
}
