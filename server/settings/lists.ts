/** Settings of a form of their own: lists, and addresses of providers. */

import type { GivenAccount } from '../../plugin/providers/given-accounts.ts';
import { ROLES, type Role } from '../http/people/rights.ts';
import { longEnough, SHORTEST_SECRET, url } from './checks.ts';
import type { Setting } from './kinds.ts';

/** Several secrets in one setting: a list that a person may write over lines. */
export const formerSecretKeys: Setting<readonly string[]> = {
  env: 'LAUREL_FORMER_SECRET_KEYS',
  secret: true,
  defaultText: '(unset)',
  doc: 'What LAUREL_SECRET_KEY was before, separated by blanks or line ends, or as a JSON list like `["a key with blanks"]`, which takes any key as it was: opens what was sealed under it, until `laurel secrets rotate` has sealed it anew',
  parse(value) {
    if (value?.trimStart().startsWith('["')) return keysInJson(value);
    const keys = value?.split(/\s+/).filter((key) => key !== '') ?? [];
    // Perhaps a part of a key: what LAUREL_SECRET_KEY may be is not limited to one word.
    if (keys.length > 1 && keys.some((key) => key.length < SHORTEST_SECRET))
      throw new Error(
        `holds a part of fewer than ${SHORTEST_SECRET} characters; if it belongs to a key with blanks in it, write the keys as a JSON list, like ["the whole key"]`,
      );
    for (const key of keys) longEnough(key);
    return keys;
  },
};

function keysInJson(value: string): readonly string[] {
  let keys: unknown;
  try {
    keys = JSON.parse(value);
  } catch {
    keys = null;
  }
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string'))
    throw new Error('must be keys separated by blanks or line ends, or a JSON list of texts like ["the whole key"]');
  for (const key of keys) longEnough(key);
  return keys;
}

export const apiOrigins: Setting<readonly string[]> = {
  env: 'LAUREL_API_ORIGINS',
  secret: false,
  defaultText: '(unset)',
  doc: 'Sites whose pages may ask the API about learners, with their token of the LMS, from a browser: origins like `https://apps.lms.example.org`, separated by commas; unset: none. What is public may be read from anywhere',
  parse(value) {
    const origins = value?.split(',').map((origin) => origin.trim()) ?? [];
    if (
      origins.some((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin || !/^https?:/.test(origin))
    )
      throw new Error('must be origins separated by commas, like https://apps.lms.example.org, without a path');
    return origins;
  },
};

export const securityContacts: Setting<readonly string[]> = {
  env: 'LAUREL_SECURITY_CONTACT',
  secret: false,
  defaultText: '(unset)',
  doc: 'Whom weaknesses of this site are reported to, for `/.well-known/security.txt` (RFC 9116): addresses like `mailto:security@example.org` or `https://example.org/report`, separated by commas, the most wanted first; unset: there is no such file',
  parse(value) {
    const contacts = value?.split(',').map((contact) => contact.trim()) ?? [];
    if (contacts.some((contact) => !/^(https:\/\/|mailto:|tel:)[!-~]+$/.test(contact) || !URL.canParse(contact)))
      throw new Error(
        'must be addresses separated by commas, like mailto:security@example.org or https://example.org/report',
      );
    return contacts;
  },
};

export const internalHosts: Setting<readonly string[]> = {
  env: 'LAUREL_INTERNAL_HOSTS',
  secret: false,
  defaultText: '(unset)',
  doc: 'Hosts of your own, as `host` or `host:port` separated by commas, that Laurel may call without https and at private addresses, e.g. a stand-in for a provider; every other host must be out in the world and speak https',
  parse(value) {
    const hosts = value?.split(',').map((host) => host.trim()) ?? [];
    if (hosts.some((host) => !/^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host)))
      throw new Error('must be hosts separated by commas, like badges.internal,127.0.0.1:4010');
    return hosts;
  },
};

export const providerAccounts: Setting<readonly GivenAccount[]> = {
  env: 'LAUREL_PROVIDER_ACCOUNTS',
  secret: true,
  defaultText: '(unset)',
  doc: 'Accounts at badge providers that are set up at start, separated by blanks or line ends: `credly/<name>=<organization id>:<token>` or `accredible/<name>=<API key>`; `@sandbox` or `@eu` after the name for another host. Their secrets cannot be changed on the pages',
  parse(value) {
    const entries = value?.split(/\s+/).filter((entry) => entry !== '') ?? [];
    return entries.map((entry, index) => {
      const match = /^([a-z][a-z0-9-]*)\/([a-z0-9-]+)(?:@([a-z0-9-]+))?=(\S+)$/.exec(entry);
      if (match === null)
        throw new Error(`must be entries like credly/science=<id>:<token>, but entry ${index + 1} is not`);
      const [, provider = '', slug = '', host = null, credentials = ''] = match;
      return { provider, slug, host, credentials };
    });
  },
};

export const plugins: Setting<readonly string[]> = {
  env: 'LAUREL_PLUGINS',
  secret: false,
  defaultText: '(unset)',
  doc: 'npm packages that bring badge providers or functions for credentials, separated by commas; a path begins with `./` or `/`. They run with all rights of the server: name only what you trust. See docs/how-to/write-a-provider.md',
  parse(value) {
    const names = value?.split(',').map((name) => name.trim()) ?? [];
    if (names.some((name) => name === '' || /\s/.test(name))) throw new Error('must be packages separated by commas');
    if (new Set(names).size < names.length) throw new Error('names a package twice; keep one');
    return names;
  },
};

export interface ClaimRole {
  readonly claim: 'administrator' | 'superuser';
  readonly role: Role;
}

const CLAIMS: readonly ClaimRole['claim'][] = ['administrator', 'superuser'];

export const lmsRoles: Setting<readonly ClaimRole[]> = {
  env: 'LAUREL_LMS_ROLES',
  secret: false,
  defaultText: 'superuser=administrator,administrator=administrator',
  doc: `Which role somebody has here who signs in with the LMS and has no account that is linked with the user there: \`<claim>=<role>\` separated by commas, the first that applies counts; the claim \`administrator\` is staff of the LMS, \`superuser\` a superuser; roles: ${ROLES.join(', ')}; \`none\`: none, such people see their own badges only`,
  parse(value = 'superuser=administrator,administrator=administrator') {
    if (value.trim() === 'none') return [];
    return value.split(',').map((entry) => {
      const [left = '', right = ''] = entry.split('=').map((part) => part.trim());
      const claim = CLAIMS.find((one) => one === left);
      const role = ROLES.find((one) => one === right);
      if (claim === undefined || role === undefined)
        throw new Error(
          `must be entries like superuser=administrator, separated by commas, or none; claims are ${CLAIMS.join(', ')}, roles ${ROLES.join(', ')}`,
        );
      return { claim, role };
    });
  },
};

/** Where a provider is; an address of your own needs LAUREL_INTERNAL_HOSTS. */
export function providerUrl(env: string, fallback: string, provider: string): Setting<string> {
  const check = url(['https', 'http']);
  return {
    env,
    secret: false,
    defaultText: fallback,
    doc: `Address of ${provider}, to be changed for a stand-in only`,
    parse(value) {
      if (value === undefined) return fallback;
      check(value);
      const { username, password, search, hash } = new URL(value);
      if (username + password + search + hash !== '') throw new Error('must be scheme, host and path only');
      return value;
    },
  };
}

/** Event types that are processed unless LAUREL_EVENT_TYPES says otherwise. */
const DEFAULT_EVENT_TYPES = [
  'org.openedx.learning.course.passing.status.updated.v1',
  'org.openedx.learning.ccx.course.passing.status.updated.v1',
];

export const eventTypes: Setting<readonly string[] | '*'> = {
  env: 'LAUREL_EVENT_TYPES',
  secret: false,
  defaultText: DEFAULT_EVENT_TYPES.join(','),
  doc: 'Event types that rules may react to, separated by commas; `*` for every learner event of the catalogue',
  parse(value) {
    if (value === undefined) return DEFAULT_EVENT_TYPES;
    if (value.trim() === '*') return '*';
    const names = value.split(',').map((name) => name.trim());
    if (names.some((name) => name === '')) throw new Error('must be event types separated by commas, or *');
    return names;
  },
};

/** Key paths that differ from learner to learner or from run to run: a rule on them is nearly always a mistake. */
const DEFAULT_HIDDEN_KEY_PATHS = [
  'user.id',
  'user.is_active',
  'user.pii.username',
  'user.pii.email',
  'user.pii.name',
  'course.display_name',
  'course.start',
  'course.end',
];

export const hiddenKeyPaths: Setting<readonly string[]> = {
  env: 'LAUREL_HIDDEN_KEY_PATHS',
  secret: false,
  defaultText: DEFAULT_HIDDEN_KEY_PATHS.join(','),
  doc: 'Key paths that are not offered when a rule is written, separated by commas; `none` to offer all. A rule may use them all the same',
  parse(value) {
    if (value === undefined) return DEFAULT_HIDDEN_KEY_PATHS;
    if (value.trim() === 'none') return [];
    const paths = value.split(',').map((path) => path.trim());
    if (paths.some((path) => path === '' || /\s/.test(path)))
      throw new Error('must be key paths separated by commas, or none');
    return paths;
  },
};
