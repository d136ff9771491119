/** The life of one credential: generating -> available or error -> ... -> invalidated. Pure: every step returns a new value. */

import { CredentialError } from '../errors.ts';
import type { Credential } from '../ports/credential-store.ts';

type Status = Credential['status'];

/** `generating` may follow itself: a run that died is taken over. */
const NEXT: Readonly<Record<Status, readonly Status[]>> = {
  generating: ['generating', 'available', 'error', 'invalidated'],
  available: ['invalidated'],
  error: ['generating', 'invalidated'],
  invalidated: [],
};

/** What is known before the document is made. */
export type CredentialSeed = Pick<
  Credential,
  | 'configurationId'
  | 'credentialType'
  | 'contextKey'
  | 'contextName'
  | 'username'
  | 'lmsUserId'
  | 'learnerName'
  | 'email'
  | 'runId'
>;

/** The random part makes the key unguessable; each attempt has its own, so that two of them never share a file. */
function newFileKey(credentialId: string, newId: () => string): string {
  return `credential/${credentialId}/${newId()}`;
}

export function startCredential(seed: CredentialSeed, now: Date, newId: () => string): Credential {
  const id = newId();
  return {
    ...seed,
    id,
    verifyId: newId(),
    status: 'generating',
    reason: null,
    fileKey: newFileKey(id, newId),
    sizeBytes: null,
    sha256: null,
    attempts: 1,
    issuedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** One more attempt, with the learner's and the context's details of today.
 *  @throws CredentialError `credential.status` */
export function restartCredential(
  credential: Credential,
  seed: CredentialSeed,
  now: Date,
  newId: () => string,
): Credential {
  return step(credential, 'generating', now, {
    ...seed,
    reason: null,
    fileKey: newFileKey(credential.id, newId),
    attempts: credential.attempts + 1,
  });
}

/** @throws CredentialError `credential.status` */
export function completeCredential(
  credential: Credential,
  file: { readonly sizeBytes: number; readonly sha256: string },
  issuedAt: Date,
  now: Date,
): Credential {
  return step(credential, 'available', now, { ...file, issuedAt, reason: null });
}

/** @throws CredentialError `credential.status` */
export function failCredential(credential: Credential, reason: string, now: Date): Credential {
  return step(credential, 'error', now, { reason, fileKey: null });
}

/** @param archiveKey where its document lies from now on; null: it had none
 *  @throws CredentialError `credential.status` */
export function invalidateCredential(
  credential: Credential,
  reason: string,
  archiveKey: string | null,
  now: Date,
): Credential {
  return step(credential, 'invalidated', now, { reason, fileKey: archiveKey });
}

function step(credential: Credential, status: Status, now: Date, changes: Partial<Credential>): Credential {
  if (!NEXT[credential.status].includes(status)) {
    throw new CredentialError(
      'status',
      `the credential is ${credential.status} and cannot become ${status}; load it again to see what happened to it`,
      { details: { credentialId: credential.id } },
    );
  }
  // updatedAt guards conditional updates: two steps within one millisecond must differ
  const updatedAt = new Date(Math.max(now.getTime(), credential.updatedAt.getTime() + 1));
  return { ...credential, ...changes, status, updatedAt };
}
