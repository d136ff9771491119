/** Values kept by key: the `limit` that were asked for last. */
export class RecentlyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #limit: number;
  #latestKey: string | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get(key: string, make: () => Value): Value {
    if (key === this.#latestKey) return this.#values.get(key) as Value;
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    this.#latestKey = key;
    const oldest = this.#values.keys().next().value;
    if (this.#values.size > this.#limit && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }
}
