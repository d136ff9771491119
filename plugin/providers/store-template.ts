/** How what a provider says of a template enters the store: by conditional saves, whoever else writes. */

import { isDeepStrictEqual } from 'node:util';
import { StoreError } from '../errors.ts';
import type { ProviderTemplate } from '../ports/badge-provider.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../ports/provider-store.ts';

const SAVE_ATTEMPTS = 10;

/** `skipped`: it was not known, and cannot be issued. */
export type StoredTemplate = 'added' | 'changed' | 'unchanged' | 'skipped';

/** What a template is, beside where it stands in the store. */
type Facts = Omit<BadgeTemplate, 'provider' | 'accountId' | 'templateId' | 'version' | 'updatedAt' | 'syncedAt'>;

/** @param known as it is stored; undefined: it is not @throws StoreError */
export async function storeTemplate(
  store: ProviderStore,
  { id: accountId, provider }: Pick<ProviderAccount, 'id' | 'provider'>,
  template: ProviderTemplate,
  { known, now }: { readonly known: BadgeTemplate | undefined; readonly now: Date },
): Promise<StoredTemplate> {
  const { id: templateId, ...facts } = template;
  let former = known;
  for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
    if (former === undefined && template.state !== 'active') return 'skipped';
    const isSame = former !== undefined && isDeepStrictEqual(factsOf(former), facts);
    const saved = await store.saveTemplate({
      ...{ provider, accountId, templateId, ...facts },
      version: former?.version ?? 0,
      updatedAt: isSame && former ? former.updatedAt : now,
      syncedAt: now,
    });
    if (saved) return former === undefined ? 'added' : isSame ? 'unchanged' : 'changed';
    former = (await store.template(provider, accountId, templateId)) ?? undefined;
  }
  throw new StoreError('contention', 'a badge template kept changing while it was to be stored; try again');
}

/** The provider does not list it any more. @returns whether that is news @throws StoreError */
export async function retireTemplate(store: ProviderStore, known: BadgeTemplate, now: Date): Promise<boolean> {
  let former: BadgeTemplate | null = known;
  for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
    // Made here, or listed by somebody else's look meanwhile.
    if (former === null || former.state === 'retired' || former.syncedAt === null || former.syncedAt > now)
      return false;
    if (await store.saveTemplate({ ...former, state: 'retired', updatedAt: now })) return true;
    former = await store.template(former.provider, former.accountId, former.templateId);
  }
  throw new StoreError('contention', 'a badge template kept changing while it was to be retired; try again');
}

function factsOf({ name, description, imageUrl, state, dashboardUrl, details }: BadgeTemplate): Facts {
  return { name, description, imageUrl, state, dashboardUrl, details };
}
