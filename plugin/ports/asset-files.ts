/** Bytes: assets and generated credentials. The in-memory twin below is the reference behaviour; not for production. */

import { invariant } from '../errors.ts';

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
  /** Deletes every file whose key begins with these segments, also what nothing else knows of any more. */
  deleteUnder(segments: string): Promise<void>;
  /** Deletes those below these segments that were put before a moment, except some. What is put meanwhile stays, also under
   *  a key that is being deleted. @returns how many */
  sweep(segments: string, spare: SweepLimits): Promise<number>;
}

export interface SweepLimits {
  readonly putBefore: Date;
  /** Their keys. */
  readonly keep: ReadonlySet<string>;
}

export class MemoryFileStore implements FileStore {
  readonly #files = new Map<string, StoredFile & { readonly putAt: Date }>();

  async put(key: string, file: StoredFile): Promise<void> {
    assertFileKey(key);
    this.#files.set(key, { ...file, bytes: Uint8Array.from(file.bytes), putAt: new Date() });
  }
  async get(key: string): Promise<StoredFile | null> {
    const file = this.#files.get(key);
    if (!file) return null;
    const { bytes, contentType, fileName } = file;
    return { bytes: Uint8Array.from(bytes), contentType, fileName };
  }
  async delete(key: string): Promise<void> {
    this.#files.delete(key);
  }
  async deleteUnder(segments: string): Promise<void> {
    assertFileKey(segments);
    for (const key of this.keys()) if (`${key}/`.startsWith(`${segments}/`)) this.#files.delete(key);
  }
  async sweep(segments: string, { putBefore, keep }: SweepLimits): Promise<number> {
    assertFileKey(segments);
    const old = [...this.#files].filter(
      ([key, { putAt }]) => key.startsWith(`${segments}/`) && putAt < putBefore && !keep.has(key),
    );
    for (const [key] of old) this.#files.delete(key);
    return old.length;
  }
  /** Every key, sorted; for tests that look for what should be gone. */
  keys(): readonly string[] {
    return [...this.#files.keys()].sort();
  }
}

/** Keys are `/`-separated segments of `[A-Za-z0-9._-]`, none of them `.` or `..`: one may be a path on a disk.
 *  @throws InvariantError */
export function assertFileKey(key: string): void {
  const valid = key.split('/').every((segment) => /^[A-Za-z0-9._-]{1,200}$/.test(segment) && !/^\.+$/.test(segment));
  invariant(valid, 'a file key must be segments of letters, digits, ".", "_" and "-" with "/" between them');
}
