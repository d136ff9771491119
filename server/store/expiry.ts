/** Removes what TTL indexes say has expired. */

import { toDocument } from './bson.ts';
import type { Catalog } from './catalog.ts';
import { NO_SORT } from './commands/context.ts';

/** An array of dates expires with its earliest date; other values never expire.
 *  @param limit of each index: whoever waits for the store waits for this to end
 *  @returns how many documents were removed */
export function removeExpired(catalog: Catalog, now: Date, limit = 0): number {
  let removed = 0;
  for (const collection of catalog.allCollections()) {
    for (const index of collection.indexes) {
      const [field] = index.fields;
      if (index.expireAfterSeconds === null || !field) continue;
      const expired = new Date(now.getTime() - index.expireAfterSeconds * 1000);
      const filter = toDocument({ [field.name]: { $lte: expired } });
      if (index.partialFilter) filter.set('$and', [index.partialFilter]);
      for (const record of collection.find({ filter, sort: NO_SORT, skip: 0, limit })) {
        collection.remove(record);
        removed++;
      }
    }
  }
  return removed;
}
