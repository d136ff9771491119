/** Records in the order of several fields, with work that stays within bounds: either those asked for are few enough to be
 *  put in order here, or all fields but the last have few values, and each value is a stretch of an index. */

import { compareIn, firstBehind } from './memory-records.ts';
import { pageOf, type ReadBehind, scanOf, toCursor } from './record-pages.ts';
import type { Condition, FieldValue, PageQuery, RecordOrder, RecordPage, RecordPlace, Records } from './records.ts';

/** So many are read and put in order for one page. */
export const SORTED_BY_HAND = 1_000;
/** Each may cost a look at an index that finds nothing. */
const MOST_STRETCHES = 300;

export interface Sorting {
  /** The first counts most; no field twice. */
  readonly keys: readonly RecordOrder[];
  /** Fields of few texts, never without one; an index begins with each. */
  readonly fewValues: readonly string[];
  /** An order that an index leads to, for reading all. */
  readonly usual: RecordOrder;
}

export interface SortedRecords<Row> {
  page(which: Omit<PageQuery, 'where' | 'order'>): Promise<RecordPage<Row>>;
  scan(): AsyncIterable<readonly Row[]>;
}

/** @returns null: it would take unbounded work */
export async function sortedRecords<Row>(
  records: Records<Row>,
  where: readonly Condition[],
  sorting: Sorting,
): Promise<SortedRecords<Row> | null> {
  const { keys } = sorting;
  const [only, ...others] = keys as readonly [RecordOrder, ...RecordOrder[]];
  if (others.length === 0) {
    const query = { where, order: only };
    return { page: (which) => records.page({ ...query, ...which }), scan: () => records.scan(query) };
  }
  const read = (await areFew(records, where))
    ? byHand(records, where, sorting)
    : await byStretches(records, where, sorting);
  const { shape } = records;
  return read && { page: (which) => pageOf(shape, keys, which, read), scan: () => scanOf(shape, keys, read) };
}

/** Whether records like these can be put in order by these fields, as far as can be told without looking. */
export function maySort({ isShort }: Pick<Records<unknown>, 'isShort'>, total: number, sorting: Sorting): boolean {
  return isShort === true || total <= SORTED_BY_HAND || hasStretches(sorting);
}

async function areFew<Row>(records: Records<Row>, where: readonly Condition[]): Promise<boolean> {
  return records.isShort === true || (await records.count(where, SORTED_BY_HAND + 1)) <= SORTED_BY_HAND;
}

function byHand<Row>(records: Records<Row>, where: readonly Condition[], { usual }: Sorting): ReadBehind<Row> {
  let known: Promise<readonly Row[]> | undefined;
  return async (keys, place, limit) => {
    known ??= everyOne(records.scan({ where, order: usual }));
    return firstBehind(records.shape, await known, keys, place, limit);
  };
}

async function everyOne<Row>(batches: AsyncIterable<readonly Row[]>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

function hasStretches({ keys, fewValues }: Sorting): boolean {
  return keys.slice(0, -1).every(({ field }) => fewValues.includes(field));
}

async function byStretches<Row>(
  records: Records<Row>,
  where: readonly Condition[],
  sorting: Sorting,
): Promise<ReadBehind<Row> | null> {
  if (!hasStretches(sorting)) return null;
  const valuesOf = new Map<string, readonly string[]>();
  let stretches = 1;
  for (const { field } of sorting.keys.slice(0, -1)) {
    const values = await records.values(field, MOST_STRETCHES);
    if (values === null) return null;
    // What the filters leave out has no stretch.
    const left = values.filter((value) => where.every((one) => !contradicts(one, field, value)));
    valuesOf.set(field, left);
    stretches *= left.length;
  }
  return stretches > MOST_STRETCHES ? null : (keys, place, limit) => read(where, keys, place, limit);

  async function read(
    conditions: readonly Condition[],
    [key, ...rest]: readonly RecordOrder[],
    place: RecordPlace | null,
    limit: number,
  ): Promise<readonly Row[]> {
    const order = key as RecordOrder;
    if (rest.length === 0) {
      const after = place === null ? undefined : toCursor([order], place);
      return (await records.page({ where: conditions, order, limit, after })).items;
    }
    const rows: Row[] = [];
    for (const value of (valuesOf.get(order.field) ?? []).toSorted((a, b) => compareIn(order, a, b))) {
      const side = place === null ? 1 : compareIn(order, value, place.values[0] ?? null);
      if (side < 0) continue;
      const here = place !== null && side === 0 ? { values: place.values.slice(1), id: place.id } : null;
      const stretch = [...conditions, { field: order.field, in: [value] }];
      rows.push(...(await read(stretch, rest, here, limit - rows.length)));
      if (rows.length >= limit) break;
    }
    return rows;
  }
}

function contradicts(condition: Condition, field: string, value: FieldValue): boolean {
  return 'in' in condition && condition.field === field && !condition.in.includes(value);
}
