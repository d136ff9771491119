/** Records of which only some are there. */

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
