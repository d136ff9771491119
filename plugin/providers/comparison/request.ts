/** What a comparison is asked for. */

import { InputError, NotFoundError } from '../../errors.ts';
import type { BadgeProvider } from '../../ports/badge-provider.ts';
import type { Job, JsonObject } from '../../ports/job-store.ts';
import type { ProviderAccount } from '../../ports/provider-store.ts';
import { type FilledWords, words } from '../../words.ts';

export const COMPARE_PROVIDER = 'compare-provider';

export interface ComparisonRequest {
  readonly provider: string;
  readonly accountId: string;
  /** As it was called when it was asked for. */
  readonly account: string;
}

export function comparisonParameters({ provider, id, slug }: ProviderAccount): JsonObject {
  return { provider, accountId: id, account: slug } satisfies ComparisonRequest;
}

export function comparisonTitle({ name }: ProviderAccount, provider: BadgeProvider): FilledWords {
  return words('Compare with {account}', { account: `${provider.title}: ${name}` });
}

export function comparisonOf({ parameters }: Job): ComparisonRequest {
  return parameters as unknown as ComparisonRequest;
}

/** @throws InputError `input.comparison-impossible` */
export function assertComparable(
  account: Pick<ProviderAccount, 'name' | 'slug' | 'provider' | 'enabled'>,
  provider: BadgeProvider | undefined,
): BadgeProvider {
  if (!account.enabled) {
    throw new InputError('comparison-impossible', `the account "${account.name}" is disabled; enable it, then compare`);
  }
  if (!provider?.listIssued || !provider.issuedState) {
    throw new InputError(
      'comparison-impossible',
      `${provider?.title ?? account.provider} cannot list what it has issued, so there is nothing to compare with`,
    );
  }
  return provider;
}

/** The account of this provider and name, or the only one of the name.
 *  @param text `slug` or `provider/slug` @throws NotFoundError `not-found.account`; InputError `input.account-unclear` */
export function findAccount(accounts: readonly ProviderAccount[], text: string): ProviderAccount {
  const found = accounts.filter(({ slug, provider }) => text === slug || text === `${provider}/${slug}`);
  const [first] = found;
  if (first === undefined) {
    const choices = accounts.map(({ slug, provider }) => `${provider}/${slug}`).join(', ');
    throw new NotFoundError('account', `there is no account "${text}"; those there are: ${choices || 'none'}`);
  }
  if (found.length === 1) return first;
  const choices = found.map(({ slug, provider }) => `${provider}/${slug}`).join(' or ');
  throw new InputError('account-unclear', `several accounts are called "${text}"; write ${choices}`);
}
