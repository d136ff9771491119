/** What a rule writes after the provider's word: the id of a template, where necessary behind the slug of an account. */

import type { ProviderAccount } from '../ports/provider-store.ts';

export interface TemplateText {
  /** null: whichever account has it. */
  readonly account: ProviderAccount | null;
  readonly templateId: string;
}

/** Ids of templates may hold slashes too: only what an account is called is taken for one.
 *  @param accounts of the provider */
export function readTemplateText(text: string, accounts: readonly ProviderAccount[]): TemplateText {
  const slash = text.indexOf('/');
  const account = accounts.find(({ slug }) => slash > 0 && slug === text.slice(0, slash)) ?? null;
  return { account, templateId: account === null ? text : text.slice(slash + 1) };
}

/** @returns what a rule may write to mean this template, whatever other accounts have */
export function qualified({ slug }: Pick<ProviderAccount, 'slug'>, templateId: string): string {
  return `${slug}/${templateId}`;
}
