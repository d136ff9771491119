/** What the memory provider has issued, kept in a file so that a restarted process still knows it. */

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Journal {
  /** Every whole line, oldest first. A last line cut off by a kill was never answered and is dropped. */
  readonly lines: readonly string[];
  /** On disk when it returns. */
  append(line: string): void;
  close(): void;
}

export function openJournal(path: string): Journal {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const file = openSync(path, 'a', 0o600);
  // What follows a torn line must start on a line of its own.
  if (text !== '' && !text.endsWith('\n')) writeSync(file, '\n');
  return {
    lines: text.split('\n').filter((line) => isWhole(line)),
    append(line) {
      writeSync(file, `${line}\n`);
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
