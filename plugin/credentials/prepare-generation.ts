/** What making documents of one configuration needs, loaded once for many learners. */

import type { ExtensionRegistry } from '../extensions/registry.ts';
import type { FileStore } from '../ports/asset-files.ts';
import type { CredentialStore } from '../ports/credential-store.ts';
import type { Learner, LearnerRecords } from '../ports/learner-records.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import { silentTracer, type Tracer } from '../ports/tracer.ts';
import { createAssetReader } from './assets.ts';
import { planCredentials } from './credential-options.ts';
import { loadConfiguration } from './eligibility.ts';
import type { GenerationJob } from './generate-credentials.ts';

export interface GenerationParts {
  readonly store: CredentialStore;
  readonly files: FileStore;
  readonly registry: ExtensionRegistry;
  readonly records: LearnerRecords;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tracer?: Tracer;
  readonly newId?: () => string;
  /** Whether the learner was retired: then nothing is made. Left out: nobody was. */
  readonly isRetired?: (learner: Pick<Learner, 'username' | 'lmsUserId'>) => boolean | Promise<boolean>;
  /** Address of the public verification page. */
  readonly verifyUrl?: (verifyId: string) => string | null;
}

/** @throws NotFoundError `not-found.configuration`, InputError `input.options` */
export async function prepareGeneration(
  parts: GenerationParts,
  configurationId: string,
): Promise<Omit<GenerationJob, 'runId'>> {
  const { store, files, clock, logger, tracer = silentTracer } = parts;
  const { configuration, type } = await loadConfiguration(store, configurationId);
  const plan = planCredentials(parts.registry, type, configuration);
  const { contextKey } = configuration;
  return {
    ...plan,
    configurationId,
    credentialType: type.name,
    contextKey,
    contextName: (await parts.records.contextName(contextKey)) ?? contextKey,
    assets: createAssetReader(store, files),
    store,
    files,
    clock,
    logger,
    tracer,
    newId: parts.newId ?? (() => crypto.randomUUID()),
    verifyUrl: parts.verifyUrl ?? (() => null),
    isRetired: parts.isRetired ?? (() => false),
  };
}

/** What the course knows of one learner now; null: the learner does not take part any more. */
export async function currentLearner(
  { records }: Pick<GenerationParts, 'records'>,
  { retrieval, options, contextKey }: Omit<GenerationJob, 'runId'>,
  username: string,
): Promise<{ readonly learner: Learner; readonly eligible: boolean } | null> {
  for await (const found of retrieval.retrieve(contextKey, options, { records, username })) {
    if (found.learner.username === username) return found;
  }
  return null;
}
