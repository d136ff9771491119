/** What texts in settings must be. Each throws an Error whose message completes "<env> ...". */

import { dateStyleProblem, isDateLanguage } from '../../plugin/date-style.ts';
import { english } from '../../plugin/words.ts';

export function url(schemes: readonly string[]): (value: string) => void {
  return (value) => {
    let scheme: string;
    try {
      scheme = new URL(value).protocol.slice(0, -1);
    } catch {
      // mongodb:// with several hosts is no WHATWG URL
      scheme = /^(mongodb(?:\+srv)?):\/\/[^/\s]+/.exec(value)?.[1] ?? '';
    }
    if (!schemes.includes(scheme))
      throw new Error(`must be an address that starts with ${schemes.map((s) => `${s}://`).join(' or ')}`);
  };
}

/** The pages and cookies are made for the root of a host. */
export function siteAddress(value: string): void {
  url(['http', 'https'])(value);
  const { pathname, search, hash, username } = new URL(value);
  if (/[/?#]$/.test(value) || pathname !== '/' || search + hash + username !== '')
    throw new Error('must be scheme and host only, without a slash at the end, like https://badges.example.org');
}

/** To listen on. */
export function listenAddress(value: string): void {
  const port = Number(/^(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/i.exec(value)?.[1] ?? Number.NaN);
  if (!(port <= 65_535)) throw new Error('must be an address and a port, like 127.0.0.1:9464');
}

export function smtpAddress(value: string): void {
  url(['smtp', 'smtps'])(value);
  const { hostname, pathname, search, hash } = new URL(value);
  if (hostname === '' || !['', '/'].includes(pathname) || search + hash !== '')
    throw new Error('must be like smtp://user:password@mail.example.org:587, and nothing after it');
}

export function sender(value: string): void {
  if (!/^(?:[^<>\r\n]+ <[^\s@<>,]+@[^\s@<>,]+>|[^\s@<>,]+@[^\s@<>,]+)$/.test(value))
    throw new Error('must be an address, or a name and an address like Example <credentials@example.org>');
}

/** A name in one line, as a person reads it. */
export function shortName(value: string): void {
  if (value.length > 120 || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(value))
    throw new Error('must be one line of at most 120 characters');
}

/** A JWK set, or where there is one. */
export function publicKeys(value: string): void {
  if (!value.startsWith('{')) {
    url(['https', 'http'])(value);
    return;
  }
  let keys: unknown;
  try {
    keys = (JSON.parse(value) as { readonly keys?: unknown }).keys;
  } catch {
    throw new Error('must be a JWK set in JSON, like {"keys":[...]}, or an address that has one');
  }
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('must have a list of keys, like {"keys":[...]}');
  for (const key of keys as readonly (Readonly<Record<string, unknown>> | null)[]) {
    if (key?.kty !== 'RSA' && key?.kty !== 'EC') throw new Error('must hold RSA and EC keys only: those can be public');
    if ('d' in key) throw new Error('holds a private key; put only the public half here, and treat the other as known');
  }
}

/** Characters of a secret that people choose. */
export const SHORTEST_SECRET = 16;

export function longEnough(value: string): void {
  if (value.length < SHORTEST_SECRET)
    throw new Error(`must have at least ${SHORTEST_SECRET} characters; \`openssl rand -hex 32\` makes a good one`);
}

export function languageTag(value: string): void {
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(value) || !isLanguage(value))
    throw new Error('must be a language tag like es or pt-BR');
}

function isLanguage(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

export function dateStyle(value: string): void {
  const problem = dateStyleProblem(value);
  if (problem !== null) throw new Error(english(problem));
}

export function dateLanguage(value: string): void {
  languageTag(value);
  if (!isDateLanguage(value)) throw new Error('must be a language that dates can be written in, such as uk or pt-BR');
}

export function timeZone(value: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
  } catch {
    throw new Error('must be a time zone like Europe/Madrid or UTC');
  }
}
