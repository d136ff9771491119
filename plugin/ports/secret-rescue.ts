/** Where a secret that was just received lies until the database has it: the provider does not tell it twice. */

export interface RescuedSecret {
  readonly accountId: string;
  /** As `ProviderAccount.sealedSecret`. */
  readonly sealed: string;
  /** What `ProviderAccount.sealedSecret` was when this one was asked for. */
  readonly replaces: string | null;
  readonly expiresAt: Date | null;
}

export interface SecretRescue {
  /** Resolves when it would outlast the process. Replaces an older one of the account. */
  keep(secret: RescuedSecret): Promise<void>;
  kept(): Promise<readonly RescuedSecret[]>;
  forget(accountId: string): Promise<void>;
}

/** The in-memory twin, for tests. */
export class MemorySecretRescue implements SecretRescue {
  readonly #secrets = new Map<string, RescuedSecret>();

  async keep(secret: RescuedSecret): Promise<void> {
    this.#secrets.set(secret.accountId, secret);
  }

  async kept(): Promise<readonly RescuedSecret[]> {
    return [...this.#secrets.values()];
  }

  async forget(accountId: string): Promise<void> {
    this.#secrets.delete(accountId);
  }
}
