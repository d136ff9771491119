/** Addresses of templates, and what a rule writes to mean one. */

import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../../../plugin/ports/provider-store.ts';
import { qualified } from '../../../plugin/providers/template-text.ts';
import type { Services } from '../services.ts';

export function templatePath(
  { provider, slug }: Pick<ProviderAccount, 'provider' | 'slug'>,
  { templateId }: Pick<BadgeTemplate, 'templateId'>,
): string {
  return `/templates/${[provider, slug, templateId].map(encodeURIComponent).join('/')}`;
}

/** The templates of an account. */
export function templatesPath(account: Pick<ProviderAccount, 'provider' | 'slug'>): string {
  return `/templates?account=${encodeURIComponent(qualifiedSlug(account))}`;
}

/** Where an account is chosen to be synchronised. */
export function syncPath(account: Pick<ProviderAccount, 'provider' | 'slug'>): string {
  return `/templates/sync?account=${encodeURIComponent(qualifiedSlug(account))}`;
}

/** What a synchronisation, or its preview, has found. */
export function syncJobPath(jobId: string): string {
  return `/templates/sync/${encodeURIComponent(jobId)}`;
}

/** What names an account among those of all providers. */
export function qualifiedSlug({ provider, slug }: Pick<ProviderAccount, 'provider' | 'slug'>): string {
  return `${provider}/${slug}`;
}

/** A page offers no more of them for choosing. */
const MOST_OFFERED = 500;

/** The templates that can be issued, for completing what somebody types. */
export async function offeredTemplates({
  providers,
  providerStore,
}: Pick<Services, 'providers' | 'providerStore'>): Promise<
  readonly { readonly value: string; readonly text: string }[]
> {
  const { items } = await providerStore.templates({ state: 'active', limit: MOST_OFFERED });
  return items.map(({ provider, templateId, name }) => ({
    value: templateId,
    text: `${name}, ${providers.get(provider)?.title ?? provider}`,
  }));
}

/** The id alone where it is enough: with the account's slug where another account has the same. */
export async function templateTextFor(
  account: ProviderAccount,
  { provider, templateId }: BadgeTemplate,
  store: ProviderStore,
): Promise<string> {
  const held = await store.templatesById(provider, templateId);
  return held.length > 1 ? qualified(account, templateId) : templateId;
}
