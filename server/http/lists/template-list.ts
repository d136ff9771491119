/** Templates of badges at providers as a list. */

import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import type { BadgeTemplate, ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import { badgesUsing } from '../../../plugin/providers/template-use.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { OWN_ACCOUNT } from '../../../providers/index.ts';
import { providersCrumb, TEMPLATE_STATES } from '../pages/templates.ts';
import { qualifiedSlug, templatePath } from '../providers/template-links.ts';
import { thumbnailOf } from '../providers/thumbnails.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { switching } from './badge-list.ts';
import { numberCell, statusCell, textCell, timeCell } from './cells.ts';
import { stateFilter } from './filters.ts';
import type { BulkAction, List } from './list.ts';
import { ownedRows } from './owners.ts';
import { shortRecords, wordSearch, wordsOf } from './short.ts';

const BATCH = 500;

interface Row {
  readonly template: BadgeTemplate;
  readonly account: ProviderAccount;
}

type ListServices = Pick<
  Services,
  'providerStore' | 'providers' | 'badges' | 'saveBadge' | 'foreseeRules' | 'settings' | 'belongings'
>;

interface Context {
  readonly definitions: readonly BadgeDefinition[];
  readonly accounts: readonly ProviderAccount[];
}

export function templateList(services: ListServices): List<Row, Context> {
  const { providerStore, providers, badges } = services;
  const titleOf = (provider: string): string => providers.get(provider)?.title ?? provider;

  async function rows(): Promise<readonly Row[]> {
    const accounts = new Map((await providerStore.accounts()).map((account) => [account.id, account]));
    return (await everyTemplate(providerStore)).flatMap((template) => {
      const account = accounts.get(template.accountId);
      return account ? [{ template, account }] : [];
    });
  }

  const owned = ownedRows(services, rows, ({ template, account }, ownerOf) =>
    account.id === OWN_ACCOUNT
      ? ownerOf({ kind: 'open-badge-template', id: template.templateId })
      : ownerOf({ kind: 'provider-account', id: account.id }),
  );
  const shape = {
    id: ['id'],
    fields: {
      id: rowId,
      account: ({ account }: Row) => qualifiedSlug(account),
      provider: ({ account }: Row) => account.provider,
      name: ({ template }: Row) => template.name.toLowerCase(),
      state: ({ template }: Row) => template.state,
      words: ({ template }: Row) => wordsOf(template.name, template.templateId),
      syncedAt: ({ template }: Row) => template.syncedAt,
      ...owned.fields,
    },
    optional: { syncedAt: new Date(0), ...owned.optional },
  };
  return {
    path: '/templates',
    access: 'look',
    title: msg('Templates'),
    titleWithin: msg('templates'),
    section: 'providers',
    breadcrumbs: [providersCrumb],
    noun: [msg('{count} template'), msg('{count} templates')],
    lead: msg(
      'What providers let Laurel issue. A rule names one of them behind the word template; nothing is issued because a template is here.',
    ),
    links: [{ text: msg('Synchronise'), href: '/templates/sync', access: 'operate', isPrimary: true }],
    records: shortRecords(shape, owned.rows),
    load: async () => ({ definitions: await badges.list(), accounts: await providerStore.accounts() }),
    idOf: rowId,
    columns: [
      {
        name: 'template',
        label: msg('Template'),
        order: 'name',
        noteLabel: 'Id',
        cell: ({ template, account }) =>
          textCell(template.name, templatePath(account, template), {
            note: { text: template.templateId },
            thumbnail: thumbnailOf(account, template, services.settings),
          }),
      },
      {
        name: 'account',
        label: msg('Account'),
        order: 'account',
        noteLabel: 'Provider',
        cell: ({ account }) => textCell(nameOf(account), null, { note: { text: titleOf(account.provider) } }),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        cell: ({ template }) => statusCell(shownStatus(template.state)),
      },
      {
        name: 'badges',
        label: msg('Badges'),
        isNumber: true,
        cell: ({ template, account }, { definitions, accounts }) =>
          numberCell(badgesUsing(template, definitions, accounts).length, templatePath(account, template)),
      },
      {
        name: 'listed',
        label: msg('Listed last'),
        order: 'syncedAt',
        cell: ({ template }) => timeCell(shownTime(template.syncedAt), msg('made here')),
      },
      owned.column,
    ],
    search: wordSearch(msg('Name or id')),
    filters: [
      {
        name: 'provider',
        label: msg('Provider'),
        any: msg('Any provider'),
        choices: async () =>
          [...new Set((await providerStore.accounts()).map(({ provider }) => provider))].map((value) => ({
            value,
            word: titleOf(value),
          })),
        where: (provider) => [{ field: 'provider', in: [provider] }],
      },
      {
        name: 'account',
        label: msg('Account'),
        any: msg('Any account'),
        choices: async () =>
          (await providerStore.accounts()).map((account) => ({
            value: qualifiedSlug(account),
            word: words('{provider}: {account}', { provider: titleOf(account.provider), account: nameOf(account) }),
          })),
        where: (account) => [{ field: 'account', in: [account] }],
      },
      stateFilter(TEMPLATE_STATES),
      owned.filter,
    ],
    order: { field: 'name', descending: false },
    actionAccess: 'publish',
    actions: [switchingUses(services, true), switchingUses(services, false)],
    nothingMatches: msg('No template is like this.'),
    async empty() {
      const title = 'No templates yet';
      const hasAccounts = (await providerStore.accounts()).length > 0;
      return hasAccounts
        ? {
            title,
            text: msg('Synchronise the accounts: the templates that each provider lists then stand here.'),
            links: [],
          }
        : {
            title,
            text: msg('Add an account at a provider first, then synchronise it.'),
            links: [{ text: msg('See the providers'), href: '/providers' }],
          };
    },
  };
}

function rowId({ template, account }: Row): string {
  return `${account.id}-${template.templateId}`;
}

/** Whether a template can be issued is for its provider to say; whether it is issued, for the badges that use it. */
function switchingUses(services: ListServices, active: boolean): BulkAction<Row> {
  const { badges, providerStore } = services;
  const one = switching(services, active);
  return {
    name: active ? 'activate' : 'deactivate',
    label: active ? msg('Activate their badges') : msg('Deactivate their badges'),
    audited: active ? 'templates.badges-activated' : 'templates.badges-deactivated',
    consequence: active
      ? msg(
          'Events count for every badge whose rules name one of them. One that would take badges back is not activated here, but on its own page. Templates that no badge uses are left alone.',
        )
      : msg(
          'Events no longer count for any badge whose rules name one of them. Badges already awarded stand. Templates that no badge uses are left alone.',
        ),
    async run({ template }, by) {
      const using = badgesUsing(template, await badges.list(), await providerStore.accounts());
      let done = false;
      for (const badge of using.filter((each) => each.active !== active)) {
        await one.run(badge, by);
        done = true;
      }
      if (!done) return msg('left alone');
      return active ? msg('badges activated') : msg('badges deactivated');
    },
  };
}

/** That of Laurel itself is called by us, the others by people. */
function nameOf({ id, name }: ProviderAccount): Words {
  return id === OWN_ACCOUNT ? words(name) : name;
}

export async function everyTemplate(
  providerStore: Services['providerStore'],
  which: { readonly provider?: string; readonly accountId?: string } = {},
): Promise<readonly BadgeTemplate[]> {
  const found: BadgeTemplate[] = [];
  for (let after: string | undefined; ; ) {
    const page = await providerStore.templates({ ...which, limit: BATCH, ...(after !== undefined && { after }) });
    found.push(...page.items);
    if (page.next === null) return found;
    after = page.next;
  }
}
