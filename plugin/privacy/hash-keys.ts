/** The keys under which retired learners are recognised. Hashes cannot be made anew, since nobody knows any more of whom they
 *  are. So the key of the hashes outlives the secret key that it came from: sealed, and sealed anew when that changes. */

import { StoreError } from '../errors.ts';
import type { HashKeyStore } from '../ports/hash-key-store.ts';
import type { Resealed, SealedRecords, SecretBox } from '../ports/secret-box.ts';

/** One that the settings give. */
export interface OwnHashKey {
  readonly id: string;
  /** As hex. */
  readonly key: string;
}

export interface HashKeysParts {
  readonly store: HashKeyStore;
  readonly secrets: SecretBox;
  /** Of LAUREL_SECRET_KEY, then of the former ones. */
  readonly own: readonly OwnHashKey[];
}

function sealedFor(id: string): string {
  return `hash key:${id}`;
}

/** Keeps those of the settings for the time when they are not there any more. Repeating it changes nothing. */
export async function keepHashKeys({ store, secrets, own }: HashKeysParts): Promise<void> {
  const kept = new Set((await store.all()).map(({ id }) => id));
  for (const { id, key } of own) if (!kept.has(id)) await store.add({ id, sealed: secrets.seal(key, sealedFor(id)) });
}

export interface FoundHashKeys {
  /** Those that are kept and do not come from the settings, as hex. */
  readonly former: readonly string[];
  /** How many were sealed under a secret key that is not set. */
  readonly lost: number;
}

export async function findHashKeys({ store, secrets, own }: HashKeysParts): Promise<FoundHashKeys> {
  const former: string[] = [];
  let lost = 0;
  for (const { id, sealed } of await store.all()) {
    if (own.some((one) => one.id === id)) continue;
    const key = opened(secrets, id, sealed);
    if (key === null) lost += 1;
    else former.push(key);
  }
  return { former, lost };
}

export function sealedHashKeys(parts: HashKeysParts): SealedRecords {
  const { store, secrets } = parts;
  return {
    name: 'keys that recognise retired learners',
    async reseal(): Promise<Resealed> {
      await keepHashKeys(parts);
      const counts = { current: 0, resealed: 0, lost: 0 };
      for (const { id, sealed } of await store.all()) {
        const key = opened(secrets, id, sealed);
        if (key === null) {
          counts.lost += 1;
          continue;
        }
        const isOurs = secrets.isOutdated(sealed) && (await store.reseal(id, sealed, secrets.seal(key, sealedFor(id))));
        counts[isOurs ? 'resealed' : 'current'] += 1;
      }
      return counts;
    },
  };
}

/** @returns null: it was sealed under a key that is not set */
function opened(secrets: SecretBox, id: string, sealed: string): string | null {
  try {
    return secrets.open(sealed, sealedFor(id));
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store.secret') return null;
    throw error;
  }
}
