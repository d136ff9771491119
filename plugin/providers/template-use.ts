/** Which badges use which template, and which of them cannot be issued because of it. */

import type { BadgeProvider } from '../ports/badge-provider.ts';
import type { BadgeDefinition } from '../ports/badge-store.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../ports/provider-store.ts';
import { holdersOf, standingOf, type TemplateStanding } from './template-holders.ts';
import { readTemplateText } from './template-text.ts';

type Using = Pick<BadgeDefinition, 'id' | 'name' | 'template' | 'active'>;

/** What keeps an active badge from being issued. */
export interface TemplateTrouble {
  readonly badge: Using;
  /** The word of the provider. */
  readonly provider: string;
  readonly templateText: string;
  readonly standing: Exclude<TemplateStanding, { readonly kind: 'usable' }>;
}

/** A dashboard looks at no more than these. */
const MOST_LOOKED_AT = 500;

/** The words of the providers whose templates are kept here: of others nobody knows which there are. */
export function templatesKeptHere(
  providers: ReadonlyMap<string, Pick<BadgeProvider, 'name' | 'capabilities'>>,
): ReadonlySet<string> {
  const kept = [...providers.values()].filter(
    ({ capabilities }) => capabilities.accounts !== null || capabilities.createsTemplates,
  );
  return new Set(kept.map(({ name }) => name));
}

/** What stands behind `template` in a rule. @returns null: it has none */
export function templateClause(
  definition: Pick<Using, 'template'>,
): { readonly provider: string; readonly text: string } | null {
  const { template } = definition;
  const place = template?.indexOf(':') ?? -1;
  return template === null || place < 0
    ? null
    : { provider: template.slice(0, place), text: template.slice(place + 1) };
}

/** @param accounts at least those of its provider */
export function badgesUsing<Badge extends Using>(
  { provider, accountId, templateId }: Pick<BadgeTemplate, 'provider' | 'accountId' | 'templateId'>,
  badges: readonly Badge[],
  accounts: readonly ProviderAccount[],
): readonly Badge[] {
  const own = accounts.filter((account) => account.provider === provider);
  return badges.filter((badge) => {
    const clause = templateClause(badge);
    if (clause?.provider !== provider) return false;
    const { account, templateId: meant } = readTemplateText(clause.text, own);
    return meant === templateId && (account === null || account.id === accountId);
  });
}

/** Active badges whose template cannot be issued. @param withTemplates as `templatesKeptHere` */
export async function templateTroubles(
  badges: readonly Using[],
  store: ProviderStore,
  withTemplates: ReadonlySet<string>,
): Promise<readonly TemplateTrouble[]> {
  const accounts = await store.accounts();
  const looked = badges.filter(({ active }) => active).slice(0, MOST_LOOKED_AT);
  const troubles = await Promise.all(
    looked.map(async (badge): Promise<TemplateTrouble[]> => {
      const clause = templateClause(badge);
      if (clause === null || !withTemplates.has(clause.provider)) return [];
      const { provider, text: templateText } = clause;
      const standing = standingOf(await holdersOf(clause, accounts, store));
      return standing.kind === 'usable' ? [] : [{ badge, provider, templateText, standing }];
    }),
  );
  return troubles.flat();
}
