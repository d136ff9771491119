/** The blocks of the indexes' pages: so many stay in memory, those that are used; the others lie in a file that has no name and
 *  that nobody reads again after the end of the process, since the indexes are made from the documents at every start. */

import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { IndexPage, PAGE_BYTES } from './index-page.ts';

/** 64 MB: enough for the indexes of some hundred thousand events, and for what is used of those of millions. */
const MOST_IN_MEMORY = 16_384;

const MOST_FREE = 256;

export class PagePool {
  readonly #most: number;
  readonly #path: string | null;
  #file: number | null = null;
  readonly #inMemory: IndexPage[] = [];
  readonly #freeBlocks: Uint8Array[] = [];
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #hand = 0;
  /** The two that were used last are at work. */
  #atWork: readonly [IndexPage | null, IndexPage | null] = [null, null];

  /** @param directory for the file; null: everything stays in memory */
  constructor(directory: string | null = null, most = MOST_IN_MEMORY) {
    this.#most = most;
    this.#path = directory === null ? null : join(directory, 'indexes.tmp');
  }

  /** Pages in memory and pages put away, for measurements. */
  get size(): { readonly inMemory: number; readonly putAway: number } {
    return { inMemory: this.#inMemory.length, putAway: this.#slots - this.#freeSlots.length };
  }

  newPage(): IndexPage {
    return this.#enter(new IndexPage(this.#block()));
  }

  /** To be called before a page is looked into. It stays until two others have been used. */
  use(page: IndexPage): IndexPage {
    page.isUsed = true;
    if (page.bytes) {
      if (page !== this.#atWork[0]) this.#atWork = [page, this.#atWork[0]];
      return page;
    }
    const block = this.#block();
    readSync(this.#file as number, block, 0, PAGE_BYTES, page.slot * PAGE_BYTES);
    page.bytes = block;
    page.isChanged = false;
    return this.#enter(page);
  }

  /** A block to be given back by `freed`, it or the one it is exchanged for. */
  spare(): Uint8Array {
    return this.#freeBlocks.pop() ?? new Uint8Array(PAGE_BYTES);
  }

  freed(block: Uint8Array): void {
    if (block.length === PAGE_BYTES && this.#freeBlocks.length < MOST_FREE) this.#freeBlocks.push(block);
  }

  /** The page is not needed any more. */
  drop(page: IndexPage): void {
    if (page.slot >= 0) this.#freeSlots.push(page.slot);
    page.slot = -1;
    if (!page.bytes) return;
    this.#leave(page.seat);
    this.freed(page.bytes);
    page.bytes = null;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }

  #block(): Uint8Array {
    if (this.#path !== null && this.#inMemory.length >= this.#most) {
      this.#file ??= openNameless(this.#path);
      this.#putOneAway(this.#file);
    }
    return this.spare();
  }

  /** The next one that was not used since the hand came by. */
  #putOneAway(file: number): void {
    for (let tries = this.#inMemory.length * 2; tries > 0; tries--) {
      this.#hand = this.#hand < this.#inMemory.length ? this.#hand : 0;
      const page = this.#inMemory[this.#hand] as IndexPage;
      if (page.isUsed || page.isOversized || this.#atWork.includes(page)) {
        page.isUsed = false;
        this.#hand++;
        continue;
      }
      const bytes = page.bytes as Uint8Array;
      if (page.isChanged) {
        if (page.slot < 0) page.slot = this.#freeSlots.pop() ?? this.#slots++;
        writeSync(file, bytes, 0, PAGE_BYTES, page.slot * PAGE_BYTES);
      }
      page.bytes = null;
      this.#leave(this.#hand);
      this.freed(bytes);
      return;
    }
  }

  #enter(page: IndexPage): IndexPage {
    page.seat = this.#inMemory.length;
    this.#inMemory.push(page);
    this.#atWork = [page, this.#atWork[0]];
    return page;
  }

  #leave(seat: number): void {
    const last = this.#inMemory.pop() as IndexPage;
    if (seat === this.#inMemory.length) return;
    this.#inMemory[seat] = last;
    last.seat = seat;
  }
}

/** On systems that keep the name of an open file, the next start truncates what is left. */
function openNameless(path: string): number {
  const file = openSync(path, 'w+', 0o600);
  try {
    unlinkSync(path);
  } catch {
    // Windows: it has its name as long as it is open
  }
  return file;
}
