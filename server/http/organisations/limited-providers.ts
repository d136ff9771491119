/** Accounts at badge providers, their templates and our own Open Badge templates, for accounts that are limited to some
 *  organisations. */

import type { BelongingKind } from '../../../plugin/ports/belongings.ts';
import type { IssuerStore } from '../../../plugin/ports/issuer-store.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../../../plugin/ports/provider-store.ts';
import type { Accounts } from '../../../plugin/providers/accounts.ts';
import { OWN_ACCOUNT } from '../../../providers/index.ts';
import { refuse } from './closed.ts';
import { limitPage } from './limited-records.ts';
import { isShared, type Reach } from './reach.ts';

const ACCOUNT: BelongingKind = 'provider-account';
const TEMPLATE: BelongingKind = 'open-badge-template';

export function limitProviders(store: ProviderStore, reach: Reach): ProviderStore {
  const seesAccount = ({ id }: Pick<ProviderAccount, 'id'>): boolean => reach.sees(ACCOUNT, id);
  const seesTemplate = ({ accountId, templateId }: Pick<BadgeTemplate, 'accountId' | 'templateId'>): boolean =>
    seesAccount({ id: accountId }) && (accountId !== OWN_ACCOUNT || reach.sees(TEMPLATE, templateId));
  return {
    accounts: async (provider) => (await store.accounts(provider)).filter(seesAccount),
    account: async (id) => (seesAccount({ id }) ? store.account(id) : null),
    // Our own account is made by whoever makes the first template.
    saveAccount: async (account) => (account.id === OWN_ACCOUNT ? store.saveAccount(account) : refuse()),
    removeAccount: refuse,
    templatesById: async (provider, templateId) =>
      (await store.templatesById(provider, templateId)).filter(seesTemplate),
    template: async (provider, accountId, templateId) =>
      seesTemplate({ accountId, templateId }) ? store.template(provider, accountId, templateId) : null,
    async saveTemplate(template) {
      const { provider, accountId, templateId } = template;
      if (accountId !== OWN_ACCOUNT) return refuse();
      if (!reach.sees(TEMPLATE, templateId)) return false;
      const there = await store.template(provider, accountId, templateId);
      if (there !== null) return reach.owns(TEMPLATE, templateId) ? store.saveTemplate(template) : askShared(template);
      await reach.claim(TEMPLATE, templateId);
      return store.saveTemplate(template);
    },
    async removeTemplate(template) {
      if (template.accountId !== OWN_ACCOUNT) return refuse();
      return reach.owns(TEMPLATE, template.templateId) && store.removeTemplate(template);
    },
    templates: (query) => limitPage((page) => store.templates(page), query, seesTemplate),
    templateCounts: async () =>
      (await store.templateCounts()).filter(({ accountId }) => seesAccount({ id: accountId })),
  };

  /** Whoever would make it finds the id taken; whoever would change it hears why not. */
  function askShared({ version }: BadgeTemplate): boolean {
    if (version === 0) return false;
    throw isShared();
  }
}

export function limitAccounts(accounts: Accounts, reach: Reach): Accounts {
  return {
    // What is added has no id before, by which it could be claimed.
    add: refuse,
    replaceSecret: async (id, ...rest) => accounts.replaceSecret(reach.ownId(ACCOUNT, id), ...rest),
    check: async (id) => accounts.check(reach.ownId(ACCOUNT, id)),
    rotate: async (id) => accounts.rotate(reach.ownId(ACCOUNT, id)),
    setEnabled: async (id, enabled) => accounts.setEnabled(reach.ownId(ACCOUNT, id), enabled),
    rename: async (id, ...rest) => accounts.rename(reach.ownId(ACCOUNT, id), ...rest),
    remove: async (id) => accounts.remove(reach.ownId(ACCOUNT, id)),
    saveRescued: refuse,
  };
}

/** Everybody sees who issues; who got what, whoever owns the template. */
export function limitIssuer(store: IssuerStore, reach: Reach): IssuerStore {
  return {
    profile: () => store.profile(),
    keys: () => store.keys(),
    lastList: () => store.lastList(),
    badges: async (query) =>
      query.templateId !== undefined && reach.owns(TEMPLATE, query.templateId)
        ? store.badges(query)
        : { items: [], next: null },
    badgeCounts: (templateIds) => store.badgeCounts(templateIds.filter((id) => reach.owns(TEMPLATE, id))),
    saveProfile: refuse,
    addKey: refuse,
    distrustKey: refuse,
    resealKey: refuse,
    takePlace: refuse,
    addBadge: refuse,
    badge: refuse,
    saveSigned: refuse,
    revokeBadge: refuse,
    revokedCount: refuse,
    revokedIndexes: refuse,
  };
}
