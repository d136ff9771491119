/** A page of an index: entries in order, each a key and the number of its document, in one block of bytes.
 *
 *  Ahead stands what all keys begin with, then the entries as they came: five bytes of the number, the length of the rest of
 *  the key, and that rest. From the other end come the places of the entries, in order; so whoever comes in between moves
 *  three bytes for each entry behind it. Nothing here is an object of its own: the collector of garbage has nothing to do. */

export const PAGE_BYTES = 4_096;
const PLACE_BYTES = 3;
const SEQUENCE_BYTES = 5;
/** A longer rest says so, and has its length in three bytes more. */
const LONG = 0xff;
/** So many entries are in one page even where their keys are very long. */
const FEWEST = 4;

export class IndexPage {
  /** null: put away, `PagePool.use` brings it back. */
  bytes: Uint8Array | null;
  count = 0;
  /** No entry here is before this key, and no entry of the page before is at or behind it; a string, as that is what takes
   *  the least memory. Means nothing on the first page. */
  low = '';
  lowSequence = 0;
  /** For the pool. */
  isUsed = true;
  isChanged = true;
  slot = -1;
  seat = -1;
  #prefix = 0;
  /** Behind the last entry that came. */
  #end = 0;
  /** Bytes of entries that were removed. */
  #dead = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Larger than the others on account of very long keys. */
  get isOversized(): boolean {
    return this.bytes !== null && this.bytes.length > PAGE_BYTES;
  }

  /** Bytes that are needed for what is there. */
  get load(): number {
    return this.#end - this.#dead + this.count * PLACE_BYTES;
  }

  /** The place of the first entry that is not before the given one. */
  placeOf(key: Uint8Array, start: number, end: number, sequence: number): number {
    const bytes = this.bytes as Uint8Array;
    const prefix = this.#prefix;
    const shared = Math.min(prefix, end - start);
    for (let i = 0; i < shared; i++) {
      const difference = key[start + i]! - bytes[i]!;
      if (difference !== 0) return difference < 0 ? 0 : this.count;
    }
    if (shared < prefix) return 0;
    let low = 0;
    let high = this.count;
    // Times only grow: what comes goes to the end.
    if (high > 0 && this.#isBefore(high - 1, key, start + prefix, end, sequence)) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(middle, key, start + prefix, end, sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether the entry has this key. */
  hasKey(place: number, key: Uint8Array, start: number, end: number): boolean {
    return this.keyLengthAt(place) === end - start && this.#sharedWith(place, key, start, end) === end - start;
  }

  sequenceAt(place: number): number {
    return readSequence(this.bytes as Uint8Array, this.#at(place));
  }

  /** @returns false where there is no room, or where the key begins otherwise than all others: `repack` may help */
  insert(place: number, key: Uint8Array, start: number, end: number, sequence: number): boolean {
    const bytes = this.bytes as Uint8Array;
    const prefix = this.#prefix;
    if (end - start < prefix) return false;
    for (let i = 0; i < prefix; i++) if (bytes[i] !== key[start + i]) return false;
    const length = end - start - prefix;
    const places = bytes.length - this.count * PLACE_BYTES;
    if (this.#end + entryBytes(length) > places - PLACE_BYTES) return false;
    const at = this.#end;
    let to = writeHead(bytes, at, sequence, length);
    for (let from = start + prefix; from < end; from++) bytes[to++] = key[from]!;
    this.#end = to;
    bytes.copyWithin(places - PLACE_BYTES, places, bytes.length - place * PLACE_BYTES);
    this.count++;
    write24(bytes, bytes.length - (place + 1) * PLACE_BYTES, at);
    this.isChanged = true;
    return true;
  }

  remove(place: number): void {
    const bytes = this.bytes as Uint8Array;
    this.#dead += entryBytes(this.#rest(place)[1]);
    const places = bytes.length - this.count * PLACE_BYTES;
    bytes.copyWithin(places + PLACE_BYTES, places, bytes.length - (place + 1) * PLACE_BYTES);
    this.count--;
    this.isChanged = true;
  }

  /** Writes everything anew, without gaps and with the longest beginning in common, so that the key has room.
   *  @param spare a block of PAGE_BYTES
   *  @returns the block that is free now; null where there is no room for the key, and nothing changed */
  repack(spare: Uint8Array, key: Uint8Array, start: number, end: number): Uint8Array | null {
    const all: Source[] = [[this, 0, this.count]];
    const prefix = this.count === 0 ? 0 : Math.min(commonPrefixOf(all), this.#sharedWith(0, key, start, end));
    const needed = sizeOf(all, prefix) + entryBytes(end - start - prefix) + PLACE_BYTES;
    if (needed <= spare.length) return this.#become(spare, all, prefix);
    return this.count < FEWEST ? this.#become(new Uint8Array(needed * 2), all, prefix) : null;
  }

  /** Hands what is from the place on to an empty page behind this one. @returns the block that is free now */
  split(place: number, behind: IndexPage, spare: Uint8Array): Uint8Array {
    const kept: Source[] = [[this, 0, place]];
    const handed: Source[] = [[this, place, this.count]];
    behind.#become(fitting(behind.bytes as Uint8Array, handed), handed);
    return this.#become(fitting(spare, kept), kept);
  }

  /** Takes in all of the page behind it. @returns the block that is free now; null where there is no room */
  merge(behind: IndexPage, spare: Uint8Array): Uint8Array | null {
    const both: Source[] = [
      [this, 0, this.count],
      [behind, 0, behind.count],
    ];
    const prefix = commonPrefixOf(both);
    return sizeOf(both, prefix) > spare.length ? null : this.#become(spare, both, prefix);
  }

  /** Notes where it begins: at the shortest text that is behind the last entry of the page before it. */
  beginBehind(before: IndexPage): void {
    const first = this.keyAt(0);
    const shared = before.count === 0 ? first.length : before.#sharedWith(before.count - 1, first, 0, first.length);
    this.low = first.toString('latin1', 0, Math.min(first.length, shared + 1));
    this.lowSequence = this.low.length === first.length ? this.sequenceAt(0) : -1;
  }

  /** The whole key, in a block of its own. */
  keyAt(place: number): Buffer {
    const bytes = this.bytes as Uint8Array;
    const [from, length] = this.#rest(place);
    const key = Buffer.allocUnsafe(this.#prefix + length);
    key.set(bytes.subarray(0, this.#prefix));
    key.set(bytes.subarray(from, from + length), this.#prefix);
    return key;
  }

  /** Fills the block with entries of pages, which may be this one. @returns its own, which is free then */
  #become(bytes: Uint8Array, sources: readonly Source[], prefix = commonPrefixOf(sources)): Uint8Array {
    const former = this.bytes as Uint8Array;
    const [first] = sources;
    if (first && prefix > 0) bytes.set(first[0].keyAt(first[1]).subarray(0, prefix));
    let to = prefix;
    let count = 0;
    for (const [page, from, end] of sources) {
      const source = page.bytes as Uint8Array;
      for (let place = from; place < end; place++) {
        const [rest, length] = page.#rest(place);
        count++;
        write24(bytes, bytes.length - count * PLACE_BYTES, to);
        to = writeHead(bytes, to, page.sequenceAt(place), page.#prefix + length - prefix);
        for (let i = prefix; i < page.#prefix; i++) bytes[to++] = source[i]!;
        for (let i = rest + Math.max(0, prefix - page.#prefix); i < rest + length; i++) bytes[to++] = source[i]!;
      }
    }
    this.bytes = bytes;
    this.count = count;
    this.#prefix = prefix;
    this.#end = to;
    this.#dead = 0;
    this.isChanged = true;
    return former;
  }

  /** How many bytes the entry's key and the given one begin with in common. */
  #sharedWith(place: number, key: Uint8Array, start: number, end: number): number {
    const bytes = this.bytes as Uint8Array;
    const most = end - start;
    const inPrefix = Math.min(this.#prefix, most);
    let shared = 0;
    while (shared < inPrefix && bytes[shared] === key[start + shared]) shared++;
    if (shared < this.#prefix) return shared;
    const [from, length] = this.#rest(place);
    const all = Math.min(most, this.#prefix + length);
    while (shared < all && bytes[from + shared - this.#prefix] === key[start + shared]) shared++;
    return shared;
  }

  #isBefore(place: number, key: Uint8Array, from: number, end: number, sequence: number): boolean {
    const bytes = this.bytes as Uint8Array;
    const head = this.#at(place);
    let at = head + SEQUENCE_BYTES;
    let length = bytes[at++]!;
    if (length === LONG) {
      length = read24(bytes, at);
      at += 3;
    }
    const wanted = end - from;
    const shared = Math.min(length, wanted);
    for (let i = 0; i < shared; i++) {
      const difference = bytes[at + i]! - key[from + i]!;
      if (difference !== 0) return difference < 0;
    }
    return length === wanted ? readSequence(bytes, head) < sequence : length < wanted;
  }

  keyLengthAt(place: number): number {
    return this.#prefix + this.#rest(place)[1];
  }

  /** Where the rest of the entry's key begins, and its length. */
  #rest(place: number): readonly [number, number] {
    const bytes = this.bytes as Uint8Array;
    const at = this.#at(place) + SEQUENCE_BYTES;
    return bytes[at] === LONG ? [at + 4, read24(bytes, at + 1)] : [at + 1, bytes[at]!];
  }

  #at(place: number): number {
    const bytes = this.bytes as Uint8Array;
    return read24(bytes, bytes.length - (place + 1) * PLACE_BYTES);
  }
}

/** Entries of a page from one place to another. */
type Source = readonly [page: IndexPage, from: number, to: number];

function commonPrefixOf(sources: readonly Source[]): number {
  const filled = sources.filter(([, from, to]) => to > from);
  const [first] = filled;
  const last = filled.at(-1);
  if (!first || !last) return 0;
  const [a, b] = [first[0].keyAt(first[1]), last[0].keyAt(last[2] - 1)];
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  return shared;
}

/** Bytes that the entries take where their keys have so much in common. */
function sizeOf(sources: readonly Source[], prefix: number): number {
  let size = prefix;
  for (const [page, from, to] of sources) {
    for (let place = from; place < to; place++) size += entryBytes(page.keyLengthAt(place) - prefix) + PLACE_BYTES;
  }
  return size;
}

/** The block, or a larger one where it is too small. */
function fitting(block: Uint8Array, sources: readonly Source[]): Uint8Array {
  const size = sizeOf(sources, commonPrefixOf(sources));
  return size <= block.length ? block : new Uint8Array(size);
}

function entryBytes(length: number): number {
  return SEQUENCE_BYTES + (length < LONG ? 1 : 4) + length;
}

function writeHead(bytes: Uint8Array, at: number, sequence: number, length: number): number {
  const high = Math.floor(sequence / 0x1000000);
  write24(bytes, at, sequence & 0xffffff);
  bytes[at + 3] = high & 0xff;
  bytes[at + 4] = high >>> 8;
  if (length < LONG) {
    bytes[at + SEQUENCE_BYTES] = length;
    return at + SEQUENCE_BYTES + 1;
  }
  bytes[at + SEQUENCE_BYTES] = LONG;
  write24(bytes, at + SEQUENCE_BYTES + 1, length);
  return at + SEQUENCE_BYTES + 4;
}

function readSequence(bytes: Uint8Array, at: number): number {
  return read24(bytes, at) + (bytes[at + 3]! | (bytes[at + 4]! << 8)) * 0x1000000;
}

function read24(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}

function write24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
}
