/** The audit as a list: who did what. */

import { msg, words } from '../../../plugin/words.ts';
import { objectPath } from '../audit/object-links.ts';
import { queryString } from '../forms/forms.ts';
import type { AuditEntry } from '../people/access-store.ts';
import type { Services } from '../services.ts';
import { shownTime } from '../words/format.ts';
import { type CellNote, textCell, timeCell } from './cells.ts';
import type { List } from './list.ts';

export function auditList({ access }: Pick<Services, 'access'>): List<AuditEntry> {
  return {
    path: '/audit',
    access: 'administer',
    title: msg('Audit'),
    section: 'audit',
    noun: [msg('{count} entry'), msg('{count} entries')],
    records: access.auditRecords,
    onlyGrows: true,
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      { name: 'at', label: msg('When'), order: 'at', cell: ({ at }) => timeCell(shownTime(at)) },
      { name: 'actor', label: msg('Who'), cell: ({ actor }) => textCell(actor, `/audit${queryString({ actor })}`) },
      {
        name: 'action',
        label: msg('Did what'),
        cell: ({ action }) => textCell(action, `/audit${queryString({ action })}`),
      },
      {
        name: 'object',
        label: msg('To what'),
        cell: ({ object }) => textCell(object, `/audit${queryString({ object })}`, { note: pageOf(object) }),
      },
      {
        name: 'details',
        label: msg('Details'),
        cell: ({ details }) => ({
          parts: Object.entries(details)
            .filter(([, value]) => value !== null)
            .map(([name, value]) => ({ kind: 'text', text: `${name} ${value}` }) as const),
          otherwise: msg('none'),
          isProse: true,
        }),
      },
    ],
    search: {
      label: msg('What it was done to'),
      help: msg('The beginning, e.g. badge: or badge:demo-course.'),
      where: async (text) => [{ field: 'object', startsWith: text }],
    },
    filters: [
      written('actor', msg('Who')),
      written('action', msg('Did what')),
      written('object', msg('Exactly to what')),
    ],
    date: { field: 'at', label: msg('When') },
    order: { field: 'at', descending: true },
    nothingMatches: msg('Who, what and “exactly to what” are compared in full; clear one of them.'),
    empty: {
      title: msg('Nothing recorded yet'),
      text: msg('Sign-ins and every change made on these pages appear here.'),
      links: [],
    },
  };
}

function pageOf(object: string): CellNote | null {
  const href = objectPath(object);
  return href === null ? null : { text: words('its page'), href, hidden: object };
}

function written(name: string, label: string) {
  return {
    ...{ name, label, any: '', isWritten: true },
    choices: () => [],
    where: (value: string) => [{ field: name, in: [value] }],
  };
}
