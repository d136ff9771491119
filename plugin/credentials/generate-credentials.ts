/** One learner's credential within a run: claimed in the store, made, put into the file store, and only then available.
 *
 *      place is free      -> create `generating`  \
 *      `error`            -> `generating` again     >-> generate -> put file -> `available`
 *      `generating`, dead -> taken over            /            \-> `error` with the reason
 *
 *  Every arrow into the store is conditional, so that of several runs at most one gets through. */

import { createHash } from 'node:crypto';
import { CredentialsError } from '../errors.ts';
import type { AssetReader } from '../extensions/generation-function.ts';
import type { FileStore } from '../ports/asset-files.ts';
import type { Credential, CredentialStore } from '../ports/credential-store.ts';
import type { Learner } from '../ports/learner-records.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { Tracer } from '../ports/tracer.ts';
import {
  type CredentialSeed,
  completeCredential,
  failCredential,
  pendingMail,
  restartCredential,
  startCredential,
} from './credential.ts';
import type { CredentialPlan } from './credential-options.ts';
import { expiryOf, wantsMail } from './validity.ts';

export interface GenerationJob extends CredentialPlan {
  readonly runId: string;
  readonly configurationId: string;
  readonly credentialType: string;
  readonly contextKey: string;
  readonly contextName: string;
  readonly assets: AssetReader;
  readonly store: CredentialStore;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer: Pick<Tracer, 'current'>;
  readonly newId: () => string;
  readonly verifyUrl: (verifyId: string) => string | null;
  readonly isRetired: (learner: Pick<Learner, 'username' | 'lmsUserId'>) => boolean | Promise<boolean>;
}

/** `skipped`: has one already, or had it taken back, was retired, or another run is at it. */
export type GenerationOutcome = 'generated' | 'skipped' | 'failed';

/** @throws CredentialsError when no document of this job can be made (missing asset, store away); the learner's credential
 *    is `error` then, to be retried by a later run */
export async function generateCredential(job: GenerationJob, learner: Learner): Promise<GenerationOutcome> {
  if (await job.isRetired(learner)) return 'skipped';
  const claimed = await claim(job, learner);
  if (typeof claimed === 'string') return claimed;
  const { store, files, clock } = job;
  const fileKey = claimed.fileKey ?? '';
  const issuedAt = clock.now();
  try {
    const made = await makeDocument(job, claimed, fileKey, issuedAt);
    const mail = mailFor(job, learner);
    const available = completeCredential(claimed, { ...made, issuedAt, mail }, clock.now());
    if (await store.updateCredential(available, claimed.updatedAt)) return 'generated';
    await files.delete(fileKey);
    return 'skipped';
  } catch (error) {
    await fail(job, claimed, error);
    if (error instanceof CredentialsError && !error.code.startsWith('credential.')) throw error;
    return 'failed';
  }
}

/** Makes the document and puts it into the file store. */
export async function makeDocument(
  job: Omit<GenerationJob, 'runId'>,
  facts: Pick<Credential, 'learnerName' | 'contextName' | 'verifyId'>,
  fileKey: string,
  issuedAt: Date,
): Promise<{ readonly sizeBytes: number; readonly sha256: string; readonly expiresAt: Date | null }> {
  const { learnerName, contextName, verifyId } = facts;
  const document = await job.generation.generate({
    options: job.options,
    learnerName,
    contextName,
    issuedAt,
    verifyId,
    verifyUrl: job.verifyUrl(verifyId),
    assets: job.assets,
  });
  await job.files.put(fileKey, document);
  return {
    sizeBytes: document.bytes.length,
    sha256: createHash('sha256').update(document.bytes).digest('hex'),
    expiresAt: expiryOf(job.options, issuedAt),
  };
}

/** null: the learner has no address, may not be written to, or is not to be told. */
export function mailFor(
  { options, clock, tracer }: Pick<GenerationJob, 'options' | 'clock' | 'tracer'>,
  { email, isActive }: Pick<Learner, 'email' | 'isActive'>,
): Credential['mail'] {
  return email !== '' && isActive && wantsMail(options) ? pendingMail(clock.now(), tracer.current()) : null;
}

/** What is to be said of a learner whose place is taken. One that is invalid keeps it: it was taken back. After a takeover the run meets what it made before, and
 *  counts it as its own. @returns null: one is to be made */
export function metAgain(
  { runId }: Pick<GenerationJob, 'runId'>,
  known: Credential | undefined,
): 'generated' | 'skipped' | null {
  if (known?.status === 'invalidated') return 'skipped';
  if (known?.status !== 'available') return null;
  return known.runId === runId ? 'generated' : 'skipped';
}

async function claim(job: GenerationJob, learner: Learner): Promise<Credential | GenerationOutcome> {
  const { store, files, clock, newId } = job;
  const seed: CredentialSeed = {
    configurationId: job.configurationId,
    credentialType: job.credentialType,
    contextKey: job.contextKey,
    contextName: job.contextName,
    username: learner.username,
    lmsUserId: learner.lmsUserId,
    learnerName: learner.name,
    email: learner.email,
    runId: job.runId,
  };
  const live = await store.liveCredential(job.configurationId, learner.username);
  if (!live) {
    const fresh = startCredential(seed, clock.now(), newId);
    return (await store.createCredential(fresh)) ? fresh : 'skipped';
  }
  const met = metAgain(job, live);
  if (met !== null) return met;
  if (live.status === 'generating' && live.runId !== job.runId && (await isAlive(job, live.runId))) return 'skipped';
  const restarted = restartCredential(live, seed, clock.now(), newId);
  if (!(await store.updateCredential(restarted, live.updatedAt))) return 'skipped';
  if (live.fileKey !== null) await files.delete(live.fileKey);
  return restarted;
}

async function isAlive({ store, clock }: GenerationJob, runId: string): Promise<boolean> {
  const run = await store.run(runId);
  return run !== null && run.state === 'running' && run.leaseUntil > clock.now();
}

async function fail(
  { store, files, clock, logger }: GenerationJob,
  claimed: Credential,
  error: unknown,
): Promise<void> {
  const known = error instanceof CredentialsError;
  if (!known) {
    // a foreign error's message may quote the learner's name
    logger.error('making a credential failed unexpectedly', {
      credentialId: claimed.id,
      error: error instanceof Error ? error.name : typeof error,
      at: error instanceof Error ? (/\n\s+(at [^\n]+)/.exec(error.stack ?? '')?.[1] ?? null) : null,
    });
  }
  const reason = known
    ? error.message
    : 'the document could not be made because of an unexpected error; the log says where it happened';
  await store.updateCredential(failCredential(claimed, reason, clock.now()), claimed.updatedAt);
  if (claimed.fileKey !== null) await files.delete(claimed.fileKey);
}
