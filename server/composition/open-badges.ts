/** Laurel as an issuer of Open Badges in this process, and the desk that verifies them. */

import type { Clock } from '../../plugin/ports/runtime.ts';
import type { SealedRecords, SecretBox } from '../../plugin/ports/secret-box.ts';
import {
  createHttpClient,
  createKeyRing,
  createOpenBadgeIssuer,
  createVerificationDesk,
  type HttpParts,
  type KeyRing,
  type OpenBadgeIssuer,
  sealedIssuerKeys,
  type VerificationDesk,
} from '../../providers/index.ts';
import type { Stores } from './stores.ts';

export interface OpenBadges {
  readonly issuer: OpenBadgeIssuer;
  readonly keyRing: KeyRing;
  readonly desk: VerificationDesk;
  readonly sealed: SealedRecords;
}

const FETCH_LIMIT_MS = 5_000;
const LARGEST_REPLY = 512 * 1024;

export function composeOpenBadges(parts: {
  readonly stores: Pick<Stores, 'issuer'>;
  readonly secrets: SecretBox;
  readonly publicUrl: () => string;
  readonly clock: Clock;
  /** How the names that strangers write become addresses; absent: as the system says. */
  readonly resolve?: NonNullable<HttpParts['resolve']>;
}): OpenBadges {
  const { stores, secrets, publicUrl, clock } = parts;
  const store = stores.issuer;
  const keyRing = createKeyRing({ store, secretBox: secrets, clock });
  const issuer = createOpenBadgeIssuer({ store, keyRing, clock, site: publicUrl });
  return {
    issuer,
    keyRing,
    desk: createVerificationDesk({ store, issuer, clock, fetchJson: fetchForStrangers(parts) }),
    sealed: sealedIssuerKeys({ store, secretBox: secrets }),
  };
}

/** A stranger's badge names the address: hosts inside our network are not reached, also those that accounts may use. */
function fetchForStrangers({ resolve }: Pick<HttpParts, 'resolve'>): (url: URL) => Promise<unknown> {
  return async (url) => {
    try {
      const options = { peer: 'the issuer of a badge', timeoutMs: FETCH_LIMIT_MS, maxReplyBytes: LARGEST_REPLY };
      const client = createHttpClient({ baseUrl: url.origin, ...options }, resolve ? { resolve } : {});
      const path = url.pathname.slice(1);
      const query = Object.fromEntries(url.searchParams);
      const { data } = await client.call({ method: 'GET', path, query, repeatable: false });
      return typeof data === 'string' ? JSON.parse(data) : data;
    } catch {
      return null;
    }
  };
}
