/** An account at Credly and what a store holds of it, for tests. */

import type { ProviderAccount } from '../../plugin/ports/provider-store.ts';

const START = new Date('2026-11-01T08:00:00Z');

export function anAccount(slug: string, changes: Partial<ProviderAccount> = {}): ProviderAccount {
  return {
    id: `id-${slug}`,
    provider: 'credly',
    slug,
    name: slug.toUpperCase(),
    providerName: null,
    host: 'production',
    externalId: `x-${slug}`,
    sealedSecret: `sealed secret of ${slug}`,
    secretExpiresAt: null,
    origin: 'page',
    enabled: true,
    lastCheck: null,
    lastSync: null,
    version: 0,
    createdAt: START,
    updatedAt: START,
    ...changes,
  };
}
