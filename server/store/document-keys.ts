/** The keys of one document in all indexes of its collection, one behind the other in one block of bytes: made for one change,
 *  compared, and written over by those of the next document. */

const FIRST_BYTES = 4_096;

export class DocumentKeys {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  /** Where the keys end; each begins where the one before it ends. */
  readonly #ends: number[] = [];
  /** The first key of each index. */
  readonly #firsts: number[] = [];

  clear(): void {
    this.#length = 0;
    this.#ends.length = 0;
    this.#firsts.length = 0;
  }

  // Writing.

  beginIndex(): void {
    this.#firsts.push(this.#ends.length);
  }

  endKey(): void {
    this.#ends.push(this.#length);
  }

  /** Keys one by one, of the index that was begun last. */
  texts(keys: readonly string[]): void {
    for (const key of keys) {
      this.text(key);
      this.endKey();
    }
  }

  /** Takes back the keys of the index that was begun last. */
  takeTexts(index: number): readonly string[] {
    const first = this.firstOf(index);
    const taken: string[] = [];
    for (let key = first; key < this.#ends.length; key++) {
      taken.push(this.bytes.toString('latin1', this.startOfKey(key), this.endOfKey(key)));
    }
    this.#length = this.startOfKey(first);
    this.#ends.length = first;
    return taken;
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.bytes.length) this.#grow(1);
    this.bytes[this.#length++] = value;
  }

  /** Characters are bytes. */
  text(text: string): void {
    if (this.#length + text.length > this.bytes.length) this.#grow(text.length);
    this.bytes.write(text, this.#length, 'latin1');
    this.#length += text.length;
  }

  /** @returns where they went */
  room(length: number): number {
    if (this.#length + length > this.bytes.length) this.#grow(length);
    const at = this.#length;
    this.#length += length;
    return at;
  }

  /** Takes back what was written behind the place. */
  backTo(length: number): void {
    this.#length = length;
  }

  /** Reads what was written since from the other end: for descending fields. */
  invertFrom(start: number): void {
    for (let at = start; at < this.#length; at++) this.bytes[at] = 255 - this.bytes[at]!;
  }

  #grow(wanted: number): void {
    const larger = Buffer.allocUnsafeSlow((this.#length + wanted) * 2);
    this.bytes.copy(larger, 0, 0, this.#length);
    this.bytes = larger;
  }

  // Reading.

  /** @param index by its place among the indexes @returns the number of its first key, and of the first that is not its */
  firstOf(index: number): number {
    return this.#firsts[index] as number;
  }

  endOf(index: number): number {
    return index + 1 < this.#firsts.length ? (this.#firsts[index + 1] as number) : this.#ends.length;
  }

  startOfKey(key: number): number {
    return key === 0 ? 0 : (this.#ends[key - 1] as number);
  }

  endOfKey(key: number): number {
    return this.#ends[key] as number;
  }

  /** Whether one of the keys in the index is the given key of the other. */
  includes(index: number, other: DocumentKeys, key: number): boolean {
    for (let own = this.firstOf(index); own < this.endOf(index); own++) if (this.#isSame(own, other, key)) return true;
    return false;
  }

  #isSame(own: number, other: DocumentKeys, key: number): boolean {
    const start = this.startOfKey(own);
    const from = other.startOfKey(key);
    const length = this.endOfKey(own) - start;
    if (other.endOfKey(key) - from !== length) return false;
    for (let at = 0; at < length; at++) if (this.bytes[start + at] !== other.bytes[from + at]) return false;
    return true;
  }
}
