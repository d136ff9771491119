/** Who has the template that a rule means. */

import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../ports/provider-store.ts';
import { readTemplateText } from './template-text.ts';

export interface HeldTemplate {
  readonly account: ProviderAccount;
  readonly template: BadgeTemplate;
}

/** @param clause as `templateClause` reads it @param accounts at least those of the provider
 *  @returns several where the rule names no account and more than one has it; none where it is not known */
export async function holdersOf(
  { provider, text }: { readonly provider: string; readonly text: string },
  accounts: readonly ProviderAccount[],
  store: Pick<ProviderStore, 'templatesById'>,
): Promise<readonly HeldTemplate[]> {
  const own = accounts.filter((account) => account.provider === provider);
  const { account: named, templateId } = readTemplateText(text, own);
  return (await store.templatesById(provider, templateId)).flatMap((template) => {
    const account = own.find(({ id }) => id === template.accountId);
    return account && (named === null || named.id === account.id) ? [{ account, template }] : [];
  });
}

/** How a template stands that a rule names: whether an award can use it, and else why not. */
export type TemplateStanding =
  | { readonly kind: 'usable'; readonly held: HeldTemplate }
  | { readonly kind: 'unknown' }
  /** More than one account could issue it, and the rule does not say which is meant. */
  | { readonly kind: 'several'; readonly held: readonly HeldTemplate[] }
  /** Its account is disabled, or it is not active there. */
  | { readonly kind: 'disabled' | Exclude<BadgeTemplate['state'], 'active'>; readonly held: HeldTemplate };

/** @param held as of `holdersOf` */
export function standingOf(held: readonly HeldTemplate[]): TemplateStanding {
  const usable = held.filter(({ account, template }) => account.enabled && template.state === 'active');
  const [only] = usable;
  if (only !== undefined)
    return usable.length === 1 ? { kind: 'usable', held: only } : { kind: 'several', held: usable };
  const nearest = held.find(({ account }) => account.enabled) ?? held[0];
  if (nearest === undefined) return { kind: 'unknown' };
  const { account, template } = nearest;
  return { kind: account.enabled && template.state !== 'active' ? template.state : 'disabled', held: nearest };
}
