/** Runs tasks at the same time, except those with the same key: these one after the other, in the order given. */

export class InOrder {
  private readonly tails = new Map<string, Promise<void>>();

  /** @param key null: it need not wait for anything
   *  @param task must not reject */
  run(key: string | null, task: () => Promise<void>): Promise<void> {
    if (key === null) return task();
    const before = this.tails.get(key);
    const mine = before ? before.then(task) : task();
    this.tails.set(key, mine);
    return mine.then(() => {
      if (this.tails.get(key) === mine) this.tails.delete(key);
    });
  }
}
