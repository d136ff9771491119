/** Accounts and templates that a test names, as providers come to them. */

import { ProviderError } from '../../plugin/errors.ts';
import type { AccountDirectory, OpenAccount } from '../../plugin/ports/badge-provider.ts';
import type { BadgeTemplate } from '../../plugin/ports/provider-store.ts';

export function anAccount(overrides: Partial<OpenAccount> = {}): OpenAccount {
  return {
    id: 'account-1',
    slug: 'main',
    name: 'Main',
    host: 'production',
    externalId: null,
    secret: 'secret-1',
    ...overrides,
  };
}

export function aTemplate(provider: string, templateId: string, overrides: Partial<BadgeTemplate> = {}): BadgeTemplate {
  return {
    provider,
    accountId: 'account-1',
    templateId,
    name: `Template ${templateId}`,
    description: '',
    imageUrl: null,
    state: 'active',
    dashboardUrl: null,
    details: {},
    version: 1,
    updatedAt: new Date('2026-01-01T00:00:00Z'),
    syncedAt: null,
    ...overrides,
  };
}

export interface FixedDirectory extends AccountDirectory {
  readonly reports: { readonly accountId: string; readonly ok: boolean; readonly message: string }[];
}

/** Every template belongs to the account that its `accountId` names. */
export function fixedDirectory(accounts: readonly OpenAccount[], templates: readonly BadgeTemplate[]): FixedDirectory {
  const reports: FixedDirectory['reports'] = [];
  const find = (provider: string, text: string): BadgeTemplate | null => {
    const [id = '', slug] = text.split('/').toReversed();
    const account = accounts.find((one) => one.slug === slug);
    const found = templates.filter(
      (one) => one.provider === provider && one.templateId === id && (!account || one.accountId === account.id),
    );
    return found.length === 1 ? (found[0] ?? null) : null;
  };
  const resolve: AccountDirectory['resolve'] = async (provider, text) => {
    const template = find(provider, text);
    const account = accounts.find(({ id }) => id === template?.accountId);
    if (!template || !account) throw new ProviderError('refused', `no account has the template ${text}`);
    return { account, template };
  };
  return {
    reports,
    resolve,
    resolveIssued: resolve,
    find: async (provider, text) => find(provider, text),
    byExternalId: async (_provider, externalId) => accounts.find((one) => one.externalId === externalId) ?? null,
    report: async (accountId, check) => void reports.push({ accountId, ...check }),
  };
}
