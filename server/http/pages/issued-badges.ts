/** Issued badges: who has which, where it was issued and how it stands there. */

import { isIssued } from '../../../plugin/badges/is-issued.ts';
import type { IssuedBadge, IssuedFilter, IssuedGroup, Progress } from '../../../plugin/ports/progress-store.ts';
import { counted, safeUrl, shownInstant, shownNumber, shownStatus } from '../format.ts';
import { queryChoice, queryString, queryText } from '../forms.ts';
import { renderPage } from '../page.ts';
import { get, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { learnerPath } from './progress.ts';

const PAGE_SIZE = 50;
const MAX_FOUND = 50;
const STANDING = ['yes', 'no'] as const;
/** In addresses: a state that nobody reported, a place that there is none of. */
const NONE = '-';

interface Filters {
  readonly provider?: string;
  readonly template?: string;
  readonly state?: string;
  readonly stands?: 'yes' | 'no';
  readonly search?: string;
}

export const providersCrumb = { text: 'Providers', href: '/providers' } as const;
export const issuedCrumb = { text: 'Issued badges', href: '/issued-badges' } as const;

export function issuedBadgeRoutes(services: Services): readonly Route[] {
  const { progress, learners, badges, providers } = services;

  return [
    get('/issued-badges', 'look', async (req, res) => {
      const filters: Filters = defined({
        provider: queryText(req, 'provider'),
        template: queryText(req, 'template'),
        state: queryText(req, 'state'),
        stands: queryChoice(req, 'stands', STANDING),
        search: queryText(req, 'search'),
      });
      const after = queryText(req, 'after');
      const filter = filterOf(filters);
      const people = filters.search ? (await learners.list({ search: filters.search, limit: MAX_FOUND })).items : null;
      const learnerIds = people?.map(({ id }) => id);
      const [page, groups, definitions] = await Promise.all([
        progress.listIssued({ ...filter, ...(learnerIds && { learnerIds }), after, limit: PAGE_SIZE }),
        progress.issuedGroups(),
        badges.list(),
      ]);
      const known = people ?? (await learners.findManyByIds([...new Set(page.items.map((one) => one.learnerId))]));
      const usernames = new Map(known.map(({ id, username }) => [id, username]));
      const names = new Map(definitions.map(({ id, name }) => [id, name ?? id]));
      const title = (provider: string | null) =>
        provider === null ? 'Only announced' : (providers.get(provider)?.title ?? provider);
      const choices = (key: 'provider' | 'template' | 'state', word: (value: string) => string) =>
        choicesOf(groups, filters, key).map(({ value, count }) => ({
          value,
          word: `${word(value)} (${shownNumber(count)})`,
        }));
      await renderPage(
        req,
        res,
        'issued-badges',
        { title: 'Issued badges', section: 'providers', breadcrumbs: [providersCrumb] },
        {
          filters,
          filtered: Object.keys(filters).length > 0,
          providers: choices('provider', (value) => title(value === NONE ? null : value)),
          templates: choices('template', String),
          states: choices('state', (value) => (value === NONE ? 'none yet' : value)),
          standing: [
            { value: 'yes', word: 'Stands' },
            { value: 'no', word: 'Taken back' },
          ],
          total: people === null ? counted(countMatching(groups, filter), 'badge') : null,
          rows: page.items.flatMap((document) =>
            document.issued
              .filter((badge) => isIssued(badge, filter))
              .map((badge) => ({
                learner: usernames.get(document.learnerId) ?? 'removed learner',
                href: learnerPath(document.learnerId),
                badge: names.get(document.badgeId) ?? document.badgeId,
                ...rowOf(badge, document, title),
              })),
          ),
          nextHref: page.next === null ? null : `/issued-badges${queryString({ ...filters, after: page.next })}`,
          firstHref: after === undefined ? null : `/issued-badges${queryString({ ...filters })}`,
        },
      );
    }),
  ];
}

function rowOf(badge: IssuedBadge, { effects }: Progress, title: (provider: string | null) => string) {
  const award = effects.find(({ kind, badgeNumber }) => kind === 'award' && badgeNumber === badge.number);
  return {
    provider: title(badge.template?.provider ?? null),
    template: badge.template?.id ?? null,
    status: shownStatus(badge.revokedAt === null ? 'awarded' : 'revoked'),
    awardedAt: shownInstant(badge.awardedAt),
    externalId: badge.externalId,
    externalState: badge.externalState,
    externalUrl: safeUrl(badge.externalUrl),
    open: badge.externalId === null && award && award.state !== 'done' ? shownStatus(award.state) : null,
    error: badge.externalId === null ? (award?.lastError?.message ?? null) : null,
  };
}

function filterOf({ provider, template, state, stands }: Filters): IssuedFilter {
  return {
    ...(provider !== undefined && { provider: provider === NONE ? null : provider }),
    ...(template !== undefined && { templateId: template }),
    ...(state !== undefined && { externalState: state === NONE ? null : state }),
    ...(stands !== undefined && { stands: stands === 'yes' }),
  };
}

/** The values there are, each with how many there would be. */
function choicesOf(groups: readonly IssuedGroup[], filters: Filters, key: 'provider' | 'template' | 'state') {
  const wordOf = (group: IssuedGroup): string | null =>
    ({ provider: group.provider ?? NONE, template: group.templateId, state: group.externalState ?? NONE })[key];
  const values = [...new Set(groups.flatMap((group) => wordOf(group) ?? []))].sort();
  return values
    .map((value) => ({ value, count: countMatching(groups, filterOf({ ...filters, [key]: value })) }))
    .filter(({ value, count }) => count > 0 || filters[key] === value)
    .slice(0, 200);
}

function countMatching(groups: readonly IssuedGroup[], filter: IssuedFilter): number {
  return groups
    .filter(
      ({ provider, templateId, externalState, stands }) =>
        (filter.provider === undefined || filter.provider === provider) &&
        (filter.templateId === undefined || filter.templateId === templateId) &&
        (filter.externalState === undefined || filter.externalState === externalState) &&
        (filter.stands === undefined || filter.stands === stands),
    )
    .reduce((sum, { count }) => sum + count, 0);
}

/** Without the members that are not set. */
function defined(filters: { readonly [Key in keyof Filters]: Filters[Key] | undefined }): Filters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
}
