/** Badges as a list. */

import type { BadgeDefinition } from '../../../plugin/ports/badge-store.ts';
import { memoryRecords } from '../../../plugin/ports/memory-records.ts';
import type { ProgressCount } from '../../../plugin/ports/progress-store.ts';
import type { RecordShape } from '../../../plugin/ports/records.ts';
import { badgePath } from '../badge-links.ts';
import { summaryOf } from '../pages/badge-history.ts';
import { statusCounts } from '../pages/progress-counts.ts';
import { createRuleReader } from '../rule-reader.ts';
import type { Services } from '../services.ts';
import { numberCell, statusCell, textCell } from './cells.ts';
import type { Column, List } from './list.ts';

type Context = readonly ProgressCount[];
type State = 'active' | 'evaluating' | 'inactive';

const STATES: Readonly<Record<State, string>> = { active: 'Active', evaluating: 'Evaluating', inactive: 'Inactive' };

export function badgeList(
  services: Pick<Services, 'badges' | 'progress' | 'environment'>,
): List<BadgeDefinition, Context> {
  const { badges, progress, environment } = services;
  const readRules = createRuleReader(environment);
  const isEvaluated = (badge: BadgeDefinition): boolean => readRules(badge)?.evaluate ?? false;
  const stateOf = (badge: BadgeDefinition): State =>
    badge.active ? (isEvaluated(badge) ? 'evaluating' : 'active') : 'inactive';
  const nameOf = ({ id, name }: BadgeDefinition): string => name ?? id;
  const shape: RecordShape<BadgeDefinition> = {
    id: ['id'],
    fields: {
      id: ({ id }) => id,
      name: (badge) => nameOf(badge).toLowerCase(),
      words: (badge) => [badge.id, ...nameOf(badge).split(/\s+/)].map((word) => word.toLowerCase()),
      state: stateOf,
      provider: ({ template }) => template?.split(' ')[0] ?? null,
      updatedAt: ({ updatedAt }) => updatedAt,
    },
  };
  const count = (status: 'in-progress' | 'awarded' | 'revoked', label: string): Column<BadgeDefinition, Context> => ({
    name: status,
    label,
    isNumber: true,
    cell: ({ id }, counts) =>
      numberCell(statusCounts(counts, id)[status], `/progress?badge=${encodeURIComponent(id)}&status=${status}`),
  });
  return {
    path: '/badges',
    access: 'look',
    title: 'Badges',
    section: 'badges',
    noun: ['badge', 'badges'],
    links: [
      { text: 'Templates', href: '/templates' },
      { text: 'Rule files', href: '/rules' },
      { text: 'New badge', href: '/badges/new/start', access: 'edit', isPrimary: true },
    ],
    records: memoryRecords(shape, () => badges.list()),
    load: () => progress.counts(),
    idOf: ({ id }) => id,
    columns: [
      {
        name: 'badge',
        label: 'Badge',
        order: 'name',
        noteLabel: 'Id',
        cell: (badge) => textCell(nameOf(badge), badgePath(badge.id), { note: { text: badge.id } }),
      },
      {
        name: 'state',
        label: 'State',
        order: 'state',
        cell: (badge) => statusCell(summaryOf(badge, isEvaluated(badge)).status),
      },
      { name: 'template', label: 'Template', cell: ({ template }) => textCell(template) },
      count('in-progress', 'In progress'),
      count('awarded', 'Awarded'),
      count('revoked', 'Revoked'),
      {
        name: 'changed',
        label: 'Last change',
        order: 'updatedAt',
        noteLabel: 'Version',
        cell(badge) {
          const { updatedAt, version, updatedBy } = summaryOf(badge);
          const note = { text: `version ${version} by ${updatedBy}` };
          return { parts: [{ kind: 'time', time: updatedAt }], otherwise: 'never', note };
        },
      },
    ],
    search: {
      label: 'Name or id',
      help: 'The beginnings of words, all of which must be found.',
      where: async (text) =>
        text
          .toLowerCase()
          .split(/\s+/)
          .map((word) => ({ field: 'words', startsWith: word })),
    },
    filters: [
      {
        name: 'state',
        label: 'State',
        any: 'Any state',
        choices: () => Object.entries(STATES).map(([value, word]) => ({ value, word })),
        where: (state) => [{ field: 'state', in: [state] }],
      },
    ],
    order: { field: 'name', descending: false },
    pageSize: 100,
    nothingMatches: 'Write less of the name, or choose another state.',
    empty: {
      title: 'No badges yet',
      text: 'A badge is a few lines of rules: which events count, and what must come together. Press New badge to start from an example, or open Rule files to bring badges from files. Editors, publishers and administrators can add one.',
      links: [{ text: 'Bring badges from files', href: '/rules' }],
    },
  };
}
