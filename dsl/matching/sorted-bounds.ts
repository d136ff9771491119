/** Finding, of many bounds, all those that a value is above, or below: they stand side by side. */

/** How to walk items that were found: those from `from` up to, not including, `to`. */
export type Walk<Item, Into> = (items: readonly Item[], into: Into, from: number, to: number) => void;

/** All bounds are numbers, or all are texts. */
export class SortedBounds<Item> {
  readonly #isLower: boolean;
  /** Ascending; beside the items, one entry for each. Of equal bounds those stand nearer to what they hold for that include
   *  the bound itself. */
  readonly #values: (number | string)[] = [];
  readonly #including: boolean[] = [];
  readonly #items: Item[] = [];

  /** @param kind `lower`: values above the bound are found by it */
  constructor(kind: 'lower' | 'upper') {
    this.#isLower = kind === 'lower';
  }

  get size(): number {
    return this.#items.length;
  }

  /** @param isIncluding the bound itself counts: `>=`, `<=` */
  add(value: number | string, isIncluding: boolean, item: Item): void {
    const at = this.#reachOf(value, isIncluding !== this.#isLower);
    this.#values.splice(at, 0, value);
    this.#including.splice(at, 0, isIncluding);
    this.#items.splice(at, 0, item);
  }

  /** Takes one entry out, where there is one. */
  remove(value: number | string, isIncluding: boolean, item: Item): void {
    for (let at = this.#reachOf(value, false); this.#values[at] === value; at++) {
      if (this.#including[at] !== isIncluding || this.#items[at] !== item) continue;
      this.#values.splice(at, 1);
      this.#including.splice(at, 1);
      this.#items.splice(at, 1);
      return;
    }
  }

  /** Walks the items of the bounds that hold for the value, if there are any; NaN is neither above nor below any. */
  find<Into>(value: number | string, walk: Walk<Item, Into>, into: Into): void {
    if (Number.isNaN(value)) return;
    // Of the equal ones, those that include it: they stand first among lower bounds, and last among upper ones.
    const first = this.#reachOf(value, false);
    let border = first;
    while (this.#values[border] === value && this.#including[border] === this.#isLower) border++;
    const [from, to] = this.#isLower ? [0, border] : [border, this.#items.length];
    if (from < to) walk(this.#items, into, from, to);
  }

  /** The position of the first entry at or above the value; with `after`, of the first above it. */
  #reachOf(value: number | string, after: boolean): number {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const bound = this.#values[middle] as number | string;
      if (bound < value || (after && bound === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
