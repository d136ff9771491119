/** The file of the store and what stands beside it. Its name goes over to a compacted copy of it at a time when others may
 *  have it open and wait for the directory: they can tell that what they opened is not it any more. */

import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** LMDB keeps who may write, and who reads, in a second file. */
const LOCK = '-lock';

export function dataFileOf(directory: string): string {
  return join(directory, 'store.lmdb');
}

/** Where a compacted copy is made. */
export function copyFileOf(directory: string): string {
  return join(directory, 'store.compacting');
}

/** Which two files the names stand for now; makes those that are not there. Taken before LMDB opens them: a file that is open
 *  keeps its number, so the same answer later means that it is the one that is open. */
export function identityOf(directory: string): string {
  const data = dataFileOf(directory);
  return [data, data + LOCK].map(numberOf).join(' ');
}

function numberOf(path: string): string {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (there) return `${there.dev}:${there.ino}`;
  // Never one that is there: a process that closes a file loses its locks on it, whichever descriptor they were taken by, and
  // the next process to open the store would take LMDB's for those of nobody, and begin the list of readers anew.
  closeSync(openSync(path, 'a', 0o600));
  return numberOf(path);
}

/** Gives the name to the copy. To be called within `Journal.exclusively`.
 *
 *  The lock goes first: it knows transactions of the file that is exchanged. Whoever comes in between gets a new lock with the
 *  former file, and finds that outdated. */
export function exchangeFiles(directory: string): void {
  const data = dataFileOf(directory);
  rmSync(data + LOCK, { force: true });
  renameSync(copyFileOf(directory), data);
  syncPath(directory);
}

/** What interrupted compactions and starts left behind. To be called by the holder. */
export function removeLeftovers(directory: string): void {
  const copy = copyFileOf(directory);
  const drafts = readdirSync(directory).filter((name) => isDraft.test(name));
  for (const path of [copy, copy + LOCK, ...drafts.map((name) => join(directory, name))]) rmSync(path, { force: true });
}

/** Of `holder.json`; only who is about to hold the directory writes one. */
const isDraft = /^holder\.[0-9a-f]+\.tmp$/;

/** Resolves when the file, or the names in the folder, have reached the disk. */
export function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
