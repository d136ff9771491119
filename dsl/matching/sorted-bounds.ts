/** Finding, of many bounds, all those that a value is above, or below: only those are looked at. */

interface Bound<Item> {
  readonly value: number | string;
  /** The bound itself counts: `>=`, `<=`. */
  readonly including: Item[];
  /** It does not: `>`, `<`. */
  readonly excluding: Item[];
}

/** All bounds are numbers, or all are texts. */
export class SortedBounds<Item> {
  readonly #isLower: boolean;
  /** Ascending. */
  readonly #bounds: Bound<Item>[] = [];

  /** @param kind `lower`: values above the bound are found by it */
  constructor(kind: 'lower' | 'upper') {
    this.#isLower = kind === 'lower';
  }

  get size(): number {
    return this.#bounds.length;
  }

  /** The items kept at the bound; none yet: a new list. Call `tidy` after removing from it. */
  at(value: number | string, isIncluding: boolean): Item[] {
    const position = this.#positionOf(value);
    let bound = this.#bounds[position];
    if (bound === undefined || bound.value !== value) {
      bound = { value, including: [], excluding: [] };
      this.#bounds.splice(position, 0, bound);
    }
    return isIncluding ? bound.including : bound.excluding;
  }

  tidy(value: number | string): void {
    const position = this.#positionOf(value);
    const bound = this.#bounds[position];
    if (bound?.value === value && bound.including.length === 0 && bound.excluding.length === 0)
      this.#bounds.splice(position, 1);
  }

  /** Calls `found` for the items of each bound that holds for the value; NaN is neither above nor below any. */
  find(value: number | string, found: (items: Item[]) => void): void {
    const bounds = this.#bounds;
    for (let i = 0; i < bounds.length; i++) {
      const bound = bounds[this.#isLower ? i : bounds.length - 1 - i] as Bound<Item>;
      if (bound.value === value) {
        found(bound.including);
        return;
      }
      if (!(this.#isLower ? bound.value < value : bound.value > value)) return;
      found(bound.including);
      found(bound.excluding);
    }
  }

  /** Of the bound, or of the first above it. */
  #positionOf(value: number | string): number {
    let low = 0;
    let high = this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#bounds[middle] as Bound<Item>).value < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
