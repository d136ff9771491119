/** Which types and configurations are made with an asset. */

import { CredentialsError } from '../errors.ts';
import { mergeOptions, readOptions } from '../extensions/options.ts';
import type { ExtensionRegistry } from '../extensions/registry.ts';
import type { CredentialConfiguration, CredentialType, Options } from '../ports/credential-store.ts';
import { joinSchemas, withoutRequired } from './credential-options.ts';

export interface AssetUse {
  readonly types: readonly CredentialType[];
  /** Those that name the asset, or whose type does. */
  readonly configurations: readonly CredentialConfiguration[];
}

export function assetUse(
  slug: string,
  registry: ExtensionRegistry,
  stored: {
    readonly types: readonly CredentialType[];
    readonly configurations: readonly CredentialConfiguration[];
  },
): AssetUse {
  const typeOf = new Map(stored.types.map((type) => [type.id, type]));
  return {
    types: stored.types.filter((type) => names(slug, registry, type, type.options)),
    configurations: stored.configurations.filter(({ credentialTypeId, options }) => {
      const type = typeOf.get(credentialTypeId);
      return type !== undefined && names(slug, registry, type, mergeOptions(type.options, options));
    }),
  };
}

function names(slug: string, registry: ExtensionRegistry, type: CredentialType, options: Options): boolean {
  try {
    const generation = registry.generation(type.generationFunction);
    const schema = joinSchemas(registry.retrieval(type.retrievalFunction), generation);
    const read = readOptions(schema.map(withoutRequired), options);
    return generation.assetsOf(read).some((asset) => asset.slug === slug);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    // Options that cannot be read, e.g. of a function that is not installed now: better to take the asset for used.
    return JSON.stringify(options).includes(slug);
  }
}
