/** Cookies beside that of the session: kept for a time, for this site alone, and out of reach of scripts. */

import type { Request, Response } from 'express';
import type { WebSettings } from '../services.ts';

/** For as long as anybody remembers having chosen. */
export const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

export function keepCookie(
  res: Response,
  { secureCookies }: Pick<WebSettings, 'secureCookies'>,
  { name, value, forMs }: { readonly name: string; readonly value: string; readonly forMs: number },
): void {
  res.cookie(name, value, {
    ...{ maxAge: forMs, path: '/', httpOnly: true, sameSite: 'lax' },
    secure: secureCookies,
  });
}

/** @param form what its value must look like; anything else counts as none */
export function cookieOf(req: Request, name: string, form = /^[\w-]{1,35}$/): string | null {
  const pairs = (req.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('='));
  const value = pairs.find(([key]) => key === name)?.[1];
  return value !== undefined && form.test(value) ? value : null;
}
