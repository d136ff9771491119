/** In which language a request is answered. What somebody chose counts first, then what the LMS knows of them, then what their
 *  browser asks for, then the setting. */

import type { Request, RequestHandler, Response } from 'express';
import { InvariantError } from '../../../plugin/errors.ts';
import type { Texts } from '../../i18n/texts.ts';
import type { Translator } from '../../i18n/translator.ts';
import type { Services } from '../services.ts';
import { findLearnerSession } from '../sso/lms-identity.ts';
import { cookieOf, keepCookie, YEAR_MS } from './cookies.ts';

/** `?language=es` at any page: the language is kept, and the page shown without it. */
export const LANGUAGE_PARAMETER = 'language';
const COOKIE = 'laurel-language';
/** In it the LMS keeps what its users chose there; a site beside it under one domain is sent it, too. */
const LMS_COOKIE = 'openedx-language-preference';

/** @returns a choice for `translatorOf`, and takes a new one */
export function chooseLanguage({ texts, settings }: Pick<Services, 'texts' | 'settings'>): RequestHandler {
  return (req, res, next) => {
    res.locals.texts = texts;
    const asked = req.query[LANGUAGE_PARAMETER];
    const chosen = typeof asked === 'string' ? texts.match(asked) : null;
    if (chosen === null || req.method !== 'GET' || req.path.startsWith('/api/')) return next();
    keepCookie(res, settings, { name: COOKIE, value: chosen, forMs: YEAR_MS });
    res.set('Cache-Control', 'no-store').redirect(303, addressWithout(req, LANGUAGE_PARAMETER));
  };
}

/** In the language of whoever asks. */
export function translatorOf(req: Request, res: Response): Translator {
  const texts = textsOf(res);
  res.locals.translator ??= texts.in(languageOf(req, res, texts));
  return res.locals.translator as Translator;
}

export function textsOf(res: Response): Texts {
  const texts = res.locals.texts as Texts | undefined;
  if (texts === undefined) throw new InvariantError('a page was shown before its language was chosen');
  return texts;
}

/** What somebody chose or the LMS said; null: it is only guessed from the browser. */
export function knownLanguage(req: Request, res: Response): string | null {
  const texts = textsOf(res);
  const wishes = [cookieOf(req, COOKIE), findLearnerSession(res)?.language, cookieOf(req, LMS_COOKIE)];
  for (const wish of wishes) {
    const found = wish ? texts.match(wish) : null;
    if (found !== null) return found;
  }
  return null;
}

function languageOf(req: Request, res: Response, texts: Texts): string {
  const known = knownLanguage(req, res);
  if (known !== null) return known;
  if (req.get('accept-language') === undefined) return texts.defaultLanguage;
  return req.acceptsLanguages(texts.languages.map(({ language }) => language)) || texts.defaultLanguage;
}

/** This page in each language.
 *  @param keepsQuery false: of what stands in the address after the path, only where a sign-in leads to is repeated */
export function languageLinks(req: Request, res: Response, keepsQuery: boolean) {
  const { language: current } = translatorOf(req, res);
  // What a form was sent to may not be asked for; the choice leads to where people begin.
  const base = req.method === 'GET' ? addressWithout(req, LANGUAGE_PARAMETER, keepsQuery ? null : 'to') : '/';
  return textsOf(res).languages.map(({ language, name, direction }) => ({
    ...{ language, name, direction },
    isCurrent: language === current,
    href: `${base}${base.includes('?') ? '&' : '?'}${LANGUAGE_PARAMETER}=${encodeURIComponent(language)}`,
  }));
}

/** The address without a choice that stands in it. @param only parameter that is kept; null: all are */
export function addressWithout(req: Request, choice: string, only: string | null = null): string {
  const [path = '/', query = ''] = req.originalUrl.split(/\?(.*)/s);
  const nameOf = (part: string) => part.split('=', 1)[0];
  const rest = query
    .split('&')
    .filter((part) => part !== '' && nameOf(part) !== choice && (only === null || nameOf(part) === only));
  // What begins with two slashes, or with none, would be another site: anybody may write a whole address into a request.
  return `${path.replace(/^[^/][^?]*|^\/[/\\]+/, '/')}${rest.length > 0 ? `?${rest.join('&')}` : ''}`;
}
