/** How many records a page says there are, counted up to a bound, and no more often than it must be. */

import type { Condition } from '../../../plugin/ports/records.ts';
import type { AnyList } from './list.ts';

/** No count goes on beyond; the page says `10,000+`. */
export const MOST_COUNTED = 10_000;

/** So long, more than could be counted stay more than can be counted, where records only go with age. */
const KEPT_MS = 60_000;
const MOST_KEPT = 2_000;

interface Counts {
  /** Of conditions that more than `MOST_COUNTED` meet: until when that need not be looked at again. */
  readonly many: Map<string, number>;
  /** Being counted just now. */
  readonly asked: Map<string, Promise<number>>;
}

const countsByList = new WeakMap<AnyList, Counts>();

/** @returns more than `MOST_COUNTED` where nobody went on counting */
export async function shownCount(list: AnyList, where: readonly Condition[], now = performance.now()): Promise<number> {
  const { records, onlyGrows = false } = list;
  const estimate = await records.estimate?.(where);
  if (typeof estimate === 'number') return estimate;
  if (!onlyGrows) return records.count(where, MOST_COUNTED + 1);
  const { many, asked } = countsOf(list);
  const key = keyOf(where);
  if ((many.get(key) ?? 0) > now) return MOST_COUNTED + 1;
  const counting = asked.get(key) ?? records.count(where, MOST_COUNTED + 1).finally(() => asked.delete(key));
  asked.set(key, counting);
  const count = await counting;
  if (count > MOST_COUNTED) {
    if (many.size >= MOST_KEPT) many.clear();
    many.set(key, now + KEPT_MS);
  }
  return count;
}

function countsOf(list: AnyList): Counts {
  const known = countsByList.get(list) ?? { many: new Map(), asked: new Map() };
  countsByList.set(list, known);
  return known;
}

/** The last seven days of a moment later are others: to the minute they are the same. */
function keyOf(where: readonly Condition[]): string {
  return JSON.stringify(where, function (name, value: unknown) {
    // JSON has made a text of a date by then.
    const raw: unknown = Object.hasOwn(this, name) ? (this as Record<string, unknown>)[name] : value;
    return raw instanceof Date ? Math.floor(raw.getTime() / 60_000) : value;
  });
}
