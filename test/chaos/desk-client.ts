/** What Laurel's processes see of the provider desk. */

import { formatInstant } from '../../dsl/index.ts';
import { ProviderError } from '../../plugin/errors.ts';
import type { AwardRequest, BadgeProvider, IssuedAtProvider } from '../../plugin/ports/badge-provider.ts';

const TIMEOUT_MS = 2_000;

/** @param name the word after `template` that it answers to */
export function deskClient(name: string, url: string): BadgeProvider {
  /** @returns null: it knows no such badge */
  async function ask(path: string, body: object): Promise<string | null> {
    let response: Response;
    try {
      response = await fetch(`${url}/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (cause) {
      throw new ProviderError('unavailable', 'the desk does not answer', { ambiguous: true, cause });
    }
    if (response.ok) return ((await response.json()) as { id: string }).id;
    if (response.status === 404) return null;
    const seconds = Number(response.headers.get('retry-after') ?? 0);
    throw new ProviderError('unavailable', `the desk answered ${response.status}`, {
      ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }),
    });
  }

  const issued = (externalId: string): IssuedAtProvider => ({ externalId, state: 'issued', url: null });
  const find = async ({ uuid }: AwardRequest): Promise<IssuedAtProvider | null> => {
    const id = await ask('find', { uuid });
    return id === null ? null : issued(id);
  };
  return {
    name,
    title: name,
    capabilities: {
      synchronises: false,
      createsTemplates: false,
      revocation: 'revoke',
      findsIssued: true,
      listsIssued: false,
      webhooks: false,
      accounts: null,
    },
    template: async () => null,
    findIssued: find,
    async award({ uuid, templateId, awardedAt, recipient }) {
      const { username } = recipient;
      return issued(
        (await ask('award', { uuid, badge: templateId, username, awardedAt: formatInstant(awardedAt) })) ?? '',
      );
    },
    async revoke({ uuid }) {
      const id = await ask('revoke', { uuid });
      if (id === null) throw new ProviderError('refused', 'the desk never issued this badge');
      return issued(id);
    },
  };
}
