/** Accounts at badge providers as a list: how each is, when it was asked last, and what is done to many. */

import type { BadgeProvider } from '../../../plugin/ports/badge-provider.ts';
import type { ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import type { RecordShape } from '../../../plugin/ports/records.ts';
import { formOf } from '../../../plugin/providers/account-entry.ts';
import { daysLeft, inDays, WARN_DAYS } from '../../../plugin/providers/secret-expiry.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { OWN_ACCOUNT } from '../../../providers/index.ts';
import { providersCrumb } from '../pages/templates.ts';
import { accountPath, accountState, accountStates, syncText, type TemplateCounts } from '../providers/account-view.ts';
import { templatesPath } from '../providers/template-links.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';
import { type Cell, numberCell, statusCell, textCell, timeCell } from './cells.ts';
import type { List } from './list.ts';
import { ownedRows } from './owners.ts';
import { type ProviderAccountServices, providerAccountActions } from './provider-account-actions.ts';
import { shortRecords, wordSearch, wordsOf } from './short.ts';

const LONG_AGO = new Date(0);

type ListServices = ProviderAccountServices & Pick<Services, 'providerStore' | 'belongings'>;

export function providerAccountList(services: ListServices): List<ProviderAccount, TemplateCounts> {
  const { providerStore, providers, clock } = services;
  const stateOf = (account: ProviderAccount) => accountState(account, clock.now());
  const titleOf = (provider: string): string => providers.get(provider)?.title ?? provider;
  // That of Laurel itself is no account that anybody made.
  const rows = async () => (await providerStore.accounts()).filter(({ id }) => id !== OWN_ACCOUNT);
  const owned = ownedRows(services, rows, ({ id }, ownerOf) => ownerOf({ kind: 'provider-account', id }));
  const shape: RecordShape<ProviderAccount> = {
    id: ['id'],
    fields: {
      id: ({ id }) => id,
      name: ({ name }) => name.toLowerCase(),
      words: ({ name, slug, externalId }) => wordsOf(name, slug, externalId),
      provider: ({ provider }) => provider,
      state: stateOf,
      checkedAt: ({ lastCheck }) => lastCheck?.at ?? null,
      syncedAt: ({ lastSync }) => lastSync?.at ?? null,
      secretExpiresAt: ({ secretExpiresAt }) => secretExpiresAt,
      createdAt: ({ createdAt }) => createdAt,
      ...owned.fields,
    },
    optional: { checkedAt: LONG_AGO, syncedAt: LONG_AGO, secretExpiresAt: LONG_AGO, ...owned.optional },
  };
  return {
    path: '/provider-accounts',
    access: 'look',
    title: msg('Provider accounts'),
    titleWithin: msg('provider accounts'),
    section: 'providers',
    breadcrumbs: [providersCrumb],
    noun: [msg('{count} account'), msg('{count} accounts')],
    lead: msg('The accounts with which badges are issued, at every provider. A new one is added at its provider.'),
    links: [
      { text: msg('Templates'), href: '/templates' },
      { text: msg('Providers'), href: '/providers', isPrimary: true },
    ],
    records: shortRecords(shape, owned.rows),
    load: () => providerStore.templateCounts(),
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'account',
        label: msg('Account'),
        order: 'name',
        noteLabel: 'Slug',
        cell: (account) => textCell(account.name, accountPath(account), { note: { text: account.slug } }),
      },
      {
        name: 'provider',
        label: msg('Provider'),
        order: 'provider',
        hasFewValues: true,
        noteLabel: 'Host',
        cell: ({ provider, host }) =>
          textCell(titleOf(provider), null, { note: { text: hostOf(providers.get(provider), host) } }),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        cell: (account) => statusCell(accountStates[stateOf(account)]),
      },
      { name: 'checked', label: msg('Last check'), order: 'checkedAt', noteLabel: 'Answer', cell: checkedCell },
      {
        name: 'expires',
        label: msg('Secret expires'),
        order: 'secretExpiresAt',
        cell: (account) => expiryCell(account, clock.now()),
      },
      {
        name: 'templates',
        label: msg('Templates'),
        isNumber: true,
        cell: (account, templates) =>
          numberCell(
            templates.filter(({ accountId }) => accountId === account.id).reduce((sum, { count }) => sum + count, 0),
            templatesPath(account),
          ),
      },
      {
        name: 'synchronised',
        label: msg('Synchronised'),
        order: 'syncedAt',
        noteLabel: 'Result',
        cell: ({ lastSync }) => ({
          ...timeCell(shownTime(lastSync?.at ?? null)),
          note: lastSync && { text: syncText(lastSync), isEnglish: lastSync.error !== null },
        }),
      },
      owned.column,
    ],
    search: wordSearch(msg('Name, slug or id there')),
    filters: [
      {
        name: 'provider',
        label: msg('Provider'),
        any: msg('Any provider'),
        isOpen: true,
        choices: async () =>
          [...new Set((await rows()).map(({ provider }) => provider))].map((value) => ({
            value,
            word: titleOf(value),
          })),
        where: (provider) => [{ field: 'provider', in: [provider] }],
      },
      {
        name: 'state',
        label: msg('State'),
        any: msg('Any state'),
        choices: () => Object.entries(accountStates).map(([value, { word }]) => ({ value, word: words(word) })),
        where: (state) => [{ field: 'state', in: [state] }],
      },
      owned.filter,
    ],
    date: { field: 'createdAt', label: msg('Made') },
    order: { field: 'name', descending: false },
    actionAccess: 'operate',
    actions: providerAccountActions(services),
    nothingMatches: msg('Write less of the name, or choose fewer filters.'),
    empty: {
      title: msg('No accounts yet'),
      text: msg('Add one at its provider: until then, badges are issued only by Laurel itself.'),
      links: [{ text: msg('See the providers'), href: '/providers' }],
    },
  };
}

function checkedCell({ lastCheck }: ProviderAccount): Cell {
  return {
    ...timeCell(shownTime(lastCheck?.at ?? null)),
    note: lastCheck && { text: lastCheck.message, isEnglish: true },
    isProse: lastCheck !== null,
  };
}

function expiryCell(account: ProviderAccount, now: Date): Cell {
  const days = daysLeft(account, now);
  const isNear = days !== null && days >= 0 && days <= WARN_DAYS;
  return {
    ...timeCell(shownTime(account.secretExpiresAt), msg('not known')),
    note: isNear ? { text: inDays(days) } : null,
  };
}

function hostOf(provider: BadgeProvider | undefined, host: string): Words {
  const place = formOf(provider)?.hosts.find(({ name }) => name === host);
  return place ? words(place.title) : host;
}
