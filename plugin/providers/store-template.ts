/** How what a provider says of a template enters the store: by conditional saves, whoever else writes. */

import { isDeepStrictEqual } from 'node:util';
import { StoreError } from '../errors.ts';
import type { ProviderTemplate } from '../ports/badge-provider.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../ports/provider-store.ts';

const SAVE_ATTEMPTS = 10;

/** `skipped`: it was not known, and cannot be issued. */
export type StoredTemplate = 'added' | 'changed' | 'unchanged' | 'skipped';

/** What a template is, beside where it stands in the store. */
export type TemplateFacts = Omit<
  BadgeTemplate,
  'provider' | 'accountId' | 'templateId' | 'version' | 'updatedAt' | 'syncedAt'
>;

/** Whoever looked later knows better, and stands.
 *  @param known as it is stored; undefined: it is not @param now when the provider was asked @throws StoreError */
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
    if (isLater(former, now)) return 'unchanged';
    const isSame = former !== undefined && isDeepStrictEqual(factsOf(former), facts);
    if (isSame && former?.syncedAt?.getTime() === now.getTime()) return 'unchanged';
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

/** The provider lists it, as it is known here already. @throws StoreError */
export async function templateStands(store: ProviderStore, known: BadgeTemplate, now: Date): Promise<void> {
  let former: BadgeTemplate | null = known;
  for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
    if (former === null || (former.syncedAt !== null && former.syncedAt >= now)) return;
    if (await store.saveTemplate({ ...former, syncedAt: now })) return;
    former = await store.template(former.provider, former.accountId, former.templateId);
  }
  throw new StoreError('contention', 'a badge template kept changing while it was to be stored; try again');
}

export function factsOf({ name, description, imageUrl, state, dashboardUrl, details }: TemplateFacts): TemplateFacts {
  return { name, description, imageUrl, state, dashboardUrl, details };
}

function isLater(former: Pick<BadgeTemplate, 'syncedAt'> | undefined, now: Date): boolean {
  return former?.syncedAt != null && former.syncedAt > now;
}
