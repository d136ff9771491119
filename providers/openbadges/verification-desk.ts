/** Verifying for anybody who asks: a badge that was issued here, or one that somebody brings. */

import type { IssuedOpenBadge, IssuerStore } from '../../plugin/ports/issuer-store.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import { msg, words } from '../../plugin/words.ts';
import { identityHash, type JsonObject } from './credential.ts';
import type { OpenBadgeIssuer } from './issuer.ts';
import { isObject, listOf } from './shape.ts';
import { type Check, verifyBadge } from './verify.ts';

export interface OwnVerification {
  readonly badge: IssuedOpenBadge;
  /** The signed badge. */
  readonly document: JsonObject;
  readonly checks: readonly Check[];
}

export interface VerificationDesk {
  /** @throws NotFoundError `not-found.open-badge` */
  verifyOwn(uuid: string): Promise<OwnVerification>;
  /** @param badge parsed and untrusted */
  verifyBrought(badge: unknown): Promise<readonly Check[]>;
}

export interface VerificationDeskParts {
  readonly store: Pick<IssuerStore, 'badge'>;
  readonly issuer: Pick<OpenBadgeIssuer, 'addresses' | 'signedBadge' | 'didDocument' | 'statusList'>;
  readonly clock: Clock;
  /** JSON from an address that a badge names, which may be anybody's; null: it could not be had. Never throws. */
  fetchJson(url: URL): Promise<unknown>;
}

export function createVerificationDesk({ issuer, clock, fetchJson }: VerificationDeskParts): VerificationDesk {
  const ownList = async (address: string): Promise<unknown> => {
    const { addresses } = issuer;
    const number = /\/(\d{1,6})$/.exec(address)?.[1];
    if (number === undefined || address !== addresses.statusList(Number(number))) return undefined;
    const list = await issuer.statusList(Number(number));
    return list === null ? null : JSON.parse(list);
  };

  return {
    async verifyOwn(uuid) {
      const { badge, document: text } = await issuer.signedBadge(uuid);
      const document = JSON.parse(text) as JsonObject;
      const checks = await verifyBadge(document, {
        now: clock.now(),
        // The site may have had another address when the badge was issued; the keys are the same.
        issuerDocument: (issuerId) => issuer.didDocument(issuerId),
        statusList: async () => null,
      });
      return { badge, document, checks: checks.map((check) => (check.id === 'status' ? statusOf(badge) : check)) };
    },

    verifyBrought(badge) {
      return verifyBadge(badge, {
        now: clock.now(),
        issuerDocument: async (issuerId) => {
          if (issuerId === issuer.addresses.issuerId) return issuer.didDocument();
          const address = documentAddress(issuerId);
          return address && fetchJson(address);
        },
        statusList: async (address) => {
          const own = await ownList(address);
          if (own !== undefined) return own;
          const url = httpsUrl(address);
          return url && fetchJson(url);
        },
      });
    },
  };
}

/** Whether the badge is made out to this e-mail address; null: it does not say so in a way that can be compared. */
export function isMadeOutTo(document: JsonObject, email: string): boolean | null {
  const subject = isObject(document.credentialSubject) ? document.credentialSubject : {};
  const hashed = listOf(subject.identifier)
    .filter(isObject)
    .filter(({ hashed, identityType }) => hashed === true && identityType === 'emailAddress');
  if (hashed.length === 0) return null;
  return hashed.some(
    ({ identityHash: hash, salt }) => hash === identityHash(email, typeof salt === 'string' ? salt : ''),
  );
}

/** What is on record decides: it is newer than any list. */
function statusOf({ revokedAt }: IssuedOpenBadge): Check {
  if (revokedAt === null) return { id: 'status', result: 'pass', message: msg('It has not been revoked.') };
  return { id: 'status', result: 'fail', message: words('It was revoked on {day}.', { day: revokedAt }) };
}

/** Where an issuer says what its keys are; null: not on the web. */
function documentAddress(issuerId: string): URL | null {
  const [method, name, host = '', ...path] = issuerId.split(':');
  if (method !== 'did') return httpsUrl(issuerId);
  if (name !== 'web' || !/^[\w.-]+(%3A\d+)?$/i.test(host)) return null;
  const folder = path.length === 0 ? '.well-known' : path.map((part) => encodeURIComponent(decoded(part))).join('/');
  return httpsUrl(`https://${decoded(host)}/${folder}/did.json`);
}

function httpsUrl(address: string): URL | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? url : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
