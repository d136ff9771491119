/** Keeps secrets that must be used again, such as tokens and signing keys, unreadable in the database. */

export interface SecretBox {
  /** @param boundTo the record it belongs to, e.g. `account:<id>`: elsewhere it cannot be opened
   *  @returns text that is different every time */
  seal(secret: string, boundTo: string): string;
  /** @throws StoreError `store.secret` when it was sealed under another key, for another record, or changed */
  open(sealed: string, boundTo: string): string;
  /** Whether it was sealed under a former key and should be sealed again. */
  isOutdated(sealed: string): boolean;
}

export interface Resealed {
  /** Sealed under the present key before. */
  readonly current: number;
  readonly resealed: number;
  /** Could not be opened: sealed under a key that is not set, or changed. */
  readonly lost: number;
}

/** Records that hold sealed secrets. */
export interface SealedRecords {
  /** As a person reads it, e.g. "signing keys". */
  readonly name: string;
  /** Seals anew what was sealed under a former key. Repeating it changes nothing more. @throws StoreError */
  reseal(): Promise<Resealed>;
}
