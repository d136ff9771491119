/** Records that lie several to a document: a page is a number of documents, each with those of its parts that are asked for.
 *  So a page is one stretch of an index, no document is torn in two between pages, and what is done to one part of a
 *  document moves no other behind the place where the next page begins. */

import { meets } from './memory-records.ts';
import type { Condition, FieldCondition, FieldValue, RecordOrder, RecordShape, Records } from './records.ts';

export interface PartSource<Document, Row> {
  readonly documents: Records<Document>;
  /** What the shape of the documents calls the parts. */
  readonly holds: string;
  /** Of a row. Its fields are those of the document, those of the part, and `id`. */
  readonly shape: RecordShape<Row>;
  /** The fields of the part, those first that an index begins with. */
  readonly partFields: readonly string[];
  /** What makes a part one of these. */
  readonly always: readonly FieldCondition[];
  /** One that an index leads to, for reading all. */
  readonly order: RecordOrder;
  rowsOf(document: Document): readonly Row[];
  /** What the documents of rows with these ids meet; others may meet it too. */
  documentsWith(ids: readonly (FieldValue | null)[]): readonly Condition[];
}

export function partRecords<Document, Row>(source: PartSource<Document, Row>): Records<Row> {
  const { documents, holds, shape, partFields, always, rowsOf } = source;

  function rowsIn(found: readonly Document[], where: readonly Condition[]): readonly Row[] {
    const all = [...always, ...where];
    return found.flatMap((document) =>
      rowsOf(document).filter((row) => all.every((condition) => meets(shape, row, condition))),
    );
  }

  function documentWhere(where: readonly Condition[]): readonly Condition[] {
    const meeting = merged([...always, ...where.filter(isOfPart)], partFields);
    return [...where.filter((one) => !isOfPart(one)).flatMap(asDocuments), { holds, meeting }];
  }

  function isOfPart(condition: Condition): condition is FieldCondition {
    return 'field' in condition && partFields.includes(condition.field);
  }

  function asDocuments(condition: Condition): readonly Condition[] {
    return 'field' in condition && condition.field === 'id' && 'in' in condition
      ? source.documentsWith(condition.in)
      : [condition];
  }

  return {
    shape,
    values: (field, atMost) => documents.values(field, atMost),
    async page({ where, ...query }) {
      const page = await documents.page({ ...query, where: documentWhere(where) });
      return { ...page, items: rowsIn(page.items, where) };
    },
    async count(where, atMost) {
      let count = 0;
      for await (const rows of this.scan({ where, order: source.order })) {
        count += rows.length;
        if (count >= atMost) return atMost;
      }
      return count;
    },
    async *scan({ where, order }) {
      for await (const batch of documents.scan({ where: documentWhere(where), order })) yield rowsIn(batch, where);
    },
  };
}

/** One condition for each field that has several choices, in the order of the fields. */
function merged(conditions: readonly FieldCondition[], fields: readonly string[]): readonly FieldCondition[] {
  return fields.flatMap((field) => {
    const here = conditions.filter((one) => one.field === field);
    const choices = here.flatMap((one) => ('in' in one ? [one.in] : []));
    const [first, ...rest] = choices;
    const common = first?.filter((value) => rest.every((others) => others.includes(value)));
    return [...(common ? [{ field, in: common }] : []), ...here.filter((one) => !('in' in one))];
  });
}
