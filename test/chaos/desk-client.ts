/** What Laurel's processes see of the provider desk. */

import { formatInstant } from '../../dsl/index.ts';
import { ProviderError } from '../../plugin/errors.ts';
import type { AwardRequest, BadgeProvider, IssuedAtProvider } from '../../plugin/ports/badge-provider.ts';
import { createHttpClient } from '../../providers/http/create-client.ts';

const TIMEOUT_MS = 2_000;

/** @param name the word after `template` that it answers to */
export function deskClient(name: string, url: string): BadgeProvider {
  const http = createHttpClient(
    { baseUrl: url, peer: 'the desk', timeoutMs: TIMEOUT_MS },
    { internalHosts: [new URL(url).host] },
  );
  /** @returns null: it knows no such badge */
  async function ask(path: string, body: object, mayStill?: () => boolean): Promise<string | null> {
    const reply = await http.call({ method: 'POST', path, body, accept: [404], mayStill });
    return reply.status === 404 ? null : (reply.data as { id: string }).id;
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
    async award({ uuid, templateId, awardedAt, recipient, mayIssue }) {
      const { username } = recipient;
      return issued(
        (await ask('award', { uuid, badge: templateId, username, awardedAt: formatInstant(awardedAt) }, mayIssue)) ??
          '',
      );
    },
    async revoke({ uuid }) {
      const id = await ask('revoke', { uuid });
      if (id === null) throw new ProviderError('refused', 'the desk never issued this badge');
      return issued(id);
    },
  };
}
