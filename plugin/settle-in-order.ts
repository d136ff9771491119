/** Work on several things at a time whose results count in their order. */

/** A result is taken when those of all items before it have been: whoever keeps a place in the list may move it then. When work fails,
 *  nothing further is begun, and what lies behind the failure is not taken.
 *  @param take called once for each item, in order @throws what failed first, after all that was begun has ended */
export async function settleInOrder<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
  take: (item: Item, result: Result) => void,
): Promise<void> {
  const waiting = new Map<number, Result>();
  let begun = 0;
  let taken = 0;
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    while (begun < items.length && !hasFailed) {
      const at = begun++;
      try {
        waiting.set(at, await work(items[at] as Item));
      } catch (error) {
        hasFailed = true;
        throw error;
      }
      for (; waiting.has(taken); taken++) {
        take(items[taken] as Item, waiting.get(taken) as Result);
        waiting.delete(taken);
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
