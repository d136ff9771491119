/** Files that a person named, as input; what is wrong with one is theirs to mend. */

import { readFile } from 'node:fs/promises';
import { InputError } from '../plugin/errors.ts';

/** @param shown how the person named it, where that differs from the path
 *  @throws InputError `input.file-unreadable` */
export async function readGivenFile(path: string, shown: string = path): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(shown, error);
  }
}

/** @param error what the file system said */
export function unreadable(name: string, error: unknown): InputError {
  const { code = 'error' } = error as NodeJS.ErrnoException;
  const what = code === 'EISDIR' ? 'is a folder; name a file in it' : `cannot be read (${code}); check the name`;
  return new InputError('file-unreadable', `${name} ${what}`, { cause: error });
}

/** A byte order mark is kept: the reader decides.
 *  @throws InputError `input.not-utf8` */
export function decodeUtf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError('not-utf8', `${name} is not UTF-8 text; save it as UTF-8`);
  }
}
