/** Templates of the badges that Laurel issues itself, as a list. */

import type { BadgeTemplate } from '../../../plugin/ports/provider-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import { OPEN_BADGES, OWN_ACCOUNT } from '../../../providers/index.ts';
import { historyPath } from '../pages/history.ts';
import { TEMPLATE_STATES } from '../pages/templates.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { linksCell, numberCell, statusCell, textCell, timeCell } from './cells.ts';
import { stateFilter } from './filters.ts';
import type { List } from './list.ts';
import { type OpenBadgeTemplateServices, openBadgeTemplateActions } from './open-badge-template-actions.ts';
import { ownedRows } from './owners.ts';
import { shortRecords, wordSearch, wordsOf } from './short.ts';
import { everyTemplate } from './template-list.ts';

const HOME = '/open-badge-templates';

export function openBadgeTemplateList(
  services: OpenBadgeTemplateServices & Pick<Services, 'belongings'>,
): List<BadgeTemplate, ReadonlyMap<string, number>> {
  const { providerStore, issuerStore } = services;
  const owned = ownedRows(
    services,
    () => everyTemplate(providerStore, { provider: OPEN_BADGES, accountId: OWN_ACCOUNT }),
    ({ templateId }, ownerOf) => ownerOf({ kind: 'open-badge-template', id: templateId }),
  );
  const shape = {
    id: ['id'],
    fields: {
      id: ({ templateId }: BadgeTemplate) => templateId,
      name: ({ name }: BadgeTemplate) => name.toLowerCase(),
      state: ({ state }: BadgeTemplate) => state,
      words: ({ name, templateId }: BadgeTemplate) => wordsOf(name, templateId),
      updatedAt: ({ updatedAt }: BadgeTemplate) => updatedAt,
      ...owned.fields,
    },
    optional: owned.optional,
  };
  return {
    path: HOME,
    access: 'look',
    title: msg('Open Badge templates'),
    titleWithin: msg('Open Badge templates'),
    section: 'badges',
    breadcrumbs: [{ text: words('Badges'), href: '/badges' }],
    noun: [msg('{count} template'), msg('{count} templates')],
    lead: msg('What Laurel issues by itself, without a provider. A rule names one of them by its id.'),
    links: [
      { text: msg('Issuer'), href: '/issuer' },
      { text: msg('New template'), href: `${HOME}/new`, access: 'edit', isPrimary: true },
    ],
    records: shortRecords(shape, owned.rows),
    load: (rows) => issuerStore.badgeCounts(rows.map(({ templateId }) => templateId)),
    idOf: ({ templateId }) => templateId,
    columns: [
      {
        name: 'template',
        label: msg('Template'),
        order: 'name',
        noteLabel: 'Id',
        cell: ({ name, templateId }) =>
          textCell(name, `${HOME}/${encodeURIComponent(templateId)}`, { note: { text: templateId } }),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        cell: ({ state }) => statusCell(shownStatus(state)),
      },
      {
        name: 'issued',
        label: msg('Issued'),
        isNumber: true,
        cell: ({ templateId }, counts) => numberCell(counts.get(templateId) ?? 0),
      },
      {
        name: 'changed',
        label: msg('Changed'),
        order: 'updatedAt',
        cell: ({ updatedAt }) => timeCell(shownTime(updatedAt)),
      },
      owned.column,
      {
        name: 'pages',
        label: msg('More'),
        isOnPageOnly: true,
        cell: ({ name, templateId }) =>
          linksCell([
            {
              ...{ text: words('History'), href: historyPath('open-badge-template', templateId) },
              hidden: words('History of {name}', { name }),
            },
          ]),
      },
    ],
    search: wordSearch(msg('Name or id')),
    filters: [stateFilter(TEMPLATE_STATES), owned.filter],
    order: { field: 'name', descending: false },
    actionAccess: 'edit',
    actions: openBadgeTemplateActions(services),
    nothingMatches: msg('Write less of the name, or choose another state.'),
    empty: {
      title: msg('No templates yet'),
      text: msg('A template is the badge itself: its name, its picture and what it stands for.'),
      links: [{ text: msg('Make a template'), href: `${HOME}/new`, access: 'edit' }],
    },
  };
}
