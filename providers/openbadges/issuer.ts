/** The issuer: badges with their signatures, the list of what is revoked, and the documents about itself. */

import { NotFoundError } from '../../plugin/errors.ts';
import type { IssuedOpenBadge, IssuerProfile, IssuerStore } from '../../plugin/ports/issuer-store.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import {
  didDocument,
  issuerOf,
  type JsonObject,
  STATUS_TTL_MS,
  standalone,
  statusListCredential,
} from './credential.ts';
import type { KeyRing } from './key-ring.ts';
import { sign } from './signing.ts';

export interface OpenBadgeIssuer {
  readonly addresses: Addresses;
  /** As stored, or what is assumed until somebody has said otherwise. */
  profile(): Promise<IssuerProfile>;
  profileDocument(): Promise<JsonObject>;
  /** @param issuerId another one that this issuer had before */
  didDocument(issuerId?: string): Promise<JsonObject>;
  /** The badge as JSON with its signature: made when it is asked for first, the same from then on unless the key that
   *  made it is distrusted. @throws NotFoundError `not-found.open-badge` */
  signedBadge(uuid: string): Promise<{ readonly badge: IssuedOpenBadge; readonly document: string }>;
  /** The signed list as JSON; null: there is none of this number. */
  statusList(number: number): Promise<string | null>;
}

export interface IssuerParts {
  readonly store: IssuerStore;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  /** Scheme and host of the site, without a slash at the end; known once the server listens. */
  readonly site: () => string;
}

interface CachedList {
  readonly document: string;
  readonly revoked: number;
  readonly key: number;
  readonly until: number;
}

export function createOpenBadgeIssuer({ store, keyRing, clock, site }: IssuerParts): OpenBadgeIssuer {
  const addresses = (): Addresses => addressesOf(site());
  const lists = new Map<number, CachedList>();

  const profile = async (): Promise<IssuerProfile> =>
    (await store.profile()) ?? {
      name: new URL(site()).host,
      url: site(),
      email: null,
      image: null,
      version: 0,
      updatedAt: new Date(0),
    };

  const isTrusted = async (number: number): Promise<boolean> =>
    (await store.keys()).some((key) => key.number === number && key.distrustedAt === null);

  return {
    get addresses() {
      return addresses();
    },
    profile,
    profileDocument: async () => standalone(issuerOf(await profile(), addresses())),
    didDocument: async (issuerId = addresses().issuerId) => {
      // Asked before the first badge: there is a key from now on.
      await keyRing.signingKey();
      return didDocument(await store.keys(), issuerId);
    },

    async signedBadge(uuid) {
      for (;;) {
        const badge = await store.badge(uuid);
        if (badge === null) throw new NotFoundError('open-badge', 'there is no badge with this id');
        if (badge.signed !== null && (await isTrusted(badge.signed.key)))
          return { badge, document: badge.signed.document };
        const key = await keyRing.signingKey();
        const content = JSON.parse(badge.content) as { readonly issuer: { readonly id: string } };
        const document = await sign(content, { issuerId: content.issuer.id, key, created: clock.now() });
        // Of two who sign at the same time the first is kept, and both answer with it.
        await store.saveSigned(
          uuid,
          { document: JSON.stringify(document), key: key.number },
          badge.signed?.key ?? null,
        );
      }
    },

    async statusList(list) {
      if (!Number.isInteger(list) || list < 1 || list > (await store.lastList())) return null;
      const now = clock.now();
      const [revoked, key] = await Promise.all([store.revokedCount(list), keyRing.signingKey()]);
      const cached = lists.get(list);
      if (cached && cached.revoked === revoked && cached.key === key.number && cached.until > now.getTime())
        return cached.document;
      const indexes = await store.revokedIndexes(list);
      const unsigned = statusListCredential({ list, revoked: indexes, now }, addresses());
      const document = JSON.stringify(await sign(unsigned, { issuerId: addresses().issuerId, key, created: now }));
      lists.set(list, { document, revoked: indexes.length, key: key.number, until: now.getTime() + STATUS_TTL_MS });
      return document;
    },
  };
}
