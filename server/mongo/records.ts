/** Records in MongoDB. Every place, period and choice becomes a range or a point, so that an index leads to it. */

import type mongoose from 'mongoose';
import { comparePlaces } from '../../plugin/ports/memory-records.ts';
import { placeOf, recordsOf } from '../../plugin/ports/record-pages.ts';
import type {
  Condition,
  FieldCondition,
  FieldValue,
  RecordOrder,
  RecordPlace,
  RecordShape,
  Records,
} from '../../plugin/ports/records.ts';
import { withDatabase } from './errors.ts';

type Filter = Record<string, unknown>;

interface RecordCollection<Row, Document> {
  readonly shape: RecordShape<Row>;
  readonly model: mongoose.Model<Document>;
  /** Where a field lies that has another name in the documents. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Where the fields of parts lie within them. */
  readonly partPaths?: Readonly<Record<string, string>>;
  /** What is not read. */
  readonly without?: readonly string[];
  toRow(document: Document): Row;
}

/** Past mongoose: what is asked is made here, from conditions that were checked. */
export function mongoRecords<Row, Document>(source: RecordCollection<Row, Document>): Records<Row> {
  const { shape, model, paths = {}, partPaths = {}, without = [], toRow } = source;
  const projection = Object.fromEntries(without.map((name) => [name, 0]));
  const { collection } = model;
  const pathOf = (field: string): string => paths[field] ?? field;
  const inPart = (field: string): string => partPaths[field] ?? field;
  const filterOf = (where: readonly Condition[], behind: Behind | null): Filter =>
    mongoFilter(where, pathOf, inPart, behind);

  async function find(filter: Filter, { field, descending }: RecordOrder, limit: number): Promise<readonly Row[]> {
    const direction = descending ? -1 : 1;
    const keys = [...new Set([field, ...shape.id])].map((name) => [pathOf(name), direction] as const);
    const found = await withDatabase(() =>
      collection.find(filter, { sort: Object.fromEntries(keys), limit, batchSize: limit, projection }).toArray(),
    );
    return (found as unknown as Document[]).map(toRow);
  }

  async function read(
    where: readonly Condition[],
    order: RecordOrder,
    place: RecordPlace | null,
    limit: number,
  ): Promise<readonly Row[]> {
    const alternatives = alternativesOf(where);
    if (alternatives.length === 1) return readOne(alternatives[0] ?? [], order, place, limit);
    const found = await Promise.all(alternatives.map((one) => readOne(one, order, place, limit)));
    const byId = new Map(
      found.flat().map((row) => {
        const at = placeOf(shape, row, [order]);
        return [JSON.stringify(at.id), { row, at }] as const;
      }),
    );
    return [...byId.values()]
      .toSorted((a, b) => comparePlaces([order], a.at, b.at))
      .slice(0, limit)
      .map(({ row }) => row);
  }

  async function readOne(
    where: readonly Condition[],
    order: RecordOrder,
    place: RecordPlace | null,
    limit: number,
  ): Promise<readonly Row[]> {
    const least = shape.optional?.[order.field];
    if (least === undefined) {
      return find(filterOf(where, place && { ...order, place, ids: shape.id }), order, limit);
    }
    // Those with a value and those without are two stretches of the index.
    const rows: Row[] = [];
    for (const empty of order.descending ? [false, true] : [true, false]) {
      const placeIsEmpty = place?.values[0] === null;
      if (place !== null && placeIsEmpty !== empty && empty !== order.descending) continue;
      const here = place !== null && placeIsEmpty === empty ? { ...order, place, ids: shape.id } : null;
      const stretch = { field: order.field, ...(empty ? { in: [null] } : { from: least }) };
      rows.push(...(await find(filterOf([...where, stretch], here), order, limit - rows.length)));
      if (rows.length >= limit) break;
    }
    return rows;
  }

  return recordsOf(shape, {
    read,
    count: (where, atMost) =>
      withDatabase(async () => {
        if (where.some((one) => 'anyOf' in one)) return countAny(where, atMost);
        const query = filterOf(where, null);
        const answer = await model.db.db?.command({ count: collection.collectionName, query, limit: atMost });
        return Number(answer?.n);
      }),
    async textAbove(field, text) {
      const path = pathOf(field);
      const filter = { [path]: text === null ? { $gte: '' } : { $gt: text } };
      const options = { sort: { [path]: 1 as const }, limit: 1, projection: { _id: 0, [path]: 1 } };
      const found = await withDatabase(() => collection.findOne(filter, options));
      const value = path
        .split('.')
        .reduce<unknown>((at, name) => (at as Filter | undefined)?.[name], found ?? undefined);
      return typeof value === 'string' ? value : null;
    },
  });

  /** What meets several of the alternatives counts once. */
  async function countAny(where: readonly Condition[], atMost: number): Promise<number> {
    const found = new Set<string>();
    for (const one of alternativesOf(where)) {
      const ids = collection.find(filterOf(one, null), { projection: { _id: 1 }, limit: atMost });
      for await (const { _id } of ids) found.add(String(_id));
      if (found.size >= atMost) return atMost;
    }
    return found.size;
  }
}

/** Conditions that are met together by what meets the given ones. Each of them is answered by one stretch of an index, where
 *  all together would be by none. */
function alternativesOf(where: readonly Condition[]): readonly (readonly Condition[])[] {
  return where.reduce<readonly (readonly Condition[])[]>(
    (all, condition) => choicesOf(condition).flatMap((choice) => all.map((one) => [...one, choice])),
    [[]],
  );
}

function choicesOf(condition: Condition): readonly Condition[] {
  if ('anyOf' in condition) return condition.anyOf;
  if (!('holds' in condition)) return [condition];
  const [first, ...rest] = condition.meeting;
  if (first === undefined || !('in' in first) || first.in.length < 2) return [condition];
  return first.in.map((value) => ({ ...condition, meeting: [{ field: first.field, in: [value] }, ...rest] }));
}

interface Behind extends RecordOrder {
  readonly place: RecordPlace;
  readonly ids: readonly string[];
}

function mongoFilter(
  where: readonly Condition[],
  pathOf: (field: string) => string,
  inPart: (field: string) => string,
  behind: Behind | null,
): Filter {
  const parts = where.flatMap((condition) => ('from' in condition || 'before' in condition ? [] : [one(condition)]));
  for (const [field, range] of rangesOf(where, behind)) parts.push({ [pathOf(field)]: range });
  if (behind) parts.push({ $or: laterThan(behind).map((step) => renamed(step, pathOf)) });
  return parts.length === 0 ? {} : { $and: parts };

  function one(condition: Condition): Filter {
    if ('anyOf' in condition) return { $or: condition.anyOf.map((each) => conditionFilter(each, pathOf)) };
    if (!('holds' in condition)) return conditionFilter(condition as FieldCondition, pathOf);
    const all = condition.meeting.map((each) => conditionFilter(each, inPart));
    return { [pathOf(condition.holds)]: { $elemMatch: all.length === 1 ? all[0] : { $and: all } } };
  }
}

function conditionFilter(condition: FieldCondition, pathOf: (field: string) => string): Filter {
  const path = pathOf(condition.field);
  if ('isSet' in condition) return { [path]: { $ne: null } };
  if ('startsWith' in condition) return { [path]: { $regex: `^${escaped(condition.startsWith)}` } };
  const values = condition.in;
  return { [path]: values.length === 1 ? values[0] : { $in: [...values] } };
}

/** One range for every field: an index follows a single one only. The place says its own side once more. */
function rangesOf(where: readonly Condition[], behind: Behind | null): Map<string, Record<string, FieldValue>> {
  const ranges = new Map<string, Record<string, FieldValue>>();
  const narrow = (field: string, operator: '$gte' | '$lt' | '$lte', value: FieldValue): void => {
    const range = ranges.get(field) ?? {};
    const known = range[operator];
    const tighter = known === undefined || (operator === '$gte' ? value > known : value < known);
    ranges.set(field, tighter ? { ...range, [operator]: value } : range);
  };
  for (const condition of where) {
    if ('from' in condition && condition.from !== undefined) narrow(condition.field, '$gte', condition.from);
    if ('before' in condition && condition.before !== undefined) narrow(condition.field, '$lt', condition.before);
  }
  const value = behind?.place.values[0] ?? null;
  if (behind && value !== null) {
    const { field, descending } = behind;
    const end = ranges.get(field)?.$lt;
    if (!descending) narrow(field, '$gte', value);
    else if (end === undefined || value < end) {
      const { $lt: _, ...rest } = ranges.get(field) ?? {};
      ranges.set(field, rest);
      narrow(field, '$lte', value);
    }
  }
  return ranges;
}

/** Greater (or less) in the first field, or equal there and greater in the next, and so on. */
function laterThan({ field, descending, place, ids }: Behind): Filter[] {
  const [value = null] = place.values;
  const keys = [[field, value] as const, ...ids.map((name, n) => [name, place.id[n]] as const)];
  const steps = keys.map(([name, bound], n) => ({
    ...Object.fromEntries(keys.slice(0, n)),
    [name]: { [descending ? '$lt' : '$gt']: bound },
  }));
  // Where there is no value, all are equal. Where the field is the id, the rest says nothing new.
  return value === null ? steps.slice(1) : steps;
}

function renamed(filter: Filter, pathOf: (field: string) => string): Filter {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [pathOf(name), value]));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
