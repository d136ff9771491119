/** Calls of the same moment made into one call of the database.
 *
 *  While groups are under way the next one gathers, so that groups grow with the load and nobody waits for nothing. Who
 *  calls sees no difference: everybody gets an answer, or a failure, of their own. */

import { StoreError } from '../../plugin/errors.ts';

export type Answer<Result> = { readonly result: Result } | { readonly error: unknown };

export interface GatherParts<Item, Result> {
  /** @returns an answer to each item, in their order @throws what has befallen all of them */
  ask(items: readonly Item[]): Promise<readonly Answer<Result>[]>;
  /** Items with a key in common never are in the same group. */
  keysOf?(item: Item): readonly string[];
  /** Items in one group. */
  readonly most?: number;
  /** Groups under way at the same time. */
  readonly atOnce?: number;
  /** Runs a task when the calls of this moment have been made; `setImmediate` unless given. */
  soon?(task: () => void): void;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  done(result: Result): void;
  failed(reason: unknown): void;
}

/** @returns one call, to be used like any other */
export function gather<Item, Result>(parts: GatherParts<Item, Result>): (item: Item) => Promise<Result> {
  const { keysOf = () => [], most = 200, atOnce = 2, soon = setImmediate } = parts;
  let waiting: Waiting<Item, Result>[] = [];
  let underWay = 0;
  let announced = false;

  function announce(): void {
    if (announced || underWay >= atOnce || waiting.length === 0) return;
    announced = true;
    soon(() => {
      announced = false;
      while (waiting.length > 0 && underWay < atOnce) void send(nextGroup());
    });
  }

  function nextGroup(): readonly Waiting<Item, Result>[] {
    const keys = new Set<string>();
    const taken: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    for (const one of waiting) {
      const own = keysOf(one.item);
      const fits = taken.length < most && !own.some((key) => keys.has(key));
      // also of those that stay: of two with one key, the first to come goes first
      for (const key of own) keys.add(key);
      (fits ? taken : left).push(one);
    }
    waiting = left;
    return taken;
  }

  /** Never rejects. */
  async function send(group: readonly Waiting<Item, Result>[]): Promise<void> {
    underWay += 1;
    await answer(group);
    underWay -= 1;
    announce();
  }

  async function answer(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const answers = await parts.ask(group.map(({ item }) => item));
      for (const [at, { done, failed }] of group.entries()) {
        const own = answers[at] as Answer<Result>;
        if ('error' in own) failed(own.error);
        else done(own.result);
      }
    } catch (error) {
      // One that the database cannot digest must not take the others along.
      if (group.length > 1 && !isAway(error)) for (const one of group) await answer([one]);
      else for (const { failed } of group) failed(error);
    }
  }

  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed });
      announce();
    });
}

function isAway(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'store.unavailable';
}
