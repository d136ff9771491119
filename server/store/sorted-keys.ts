/** Keys in order, each with the number of the document it belongs to: a row of pages, each with the key where it begins. */

import { type IndexPage, PAGE_BYTES } from './index-page.ts';
import { PagePool } from './page-pool.ts';
import { AFTER } from './query/order.ts';

/** From `lower` (included) to `upper` (excluded). Characters are bytes; AFTER at the end: behind all that begins so. */
export interface KeyRange {
  readonly lower: string;
  readonly upper: string;
}

/** A page with less in it joins its neighbour where there is room. */
const SPARSE_BYTES = PAGE_BYTES / 4;

export class SortedKeys {
  readonly #pool: PagePool;
  #pages: IndexPage[] = [];
  #size = 0;
  /** Where the last key went: the next one often goes there too. */
  #recent = 0;

  constructor(pool = new PagePool()) {
    this.#pool = pool;
  }

  get size(): number {
    return this.#size;
  }

  get pageCount(): number {
    return this.#pages.length;
  }

  /** The key lies in the bytes from `start` to `end`. The same entry must not be there already. */
  add(key: Uint8Array, start: number, end: number, sequence: number): void {
    if (this.#pages.length === 0) this.#pages.push(this.#pool.newPage());
    this.#size++;
    for (;;) {
      const at = this.#pageFor(key, start, end, sequence);
      const page = this.#pool.use(this.#pages[at] as IndexPage);
      this.#recent = at;
      const place = page.placeOf(key, start, end, sequence);
      if (page.insert(place, key, start, end, sequence) || this.#repack(page, key, start, end, sequence)) return;
      this.#split(at, page, place);
      if (place === page.count) {
        const next = this.#pages[at + 1] as IndexPage;
        if (next.count > 0) continue;
        if (!next.insert(0, key, start, end, sequence)) this.#repack(next, key, start, end, sequence);
        next.beginBehind(page);
        return;
      }
    }
  }

  remove(key: Uint8Array, start: number, end: number, sequence: number): void {
    if (this.#pages.length === 0) return;
    const at = this.#pageFor(key, start, end, sequence);
    const page = this.#pool.use(this.#pages[at] as IndexPage);
    const place = page.placeOf(key, start, end, sequence);
    if (place === page.count || page.sequenceAt(place) !== sequence || !page.hasKey(place, key, start, end)) return;
    page.remove(place);
    this.#size--;
    if (page.count === 0) this.#drop(at);
    else if (page.load < SPARSE_BYTES) this.#join(at);
  }

  clear(): void {
    for (const page of this.#pages) this.#pool.drop(page);
    this.#pages = [];
    this.#size = 0;
    this.#recent = 0;
  }

  /** Whether anything but the sequence has the key. */
  hasOther(key: Uint8Array, start: number, end: number, sequence: number): boolean {
    if (this.#pages.length === 0) return false;
    let at = this.#pageFor(key, start, end, -1);
    let page = this.#pool.use(this.#pages[at] as IndexPage);
    for (let place = page.placeOf(key, start, end, -1); ; place++) {
      if (place === page.count) {
        at++;
        if (at === this.#pages.length) return false;
        page = this.#pool.use(this.#pages[at] as IndexPage);
        place = 0;
      }
      if (!page.hasKey(place, key, start, end)) return false;
      if (page.sequenceAt(place) !== sequence) return true;
    }
  }

  /** Of the first document with the key, which lies in the bytes from `start` to `end`; null: there is none. */
  sequenceOf(key: Uint8Array, start = 0, end = key.length): number | null {
    if (this.#pages.length === 0) return null;
    const at = this.#pageFor(key, start, end, -1);
    let page = this.#pool.use(this.#pages[at] as IndexPage);
    let place = page.placeOf(key, start, end, -1);
    if (place === page.count) {
      if (at + 1 === this.#pages.length) return null;
      page = this.#pool.use(this.#pages[at + 1] as IndexPage);
      place = 0;
    }
    return page.hasKey(place, key, start, end) ? page.sequenceAt(place) : null;
  }

  /** Do not change the keys while reading. */
  *range(range: KeyRange, reverse = false): Generator<number> {
    const span = this.#spanOf(range);
    if (!span) return;
    const step = reverse ? -1 : 1;
    for (let at = reverse ? span.last : span.first; at >= span.first && at <= span.last; at += step) {
      const page = this.#pool.use(this.#pages[at] as IndexPage);
      const from = at === span.first ? span.from : 0;
      const to = at === span.last ? span.to : page.count;
      if (to - from === 1) yield page.sequenceAt(from);
      // As one list: whoever takes them may use other pages meanwhile.
      else yield* sequencesOf(page, from, to, reverse);
    }
  }

  /** How many there are; it stops at `atMost`. Pages that lie within the range are not looked into. */
  count(range: KeyRange, atMost: number): number {
    const span = this.#spanOf(range);
    if (!span) return 0;
    if (span.first === span.last) return Math.min(span.to - span.from, atMost);
    let found = (this.#pages[span.first] as IndexPage).count - span.from + span.to;
    for (let at = span.first + 1; at < span.last && found < atMost; at++) {
      found += (this.#pages[at] as IndexPage).count;
    }
    return Math.min(found, atMost);
  }

  /** Every key with its sequence, ascending. */
  *entries(): Generator<readonly [key: Buffer, sequence: number]> {
    for (const page of this.#pages) {
      const all = Array.from({ length: page.count }, (_, place) => {
        this.#pool.use(page);
        return [page.keyAt(place), page.sequenceAt(place)] as const;
      });
      yield* all;
    }
  }

  /** Where a range begins and ends; null when it is empty. */
  #spanOf({ lower, upper }: KeyRange) {
    const low = boundOf(lower);
    const high = boundOf(upper);
    if (!low || this.#pages.length === 0) return null;
    let first = this.#pageFor(low, 0, low.length, -1);
    let from = this.#pool.use(this.#pages[first] as IndexPage).placeOf(low, 0, low.length, -1);
    if (from === (this.#pages[first] as IndexPage).count) {
      first++;
      from = 0;
    }
    const last = high ? this.#pageFor(high, 0, high.length, -1) : this.#pages.length - 1;
    const end = this.#pool.use(this.#pages[last] as IndexPage);
    const to = high ? end.placeOf(high, 0, high.length, -1) : end.count;
    return first > last || (first === last && from >= to) ? null : { first, from, last, to };
  }

  /** Makes room by writing the page anew, and inserts. @returns false where that is not enough */
  #repack(page: IndexPage, key: Uint8Array, start: number, end: number, sequence: number): boolean {
    const spare = this.#pool.spare();
    const freed = page.repack(spare, key, start, end);
    this.#pool.freed(freed ?? spare);
    return freed !== null && page.insert(page.placeOf(key, start, end, sequence), key, start, end, sequence);
  }

  /** What only grows at the end, as times do, leaves full pages behind and not half-empty ones. */
  #split(at: number, page: IndexPage, place: number): void {
    const behind = this.#pool.newPage();
    this.#pages.splice(at + 1, 0, behind);
    if (place === page.count) return;
    const spare = this.#pool.spare();
    this.#pool.freed(page.split(page.count >> 1, behind, spare));
    if (spare !== page.bytes) this.#pool.freed(spare);
    behind.beginBehind(page);
  }

  #drop(at: number): void {
    this.#pool.drop(this.#pages[at] as IndexPage);
    this.#pages.splice(at, 1);
    this.#recent = 0;
  }

  #join(at: number): void {
    const first = at === 0 ? 0 : at - 1;
    const [page, behind] = [this.#pages[first], this.#pages[first + 1]];
    if (!page || !behind || page.load + behind.load > PAGE_BYTES - SPARSE_BYTES) return;
    this.#pool.use(page);
    this.#pool.use(behind);
    const spare = this.#pool.spare();
    const freed = page.merge(behind, spare);
    this.#pool.freed(freed ?? spare);
    if (freed) this.#drop(first + 1);
  }

  /** The last page that does not begin behind the key. */
  #pageFor(key: Uint8Array, start: number, end: number, sequence: number): number {
    const pages = this.#pages;
    const recent = this.#recent;
    let low = 0;
    let high = pages.length - 1;
    // What the key has in common with where both ends begin, it has in common with all between.
    let sharedWithLow = 0;
    let sharedWithHigh = 0;
    if (recent <= high && (recent === 0 || !beginsBehind(pages[recent] as IndexPage, key, start, end, sequence, 0))) {
      sharedWithLow = recent === 0 ? 0 : sharedBytes;
      low = recent;
      if (recent === high) return recent;
      if (beginsBehind(pages[recent + 1] as IndexPage, key, start, end, sequence, 0)) return recent;
    }
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const known = Math.min(sharedWithLow, sharedWithHigh);
      if (beginsBehind(pages[middle] as IndexPage, key, start, end, sequence, known)) {
        high = middle - 1;
        sharedWithHigh = sharedBytes;
      } else {
        low = middle;
        sharedWithLow = sharedBytes;
      }
    }
    return low;
  }
}

/** How many bytes the last two keys that were compared begin with in common. */
let sharedBytes = 0;

/** @param known so many bytes are known to be the same */
function beginsBehind(
  { low, lowSequence }: IndexPage,
  key: Uint8Array,
  start: number,
  end: number,
  sequence: number,
  known: number,
): boolean {
  const length = end - start;
  const most = Math.min(low.length, length);
  for (let at = known; at < most; at++) {
    const difference = low.charCodeAt(at) - key[start + at]!;
    if (difference === 0) continue;
    sharedBytes = at;
    return difference > 0;
  }
  sharedBytes = most;
  return low.length === length ? lowSequence > sequence : low.length > length;
}

function sequencesOf(page: IndexPage, from: number, to: number, reverse: boolean): number[] {
  const sequences: number[] = [];
  for (let place = from; place < to; place++) sequences.push(page.sequenceAt(place));
  return reverse ? sequences.reverse() : sequences;
}

/** null: behind everything. */
function boundOf(text: string): Buffer | null {
  if (!text.endsWith(AFTER)) return Buffer.from(text, 'latin1');
  let end = text.length - 1;
  while (end > 0 && text.charCodeAt(end - 1) === 0xff) end--;
  if (end === 0) return null;
  const bytes = Buffer.from(text.slice(0, end), 'latin1');
  bytes[end - 1]! += 1;
  return bytes;
}
