/** Records of which only some are there. */

import type { Page } from '../../../plugin/ports/learner-store.ts';
import type { Condition, Records } from '../../../plugin/ports/records.ts';

/** @param within what all of them meet, asked for at every look
 *  @param field that `within` chooses by: its values can be told, those of other fields may be those of foreign records */
export function limitRecords<Row>(
  records: Records<Row>,
  within: () => readonly Condition[] | Promise<readonly Condition[]>,
  field: { readonly name: string; has(value: string): boolean },
): Records<Row> {
  return {
    shape: records.shape,
    ...(records.isShort !== undefined && { isShort: records.isShort }),
    page: async (query) => records.page({ ...query, where: [...(await within()), ...query.where] }),
    count: async (where, atMost) => records.count([...(await within()), ...where], atMost),
    async *scan(query) {
      yield* records.scan({ ...query, where: [...(await within()), ...query.where] });
    },
    async values(name, atMost) {
      if (name !== field.name) return null;
      const values = await records.values(name, atMost);
      return values?.filter((value) => field.has(value)) ?? null;
    },
  };
}

/** So many pages are looked through for what fills one. */
const MOST_LOOKED_THROUGH = 20;

interface PageQuery {
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What of a store's pages is there, where the store itself cannot be asked for it. It is read on until the page is full; where few
 *  are there the page stays short at last, and its cursor leads on. */
export async function limitPage<Query extends PageQuery, Item>(
  list: (query: Query) => Promise<Page<Item>>,
  query: Query,
  isThere: (item: Item) => boolean,
): Promise<Page<Item>> {
  const found: Item[] = [];
  let next = query.after ?? null;
  for (let looked = 0; looked < MOST_LOOKED_THROUGH; looked++) {
    // No more than there is room for: the cursor stands behind the last one that was looked at.
    const page = await list({ ...query, ...(next !== null && { after: next }), limit: query.limit - found.length });
    found.push(...page.items.filter(isThere));
    next = page.next;
    if (next === null || found.length >= query.limit) break;
  }
  return { items: found, next };
}

/** None at all. */
export function noRecords<Row>({ shape }: Pick<Records<Row>, 'shape'>): Records<Row> {
  return {
    shape,
    isShort: true,
    page: async () => ({ items: [], next: null, previous: null }),
    count: async () => 0,
    values: async () => [],
    async *scan() {},
  };
}
