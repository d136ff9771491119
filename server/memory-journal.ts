/** What the memory provider has issued, kept in a file that every process of this data folder adds to and reads on. */

import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Journal {
  /** Every whole line that was added since the last call, by whichever process. What a kill cut off was never answered and is
   *  dropped. */
  read(): readonly string[];
  /** On disk when it returns. */
  append(line: string): void;
  close(): void;
}

export function openJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, 'a+', 0o600);
  let position = 0;
  /** Bytes behind the last end of a line: somebody is writing, or was killed. */
  let torn = Buffer.alloc(0);
  const unread: string[] = [];

  function look(): void {
    const added = Buffer.alloc(Math.max(0, fstatSync(file).size - position));
    const length = readSync(file, added, 0, added.length, position);
    position += length;
    const bytes = Buffer.concat([torn, added.subarray(0, length)]);
    const end = bytes.lastIndexOf('\n') + 1;
    torn = bytes.subarray(end);
    unread.push(...bytes.subarray(0, end).toString('utf8').split('\n').filter(isWhole));
  }

  return {
    read() {
      look();
      return unread.splice(0);
    },
    append(line) {
      look();
      // What follows a torn line must start on a line of its own.
      writeSync(file, `${torn.length > 0 ? '\n' : ''}${line}\n`);
      fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
