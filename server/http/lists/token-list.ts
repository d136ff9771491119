/** API tokens as a list: which program may do what, and until when. */

import type { RecordShape } from '../../../plugin/ports/records.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { systemCrumb } from '../pages/system.ts';
import type { ApiToken } from '../people/access-store.ts';
import { SCOPES, scopesOf } from '../people/scopes.ts';
import { TOKEN_STATES, tokenState } from '../people/token-words.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { linksCell, statusCell, textCell, timeCell } from './cells.ts';
import { limitFilter, stateFilter } from './filters.ts';
import type { BulkAction, List } from './list.ts';
import { shortRecords, wordSearch, wordsOf } from './short.ts';

const HOME = '/tokens';
const LONG_AGO = new Date(0);

type ListServices = Pick<Services, 'access' | 'clock'>;

export function tokenList(services: ListServices): List<ApiToken> {
  const { access, clock } = services;
  const stateOf = (token: ApiToken) => tokenState(token, clock.now());
  const shape: RecordShape<ApiToken> = {
    id: ['id'],
    fields: {
      id: ({ id }) => id,
      label: ({ label }) => label.toLowerCase(),
      words: ({ label, createdBy }) => wordsOf(label, createdBy),
      state: stateOf,
      scopes: scopesOf,
      maker: ({ createdBy }) => createdBy,
      expiresAt: ({ expiresAt }) => expiresAt,
      lastUsedAt: ({ lastUsedAt }) => lastUsedAt,
      createdAt: ({ createdAt }) => createdAt,
      organisations: ({ organisations = [] }) => organisations,
    },
    optional: { expiresAt: LONG_AGO, lastUsedAt: LONG_AGO },
  };
  return {
    path: HOME,
    access: 'administer',
    title: msg('API tokens'),
    titleWithin: msg('API tokens'),
    section: 'system',
    breadcrumbs: [systemCrumb],
    noun: [msg('{count} token'), msg('{count} tokens')],
    lead: msg('What programs show to use the API. Nobody can read a token again after it was made.'),
    links: [
      { text: msg('Accounts'), href: '/accounts' },
      { text: msg('New token'), href: `${HOME}/new`, isPrimary: true },
    ],
    records: shortRecords(shape, () => access.apiTokens()),
    load: async () => null,
    idOf: ({ id }) => id,
    columns: [
      { name: 'label', label: msg('Label'), order: 'label', cell: ({ id, label }) => textCell(label, tokenPath(id)) },
      {
        name: 'scopes',
        label: msg('May do'),
        cell: (token) => linksCell(scopesOf(token).map((scope) => ({ text: scope, href: null }))),
      },
      {
        name: 'state',
        label: msg('State'),
        order: 'state',
        hasFewValues: true,
        cell: (token) => statusCell(shownStatus(stateOf(token))),
      },
      {
        name: 'organisations',
        label: msg('Limited to'),
        cell: ({ organisations = [] }) =>
          textCell(organisations.join(', ') || null, null, { otherwise: msg('nothing') }),
      },
      {
        name: 'expires',
        label: msg('Expires'),
        order: 'expiresAt',
        cell: ({ expiresAt }) => timeCell(shownTime(expiresAt)),
      },
      {
        name: 'used',
        label: msg('Last used'),
        order: 'lastUsedAt',
        cell: ({ lastUsedAt }) => timeCell(shownTime(lastUsedAt)),
      },
      {
        name: 'made',
        label: msg('Made'),
        order: 'createdAt',
        noteLabel: 'Made by',
        cell: ({ createdAt, createdBy }) => ({
          ...timeCell(shownTime(createdAt)),
          note: { text: words('by {person}', { person: createdBy }) },
        }),
      },
    ],
    search: wordSearch(msg('Label, or who made it')),
    filters: [
      limitFilter(async () => access.apiTokens()),
      stateFilter(TOKEN_STATES),
      {
        name: 'scope',
        label: msg('May do'),
        any: msg('Anything'),
        choices: () => SCOPES.map((value) => ({ value, word: value })),
        where: (scope) => [{ field: 'scopes', in: [scope] }],
      },
      {
        name: 'by',
        label: msg('Made by'),
        any: msg('Anybody'),
        isOpen: true,
        choices: async () => {
          const makers = new Set((await access.apiTokens()).map(({ createdBy }) => createdBy));
          return [...makers].sort().map((value) => ({ value, word: value }));
        },
        where: (maker) => [{ field: 'maker', in: [maker] }],
      },
    ],

    date: { field: 'createdAt', label: msg('Made') },
    order: { field: 'createdAt', descending: true },
    notes: async () =>
      (await access.apiTokens())
        .filter((token) => stateOf(token) === 'ending')
        .map(({ id, label, expiresAt }) => ({
          text: words(
            'make another token in place of {token}, give it to whoever uses that one, then revoke it: it expires on {time}',
            { token: label, time: expiresAt ?? '' },
          ),
          links: [{ text: words('See the token {token}', { token: label }), href: tokenPath(id) }],
        })),
    nothingMatches: msg('Write less of the label, or choose fewer filters.'),
    empty: {
      title: msg('No tokens yet'),
      text: msg('A program shows a token to use the API.'),
      links: [
        { text: msg('What the API offers'), href: '/api/openapi.json' },
        { text: msg('Make a token'), href: `${HOME}/new` },
      ],
    },
    actions: [revoking(services)],
  };
}

/** Each is written down at the token too, as its own page does it. */
function revoking(services: ListServices): BulkAction<ApiToken> {
  const { access, clock } = services;
  const audit = createAudit(services);
  return {
    name: 'revoke',
    label: msg('Revoke'),
    isFinal: true,
    audited: 'tokens.revoked',
    consequence: msg(
      'The programs that show them are refused from now on. This cannot be undone; a new token can be made. Those that are revoked already are left alone.',
    ),
    async run({ id }, { actor }) {
      if (!(await access.revokeApiToken(id, clock.now()))) return msg('left alone');
      await audit(actor, 'token.revoked', `token:${id}`);
      return msg('revoked');
    },
  };
}

export function tokenPath(id: string): string {
  return `${HOME}/${encodeURIComponent(id)}`;
}
