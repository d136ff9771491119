/** What would name what is of another organisation, once a bundle is in force: whose things are then may come with it. */

import { type Badge, loadRules, parse, upstreamsOf } from '../../dsl/index.ts';
import { type Belonging, belongingKey } from '../../plugin/ports/belongings.ts';
import type { CredentialConfiguration, CredentialType } from '../../plugin/ports/credential-store.ts';
import type { ProviderAccount } from '../../plugin/ports/provider-store.ts';
import { english } from '../../plugin/words.ts';
import type { Services } from '../http/services.ts';
import type { NamingWorld } from '../organisations/references.ts';
import { newlyTorn, tornWords } from '../organisations/torn-designs.ts';
import type { Bundle } from './bundle.ts';

/** @param bundle whose rules can be used @returns a sentence for each @throws StoreError */
export async function tornProblems(bundle: Bundle, services: Services): Promise<readonly string[]> {
  const torn = await newlyTorn(services, await worldWith(bundle, services));
  return [...new Set(torn.map((one) => english(tornWords(one))))];
}

/** What is stored, with what the bundle brings laid over it. */
async function worldWith(bundle: Bundle, services: Services): Promise<NamingWorld> {
  const { badges, badgeUpstreams, credentials, extensions, providerStore, belongings } = services;
  const [definitions, types, configurations, assets, stored, owned] = await Promise.all([
    badges.list(),
    credentials.types(),
    credentials.configurations(),
    credentials.assets(),
    providerStore.accounts(),
    belongings.all(),
  ]);
  const brought = badgesOf(bundle, services, new Set(definitions.map(({ id }) => id)));
  const accounts = laidOver(stored, broughtAccounts(bundle, stored), ({ id }) => id);
  const now = new Date(0);
  return {
    extensions,
    badges: {
      list: async () =>
        laidOver<{ readonly id: string; readonly template: string | null }>(
          definitions,
          brought.map(({ id, template }) => ({ id, template: template && `${template.provider}:${template.id}` })),
          ({ id }) => id,
        ),
    },
    badgeUpstreams: () =>
      new Map([...badgeUpstreams(), ...brought.map((badge) => [badge.id, upstreamsOf(badge)] as const)]),
    credentials: {
      types: async () =>
        laidOver<CredentialType>(
          types,
          bundle.types.map((type) => ({ ...type, updatedAt: now })),
          ({ id }) => id,
        ),
      configurations: async () =>
        laidOver<CredentialConfiguration>(
          configurations,
          bundle.configurations.map(({ id, type, contextKey, options }) => {
            return { id, credentialTypeId: type, contextKey, options, updatedAt: now };
          }),
          ({ id }) => id,
        ),
      assets: async () => laidOver<{ readonly slug: string }>(assets, bundle.assets, ({ slug }) => slug),
    },
    providerStore: {
      accounts: async (provider) => accounts.filter((one) => provider === undefined || one.provider === provider),
      templatesById: (provider, templateId) => providerStore.templatesById(provider, templateId),
    },
    belongings: { all: async () => laidOver(owned, broughtBelongings(bundle, accounts), belongingKey) },
  };
}

function badgesOf({ badges }: Bundle, { environment }: Services, stored: ReadonlySet<string>): readonly Badge[] {
  const ids = badges.flatMap(({ rules }) =>
    parse(rules).file.blocks.flatMap((block) => (block.kind === 'badge' ? block.id.value : [])),
  );
  const known = { ...environment, knownBadges: new Set([...stored, ...ids]) };
  return badges.flatMap(({ rules }) => loadRules(rules, known).badges);
}

/** Those that are not here yet, under what the bundle calls them. */
function broughtAccounts({ accounts }: Bundle, stored: readonly ProviderAccount[]): readonly ProviderAccount[] {
  const isHere = new Set(stored.map(nameOf));
  return accounts
    .filter((account) => !isHere.has(nameOf(account)))
    .map((account) => ({ ...account, id: nameOf(account) }) as unknown as ProviderAccount);
}

function broughtBelongings({ belongings = [] }: Bundle, accounts: readonly ProviderAccount[]): readonly Belonging[] {
  const idOf = new Map(accounts.map((account) => [nameOf(account), account.id]));
  return belongings.map((one) => (one.kind === 'provider-account' ? { ...one, id: idOf.get(one.id) ?? one.id } : one));
}

function nameOf({ provider, slug }: Pick<ProviderAccount, 'provider' | 'slug'>): string {
  return `${provider}/${slug}`;
}

function laidOver<One>(stored: readonly One[], brought: readonly One[], keyOf: (one: One) => string): readonly One[] {
  return [...new Map([...stored, ...brought].map((one) => [keyOf(one), one])).values()];
}
