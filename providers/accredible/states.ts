/** Accredible has no states: they follow from what a credential has. */

import type { IssuedAtProvider } from '../../plugin/ports/badge-provider.ts';
import type { Credential, ListedCredential } from './replies.ts';

/** `accepted` stands for what is published: nobody has to accept anything. */
export type CredentialState = 'unpublished' | 'in progress' | 'expired' | 'accepted' | 'deleted';

type Facts = Pick<Credential, 'approve' | 'complete' | 'expired_on'>;

/** @param today `YYYY-MM-DD`, UTC */
export function stateOf({ approve, complete, expired_on }: Facts, today: string): CredentialState {
  if (approve !== true) return 'unpublished';
  if (complete === false) return 'in progress';
  return typeof expired_on === 'string' && expired_on <= today ? 'expired' : 'accepted';
}

export function issuedAt(credential: Credential | ListedCredential, today: string): IssuedAtProvider {
  return { externalId: credential.id, state: stateOf(credential, today), url: addressOf(credential) };
}

/** Where everybody can see it. */
function addressOf(credential: Credential | ListedCredential): string | null {
  const told = 'url' in credential ? credential.url : null;
  if (typeof told === 'string' && isHttps(told)) return told;
  return `https://www.credential.net/${encodeURIComponent(credential.encoded_id ?? credential.id)}`;
}

export function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}
