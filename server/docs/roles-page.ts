/** docs/reference/roles.md: what each role and each scope opens, from the tables and the routes. */

import { operations } from '../http/api/operations.ts';
import { pageRoutes } from '../http/app.ts';
import { opennessOfName, openRouteNames } from '../http/organisations/openness.ts';
import { isRight, mayDo, RIGHTS, ROLES, rights, roles, rolesWith } from '../http/people/rights.ts';
import { SCOPES, scopes } from '../http/people/scopes.ts';
import { type Route, scopeOf } from '../http/routes.ts';
import type { Services } from '../http/services.ts';
import { cell, page, table } from './markdown.ts';

/** Stands in for everything that handlers are built of: here they are only counted, never called. It can be called, asked for
 *  anything, read as an empty text and gone through as an empty list. */
const nothing: object = new Proxy(() => nothing, {
  get: (_target, key) => (key === Symbol.iterator ? () => [].values() : nothing),
  apply: () => nothing,
});

export function rolesPage(): string {
  const pages = pageRoutes(nothing as Services).flatMap((route) =>
    isRight(route.access) ? [{ ...route, right: route.access }] : [],
  );
  const known = new Set([...Object.keys(operations), ...pages.map(({ method, path }) => `${method} ${path}`)]);
  const groups = [...new Set(pages.map(({ path }) => groupOf(path)))].sort();
  return page('Roles and scopes', [
    'Every address of the pages names the right that it needs, and a role is a set of rights. Whoever lacks a right does not see the buttons for',
    'it, and is refused (403) where the address is typed. [How to manage people and tokens](../how-to/manage-people-and-tokens.md).',
    '',
    '## Roles',
    '',
    table(
      ['Role', 'What it is for', 'Rights'],
      ROLES.map((role) => [`\`${role}\``, cell(roles[role].doc), words(roles[role].rights)]),
    ),
    '',
    '## Rights',
    '',
    table(
      ['Right', 'Whoever has it may', 'Roles'],
      RIGHTS.map((right) => [`\`${right}\``, cell(rights[right]), words(rolesWith(right))]),
    ),
    '',
    '## Which role does what where',
    '',
    'The rights of each role that count on the pages below an address.',
    '',
    table(
      ['Pages', ...ROLES.map((role) => roles[role].word)],
      groups.map((group) => {
        const used = RIGHTS.filter((right) => pages.some((one) => one.right === right && groupOf(one.path) === group));
        return [`\`${group}\``, ...ROLES.map((role) => words(used.filter((right) => mayDo(role, right))) || 'nothing')];
      }),
    ),
    '',
    '## Which address needs which right',
    '',
    ...RIGHTS.flatMap((right) => [
      `### ${right}`,
      '',
      ...[...new Set(pages.filter((one) => one.right === right).map(addressOf))].sort().map((one) => `- \`${one}\``),
      '',
    ]),
    '## Scopes of API tokens',
    '',
    table(
      ['Scope', 'A token that has it may', 'Addresses'],
      SCOPES.map((scope) => [
        `\`${scope}\``,
        cell(scopes[scope]),
        Object.entries(operations)
          .filter(([, { access }]) => scopeOf(access) === scope)
          .map(([address]) => `\`${shown(address)}\``)
          .join('<br>'),
      ]),
    ),
    '',
    '## What is open to accounts and tokens of some organisations',
    '',
    'An account or a token that is [limited to organisations](../how-to/serve-several-organisations.md) has the rights of its role, or its scopes,',
    'over what belongs to these, at the addresses below and on its own page. Everything else is about all organisations, and refused (403',
    '`request.organisations`). What belongs to others is answered as what is not there, with 404.',
    '',
    ...openRouteNames
      .filter((name) => opennessOfName(name) === 'limited' && known.has(name))
      .map(shown)
      .sort()
      .map((name) => `- \`${name}\``),
  ]);
}

function words(list: readonly string[]): string {
  return list.join(', ');
}

function addressOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return shown(`${method} ${path}`);
}

function shown(address: string): string {
  return address.replace(/^\w+/, (method) => method.toUpperCase());
}

function groupOf(path: string): string {
  return `/${path.split('/')[1]}`;
}
