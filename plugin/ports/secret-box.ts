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
