/** The Credly adapter before a stand-in that has one organization, one token and one active template. */

import { ProviderError } from '../../plugin/errors.ts';
import type { AccountDirectory, AwardRequest, OpenAccount } from '../../plugin/ports/badge-provider.ts';
import type { BadgeTemplate } from '../../plugin/ports/provider-store.ts';
import type { AwardOptions } from '../../providers/credly/award.ts';
import { CredlyProvider } from '../../providers/credly/provider.ts';
import { createHttpClient } from '../../providers/http/create-client.ts';
import { CredlyStandIn, type CredlyStandInOptions } from '../../server/stand-ins/credly/server.ts';
import { day } from './rule-values.ts';

export interface CredlyWorld {
  readonly credly: CredlyStandIn;
  readonly provider: CredlyProvider;
  readonly account: OpenAccount;
  readonly templateId: string;
  /** What the adapter reported about accounts. */
  readonly reports: { readonly accountId: string; readonly ok: boolean; readonly message: string }[];
  /** Ids of templates that this side takes for archived. */
  readonly archived: Set<string>;
  /** Further accounts that webhooks may come for. */
  readonly others: OpenAccount[];
}

const open: CredlyStandIn[] = [];

/** To be called in an `afterEach`. */
export async function closeCredlyWorlds(): Promise<void> {
  await Promise.all(open.splice(0).map((credly) => credly.close()));
}

export async function credlyWorld(
  options: CredlyStandInOptions & { readonly awards?: Partial<AwardOptions> } = {},
): Promise<CredlyWorld> {
  const credly = await new CredlyStandIn(options).open();
  open.push(credly);
  const organization = credly.addOrganization({ name: 'Example University' });
  const token = credly.addToken(organization.id);
  const template = credly.addTemplate(organization.id);
  const account: OpenAccount = {
    id: 'a1',
    slug: 'university',
    name: 'Example University',
    host: 'production',
    externalId: organization.id,
    secret: token.token,
  };
  const reports: CredlyWorld['reports'] = [];
  const others: OpenAccount[] = [];
  const archived = new Set<string>();
  const known = (templateText: string): BadgeTemplate | null => {
    const found = credly.templates.get(templateText.replace('university/', ''));
    return found === undefined ? null : storedTemplate({ templateId: found.id, name: found.name });
  };
  const resolve: AccountDirectory['resolve'] = async (_provider, templateText) => {
    const found = known(templateText);
    if (found === null || archived.has(found.templateId))
      throw new ProviderError('refused', 'there is no such template');
    return { account, template: found };
  };
  const provider = new CredlyProvider({
    connect: (http) =>
      createHttpClient(http, { internalHosts: [new URL(credly.url).host], sleep: async () => {}, random: () => 0 }),
    addresses: { production: `${credly.url}/v1/` },
    options: options.awards ?? {},
    clock: { now: () => credly.now() },
    accounts: {
      resolve,
      resolveIssued: async (provider, text) => ({
        account,
        template: known(text) ?? (await resolve(provider, text)).template,
      }),
      find: async (_provider, text) => known(text),
      byExternalId: async (_provider, externalId) =>
        [account, ...others].find((one) => one.externalId === externalId) ?? null,
      report: async (accountId, check) => void reports.push({ accountId, ...check }),
    },
  });
  return { credly, provider, account, templateId: template.id, reports, others, archived };
}

export function awardRequest(templateId: string, changes: Partial<AwardRequest> = {}): AwardRequest {
  return {
    uuid: '7d9f1c0a-2f43-4a57-9d3e-0a1f0c1f5a11',
    templateId,
    badgeName: 'Demo',
    awardedAt: day(1),
    recipient: { learnerId: 'l1', username: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' },
    provenance: null,
    ...changes,
  };
}

export function storedTemplate(changes: Partial<BadgeTemplate> = {}): BadgeTemplate {
  return {
    provider: 'credly',
    accountId: 'a1',
    templateId: 't1',
    name: 'Data Analysis',
    description: '',
    imageUrl: null,
    state: 'active',
    dashboardUrl: null,
    details: {},
    version: 0,
    updatedAt: new Date('2026-11-01T08:00:00Z'),
    syncedAt: null,
    ...changes,
  };
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** @returns the error that the promise is rejected with */
export async function rejection(promise: Promise<unknown>): Promise<ProviderError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  throw new Error('it was not rejected');
}
