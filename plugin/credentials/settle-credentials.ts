/** Invalidating, allowing, reissuing or retrying every credential that matches: a job, because there may be very many. */

import { ConflictError, CredentialError, CredentialsError, InputError, NotFoundError } from '../errors.ts';
import type { JobKind, JobStep } from '../jobs/job-runner.ts';
import type { Credential, CredentialFilter } from '../ports/credential-store.ts';
import type { Job, JsonObject } from '../ports/job-store.ts';
import { generateCredential } from './generate-credentials.ts';
import { invalidateCredential } from './invalidate-credential.ts';
import { allowNewCredential } from './place.ts';
import { currentLearner, type GenerationParts, prepareGeneration } from './prepare-generation.ts';
import type { Reissuer } from './reissue-credential.ts';

export const SETTLE_CREDENTIALS = 'settle-credentials';

/** What can be done with many at once, and to which of them. */
const CREDENTIAL_ACTIONS = {
  invalidate: ['available', 'error'],
  allow: ['invalidated'],
  reissue: ['available'],
  retry: ['error'],
} as const satisfies Readonly<Record<string, readonly Credential['status'][]>>;

export type CredentialAction = keyof typeof CREDENTIAL_ACTIONS;

/** What a person chooses credentials by. */
export type CredentialChoice = Pick<CredentialFilter, 'contextKey' | 'credentialType' | 'status' | 'search'>;

export interface Matching {
  readonly count: number;
  /** By status, those that the action concerns. */
  readonly counts: readonly { readonly status: Credential['status']; readonly count: number }[];
  readonly sample: readonly Credential[];
}

const SAMPLE = 5;
const BATCH = 20;

/** What a job of this kind is asked for. `createdBefore` keeps out what it makes itself. */
export function settleCredentialsParameters(
  action: CredentialAction,
  choice: CredentialChoice,
  { reason, createdBefore }: { readonly reason: string; readonly createdBefore: Date },
): JsonObject {
  const given = Object.entries(choice).filter(([, value]) => value !== undefined);
  return { action, choice: Object.fromEntries(given), reason, createdBefore: createdBefore.toISOString() };
}

/** What the action would concern, before anything is done. */
export async function matchingCredentials(
  store: GenerationParts['store'],
  action: CredentialAction,
  choice: CredentialChoice,
): Promise<Matching> {
  const statuses = statusesOf(action, choice);
  const counts = await Promise.all(
    statuses.map(async (status) => ({ status, count: await store.countCredentials({ ...choice, status }) })),
  );
  const pages = await Promise.all(statuses.map((status) => store.credentials({ ...choice, status, limit: SAMPLE })));
  return {
    count: counts.reduce((sum, { count }) => sum + count, 0),
    counts: counts.filter(({ count }) => count > 0),
    sample: pages.flatMap(({ items }) => items).slice(0, SAMPLE),
  };
}

function statusesOf(action: CredentialAction, { status }: CredentialChoice): readonly Credential['status'][] {
  const statuses: readonly Credential['status'][] = CREDENTIAL_ACTIONS[action];
  return status === undefined ? statuses : statuses.filter((one) => one === status);
}

/** Makes it again for whoever still is eligible. @returns what came of it, in a word or two */
export async function retryCredential(
  parts: GenerationParts,
  { configurationId, username }: Pick<Credential, 'configurationId' | 'username'>,
  runId: string,
): Promise<string> {
  const prepared = await prepareGeneration(parts, configurationId);
  const found = await currentLearner(parts, prepared, username);
  if (!found?.eligible) return 'not eligible now';
  const outcome = await generateCredential({ ...prepared, runId }, found.learner);
  return outcome === 'generated' ? 'generated' : outcome === 'failed' ? 'failed' : 'left alone';
}

export function createSettleCredentials(parts: GenerationParts & { readonly reissuer: Reissuer }): JobKind {
  const { store, files, clock, reissuer } = parts;
  const newId = parts.newId ?? (() => crypto.randomUUID());

  const acts: Readonly<Record<CredentialAction, (credential: Credential, job: Job) => Promise<string>>> = {
    async invalidate({ id }, job) {
      await invalidateCredential(id, String(job.parameters.reason), { store, files, clock, newId });
      return 'invalidated';
    },
    async allow({ id }) {
      await allowNewCredential(id, { store, clock });
      return 'allowed';
    },
    async reissue({ id }, job) {
      await reissuer.reissue(id, job.requestedBy);
      return 'reissued';
    },
    retry: (credential, job) => retryCredential(parts, credential, job.id),
  };

  async function settle(credential: Credential, action: CredentialAction, job: Job): Promise<string> {
    try {
      return await acts[action](credential, job);
    } catch (error) {
      if (!(error instanceof CredentialsError) || error.retry === 'later') throw error;
      // somebody else was faster: then there is nothing to do
      if (error instanceof ConflictError || error.code === 'credential.status') return 'left alone';
      // of one learner or one configuration: the others go on
      if (error instanceof CredentialError || error instanceof InputError || error instanceof NotFoundError)
        return 'failed';
      throw error;
    }
  }

  return {
    kind: SETTLE_CREDENTIALS,
    async step(job: Job): Promise<JobStep> {
      const { action, choice, createdBefore } = job.parameters as unknown as {
        readonly action: CredentialAction;
        readonly choice: CredentialChoice;
        readonly createdBefore: string;
      };
      const wanted = { ...choice, createdBefore: new Date(createdBefore) };
      const total = job.total ?? (await matchingCredentials(store, action, wanted)).count;
      const after = typeof job.cursor === 'string' ? job.cursor : undefined;
      // the order is that of creation: what is settled stays where it is
      const page = await store.credentials({ ...wanted, after, limit: BATCH });
      const statuses = statusesOf(action, choice);
      const counts: Record<string, number> = {};
      let done = 0;
      for (const credential of page.items) {
        if (!statuses.includes(credential.status)) continue;
        const word = await settle(credential, action, job);
        counts[word] = (counts[word] ?? 0) + 1;
        done += 1;
      }
      return { cursor: page.next, done, counts, total, finished: page.next === null };
    },
  };
}
