/** An organization at Credly: proving its token, and replacing it. */

import { ProviderError } from '../../plugin/errors.ts';
import type { AccountFacts, AccountForm } from '../../plugin/ports/badge-provider.ts';
import type { CredlyApi } from './api.ts';
import { refusalOf } from './failures.ts';
import { organizationSchema, read, tokenSchema } from './replies.ts';

/** Where Credly answers. */
export const CREDLY_ADDRESSES = {
  production: 'https://api.credly.com/v1/',
  sandbox: 'https://sandbox-api.credly.com/v1/',
} as const;

const MOST_TOKEN_PAGES = 4;

/** @param addresses by the name of the host */
export function credlyAccountForm(addresses: Readonly<Record<string, string>>): AccountForm {
  const titles: Readonly<Record<string, string>> = { production: 'Credly', sandbox: 'Credly sandbox' };
  return {
    noun: 'organization',
    hosts: Object.entries(addresses).map(([name, url]) => ({ name, title: titles[name] ?? name, url })),
    externalId: {
      label: 'Organization id',
      help: 'As in the address of the organization in Credly, in small letters, e.g. 6f0c0f6e-0000-4000-8000-000000000001.',
      pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    },
    secret: {
      label: 'Authorization token',
      help: 'Made in Credly under Developers > Authorization tokens, with permission to read and write. It lives for 180 days.',
    },
    rotates: true,
  };
}

/** Asks for the organization, and what its token may do and until when. The list of tokens holds all of them in clear: only
 *  the one that is used is looked at. @throws ProviderError */
export async function checkOrganization(api: CredlyApi): Promise<AccountFacts> {
  const { account } = api;
  let answer: unknown;
  try {
    answer = await api.call({ method: 'GET' });
  } catch (error) {
    if (refusalOf(error)?.status !== 404) throw error;
    throw new ProviderError(
      'refused',
      'Credly shows this token no organization with this id; check that both are of the same organization, and that ' +
        'the host is right: the sandbox knows nothing of the real Credly',
      { cause: error },
    );
  }
  const organization = read(organizationSchema, answer, 'the organization');
  if (organization.id !== account.externalId?.toLowerCase()) {
    throw new ProviderError('unexpected-reply', 'Credly answered for another organization than it was asked for');
  }
  const token = await ownToken(api);
  if (token === null) {
    const note = 'Credly does not say how long the token lives: tokens end 180 days after they were made.';
    return { name: organization.name, secretExpiresAt: null, notes: [note] };
  }
  const notes = token.write_enabled === false ? ['The token may only read: badges cannot be issued with it.'] : [];
  return { name: organization.name, secretExpiresAt: token.expires_at ?? null, notes };
}

async function ownToken(api: CredlyApi) {
  try {
    const path = 'authorization_tokens';
    for await (const listed of api.list({ path, mostPages: MOST_TOKEN_PAGES, mustBeComplete: false })) {
      const parsed = tokenSchema.safeParse(listed);
      if (parsed.success && parsed.data.token === api.account.secret) return parsed.data;
    }
  } catch (error) {
    // The organization answered with this token: that it may not list tokens says nothing against it.
    if (!(error instanceof ProviderError) || error.code === 'provider.unavailable') throw error;
  }
  return null;
}

/** The old token ends at once, so a lost answer must not pass for a failure: whether the old one still works tells.
 *  @throws ProviderError `provider.unauthorised` when the new token is lost */
export async function rotateToken(
  api: CredlyApi,
): Promise<{ readonly secret: string; readonly expiresAt: Date | null }> {
  let answer: unknown;
  try {
    answer = await api.call({ method: 'POST', path: 'authorization_tokens/rotate' });
  } catch (error) {
    if (error instanceof ProviderError && error.ambiguous && !(await stillWorks(api))) throw tokenLost(api, error);
    throw error;
  }
  const token = tokenSchema.safeParse(answer);
  if (!token.success) throw tokenLost(api, token.error);
  return { secret: token.data.token, expiresAt: token.data.expires_at ?? null };
}

async function stillWorks(api: CredlyApi): Promise<boolean> {
  try {
    await api.call({ method: 'GET' });
    return true;
  } catch (error) {
    if (error instanceof ProviderError && error.code === 'provider.unauthorised') return false;
    throw new ProviderError(
      'unavailable',
      'Credly did not answer when it was asked for a new token, and does not say whether the old one still works; ' +
        'test the account in a few minutes: if it is refused, make a new token in Credly and enter it here',
      { cause: error },
    );
  }
}

function tokenLost({ account }: CredlyApi, cause: unknown): ProviderError {
  return new ProviderError(
    'unauthorised',
    `Credly has replaced the token of "${account.name}", but the answer with the new one was lost; ` +
      "make a new one in Credly and enter it on the account's page",
    { cause, details: { account: account.slug } },
  );
}
