/** What a package named in LAUREL_PLUGINS meets: it exports `register`, which is called once with the host. */

import { InputError, ProviderError } from '../errors.ts';
import type { AccountDirectory, BadgeProvider } from '../ports/badge-provider.ts';
import type { HttpClientFactory } from '../ports/http-client.ts';
import type { Clock, Logger } from '../ports/runtime.ts';
import type { GenerationFunction } from './generation-function.ts';
import type { RetrievalFunction } from './retrieval-function.ts';

/** What the adapter of a package may use. */
export interface PluginProviderParts {
  /** Accounts and templates with their secrets opened. */
  readonly accounts: AccountDirectory;
  /** The way out: adapters call other hosts with it and with nothing else. */
  readonly connect: HttpClientFactory;
  /** Where people reach this server, without a slash at the end; known once it listens. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface PluginHost {
  /** Grows when something a package may rely on changes its meaning or goes. */
  readonly apiVersion: 1;
  /** Classes of errors that say what the world, or a person, got wrong. */
  readonly errors: { readonly ProviderError: typeof ProviderError; readonly InputError: typeof InputError };
  /** @param name the word after `template` in a rule */
  addProvider(name: string, make: (parts: PluginProviderParts) => BadgeProvider): void;
  addRetrieval(extension: RetrievalFunction): void;
  addGeneration(extension: GenerationFunction): void;
}

/** What one package registered. */
export interface Registered {
  readonly from: string;
  readonly providers: readonly {
    readonly name: string;
    readonly make: (parts: PluginProviderParts) => BadgeProvider;
  }[];
  readonly retrievals: readonly RetrievalFunction[];
  readonly generations: readonly GenerationFunction[];
}

/** @param from the package, as the setting names it
 *  @param register what it exports
 *  @throws what it throws */
export async function registered(
  from: string,
  register: (host: PluginHost) => void | Promise<void>,
): Promise<Registered> {
  const providers: Registered['providers'][number][] = [];
  const retrievals: RetrievalFunction[] = [];
  const generations: GenerationFunction[] = [];
  await register({
    apiVersion: 1,
    errors: { ProviderError, InputError },
    addProvider: (name, make) => void providers.push({ name, make }),
    addRetrieval: (extension) => void retrievals.push(extension),
    addGeneration: (extension) => void generations.push(extension),
  });
  return { from, providers, retrievals, generations };
}
