/** A provider that lists what a test says: for the pages and commands that compare. */

import type { IssuedAtProvider, ListedBadge } from '../../plugin/ports/badge-provider.ts';
import type { ProviderAccount } from '../../plugin/ports/provider-store.ts';
import { MemoryProvider } from '../../providers/memory/provider.ts';
import { aTemplate } from './account-directory.ts';
import type { Site } from './web.ts';

export class ListingProvider extends MemoryProvider {
  readonly listed: ListedBadge[] = [];

  async *listIssued(): AsyncIterable<ListedBadge> {
    yield* this.listed;
  }

  async issuedState({ externalId }: { readonly externalId: string }): Promise<IssuedAtProvider | null> {
    return this.listed.find((one) => one.externalId === externalId) ?? null;
  }
}

export function aListedBadge(overrides: Partial<ListedBadge> & Pick<ListedBadge, 'externalId'>): ListedBadge {
  return {
    state: 'issued',
    url: null,
    templateId: 'demo-course',
    uuid: null,
    learnerId: null,
    recipientEmail: null,
    issuedAt: null,
    stands: true,
    ...overrides,
  };
}

/** Lets the memory provider of the site list, through an account of its own. */
export async function withListing(site: Site): Promise<{ provider: ListingProvider; account: ProviderAccount }> {
  const provider = new ListingProvider();
  (site.services.providers as Map<string, unknown>).set('memory', provider);
  const now = site.services.clock.now();
  const account: ProviderAccount = {
    id: 'listing',
    provider: 'memory',
    slug: 'listing',
    name: 'Example account',
    providerName: null,
    host: 'production',
    externalId: null,
    sealedSecret: null,
    secretExpiresAt: null,
    origin: 'page',
    enabled: true,
    lastCheck: null,
    lastSync: null,
    version: 0,
    createdAt: now,
    updatedAt: now,
  };
  await site.services.providerStore.saveAccount(account);
  for (const templateId of ['demo-course', 'data-track']) {
    await site.services.providerStore.saveTemplate(
      aTemplate('memory', templateId, { accountId: 'listing', version: 0 }),
    );
  }
  return { provider, account };
}
