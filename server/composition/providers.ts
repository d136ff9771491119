/** The badge providers of this server: each adapter is one line of the table below. */

import { join } from 'node:path';
import type { Registered } from '../../plugin/extensions/plugin-host.ts';
import type { AccountDirectory, BadgeProvider } from '../../plugin/ports/badge-provider.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import type { SecretBox } from '../../plugin/ports/secret-box.ts';
import type { Tracer } from '../../plugin/ports/tracer.ts';
import {
  AccredibleProvider,
  accredibleLimit,
  CredlyProvider,
  createHttpClient,
  createRateLimiter,
  type HttpClientFactory,
  MemoryProvider,
  OPEN_BADGES,
  OpenBadgesProvider,
} from '../../providers/index.ts';
import type { Settings } from '../config.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { openJournal } from '../memory-journal.ts';
import { pluginProviders } from '../plugins.ts';
import type { OpenBadges } from './open-badges.ts';
import type { Stores } from './stores.ts';

/** What an adapter may use. */
export interface ProviderParts {
  readonly settings: Settings;
  readonly stores: Stores;
  /** Accounts and templates with their secrets opened. */
  readonly accounts: AccountDirectory;
  readonly secrets: SecretBox;
  readonly openBadges: OpenBadges;
  /** The only way out. */
  readonly connect: HttpClientFactory;
  /** Where people reach this server, without a slash at the end; known once it listens. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  /** Packages that bring providers of their own. */
  readonly plugins: readonly Registered[];
}

export type ProviderFactory = (parts: ProviderParts) => BadgeProvider;

const factories: readonly ProviderFactory[] = [memoryProvider, credlyProvider, accredibleProvider, openBadgesProvider];

/** @returns the providers by the word after `template`
 *  @throws ConfigurationError for a package whose provider cannot be used */
export function setUpProviders(parts: ProviderParts): ReadonlyMap<string, BadgeProvider> {
  const { accounts, connect, publicUrl, clock, logger } = parts;
  const providers = [
    ...factories.map((make) => make(parts)),
    ...pluginProviders(parts.plugins, { accounts, connect, publicUrl, clock, logger }),
  ];
  return new Map(providers.map((provider) => [provider.name, provider]));
}

/** How adapters of this server call other hosts. */
export function createConnect({ internalHosts }: Settings, clock: Clock, tracer: Tracer): HttpClientFactory {
  return (options) => createHttpClient(options, { internalHosts, clock, tracer });
}

function openBadgesProvider({ stores, accounts, openBadges, clock }: ProviderParts): BadgeProvider {
  const template = (text: string) => accounts.find(OPEN_BADGES, text);
  return new OpenBadgesProvider({ ...openBadges, store: stores.issuer, template, clock });
}

function memoryProvider({ settings, lifecycle }: ProviderParts): BadgeProvider {
  const journal = openJournal(join(settings.dataDir, 'memory-provider.jsonl'));
  lifecycle.onStop('memory provider', () => journal.close());
  return new MemoryProvider(journal);
}

function accredibleProvider({ settings, stores, accounts, connect, clock }: ProviderParts): BadgeProvider {
  return new AccredibleProvider({
    accounts,
    createClient: connect,
    clock,
    hosts: {
      production: settings.accredibleUrl,
      eu: settings.accredibleEuUrl,
      sandbox: settings.accredibleSandboxUrl,
    },
    revocation: settings.accredibleRevocation,
    // Accredible counts the calls of an address: those of all accounts and processes together.
    limiterOf: (key) =>
      createRateLimiter({ limits: stores.rateLimits, key, limit: accredibleLimit, peer: 'Accredible', clock }),
  });
}

function credlyProvider({ settings, accounts, connect, clock }: ProviderParts): BadgeProvider {
  return new CredlyProvider({
    accounts,
    connect,
    clock,
    addresses: { production: settings.credlyUrl, sandbox: settings.credlySandboxUrl },
    options: {
      locale: settings.credlyLocale,
      evidence: settings.credlyEvidence,
      suppressEmail: settings.credlySuppressEmail,
    },
  });
}
