/** Records as lists show them: chosen, in an order, page by page, counted up to a bound, and read to the end. */

export type FieldValue = string | number | boolean | Date;

/** What a record must meet. Fields are named by the shape of the records. */
export type Condition =
  /** One of the values, or holds one of them where the field holds several; null: has none. */
  | { readonly field: string; readonly in: readonly (FieldValue | null)[] }
  /** Not below `from` and below `before`. */
  | { readonly field: string; readonly from?: FieldValue; readonly before?: FieldValue }
  /** Has a value. */
  | { readonly field: string; readonly isSet: true }
  /** A text that begins so, or holds one that does. */
  | { readonly field: string; readonly startsWith: string };

export interface RecordOrder {
  readonly field: string;
  readonly descending: boolean;
}

export interface RecordQuery {
  /** All of them. */
  readonly where: readonly Condition[];
  /** Records without a value come below all others; equal ones are told apart by what identifies them. */
  readonly order: RecordOrder;
}

export interface PageQuery extends RecordQuery {
  readonly limit: number;
  /** The page behind this place; or `before`, the page in front of it. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export interface RecordPage<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
  readonly previous: string | null;
}

export interface Records<Row> {
  readonly shape: RecordShape<Row>;
  /** A page costs the same wherever it lies. @throws InputError `input.cursor-invalid` */
  page(query: PageQuery): Promise<RecordPage<Row>>;
  /** How many there are; no more than `atMost` are looked for. */
  count(where: readonly Condition[], atMost: number): Promise<number>;
  /** All of them, read a batch at a time. What changes its place meanwhile may come twice or not at all. */
  scan(query: RecordQuery): AsyncIterable<readonly Row[]>;
}

type Read<Row> = (row: Row) => FieldValue | null | readonly FieldValue[];

export interface RecordShape<Row> {
  /** The fields that identify a record together; never without a value. */
  readonly id: readonly string[];
  readonly fields: Readonly<Record<string, Read<Row>>>;
  /** Fields to order by that may have no value, with the least value they could have. Others always have exactly one. */
  readonly optional?: Readonly<Record<string, FieldValue>>;
}

/** Where a page ends: the values of the field of the order and of the id. */
export interface RecordPlace {
  readonly value: FieldValue | null;
  readonly id: readonly FieldValue[];
}
