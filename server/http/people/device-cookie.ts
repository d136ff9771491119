/** A browser that has signed in to an account before is known by a cookie: what it tries counts by itself, so that strangers who type
 *  wrong passwords lock out strangers only (OWASP: device cookies). The cookie says nothing of a person, is worth nothing at another
 *  account, and signs nobody in. It ends with the number in the account: with another password, with disabling, with ending sessions. */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { deriveKey } from '../../secret-key.ts';
import { cookieOf, keepCookie } from '../middleware/cookies.ts';
import type { Services } from '../services.ts';
import type { KnownAccount } from './access-store.ts';

/** So long without signing in, and a browser is a stranger again. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000;
const FORM = /^([A-Za-z0-9_-]{22})\.([0-9]{1,15})\.([A-Za-z0-9_-]{43})$/;

type Bound = Pick<KnownAccount, 'id' | 'generation'>;

export interface Devices {
  /** @param account that of the name that was typed; null: there is none
   *  @returns what tells this browser at this account from others; null: it is a stranger there */
  known(req: Request, account: Bound | null): string | null;
  /** Makes the browser that asks a known one. @param account as it is from now on */
  remember(res: Response, account: Bound): void;
}

export function createDevices({ settings, clock }: Pick<Services, 'settings' | 'clock'>): Devices {
  const name = deviceCookieName(settings.secureCookies);
  // Where routes are only listed there is no secret.
  const key = (): string => deriveKey(settings.sessionSecret, 'device-cookies');

  function sign({ id, generation }: Bound, nonce: string, since: string): Buffer {
    return createHmac('sha256', key())
      .update(JSON.stringify([id, generation, nonce, since]))
      .digest();
  }

  return {
    known(req, account) {
      const [, nonce = '', since = '', signature = ''] = FORM.exec(cookieOf(req, name, FORM) ?? '') ?? [];
      // Signed for nobody as well, so that it takes as long where there is no account.
      const expected = sign(account ?? { id: '', generation: 0 }, nonce, since);
      const given = Buffer.from(signature, 'base64url');
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
      const age = clock.now().getTime() - Number(since);
      return account !== null && isOurs && age < KEPT_MS ? nonce : null;
    },
    remember(res, account) {
      const nonce = randomBytes(16).toString('base64url');
      const since = String(clock.now().getTime());
      const value = `${nonce}.${since}.${sign(account, nonce, since).toString('base64url')}`;
      keepCookie(res, settings, { name, value, forMs: KEPT_MS });
    },
  };
}

export function deviceCookieName(isSecure: boolean): string {
  return isSecure ? '__Host-laurel-device' : 'laurel-device';
}
