/** What a package named in LAUREL_PLUGINS may rely on: `import type { PluginHost } from 'laurel/plugin'`. Types only; what runs is
 *  handed to `register`. */

export type {
  AccountDirectory,
  AwardRequest,
  BadgeProvider,
  IssuedAtProvider,
  OpenAccount,
  ProviderCapabilities,
  ProviderTemplate,
} from '../ports/badge-provider.ts';
export type { HttpClient, HttpClientFactory } from '../ports/http-client.ts';
export type { Clock, Logger } from '../ports/runtime.ts';
export type { GenerationFunction } from './generation-function.ts';
export type { PluginHost, PluginProviderParts } from './plugin-host.ts';
export type { RetrievalFunction } from './retrieval-function.ts';
