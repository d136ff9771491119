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
  const cursorOf = (row: Row, { field }: RecordOrder): string => toCursor(field, placeOf(shape, row, field));

  return {
    shape,

    async page({ where, order, limit, after, before }: PageQuery): Promise<RecordPage<Row>> {
      if (before !== undefined) {
        const opposite = { ...order, descending: !order.descending };
        const found = await reader.read(where, opposite, fromCursor(shape, order.field, before), limit + 1);
        const items = found.slice(0, limit).reverse();
        const [first, last] = [items[0], items.at(-1)];
        return {
          items,
          next: last === undefined ? null : cursorOf(last, order),
          previous: first !== undefined && found.length > limit ? cursorOf(first, order) : null,
        };
      }
      const place = after === undefined ? null : fromCursor(shape, order.field, after);
      const found = await reader.read(where, order, place, limit + 1);
      const items = found.slice(0, limit);
      const [first, last] = [items[0], items.at(-1)];
      return {
        items,
        next: last !== undefined && found.length > limit ? cursorOf(last, order) : null,
        previous: first !== undefined && place !== null ? cursorOf(first, order) : null,
      };
    },

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

    async *scan({ where, order }: RecordQuery) {
      for (let place: RecordPlace | null = null; ; ) {
        const batch = await reader.read(where, order, place, BATCH);
        const last = batch.at(-1);
        if (last !== undefined) yield batch;
        if (last === undefined || batch.length < BATCH) return;
        place = placeOf(shape, last, order.field);
      }
    },
  };
}

export function placeOf<Row>(shape: RecordShape<Row>, row: Row, field: string): RecordPlace {
  return {
    value: shape.fields[field]?.(row) as FieldValue | null,
    id: shape.id.map((name) => shape.fields[name]?.(row) as FieldValue),
  };
}

/** The place as a text that can travel in an address. */
function toCursor(field: string, { value, id }: RecordPlace): string {
  const plain = [value, ...id].map((one) => (one instanceof Date ? { time: one.getTime() } : one));
  return Buffer.from(JSON.stringify([field, ...plain])).toString('base64url');
}

/** @throws InputError `input.cursor-invalid` */
function fromCursor<Row>(shape: RecordShape<Row>, field: string, cursor: string): RecordPlace {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    if (Array.isArray(parts) && parts[0] === field && parts.length === shape.id.length + 2) {
      const [value, ...id] = parts.slice(1).map(fieldValueOf);
      const mayBeNull = Object.hasOwn(shape.optional ?? {}, field);
      if (value !== undefined && (value !== null || mayBeNull) && id.every((one) => one !== undefined && one !== null))
        return { value, id: id as FieldValue[] };
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
