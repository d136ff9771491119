/** Records in MongoDB. Every place, period and choice becomes a range or a point, so that an index leads to it. */

import type mongoose from 'mongoose';
import { recordsOf } from '../../plugin/ports/record-pages.ts';
import type {
  Condition,
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
  toRow(document: Document): Row;
}

/** Past mongoose: what is asked is made here, from conditions that were checked. */
export function mongoRecords<Row, Document>(source: RecordCollection<Row, Document>): Records<Row> {
  const { shape, model, paths = {}, toRow } = source;
  const { collection } = model;
  const pathOf = (field: string): string => paths[field] ?? field;

  async function find(filter: Filter, { field, descending }: RecordOrder, limit: number): Promise<readonly Row[]> {
    const direction = descending ? -1 : 1;
    const keys = [...new Set([field, ...shape.id])].map((name) => [pathOf(name), direction] as const);
    const found = await withDatabase(() =>
      collection.find(filter, { sort: Object.fromEntries(keys), limit, batchSize: limit }).toArray(),
    );
    return (found as unknown as Document[]).map(toRow);
  }

  return recordsOf(shape, {
    async read(where, order, place, limit) {
      const least = shape.optional?.[order.field];
      if (least === undefined) {
        return find(filterOf(where, pathOf, place && { ...order, place, ids: shape.id }), order, limit);
      }
      // Those with a value and those without are two stretches of the index.
      const rows: Row[] = [];
      for (const empty of order.descending ? [false, true] : [true, false]) {
        const placeIsEmpty = place?.value === null;
        if (place !== null && placeIsEmpty !== empty && empty !== order.descending) continue;
        const here = place !== null && placeIsEmpty === empty ? { ...order, place, ids: shape.id } : null;
        const stretch = { field: order.field, ...(empty ? { in: [null] } : { from: least }) };
        rows.push(...(await find(filterOf([...where, stretch], pathOf, here), order, limit - rows.length)));
        if (rows.length >= limit) break;
      }
      return rows;
    },
    count: (where, atMost) =>
      withDatabase(async () => {
        const query = filterOf(where, pathOf, null);
        const answer = await model.db.db?.command({ count: collection.collectionName, query, limit: atMost });
        return Number(answer?.n);
      }),
  });
}

interface Behind extends RecordOrder {
  readonly place: RecordPlace;
  readonly ids: readonly string[];
}

function filterOf(where: readonly Condition[], pathOf: (field: string) => string, behind: Behind | null): Filter {
  const parts = where.flatMap((condition) => ('from' in condition || 'before' in condition ? [] : [one(condition)]));
  for (const [field, range] of rangesOf(where, behind)) parts.push({ [pathOf(field)]: range });
  if (behind) parts.push({ $or: laterThan(behind).map((step) => renamed(step, pathOf)) });
  return parts.length === 0 ? {} : { $and: parts };

  function one(condition: Condition): Filter {
    const path = pathOf(condition.field);
    if ('isSet' in condition) return { [path]: { $ne: null } };
    if ('startsWith' in condition) return { [path]: { $regex: `^${escaped(condition.startsWith)}` } };
    const values = 'in' in condition ? condition.in : [];
    return { [path]: values.length === 1 ? values[0] : { $in: [...values] } };
  }
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
  const value = behind?.place.value ?? null;
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
  const keys = [[field, place.value] as const, ...ids.map((name, n) => [name, place.id[n]] as const)];
  const steps = keys.map(([name, value], n) => ({
    ...Object.fromEntries(keys.slice(0, n)),
    [name]: { [descending ? '$lt' : '$gt']: value },
  }));
  // Where there is no value, all are equal. Where the field is the id, the rest says nothing new.
  return place.value === null ? steps.slice(1) : steps;
}

function renamed(filter: Filter, pathOf: (field: string) => string): Filter {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [pathOf(name), value]));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
