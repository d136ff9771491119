/** Every page that can be opened by its name, in the order of the navigation: for whoever looks for one. */

import type { Response } from 'express';
import { isLimited } from '../../plugin/organisations/standing.ts';
import { msg } from '../../plugin/words.ts';
import type { Translator } from '../i18n/translator.ts';
import { opennessOf } from './organisations/openness.ts';
import type { Section } from './page.ts';
import { findActor, may } from './people/identity.ts';
import type { Right } from './people/rights.ts';

export interface SitePage {
  readonly name: string;
  readonly href: string;
  readonly access: Right;
  readonly section: Section;
}

const DASHBOARD = 'dashboard';

/** As the navigation calls them. */
export const sections: Readonly<Record<NonNullable<Section>, string>> = {
  [DASHBOARD]: msg('Dashboard'),
  badges: msg('Badges'),
  progress: msg('Progress'),
  events: msg('Events'),
  credentials: msg('Credentials'),
  providers: msg('Providers'),
  audit: msg('Audit'),
  system: msg('System'),
};

export const SITE_PAGES: readonly SitePage[] = [
  { name: msg('Dashboard'), href: '/', access: 'look', section: DASHBOARD },
  { name: msg('First steps'), href: '/first-steps', access: 'administer', section: DASHBOARD },
  { name: msg('Find a page'), href: '/pages', access: 'look', section: DASHBOARD },
  { name: msg('My account'), href: '/account', access: 'look', section: DASHBOARD },

  { name: msg('Badges'), href: '/badges', access: 'look', section: 'badges' },
  { name: msg('New badge'), href: '/badges/new/start', access: 'edit', section: 'badges' },
  { name: msg('Removed badges'), href: '/rules/removed', access: 'look', section: 'badges' },
  { name: msg('Rule files'), href: '/rules', access: 'look', section: 'badges' },
  { name: msg('Open Badge templates'), href: '/open-badge-templates', access: 'look', section: 'badges' },
  { name: msg('New badge template'), href: '/open-badge-templates/new', access: 'edit', section: 'badges' },
  { name: msg('Issuer'), href: '/issuer', access: 'look', section: 'badges' },

  { name: msg('Progress'), href: '/progress', access: 'look', section: 'progress' },
  { name: msg('Learners'), href: '/learners', access: 'look', section: 'progress' },
  { name: msg('Find a learner'), href: '/find', access: 'look', section: 'progress' },

  { name: msg('Events'), href: '/events', access: 'look', section: 'events' },
  { name: msg('Send a test event'), href: '/test-event', access: 'operate', section: 'events' },
  { name: msg('Dead letters'), href: '/dead-letters', access: 'look', section: 'events' },

  { name: msg('Credentials'), href: '/credentials', access: 'look', section: 'credentials' },
  { name: msg('Configurations'), href: '/configurations', access: 'look', section: 'credentials' },
  { name: msg('New configuration'), href: '/configurations/new', access: 'edit', section: 'credentials' },
  { name: msg('Types'), href: '/credential-types', access: 'look', section: 'credentials' },
  { name: msg('New type'), href: '/credential-types/new', access: 'edit', section: 'credentials' },
  { name: msg('Assets'), href: '/credential-assets', access: 'look', section: 'credentials' },
  { name: msg('New asset'), href: '/credential-assets/new', access: 'edit', section: 'credentials' },
  { name: msg('Runs'), href: '/runs', access: 'look', section: 'credentials' },
  { name: msg('Mails'), href: '/mails', access: 'look', section: 'credentials' },

  { name: msg('Providers'), href: '/providers', access: 'look', section: 'providers' },
  { name: msg('Provider accounts'), href: '/provider-accounts', access: 'look', section: 'providers' },
  { name: msg('Templates'), href: '/templates', access: 'look', section: 'providers' },
  { name: msg('Synchronise templates'), href: '/templates/sync', access: 'operate', section: 'providers' },
  { name: msg('Issued badges'), href: '/issued-badges', access: 'look', section: 'providers' },
  { name: msg('Comparisons'), href: '/comparisons', access: 'look', section: 'providers' },
  { name: msg('Compare with a provider'), href: '/comparisons/new', access: 'operate', section: 'providers' },

  { name: msg('Audit'), href: '/audit', access: 'administer', section: 'audit' },

  { name: msg('System'), href: '/system', access: 'look', section: 'system' },
  { name: msg('State and settings'), href: '/system/state', access: 'operate', section: 'system' },
  { name: msg('Effects'), href: '/effects', access: 'look', section: 'system' },
  { name: msg('Jobs'), href: '/jobs', access: 'look', section: 'system' },
  { name: msg('Replay events'), href: '/replays/new', access: 'operate', section: 'system' },
  { name: msg('LMS'), href: '/lms', access: 'look', section: 'system' },
  { name: msg('Accounts'), href: '/accounts', access: 'administer', section: 'system' },
  { name: msg('New account'), href: '/accounts/new', access: 'administer', section: 'system' },
  { name: msg('API tokens'), href: '/tokens', access: 'administer', section: 'system' },
  { name: msg('New API token'), href: '/tokens/new', access: 'administer', section: 'system' },
  { name: msg('Organisations'), href: '/organisations', access: 'administer', section: 'system' },
  { name: msg('Names and dates'), href: '/names-and-dates', access: 'look', section: 'system' },
  { name: msg('Configuration file'), href: '/configuration-file', access: 'administer', section: 'system' },
];

/** Those that who is signed in may open. */
export function openPages(res: Response): readonly SitePage[] {
  const limited = isLimited(findActor(res)?.organisations ?? []);
  return SITE_PAGES.filter(
    ({ href, access }) => may(res, access) && !(limited && opennessOf({ method: 'get', path: href }) === 'closed'),
  );
}

/** Whether a link there leads anywhere for who is signed in; an address that is no page of the map is left to whoever links to it. */
export function mayOpen(res: Response, href: string): boolean {
  const [path] = href.split('?');
  return !SITE_PAGES.some((page) => page.href === path) || openPages(res).some((page) => page.href === path);
}

/** Those whose names hold every word, in the language of whoever asks or in English. */
export function pagesFound(pages: readonly SitePage[], search: string, t: Translator): readonly SitePage[] {
  const asked = folded(search).split(/\s+/).filter(Boolean);
  return pages.filter(({ name }) => {
    const names = [folded(t(name)), folded(name)];
    return asked.every((word) => names.some((one) => one.includes(word)));
  });
}

/** The one that is meant: its whole name was written, or no other is called so. */
export function pageMeant(found: readonly SitePage[], search: string, t: Translator): SitePage | undefined {
  const whole = folded(search);
  const [first, ...others] = found;
  if (whole === '') return undefined;
  return found.find(({ name }) => folded(t(name)) === whole) ?? (others.length === 0 ? first : undefined);
}

/** Without case and accents: nobody types them to find a page. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
