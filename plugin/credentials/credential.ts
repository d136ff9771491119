/** The life of one credential: generating -> available or error -> ... -> invalidated. Pure: every step returns a new value. */

import { CredentialError } from '../errors.ts';
import type { Credential, CredentialMail, Reissue, ReissuedFacts } from '../ports/credential-store.ts';
import type { TraceContext } from '../ports/trace-context.ts';

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
    generatedAt: null,
    expiresAt: null,
    reissueOf: null,
    reissuedAs: null,
    reissue: null,
    holdsPlace: true,
    mail: null,
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
  made: Pick<Credential, 'sizeBytes' | 'sha256' | 'issuedAt' | 'expiresAt' | 'mail'>,
  now: Date,
): Credential {
  return step(credential, 'available', now, { ...made, generatedAt: now, reason: null });
}

/** A mail that waits to be sent: recorded with what it is about, so that neither exists without the other. */
export function pendingMail(now: Date, trace?: TraceContext): CredentialMail {
  const mail = { state: 'pending', messageId: null, attempts: 0, dueAt: now, sentAt: null, lastError: null } as const;
  return { ...mail, ...(trace && { trace }) };
}

/** @throws CredentialError `credential.status` */
export function failCredential(credential: Credential, reason: string, now: Date): Credential {
  return step(credential, 'error', now, { reason, fileKey: null });
}

/** It keeps its place: whoever takes a credential back does not expect that the next run makes another.
 *  @param archiveKey where its document lies from now on; null: it had none
 *  @throws CredentialError `credential.status` */
export function invalidateCredential(
  credential: Credential,
  reason: string,
  archiveKey: string | null,
  now: Date,
): Credential {
  return step(credential, 'invalidated', now, {
    reason,
    fileKey: archiveKey,
    reissue: null,
    mail: unneeded(credential.mail),
  });
}

/** Nobody is told of a credential that is not valid any more. */
function unneeded(mail: CredentialMail | null): CredentialMail | null {
  return mail?.state === 'pending' ? { ...mail, state: 'superseded', dueAt: null } : mail;
}

/** Shown to whoever verifies the former one. */
const REISSUED = 'Reissued';

/** The intent, before anything is made. The ids of one that another process has left are kept.
 *  @throws CredentialError `credential.status` */
export function intendReissue(
  credential: Credential,
  {
    by,
    leaseUntil,
    trace,
    now,
    newId,
  }: Pick<Reissue, 'by' | 'leaseUntil' | 'trace'> & { readonly now: Date; readonly newId: () => string },
): Credential & { readonly reissue: Reissue } {
  if (credential.status !== 'available') throw refusedStep(credential, 'reissued');
  const id = credential.reissue?.id ?? newId();
  const verifyId = credential.reissue?.verifyId ?? newId();
  const reissue = {
    ...{ id, verifyId, fileKey: newFileKey(id, newId), by, leaseUntil, made: null },
    ...(trace && { trace }),
  };
  return { ...credential, reissue, updatedAt: laterThan(credential, now) };
}

/** Ends an intent; the credential stays as it is. */
export function withoutReissue(credential: Credential, now: Date): Credential {
  return { ...credential, reissue: null, updatedAt: laterThan(credential, now) };
}

/** The swap: from this one change on the former one is invalid and the new one, in it, is in force.
 *  @throws CredentialError `credential.status` */
export function swapReissued(
  credential: Credential & { readonly reissue: Reissue },
  made: ReissuedFacts,
  archiveKey: string | null,
  now: Date,
): Credential & { readonly reissue: Reissue } {
  const { reissue } = credential;
  const swapped = step(credential, 'invalidated', now, {
    reason: REISSUED,
    fileKey: archiveKey,
    reissuedAs: reissue.id,
    mail: unneeded(credential.mail),
  });
  return { ...swapped, reissue: { ...reissue, made } };
}

/** The new credential as the swap recorded it; null: nothing was swapped. */
export function successorOf(credential: Credential): Credential | null {
  const { reissue } = credential;
  if (reissue === null || reissue.made === null) return null;
  const { formerFileKey: _, ...facts } = reissue.made;
  return {
    ...credential,
    ...facts,
    id: reissue.id,
    verifyId: reissue.verifyId,
    fileKey: reissue.fileKey,
    status: 'available',
    reason: null,
    attempts: 1,
    reissueOf: credential.id,
    reissuedAs: null,
    reissue: null,
    holdsPlace: false,
    createdAt: facts.generatedAt,
    updatedAt: facts.generatedAt,
  };
}

/** The place is free for a new credential of the learner. */
export function withoutPlace(credential: Credential, now: Date): Credential {
  return { ...credential, holdsPlace: false, updatedAt: laterThan(credential, now) };
}

function step(credential: Credential, status: Status, now: Date, changes: Partial<Credential>): Credential {
  if (!NEXT[credential.status].includes(status)) throw refusedStep(credential, status);
  return { ...credential, ...changes, status, updatedAt: laterThan(credential, now) };
}

/** `updatedAt` guards conditional updates: two steps within one millisecond must differ. */
export function laterThan({ updatedAt }: Pick<Credential, 'updatedAt'>, now: Date): Date {
  return new Date(Math.max(now.getTime(), updatedAt.getTime() + 1));
}

function refusedStep({ id, status }: Credential, wanted: string): CredentialError {
  return new CredentialError(
    'status',
    `the credential is ${status} and cannot become ${wanted}; load it again to see what happened to it`,
    { details: { credentialId: id } },
  );
}
