/** How learners stand towards the credential of a configuration, without making any. */

import { NotFoundError } from '../errors.ts';
import type { ExtensionRegistry } from '../extensions/registry.ts';
import type { RetrievedLearner } from '../extensions/retrieval-function.ts';
import type { CredentialConfiguration, CredentialStore, CredentialType } from '../ports/credential-store.ts';
import type { LearnerRecords } from '../ports/learner-records.ts';
import { msg } from '../words.ts';
import { planCredentials } from './credential-options.ts';

export interface EligibilityParts {
  readonly store: Pick<CredentialStore, 'configuration' | 'type'>;
  readonly registry: ExtensionRegistry;
  readonly records: LearnerRecords;
}

export interface EligibilityQuestion {
  /** This learner only. */
  readonly username?: string | undefined;
  readonly signal?: AbortSignal;
}

/** Everybody who is enrolled, one at a time.
 *  @throws NotFoundError `not-found.configuration`, and what retrieving throws */
export type Eligibility = (configurationId: string, question: EligibilityQuestion) => AsyncIterable<RetrievedLearner>;

export function createEligibility({ store, registry, records }: EligibilityParts): Eligibility {
  return async function* eligibility(configurationId, { username, signal }) {
    const { configuration, type } = await loadConfiguration(store, configurationId);
    const { retrieval, options } = planCredentials(registry, type, configuration);
    yield* retrieval.retrieve(configuration.contextKey, options, {
      records,
      ...(username === undefined ? {} : { username }),
      ...(signal ? { signal } : {}),
    });
  };
}

/** @throws NotFoundError `not-found.configuration` */
export async function loadConfiguration(
  store: Pick<CredentialStore, 'configuration' | 'type'>,
  configurationId: string,
): Promise<{ readonly configuration: CredentialConfiguration; readonly type: CredentialType }> {
  const configuration = await store.configuration(configurationId);
  const type = configuration && (await store.type(configuration.credentialTypeId));
  if (!configuration || !type) {
    throw new NotFoundError(
      'configuration',
      msg('there is no credential configuration with this id, or its type is gone'),
    );
  }
  return { configuration, type };
}

/** Why a learner is not eligible, in words; of a learning path with the course.
 *  @returns null: eligible, or nothing can be said */
export function reasonOf({ eligible, problem, courses }: RetrievedLearner): string | null {
  if (eligible) return null;
  if (problem !== null) return problem;
  const reasons = courses.flatMap(({ courseKey, reason }) =>
    reason === null ? [] : [courses.length === 1 ? reason : `${courseKey}: ${reason}`],
  );
  return reasons.length === 0 ? null : reasons.join('; ');
}
