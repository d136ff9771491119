/** Records that lie in memory: the reference behaviour of `Records`, and what short lists are made with. */

import { compareCodePoints } from '../../dsl/index.ts';
import { placeOf, recordsOf } from './record-pages.ts';
import type { Condition, FieldValue, RecordPlace, RecordShape, Records } from './records.ts';

/** @param rows asked for afresh at every look */
export function memoryRecords<Row>(
  shape: RecordShape<Row>,
  rows: () => Iterable<Row> | Promise<Iterable<Row>>,
): Records<Row> {
  const matching = async (where: readonly Condition[]): Promise<Row[]> =>
    [...(await rows())].filter((row) => where.every((condition) => meets(shape, row, condition)));

  return recordsOf(shape, {
    async read(where, { field, descending }, place, limit) {
      const sign = descending ? -1 : 1;
      const placed = (await matching(where)).map((row) => ({ row, at: placeOf(shape, row, field) }));
      return placed
        .filter(({ at }) => place === null || sign * comparePlaces(at, place) > 0)
        .sort((a, b) => sign * comparePlaces(a.at, b.at))
        .slice(0, limit)
        .map(({ row }) => row);
    },
    count: async (where, atMost) => Math.min((await matching(where)).length, atMost),
    async textAbove(field, text) {
      const texts = [...(await rows())].flatMap((row) => shape.fields[field]?.(row) ?? []).filter(isText);
      const above = texts.filter((one) => text === null || compareCodePoints(one, text) > 0);
      return above.toSorted(compareCodePoints)[0] ?? null;
    },
  });
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

export function comparePlaces(a: RecordPlace, b: RecordPlace): number {
  return (
    compareFields(a.value, b.value) ||
    a.id.reduce<number>((order, value, n) => order || compareFields(value, b.id[n] ?? null), 0)
  );
}

/** No value is below every value. */
function compareFields(a: FieldValue | null, b: FieldValue | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  return Number(a) - Number(b);
}
