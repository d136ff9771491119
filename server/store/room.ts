/** Room on the disk. LMDB does not end well when a write of its own fails on a full disk: the program is to end before that. */

import { statfsSync } from 'node:fs';
import { megabytes } from './megabytes.ts';

/** Enough for what is on its way to the disk when it is noticed. */
const RESERVE_BYTES = 16 * 1024 * 1024;
/** What a write takes beside its document at most: pages are copied on the way to it. */
const PAGES_BYTES = 4 * 4_096;

export class Room {
  readonly #look: () => number;
  /** So much may be written before it is time to look again. */
  #allowance = 0;

  /** @param look gives the bytes that are free */
  constructor(look: () => number) {
    this.#look = look;
  }

  static on(directory: string): Room {
    return new Room(() => roomIn(directory));
  }

  /** @returns what is wrong, where there is too little */
  take(bytes: number): Error | null {
    this.#allowance -= bytes + PAGES_BYTES;
    if (this.#allowance >= 0) return null;
    const free = this.#look();
    // others write there too
    this.#allowance = (free - RESERVE_BYTES) / 2;
    return free < RESERVE_BYTES ? new Error(`the disk has only ${megabytes(free)} left`) : null;
  }
}

export function roomIn(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
