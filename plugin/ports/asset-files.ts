/** Bytes: assets and generated credentials. */

export interface StoredFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly fileName: string;
}

export interface FileStore {
  /** Stores under `key`; a former file of that key is replaced in one step: a reader sees the old or the new one, never
   *  half of one. */
  put(key: string, file: StoredFile): Promise<void>;
  get(key: string): Promise<StoredFile | null>;
  /** Deleting what is not there is success. */
  delete(key: string): Promise<void>;
}
