/** The latest of many: whoever comes in pushes the oldest out. */
export class Recent<Item> {
  readonly #items: Item[] = [];
  readonly #most: number;
  readonly #pushedOut: (item: Item) => void;
  #next = 0;

  constructor(most: number, pushedOut: (item: Item) => void) {
    this.#most = most;
    this.#pushedOut = pushedOut;
  }

  add(item: Item): void {
    const oldest = this.#items[this.#next];
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.#most;
    if (oldest !== undefined && oldest !== item) this.#pushedOut(oldest);
  }
}
