/** Keys in order, each with the number of the document it belongs to. Blocks of a few hundred entries: inserting moves
 *  little, finding halves twice, and reading in either direction is a walk through arrays. */

const MAX_BLOCK = 512;

interface Block {
  keys: string[];
  sequences: number[];
}

/** From `lower` (included) to `upper` (excluded). */
export interface KeyRange {
  readonly lower: string;
  readonly upper: string;
}

export class SortedKeys {
  #blocks: Block[] = [{ keys: [], sequences: [] }];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(key: string, sequence: number): void {
    const at = this.#blockFor(key, sequence);
    const block = this.#blocks[at]!;
    const position = firstAtOrAfter(block, key, sequence);
    block.keys.splice(position, 0, key);
    block.sequences.splice(position, 0, sequence);
    this.#size++;
    if (block.keys.length > MAX_BLOCK) {
      // What only grows at the end, as times do, leaves full blocks behind and not half-empty ones.
      const isAtEnd = at === this.#blocks.length - 1 && position === block.keys.length - 1;
      const from = isAtEnd ? position : block.keys.length >> 1;
      this.#blocks.splice(at + 1, 0, { keys: block.keys.splice(from), sequences: block.sequences.splice(from) });
    }
  }

  remove(key: string, sequence: number): void {
    const at = this.#blockFor(key, sequence);
    const block = this.#blocks[at]!;
    const position = firstAtOrAfter(block, key, sequence);
    if (block.keys[position] !== key || block.sequences[position] !== sequence) return;
    block.keys.splice(position, 1);
    block.sequences.splice(position, 1);
    this.#size--;
    if (block.keys.length === 0 && this.#blocks.length > 1) this.#blocks.splice(at, 1);
  }

  /** Replaces everything; much faster than adding one by one. */
  load(entries: readonly (readonly [key: string, sequence: number])[]): void {
    const sorted = [...entries].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
    this.#blocks = [];
    for (let from = 0; from < sorted.length; from += MAX_BLOCK / 2) {
      const slice = sorted.slice(from, from + MAX_BLOCK / 2);
      this.#blocks.push({ keys: slice.map(([key]) => key), sequences: slice.map(([, sequence]) => sequence) });
    }
    if (this.#blocks.length === 0) this.#blocks.push({ keys: [], sequences: [] });
    this.#size = sorted.length;
  }

  /** Sequences of the exact key, ascending. */
  withKey(key: string): number[] {
    return [...this.range({ lower: key, upper: `${key}\u0000` })];
  }

  /** Whether anything but the sequence has the key. */
  hasOther(key: string, sequence: number): boolean {
    const first = this.#blockFor(key, -1);
    for (let at = first; at < this.#blocks.length; at++) {
      const block = this.#blocks[at]!;
      for (let position = at === first ? firstAtOrAfter(block, key, -1) : 0; position < block.keys.length; position++) {
        if (block.keys[position] !== key) return false;
        if (block.sequences[position] !== sequence) return true;
      }
    }
    return false;
  }

  /** Do not change the keys while reading. */
  *range({ lower, upper }: KeyRange, reverse = false): Generator<number> {
    if (reverse) {
      yield* this.#backwards(lower, upper);
      return;
    }
    for (let at = this.#blockFor(lower, -1); at < this.#blocks.length; at++) {
      const { keys, sequences } = this.#blocks[at]!;
      let position = (keys[0] ?? '') >= lower ? 0 : firstAtOrAfter({ keys, sequences }, lower, -1);
      for (; position < keys.length; position++) {
        if (keys[position]! >= upper) return;
        yield sequences[position]!;
      }
    }
  }

  /** How many there are; it stops at `atMost`. Blocks that lie within the range are not looked into. */
  count({ lower, upper }: KeyRange, atMost: number): number {
    let found = 0;
    for (let at = this.#blockFor(lower, -1); at < this.#blocks.length && found < atMost; at++) {
      const block = this.#blocks[at]!;
      const { keys } = block;
      if (keys.length > 0 && keys[0]! >= upper) break;
      const from = (keys[0] ?? '') >= lower ? 0 : firstAtOrAfter(block, lower, -1);
      const to = (keys.at(-1) ?? '') < upper ? keys.length : firstAtOrAfter(block, upper, -1);
      found += Math.max(0, to - from);
    }
    return Math.min(found, atMost);
  }

  /** Every key with its sequence, ascending. */
  *entries(): Generator<readonly [string, number]> {
    for (const { keys, sequences } of this.#blocks) {
      for (const [position, key] of keys.entries()) yield [key, sequences[position]!];
    }
  }

  *#backwards(lower: string, upper: string): Generator<number> {
    for (let at = this.#blockFor(upper, -1); at >= 0; at--) {
      const block = this.#blocks[at]!;
      for (let position = firstAtOrAfter(block, upper, -1) - 1; position >= 0; position--) {
        if (block.keys[position]! < lower) return;
        yield block.sequences[position]!;
      }
    }
  }

  /** The first block whose last entry is not before the given one; the last block when there is none. */
  #blockFor(key: string, sequence: number): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { keys, sequences } = this.#blocks[middle]!;
      const last = keys.length - 1;
      if (isBefore(keys[last]!, sequences[last]!, key, sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(leftKey: string, leftSequence: number, rightKey: string, rightSequence: number): boolean {
  return leftKey < rightKey || (leftKey === rightKey && leftSequence < rightSequence);
}

function firstAtOrAfter({ keys, sequences }: Block, key: string, sequence: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(keys[middle]!, sequences[middle]!, key, sequence)) low = middle + 1;
    else high = middle;
  }
  return low;
}
