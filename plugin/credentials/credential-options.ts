/** The options one configuration works with: its own over its type's, checked against both of the type's functions. */

import { InputError, InvariantError, NotFoundError } from '../errors.ts';
import type { GenerationFunction } from '../extensions/generation-function.ts';
import { mergeOptions, type Option, type OptionSchema, readOptions } from '../extensions/options.ts';
import type { ExtensionRegistry } from '../extensions/registry.ts';
import type { RetrievalFunction } from '../extensions/retrieval-function.ts';
import type { Asset, CredentialConfiguration, CredentialType, Options } from '../ports/credential-store.ts';
import { words } from '../words.ts';
import { assertContextKey } from './context-key.ts';
import { LIFE_OPTIONS } from './validity.ts';

export interface CredentialPlan {
  readonly retrieval: RetrievalFunction;
  readonly generation: GenerationFunction;
  /** Of both functions, with defaults filled in. */
  readonly options: Options;
}

/** @throws NotFoundError for an unknown function
 *  @throws InputError `input.context-key`, `input.options`, or what a function's own check says */
export function planCredentials(
  registry: ExtensionRegistry,
  type: CredentialType,
  configuration: Pick<CredentialConfiguration, 'contextKey' | 'options'>,
): CredentialPlan {
  assertContextKey(configuration.contextKey);
  const retrieval = registry.retrieval(type.retrievalFunction);
  const generation = registry.generation(type.generationFunction);
  const options = readOptions(joinSchemas(retrieval, generation), mergeOptions(type.options, configuration.options));
  retrieval.check(options);
  generation.check(options);
  return { retrieval, generation, options };
}

/** Whether the assets that the plan names can be used for what it wants them.
 *  @param kindOf undefined: there is no such asset
 *  @throws NotFoundError `not-found.asset`, InputError `input.asset-kind` */
export function assertAssets(
  { generation, options }: CredentialPlan,
  kindOf: (slug: string) => Asset['kind'] | undefined,
): void {
  for (const { slug, kind } of generation.assetsOf(options)) {
    const found = kindOf(slug);
    if (found === undefined) {
      throw new NotFoundError(
        'asset',
        words('there is no asset "{slug}"; upload it under that slug or name another in the options', { slug }),
      );
    }
    if (found !== kind) {
      throw new InputError(
        'asset-kind',
        words('the asset "{slug}" is a {found}, but a {kind} is needed there', { slug, found, kind }),
      );
    }
  }
}

/** A type's own options, of which a required one may still be left to the configurations.
 *  @throws NotFoundError, InputError as `planCredentials` */
export function checkTypeOptions(registry: ExtensionRegistry, type: Omit<CredentialType, 'id' | 'updatedAt'>): void {
  const retrieval = registry.retrieval(type.retrievalFunction);
  const generation = registry.generation(type.generationFunction);
  readOptions(joinSchemas(retrieval, generation).map(withoutRequired), type.options);
}

/** Both functions' options and those of every credential; what the form of a type shows.
 *  @throws InvariantError when the functions share a name */
export function joinSchemas(retrieval: RetrievalFunction, generation: GenerationFunction): OptionSchema {
  for (const { name } of generation.options) {
    if (retrieval.options.some((option) => option.name === name)) {
      throw new InvariantError(
        `the functions "${retrieval.name}" and "${generation.name}" both have an option "${name}" and cannot be used together`,
      );
    }
  }
  return [...retrieval.options, ...generation.options, ...LIFE_OPTIONS];
}

/** What a type may leave to its configurations. */
export function withoutRequired(option: Option): Option {
  if (option.type !== 'text' || !option.required) return option;
  const { required: _, ...rest } = option;
  return rest;
}
