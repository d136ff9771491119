/** Documents that an index has not been told of yet. An index is read now and then, and written with every update of a document
 *  that has a time in it: so it is told of many updates at once, of those of one document as one, and at the latest when
 *  somebody asks it. */

/** By the place of each index: the keys that the document still has there; undefined: the index is up to date. */
type KeysByIndex = (readonly string[] | undefined)[];

export class LateKeys {
  readonly #documents = new Map<number, KeysByIndex>();
  /** Of each index: how many documents are late. */
  readonly #counts: number[] = [];

  /** Documents that were noted and not forgotten since; of some every index may have been told. */
  get size(): number {
    return this.#documents.size;
  }

  /** How many the index has not been told of. */
  countIn(index: number): number {
    return this.#counts[index] ?? 0;
  }

  /** @returns null: all indexes are up to date about the document */
  of(sequence: number): Readonly<KeysByIndex> | null {
    return this.#documents.get(sequence) ?? null;
  }

  /** @param keys that the document has in the index until somebody brings it up to date */
  note(sequence: number, index: number, keys: readonly string[]): void {
    const known = this.#documents.get(sequence);
    if (known) known[index] = keys;
    else {
      const made: KeysByIndex = [];
      made[index] = keys;
      this.#documents.set(sequence, made);
    }
    this.#counts[index] = this.countIn(index) + 1;
  }

  /** The index was told. */
  settled(sequence: number, index: number): void {
    const known = this.#documents.get(sequence);
    if (known?.[index] === undefined) return;
    known[index] = undefined;
    this.#counts[index] = this.countIn(index) - 1;
  }

  /** All indexes were told, or the document is gone. */
  forget(sequence: number): void {
    for (const [index, keys] of this.#documents.get(sequence)?.entries() ?? []) {
      if (keys) this.#counts[index] = this.countIn(index) - 1;
    }
    this.#documents.delete(sequence);
  }

  clear(): void {
    this.#documents.clear();
    this.#counts.length = 0;
  }

  sequences(): Iterable<number> {
    return this.#documents.keys();
  }
}
