/** Whether a type or a configuration, as entered, could make documents: every problem at its field. */

import {
  assertAssets,
  type CredentialPlan,
  checkTypeOptions,
  joinSchemas,
  planCredentials,
  withoutRequired,
} from '../../../plugin/credentials/credential-options.ts';
import { InputError, NotFoundError } from '../../../plugin/errors.ts';
import { mergeOptions, type OptionSchema, optionProblems, readOptions } from '../../../plugin/extensions/options.ts';
import type { ExtensionRegistry } from '../../../plugin/extensions/registry.ts';
import type {
  Asset,
  CredentialConfiguration,
  CredentialType,
  Options,
} from '../../../plugin/ports/credential-store.ts';
import { type Words, words } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import { atFields, type OptionsEntry, problemOf } from '../forms/options-entry.ts';

type Functions = Pick<CredentialType, 'retrievalFunction' | 'generationFunction'>;

export interface Stored {
  readonly registry: ExtensionRegistry;
  readonly configurations: readonly CredentialConfiguration[];
  readonly kindOf: (slug: string) => Asset['kind'] | undefined;
}

/** @throws NotFoundError for an unknown function */
export function schemaOf(registry: ExtensionRegistry, type: Functions): OptionSchema {
  return joinSchemas(registry.retrieval(type.retrievalFunction), registry.generation(type.generationFunction));
}

/** Of the options alone, and then of every configuration that would work with them. */
export function typeErrors(type: CredentialType, entry: OptionsEntry, stored: Stored): readonly FieldError[] {
  const { registry } = stored;
  const schema = schemaOf(registry, type);
  const lenient = schema.map(withoutRequired);
  const problems = optionProblems(lenient, type.options);
  if (problems.length > 0) return atFields(entry, schema, problems);
  const message = said(() => {
    checkTypeOptions(registry, type);
    const options = readOptions(lenient, type.options);
    const generation = registry.generation(type.generationFunction);
    registry.retrieval(type.retrievalFunction).check(options);
    generation.check(options);
    assertAssets({ retrieval: registry.retrieval(type.retrievalFunction), generation, options }, stored.kindOf);
  });
  if (message !== null) return atFields(entry, schema, [problemOf(message)]);
  for (const configuration of stored.configurations) {
    if (configuration.credentialTypeId !== type.id) continue;
    const reason = said(() => assertAssets(planCredentials(registry, type, configuration), stored.kindOf));
    if (reason === null) continue;
    const problem = words('the configuration of {context} would not work any more: {reason}', {
      context: configuration.contextKey,
      reason: typeof reason === 'string' ? { text: reason, values: {} } : reason,
    });
    return atFields(entry, schema, [{ path: '', message: problem }]);
  }
  return [];
}

/** Of the options merged over those of the type. */
export function configurationErrors(
  type: CredentialType,
  { contextKey, options }: { readonly contextKey: string; readonly options: Options },
  entry: OptionsEntry,
  stored: Pick<Stored, 'registry' | 'kindOf'>,
): readonly FieldError[] {
  const schema = schemaOf(stored.registry, type);
  const problems = optionProblems(schema, mergeOptions(type.options, options));
  if (problems.length > 0) return atFields(entry, schema, problems);
  const message = said(() =>
    assertAssets(planCredentials(stored.registry, type, { contextKey, options }), stored.kindOf),
  );
  return message === null ? [] : atFields(entry, schema, [problemOf(message)]);
}

/** The plan for a sample of a type, which has no context. */
export function samplePlan(registry: ExtensionRegistry, type: CredentialType, options: Options): CredentialPlan {
  return planCredentials(registry, type, { contextKey: 'course-v1:Sample+Sample+Sample', options });
}

/** @returns the reason against it; null: there is none */
export function said(check: () => void): Words | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof InputError || error instanceof NotFoundError) return error.said;
    throw error;
  }
}
