/** Pages and scans over anything that reads records behind a place: what all implementations of `Records` share. */

import { InputError } from '../errors.ts';
import type {
  Condition,
  FieldValue,
  PageQuery,
  RecordOrder,
  RecordPage,
  RecordPlace,
  RecordQuery,
  RecordShape,
  Records,
} from './records.ts';

export interface RecordReader<Row> {
  /** The first records behind the place, in the order. */
  read(
    where: readonly Condition[],
    order: RecordOrder,
    place: RecordPlace | null,
    limit: number,
  ): Promise<readonly Row[]>;
  count(where: readonly Condition[], atMost: number): Promise<number>;
  /** The least text of the field above the given one; null: there is none. */
  textAbove(field: string, text: string | null): Promise<string | null>;
}

const BATCH = 500;

export function recordsOf<Row>(shape: RecordShape<Row>, reader: RecordReader<Row>): Records<Row> {
  return {
    shape,

    page: ({ where, order, ...which }: PageQuery) =>
      pageOf(shape, [order], which, ([key], place, limit) => reader.read(where, key as RecordOrder, place, limit)),

    count: (where, atMost) => reader.count(where, atMost),

    async values(field, atMost) {
      const found: string[] = [];
      for (;;) {
        const next = await reader.textAbove(field, found.at(-1) ?? null);
        if (next === null) return found;
        if (found.length === atMost) return null;
        found.push(next);
      }
    },

    scan: ({ where, order }: RecordQuery) =>
      scanOf(shape, [order], ([key], place, limit) => reader.read(where, key as RecordOrder, place, limit)),
  };
}

/** The first records behind the place, in the order of the keys: the first of them counts most. */
export type ReadBehind<Row> = (
  keys: readonly RecordOrder[],
  place: RecordPlace | null,
  limit: number,
) => Promise<readonly Row[]>;

/** @throws InputError `input.cursor-invalid` */
export async function pageOf<Row>(
  shape: RecordShape<Row>,
  keys: readonly RecordOrder[],
  { limit, after, before }: Omit<PageQuery, 'where' | 'order'>,
  read: ReadBehind<Row>,
): Promise<RecordPage<Row>> {
  const cursorOf = (row: Row): string => toCursor(keys, placeOf(shape, row, keys));
  if (before !== undefined) {
    const opposite = keys.map(({ field, descending }) => ({ field, descending: !descending }));
    const found = await read(opposite, fromCursor(shape, keys, before), limit + 1);
    const items = found.slice(0, limit).reverse();
    const [first, last] = [items[0], items.at(-1)];
    return {
      items,
      next: last === undefined ? null : cursorOf(last),
      previous: first !== undefined && found.length > limit ? cursorOf(first) : null,
    };
  }
  const place = after === undefined ? null : fromCursor(shape, keys, after);
  const found = await read(keys, place, limit + 1);
  const items = found.slice(0, limit);
  const [first, last] = [items[0], items.at(-1)];
  return {
    items,
    next: last !== undefined && found.length > limit ? cursorOf(last) : null,
    previous: first !== undefined && place !== null ? cursorOf(first) : null,
  };
}

export async function* scanOf<Row>(
  shape: RecordShape<Row>,
  keys: readonly RecordOrder[],
  read: ReadBehind<Row>,
): AsyncGenerator<readonly Row[]> {
  for (let place: RecordPlace | null = null; ; ) {
    const batch = await read(keys, place, BATCH);
    const last = batch.at(-1);
    if (last !== undefined) yield batch;
    if (last === undefined || batch.length < BATCH) return;
    place = placeOf(shape, last, keys);
  }
}

export function placeOf<Row>(shape: RecordShape<Row>, row: Row, keys: readonly RecordOrder[]): RecordPlace {
  return {
    values: keys.map(({ field }) => shape.fields[field]?.(row) as FieldValue | null),
    id: shape.id.map((name) => shape.fields[name]?.(row) as FieldValue),
  };
}

/** The place as a text that can travel in an address. */
export function toCursor(keys: readonly RecordOrder[], { values, id }: RecordPlace): string {
  const plain = [...values, ...id].map((one) => (one instanceof Date ? { time: one.getTime() } : one));
  return Buffer.from(JSON.stringify([nameOf(keys), ...plain])).toString('base64url');
}

/** What a place in one order is, it is in no other. */
function nameOf(keys: readonly RecordOrder[]): string {
  return keys.map(({ field }) => field).join(',');
}

/** @throws InputError `input.cursor-invalid` */
function fromCursor<Row>(shape: RecordShape<Row>, keys: readonly RecordOrder[], cursor: string): RecordPlace {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    if (Array.isArray(parts) && parts[0] === nameOf(keys) && parts.length === keys.length + shape.id.length + 1) {
      const found = parts.slice(1).map(fieldValueOf);
      const values = found.slice(0, keys.length);
      const id = found.slice(keys.length);
      const mayBe = (value: FieldValue | null | undefined, n: number): boolean =>
        value !== undefined && (value !== null || Object.hasOwn(shape.optional ?? {}, keys[n]?.field ?? ''));
      if (values.every(mayBe) && id.every((one) => one !== undefined && one !== null))
        return { values: values as (FieldValue | null)[], id: id as FieldValue[] };
    }
  } catch {
    // Text that is not JSON is as unusable as JSON of another shape.
  }
  throw new InputError('cursor-invalid', 'the list has no such page; start again at its beginning');
}

/** @returns undefined for what no cursor of ours holds */
function fieldValueOf(part: unknown): FieldValue | null | undefined {
  if (part === null || typeof part === 'string' || typeof part === 'number' || typeof part === 'boolean') return part;
  const time: unknown = typeof part === 'object' && 'time' in part ? part.time : null;
  const date = typeof time === 'number' ? new Date(time) : null;
  return date === null || Number.isNaN(date.getTime()) ? undefined : date;
}
