/** The keys of the issuer: made on first use, sealed at rest, never dropped. */

import { StoreError } from '../../plugin/errors.ts';
import { type IssuerKey, type IssuerStore, keySealedFor } from '../../plugin/ports/issuer-store.ts';
import type { Clock } from '../../plugin/ports/runtime.ts';
import type { SealedRecords, SecretBox } from '../../plugin/ports/secret-box.ts';
import { type KeyPair, newKeyPair } from './signing.ts';

export interface KeyRing {
  /** The key that signs from now on, made where there is none or the last one is distrusted. @throws StoreError */
  signingKey(): Promise<KeyPair & { readonly number: number }>;
  /** Begins a new key; what the former ones signed stays valid. @returns the number of the key that signs now */
  rotate(): Promise<number>;
}

export interface KeyRingParts {
  readonly store: Pick<IssuerStore, 'keys' | 'addKey' | 'resealKey'>;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
}

export function createKeyRing({ store, secretBox, clock }: KeyRingParts): KeyRing {
  /** Of several processes that make the same number one wins; the others find its key. */
  const add = async (number: number): Promise<void> => {
    const { publicKey, secretKey } = await newKeyPair();
    const sealedSecret = secretBox.seal(secretKey, keySealedFor(number));
    await store.addKey({ number, publicKey, sealedSecret, createdAt: clock.now(), distrustedAt: null });
  };

  const open = async ({ number, publicKey, sealedSecret }: IssuerKey): Promise<KeyPair & { number: number }> => {
    const boundTo = keySealedFor(number);
    const secretKey = unsealed(secretBox, sealedSecret, boundTo);
    if (secretBox.isOutdated(sealedSecret)) await store.resealKey(number, secretBox.seal(secretKey, boundTo));
    return { number, publicKey, secretKey };
  };

  return {
    async signingKey() {
      for (;;) {
        const last = (await store.keys()).at(-1);
        if (last && last.distrustedAt === null) return open(last);
        await add((last?.number ?? 0) + 1);
      }
    },
    async rotate() {
      const next = ((await store.keys()).at(-1)?.number ?? 0) + 1;
      await add(next);
      return next;
    },
  };
}

/** The secrets of all keys, for sealing them under a new key. */
export function sealedIssuerKeys({ store, secretBox }: Omit<KeyRingParts, 'clock'>): SealedRecords {
  return {
    name: 'signing keys of Open Badges',
    async reseal() {
      const counts = { current: 0, resealed: 0, lost: 0 };
      for (const { number, sealedSecret } of await store.keys()) {
        const boundTo = keySealedFor(number);
        try {
          const secret = secretBox.open(sealedSecret, boundTo);
          if (secretBox.isOutdated(sealedSecret)) {
            await store.resealKey(number, secretBox.seal(secret, boundTo));
            counts.resealed += 1;
          } else counts.current += 1;
        } catch (error) {
          if (!(error instanceof StoreError) || error.code !== 'store.secret') throw error;
          counts.lost += 1;
        }
      }
      return counts;
    },
  };
}

function unsealed(secretBox: SecretBox, sealed: string, boundTo: string): string {
  try {
    return secretBox.open(sealed, boundTo);
  } catch (cause) {
    throw new StoreError(
      'secret',
      'the signing key of Open Badges cannot be opened: LAUREL_SECRET_KEY is not the one it was sealed with; ' +
        'add the former key to LAUREL_FORMER_SECRET_KEYS, or run `laurel issuer rotate-key` to sign with a new key from now on',
      { cause },
    );
  }
}
