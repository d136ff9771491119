/** The audit as a list: who did what. */

import type { AuditEntry } from '../access-store.ts';
import { shownTime } from '../format.ts';
import { queryString } from '../forms.ts';
import type { Services } from '../services.ts';
import { textCell, timeCell } from './cells.ts';
import type { List } from './list.ts';

export function auditList({ access }: Pick<Services, 'access'>): List<AuditEntry> {
  return {
    path: '/audit',
    access: 'administer',
    title: 'Audit',
    section: 'audit',
    noun: ['entry', 'entries'],
    records: access.auditRecords,
    onlyGrows: true,
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      { name: 'at', label: 'When', order: 'at', cell: ({ at }) => timeCell(shownTime(at)) },
      { name: 'actor', label: 'Who', cell: ({ actor }) => textCell(actor, `/audit${queryString({ actor })}`) },
      { name: 'action', label: 'Did what', cell: ({ action }) => textCell(action, `/audit${queryString({ action })}`) },
      { name: 'object', label: 'To what', cell: ({ object }) => textCell(object, `/audit${queryString({ object })}`) },
      {
        name: 'details',
        label: 'Details',
        cell: ({ details }) => ({
          parts: Object.entries(details).map(([name, value]) => ({ kind: 'text', text: `${name} ${value}` }) as const),
          otherwise: 'none',
          isProse: true,
        }),
      },
    ],
    search: {
      label: 'What it was done to',
      help: 'The beginning, e.g. badge: or badge:demo-course.',
      where: async (text) => [{ field: 'object', startsWith: text }],
    },
    filters: [written('actor', 'Who'), written('action', 'Did what'), written('object', 'Exactly to what')],
    date: { field: 'at', label: 'When' },
    order: { field: 'at', descending: true },
    nothingMatches: 'Who, what and “exactly to what” are compared in full; clear one of them.',
    empty: {
      title: 'Nothing recorded yet',
      text: 'Sign-ins and every change made on these pages appear here.',
      links: [],
    },
  };
}

function written(name: string, label: string) {
  return {
    ...{ name, label, any: '', isWritten: true },
    choices: () => [],
    where: (value: string) => [{ field: name, in: [value] }],
  };
}
