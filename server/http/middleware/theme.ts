/** Light or dark: as the device has it, unless somebody chose. The choice is kept in a cookie that holds nothing else. */

import type { Request, RequestHandler } from 'express';
import { msg } from '../../../plugin/words.ts';
import type { Services } from '../services.ts';
import { cookieOf, keepCookie, YEAR_MS } from './cookies.ts';
import { addressWithout } from './speech.ts';

/** `?colours=dark` at any page: the choice is kept, and the page shown without it. */
const PARAMETER = 'colours';
const COOKIE = 'laurel-colours';

interface Theme {
  readonly word: string;
  /** For the browser's own parts of a page. */
  readonly schemes: string;
  /** Where the dark colours count; null: nowhere. */
  readonly dark: string | null;
}

const themes: Readonly<Record<string, Theme>> = {
  device: { word: msg('As the device'), schemes: 'light dark', dark: '(prefers-color-scheme: dark)' },
  light: { word: msg('Light'), schemes: 'light', dark: null },
  dark: { word: msg('Dark'), schemes: 'dark', dark: 'screen' },
};

/** Takes a new choice. */
export function chooseTheme({ settings }: Pick<Services, 'settings'>): RequestHandler {
  return (req, res, next) => {
    const asked = req.query[PARAMETER];
    if (typeof asked !== 'string' || !Object.hasOwn(themes, asked)) return next();
    if (req.method !== 'GET' || req.path.startsWith('/api/')) return next();
    keepCookie(res, settings, { name: COOKIE, value: asked, forMs: YEAR_MS });
    res.set('Cache-Control', 'no-store').redirect(303, addressWithout(req, PARAMETER));
  };
}

/** What a page is drawn in, and this page in each other.
 *  @param keepsQuery as of `languageLinks` */
export function themeOf(req: Request, keepsQuery: boolean) {
  const kept = cookieOf(req, COOKIE) ?? '';
  const current = Object.hasOwn(themes, kept) ? kept : 'device';
  const base = req.method === 'GET' ? addressWithout(req, PARAMETER, keepsQuery ? null : 'to') : '/';
  return {
    ...(themes[current] as Theme),
    choices: Object.entries(themes).map(([name, { word }]) => ({
      word,
      isCurrent: name === current,
      href: `${base}${base.includes('?') ? '&' : '?'}${PARAMETER}=${name}`,
    })),
  };
}
