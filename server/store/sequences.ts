/** Numbers of documents, ascending: a bit for each, since they are given in order and most stay together for long. */

const BITS = 32;
const WORDS = 256;
const PER_BLOCK = WORDS * BITS;

interface Block {
  readonly words: Uint32Array;
  count: number;
}

export class Sequences {
  /** By the number of the block, ascending: a new document has the highest number. */
  readonly #blocks = new Map<number, Block>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number is higher than all that were ever added. */
  add(sequence: number): void {
    const at = Math.floor(sequence / PER_BLOCK);
    let block = this.#blocks.get(at);
    if (!block) {
      block = { words: new Uint32Array(WORDS), count: 0 };
      this.#blocks.set(at, block);
    }
    const [word, bit] = placeOf(sequence);
    if (block.words[word]! & bit) return;
    block.words[word]! |= bit;
    block.count++;
    this.#size++;
  }

  has(sequence: number): boolean {
    const [word, bit] = placeOf(sequence);
    return ((this.#blocks.get(Math.floor(sequence / PER_BLOCK))?.words[word] ?? 0) & bit) !== 0;
  }

  delete(sequence: number): void {
    const at = Math.floor(sequence / PER_BLOCK);
    const block = this.#blocks.get(at);
    const [word, bit] = placeOf(sequence);
    if (!block || !(block.words[word]! & bit)) return;
    block.words[word]! &= ~bit;
    block.count--;
    this.#size--;
    if (block.count === 0) this.#blocks.delete(at);
  }

  clear(): void {
    this.#blocks.clear();
    this.#size = 0;
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [at, { words }] of this.#blocks) {
      for (let word = 0; word < WORDS; word++) {
        for (let left = words[word] as number; left !== 0; left &= left - 1) {
          const bit = 31 - Math.clz32(left & -left);
          yield at * PER_BLOCK + word * BITS + bit;
        }
      }
    }
  }
}

function placeOf(sequence: number): readonly [word: number, bit: number] {
  const place = sequence % PER_BLOCK;
  return [place >>> 5, 1 << (place & 31)];
}
