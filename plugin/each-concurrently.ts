/** Work on many things, several of them at a time. */

/** A worker whose work fails takes no further item; those of the others are finished first.
 *  @param work counts something
 *  @returns the sum @throws what failed first */
export async function eachConcurrently<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<number>,
): Promise<number> {
  const queue = [...items];
  let total = 0;
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const made = await work(item);
      total += made;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return total;
}
