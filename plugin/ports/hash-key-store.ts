/** The keys of the hashes under which retired learners are recognised: sealed, and kept for as long as there are such hashes,
 *  whatever becomes of the secret key. The in-memory twin is the reference behaviour. */

export interface HashKey {
  /** Says which key it is, and nothing about it. */
  readonly id: string;
  readonly sealed: string;
}

export interface HashKeyStore {
  all(): Promise<readonly HashKey[]>;
  /** Leaves alone what is there. */
  add(key: HashKey): Promise<void>;
  /** @returns false: somebody else has sealed it anew; nothing was changed */
  reseal(id: string, former: string, sealed: string): Promise<boolean>;
}

export class MemoryHashKeyStore implements HashKeyStore {
  readonly #keys = new Map<string, HashKey>();

  async all(): Promise<readonly HashKey[]> {
    return [...this.#keys.values()];
  }

  async add(key: HashKey): Promise<void> {
    if (!this.#keys.has(key.id)) this.#keys.set(key.id, key);
  }

  async reseal(id: string, former: string, sealed: string): Promise<boolean> {
    if (this.#keys.get(id)?.sealed !== former) return false;
    this.#keys.set(id, { id, sealed });
    return true;
  }
}
