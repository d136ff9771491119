/** Records that lie in memory: the reference behaviour of `Records`, and what short lists are made with. */

import { compareCodePoints } from '../../dsl/index.ts';
import { placeOf, recordsOf } from './record-pages.ts';
import type { Condition, FieldValue, RecordOrder, RecordPlace, RecordShape, Records } from './records.ts';

/** @param rows asked for afresh at every look */
export function memoryRecords<Row>(
  shape: RecordShape<Row>,
  rows: () => Iterable<Row> | Promise<Iterable<Row>>,
): Records<Row> {
  const matching = async (where: readonly Condition[]): Promise<Row[]> =>
    [...(await rows())].filter((row) => where.every((condition) => meets(shape, row, condition)));

  return recordsOf(shape, {
    read: async (where, order, place, limit) => firstBehind(shape, await matching(where), [order], place, limit),
    count: async (where, atMost) => Math.min((await matching(where)).length, atMost),
    async textAbove(field, text) {
      const texts = [...(await rows())].flatMap((row) => shape.fields[field]?.(row) ?? []).filter(isText);
      const above = texts.filter((one) => text === null || compareCodePoints(one, text) > 0);
      return above.toSorted(compareCodePoints)[0] ?? null;
    },
  });
}

/** The first of these rows behind the place, in the order of the keys. */
export function firstBehind<Row>(
  shape: RecordShape<Row>,
  rows: readonly Row[],
  keys: readonly RecordOrder[],
  place: RecordPlace | null,
  limit: number,
): readonly Row[] {
  return rows
    .map((row) => ({ row, at: placeOf(shape, row, keys) }))
    .filter(({ at }) => place === null || comparePlaces(keys, at, place) > 0)
    .sort((a, b) => comparePlaces(keys, a.at, b.at))
    .slice(0, limit)
    .map(({ row }) => row);
}

function isText(value: FieldValue): value is string {
  return typeof value === 'string';
}

export function meets<Row>(shape: RecordShape<Row>, row: Row, condition: Condition): boolean {
  if ('anyOf' in condition) return condition.anyOf.some((one) => meets(shape, row, one));
  if ('holds' in condition) {
    const parts = shape.parts?.[condition.holds]?.(row) ?? [];
    return parts.some((part) => condition.meeting.every((one) => holdsFor([part[one.field] ?? null], one)));
  }
  const found = shape.fields[condition.field]?.(row) ?? null;
  return holdsFor((Array.isArray(found) ? found : [found]) as readonly (FieldValue | null)[], condition);
}

function holdsFor(
  values: readonly (FieldValue | null)[],
  condition: Exclude<Condition, { readonly anyOf: unknown } | { readonly holds: unknown }>,
): boolean {
  if ('in' in condition) {
    return condition.in.some((wanted) =>
      wanted === null ? values.every((value) => value === null) : values.some((value) => same(value, wanted)),
    );
  }
  if ('isSet' in condition) return values.some((value) => value !== null);
  if ('startsWith' in condition)
    return values.some((value) => typeof value === 'string' && value.startsWith(condition.startsWith));
  const { from, before } = condition;
  return values.some(
    (value) =>
      value !== null &&
      (from === undefined || compareFields(value, from) >= 0) &&
      (before === undefined || compareFields(value, before) < 0),
  );
}

function same(value: FieldValue | null, wanted: FieldValue): boolean {
  return value !== null && typeof value === typeof wanted && compareFields(value, wanted) === 0;
}

/** Which of two comes first. Equal ones follow their id in the direction of the last key. */
export function comparePlaces(keys: readonly RecordOrder[], a: RecordPlace, b: RecordPlace): number {
  const byKeys = keys.reduce((order, key, n) => order || compareIn(key, a.values[n] ?? null, b.values[n] ?? null), 0);
  const last = keys.at(-1) as RecordOrder;
  return a.id.reduce<number>((order, value, n) => order || compareIn(last, value, b.id[n] ?? null), byKeys);
}

export function compareIn(key: RecordOrder, a: FieldValue | null, b: FieldValue | null): number {
  return (key.descending ? -1 : 1) * compareFields(a, b);
}

/** No value is below every value. */
function compareFields(a: FieldValue | null, b: FieldValue | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  return Number(a) - Number(b);
}
