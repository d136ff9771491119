/** Taking a credential back: it stays verifiable as invalidated, its document leaves every public place, and
 *  no run makes another in its stead until a person allows it (place.ts). */

import { ConflictError, InputError, NotFoundError } from '../errors.ts';
import type { FileStore } from '../ports/asset-files.ts';
import type { Credential, CredentialStore } from '../ports/credential-store.ts';
import type { Clock } from '../ports/runtime.ts';
import { msg, words } from '../words.ts';
import { invalidateCredential as toInvalidated } from './credential.ts';

export const MAX_REASON = 500;
const ATTEMPTS = 3;

export interface InvalidationParts {
  readonly store: CredentialStore;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Archive first, then the record, then the former file: a crash in between leaves at worst a copy that nothing refers
 *  to, never a record without its document and never a document that the record still offers.
 *  @param reason shown to whoever verifies the credential
 *  @throws InputError `input.invalidation-reason`, NotFoundError `not-found.credential`,
 *    CredentialError `credential.status` when it is invalidated already, ConflictError `conflict.stale` */
export async function invalidateCredential(
  credentialId: string,
  reason: string,
  using: InvalidationParts,
): Promise<Credential> {
  const text = reason.trim();
  if (text === '' || text.length > MAX_REASON) {
    throw new InputError(
      'invalidation-reason',
      words('the reason must have 1 to {most} characters', { most: MAX_REASON }),
    );
  }
  const { store, files } = using;
  const credential = await store.credential(credentialId);
  if (!credential) {
    throw new NotFoundError('credential', msg('there is no credential with this id; choose one from the list'));
  }
  for (let attempt = 1, latest = credential; ; attempt++) {
    const invalidated = await tryToInvalidate(latest, text, using);
    if (invalidated !== null) {
      for (const key of [latest.fileKey, latest.reissue?.fileKey]) if (key) await files.delete(key);
      return invalidated;
    }
    const again = await store.credential(credentialId);
    // that a mail has gone out meanwhile is no reason to come back
    if (!again || again.status !== latest.status || attempt === ATTEMPTS) {
      throw new ConflictError('stale', msg('somebody else changed the credential at the same time; load it again'));
    }
    latest = again;
  }
}

/** @returns null: somebody else changed it meanwhile */
async function tryToInvalidate(
  credential: Credential,
  reason: string,
  { store, files, clock, newId }: InvalidationParts,
): Promise<Credential | null> {
  const hasDocument = credential.status === 'available' && credential.fileKey !== null;
  const archiveKey = hasDocument ? `archive/${credential.id}/${newId()}` : null;
  const invalidated = toInvalidated(credential, reason, archiveKey, clock.now());
  if (archiveKey !== null && credential.fileKey !== null) {
    const document = await files.get(credential.fileKey);
    if (document) await files.put(archiveKey, document);
  }
  if (await store.updateCredential(invalidated, credential.updatedAt)) return invalidated;
  if (archiveKey !== null) await files.delete(archiveKey);
  return null;
}
