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
