/** Issued badges as a list: who has which, where it was issued and how it stands there. */

import { CredentialsError } from '../../../plugin/errors.ts';
import { partRecords } from '../../../plugin/ports/part-records.ts';
import type { IssuedBadge, Progress } from '../../../plugin/ports/progress-store.ts';
import type { RecordShape } from '../../../plugin/ports/records.ts';
import { refreshBadge } from '../../../plugin/providers/refresh-badges.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import { queryString } from '../forms/forms.ts';
import { providersCrumb } from '../pages/templates.ts';
import { type Thumbnails, thumbnailsOf } from '../providers/thumbnails.ts';
import type { Services } from '../services.ts';
import { safeUrl, shownInstant, shownStatus, shownTime } from '../words/format.ts';
import { type Cell, statusCell, textCell, timeCell } from './cells.ts';
import { estimateFrom } from './estimates.ts';
import { badgeFilter } from './filters.ts';
import { LEARNER_HELP, LEARNER_SEARCH, whoseProgress } from './find-learners.ts';
import type { BulkAction, Filter, List } from './list.ts';
import { documentsWith, partId } from './part-ids.ts';
import { type ProgressNames, progressNames, whoseColumns } from './progress-columns.ts';

/** In addresses: a state that nobody reported, a place that there is none of. */
const NONE = '-';
const MOST_CHOICES = 200;

interface IssuedRow {
  readonly progress: Progress;
  readonly badge: IssuedBadge;
}

type ListServices = Pick<
  Services,
  'progress' | 'learners' | 'badges' | 'providers' | 'clock' | 'retryEffect' | 'providerStore' | 'settings'
>;

interface Context extends ProgressNames {
  readonly thumbnails: Thumbnails;
}

const shape: RecordShape<IssuedRow> = {
  id: ['id'],
  fields: {
    id: ({ progress, badge }) => partId(progress, badge.number),
    learnerId: ({ progress }) => progress.learnerId,
    badgeId: ({ progress }) => progress.badgeId,
    updatedAt: ({ progress }) => progress.updatedAt,
    number: ({ badge }) => badge.number,
    provider: ({ badge }) => badge.template?.provider ?? null,
    template: ({ badge }) => badge.template?.id ?? null,
    externalState: ({ badge }) => badge.externalState,
    revokedAt: ({ badge }) => badge.revokedAt,
  },
};

/** As badges have it. */
function textOf({ badge: { template } }: IssuedRow): string | null {
  return template && `${template.provider}:${template.id}`;
}

export function issuedBadgeList(services: ListServices): List<IssuedRow, Context> {
  const { progress, providers } = services;
  const { estimate, known } = estimateFrom(
    () => progress.issuedGroups(),
    ({ provider, templateId, externalState, stands }) => ({
      ...{ provider, template: templateId, externalState },
      revokedAt: stands ? null : 'revoked',
    }),
  );
  const titleOf = (provider: string | null): Words =>
    provider === null ? words('Only announced') : (providers.get(provider)?.title ?? provider);
  const order = { field: 'updatedAt', descending: true };
  const choice = (
    name: string,
    field: 'provider' | 'template' | 'externalState',
    texts: { readonly label: string; readonly any: string; word(value: string): Words },
  ): Filter => ({
    ...{ name, label: texts.label, any: texts.any, isOpen: true },
    async choices() {
      const values = (await known()).map((group) => (field === 'template' ? group.templateId : group[field]) ?? NONE);
      return [...new Set(values)]
        .sort()
        .slice(0, MOST_CHOICES)
        .map((value) => ({ value, word: texts.word(value) }));
    },
    where: (value) => [{ field, in: [value === NONE ? null : value] }],
  });
  return {
    path: '/issued-badges',
    access: 'look',
    title: msg('Issued badges'),
    titleWithin: msg('issued badges'),
    section: 'providers',
    breadcrumbs: [providersCrumb],
    noun: [msg('{count} badge'), msg('{count} badges')],
    lead: msg('Every badge that was given, where it was issued and how it stands there.'),
    links: [{ text: msg('Comparisons'), href: '/comparisons' }],
    records: {
      ...partRecords({
        documents: progress.records,
        holds: 'issued',
        shape,
        partFields: ['provider', 'template', 'externalState', 'revokedAt', 'number'],
        always: [{ field: 'number', isSet: true }],
        order,
        rowsOf: (document) => document.issued.map((badge) => ({ progress: document, badge })),
        documentsWith,
      }),
      estimate,
    },
    load: async (rows) => ({
      ...(await progressNames(services, rows)),
      thumbnails: await thumbnailsOf(rows.map(textOf), services),
    }),
    idOf: ({ progress: document, badge }) => partId(document, badge.number),
    columns: [
      ...whoseColumns,
      {
        name: 'provider',
        label: msg('Issued at'),
        noteLabel: 'Template',
        cell: (row, { thumbnails }) => {
          const { template } = row.badge;
          return textCell(titleOf(template?.provider ?? null), null, {
            note: template && { text: template.id, href: `/templates${queryString({ search: template.id })}` },
            thumbnail: thumbnails.get(textOf(row) ?? '') ?? null,
          });
        },
      },
      {
        name: 'standing',
        label: msg('Here'),
        cell: ({ badge }) => ({
          ...statusCell(shownStatus(badge.revokedAt === null ? 'awarded' : 'revoked')),
          note: { text: words('awarded {time}', { time: new Date(shownInstant(badge.awardedAt).iso) }) },
        }),
      },
      { name: 'state', label: msg('State there'), noteLabel: 'Last error', cell: stateThere },
      {
        name: 'external-id',
        label: msg('Id there'),
        cell: ({ badge }) => textCell(badge.externalId, safeUrl(badge.externalUrl), { otherwise: msg('not yet') }),
      },
      {
        name: 'awarded',
        label: msg('Award date'),
        isInFilesOnly: true,
        cell: ({ badge }) => timeCell(shownInstant(badge.awardedAt)),
      },
      {
        name: 'changed',
        label: msg('Last change'),
        order: 'updatedAt',
        cell: ({ progress: { updatedAt } }) => timeCell(shownTime(updatedAt)),
      },
    ],
    search: { label: LEARNER_SEARCH, help: LEARNER_HELP, where: (text) => whoseProgress(services, text) },
    filters: [
      badgeFilter(services),
      choice('provider', 'provider', {
        label: msg('Issued at'),
        any: msg('Anywhere'),
        word: (value) => titleOf(value === NONE ? null : value),
      }),
      choice('template', 'template', {
        label: msg('Template'),
        any: msg('Any template'),
        word: (value) => (value === NONE ? words('none') : value),
      }),
      choice('state', 'externalState', {
        label: msg('State there'),
        any: msg('Any state'),
        word: (value) => (value === NONE ? words('none yet') : value),
      }),
      {
        name: 'stands',
        label: msg('Here'),
        any: msg('Standing or not'),
        choices: () => [
          { value: 'yes', word: words('Stands') },
          { value: 'no', word: words('Taken back') },
        ],
        where: (stands) => [
          stands === 'yes' ? { field: 'revokedAt', in: [null] } : { field: 'revokedAt', isSet: true },
        ],
      },
    ],
    date: { field: 'updatedAt', label: msg('Last change'), isUncounted: true },
    order,
    onlyGrows: true,
    actionAccess: 'operate',
    actions: [asking(services), retrying(services)],
    nothingMatches: msg('Choose fewer filters, or search by the beginning of a username or an e-mail address.'),
    empty: {
      title: msg('No badge yet'),
      text: msg('Badges appear here as soon as a learner has fulfilled the requirements of an active badge.'),
      links: [{ text: msg('See the badges'), href: '/badges' }],
    },
  };
}

/** What the provider says; before it says anything, how far the award has come. */
function stateThere({ badge, progress: { effects } }: IssuedRow): Cell {
  const award = effects.find(({ kind, badgeNumber }) => kind === 'award' && badgeNumber === badge.number);
  const isOpen = badge.externalId === null && award !== undefined && award.state !== 'done';
  if (badge.externalState !== null || !isOpen) return textCell(badge.externalState, null, { isEnglish: true });
  return statusCell(shownStatus(award.state), award.lastError?.message ?? null, true);
}

function asking(services: ListServices): BulkAction<IssuedRow> {
  return {
    name: 'ask',
    label: msg('Ask how they stand'),
    audited: 'issued-badges.asked',
    // Each is a call to a provider, which may be slow.
    atOnce: 10,
    perSecond: 5,
    consequence: msg(
      'The provider of each is asked, and what it says is written down. Nothing is changed there. Those that it does not know yet, or that were only announced, are left alone.',
    ),
    async run({ badge }) {
      const provider = services.providers.get(badge.template?.provider ?? '');
      if (badge.externalId === null || provider?.issuedState === undefined) return msg('left alone');
      return (await refreshBadge(badge, provider, services)) ? msg('changed') : msg('unchanged');
    },
  };
}

/** Where awarding, taking back or announcing failed. */
function retrying({ retryEffect }: ListServices): BulkAction<IssuedRow> {
  return {
    name: 'retry',
    label: msg('Retry the failed'),
    audited: 'issued-badges.retried',
    consequence: msg(
      'Whatever failed of these badges, awarding, taking back or announcing, is tried again as soon as it is its turn. Badges of which nothing failed are left alone.',
    ),
    async run({ badge, progress: { learnerId, badgeId, effects } }) {
      const failed = effects.filter(({ state, badgeNumber }) => state === 'failed' && badgeNumber === badge.number);
      let retried = 0;
      for (const { id } of failed) if (await isRetried(learnerId, badgeId, id)) retried += 1;
      return retried === 0 ? msg('left alone') : msg('retried');
    },
  };

  async function isRetried(...effect: Parameters<ListServices['retryEffect']>): Promise<boolean> {
    try {
      await retryEffect(...effect);
      return true;
    } catch (error) {
      // Somebody else was faster.
      if (error instanceof CredentialsError && error.retry === 'never') return false;
      throw error;
    }
  }
}
