/** Badges as a list. */

import { switchedSource } from '../../../plugin/badges/badge-text.ts';
import { createRuleReader } from '../../../plugin/badges/rule-reader.ts';
import { ConflictError, InputError } from '../../../plugin/errors.ts';
import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import type { ProgressCount } from '../../../plugin/ports/progress-store.ts';
import type { RecordShape } from '../../../plugin/ports/records.ts';
import { msg, words } from '../../../plugin/words.ts';
import { summaryOf } from '../pages/badge-history.ts';
import { statusCounts } from '../pages/progress-counts.ts';
import { type Thumbnails, thumbnailsOf } from '../providers/thumbnails.ts';
import { badgePath } from '../rules/badge-links.ts';
import type { Services } from '../services.ts';
import { numberCell, statusCell, textCell } from './cells.ts';
import type { BulkAction, Column, List } from './list.ts';
import { ownedRows } from './owners.ts';
import { shortRecords, wordSearch } from './short.ts';

interface Context {
  readonly counts: readonly ProgressCount[];
  readonly thumbnails: Thumbnails;
}

type ListServices = Pick<
  Services,
  'badges' | 'progress' | 'environment' | 'saveBadge' | 'foreseeRules' | 'providerStore' | 'settings' | 'belongings'
>;
type State = 'active' | 'evaluating' | 'inactive';

const STATES: Readonly<Record<State, string>> = {
  active: msg('Active'),
  evaluating: msg('Evaluating'),
  inactive: msg('Inactive'),
};

export function badgeList(services: ListServices): List<BadgeDefinition, Context> {
  const { badges, progress, environment } = services;
  const readRules = createRuleReader(environment);
  const isEvaluated = (badge: BadgeDefinition): boolean => readRules(badge)?.evaluate ?? false;
  const stateOf = (badge: BadgeDefinition): State =>
    badge.active ? (isEvaluated(badge) ? 'evaluating' : 'active') : 'inactive';
  const nameOf = ({ id, name }: BadgeDefinition): string => name ?? id;
  const owned = ownedRows(
    services,
    () => badges.list(),
    ({ id }, ownerOf) => ownerOf({ kind: 'badge', id }),
  );
  const shape: RecordShape<BadgeDefinition> = {
    id: ['id'],
    fields: {
      id: ({ id }) => id,
      name: (badge) => nameOf(badge).toLowerCase(),
      words: (badge) => [badge.id, ...nameOf(badge).split(/\s+/)].map((word) => word.toLowerCase()),
      state: stateOf,
      provider: ({ template }) => template?.split(' ')[0] ?? null,
      updatedAt: ({ updatedAt }) => updatedAt,
      ...owned.fields,
    },
    optional: owned.optional,
  };
  const count = (status: 'in-progress' | 'awarded' | 'revoked', label: string): Column<BadgeDefinition, Context> => ({
    name: status,
    label,
    isNumber: true,
    cell: ({ id }, { counts }) =>
      numberCell(statusCounts(counts, id)[status], `/progress?badge=${encodeURIComponent(id)}&status=${status}`),
  });
  return {
    path: '/badges',
    access: 'look',
    title: msg('Badges'),
    titleWithin: msg('badges'),
    section: 'badges',
    noun: [msg('{count} badge'), msg('{count} badges')],
    links: [
      { text: msg('Templates'), href: '/templates' },
      { text: msg('Rule files'), href: '/rules' },
      { text: msg('New badge'), href: '/badges/new/start', access: 'edit', isPrimary: true },
    ],
    records: shortRecords(shape, owned.rows),
    load: async (rows) => ({
      counts: await progress.counts(rows.map(({ id }) => id)),
      thumbnails: await thumbnailsOf(
        rows.map(({ template }) => template),
        services,
      ),
    }),
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'badge',
        label: msg('Badge'),
        order: 'name',
        noteLabel: 'Id',
        cell: (badge, { thumbnails }) =>
          textCell(nameOf(badge), badgePath(badge.id), {
            note: { text: badge.id },
            thumbnail: thumbnails.get(badge.template ?? '') ?? null,
          }),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        cell: (badge) => statusCell(summaryOf(badge, isEvaluated(badge)).status),
      },
      { name: 'template', label: msg('Template'), cell: ({ template }) => textCell(template) },
      count('in-progress', msg('In progress')),
      count('awarded', msg('Awarded')),
      count('revoked', msg('Revoked')),
      {
        name: 'changed',
        label: msg('Last change'),
        order: 'updatedAt',
        noteLabel: 'Version',
        cell(badge) {
          const { updatedAt, version, updatedBy } = summaryOf(badge);
          const note = {
            text: words('version {version} by {person}', { version: String(version), person: updatedBy }),
          };
          return { parts: [{ kind: 'time', time: updatedAt }], otherwise: msg('never'), note };
        },
      },
      owned.column,
    ],
    search: wordSearch(msg('Name or id')),
    filters: [
      {
        name: 'state',
        label: msg('State'),
        any: msg('Any state'),
        choices: () => Object.entries(STATES).map(([value, word]) => ({ value, word: words(word) })),
        where: (state) => [{ field: 'state', in: [state] }],
      },
      owned.filter,
    ],
    actionAccess: 'publish',
    actions: [switching(services, true), switching(services, false)],
    order: { field: 'name', descending: false },
    pageSize: 100,
    nothingMatches: msg('Write less of the name, or choose another state.'),
    empty: {
      title: msg('No badges yet'),
      text: msg(
        'A badge is a few lines of rules: which events count, and what must come together. Press New badge to start from an example, or open Rule files to bring badges from files. Editors, publishers and administrators can add one.',
      ),
      links: [{ text: msg('Bring badges from files'), href: '/rules' }],
    },
  };
}

/** Activates, or deactivates. What would take badges back is asked for on the badge's own page, which shows what it means. */
export function switching(
  { saveBadge, foreseeRules }: Pick<Services, 'saveBadge' | 'foreseeRules'>,
  active: boolean,
): BulkAction<BadgeDefinition> {
  return {
    name: active ? 'activate' : 'deactivate',
    label: active ? msg('Activate') : msg('Deactivate'),
    audited: active ? 'badges.activated' : 'badges.deactivated',
    consequence: active
      ? msg(
          'Events count for each of them from now on. One that would take badges back is not activated here, but on its own page. Those that are active are left alone.',
        )
      : msg(
          'Events no longer count for any of them. Badges already awarded stand. Those that are inactive are left alone.',
        ),
    async run(badge, { actor }) {
      if (badge.active === active) return msg('left alone');
      const text = switchedSource(badge.source, active);
      if (text === null)
        throw new InputError('rule-invalid', msg('the stored rules cannot be read; open the editor and mend them'));
      const impact = active ? await foreseeRules([text]) : null;
      if (impact !== null && (!impact.complete || impact.badges.some(({ loses }) => loses > 0))) {
        throw new ConflictError(
          'takes-badges-back',
          msg('it may take badges back; activate it on its own page, which shows what it means'),
        );
      }
      const saved = await saveBadge(text, { expectedVersion: badge.version, actor });
      if (!saved.ok)
        throw new InputError('rule-invalid', msg('the stored rules have mistakes; open the editor and mend them'));
      return active ? msg('activated') : msg('deactivated');
    },
  };
}
