/** Records as lists show them: chosen, in an order, page by page, counted up to a bound, and read to the end. */

export type FieldValue = string | number | boolean | Date;

/** What a record must meet. Fields are named by the shape of the records. */
export type Condition =
  | FieldCondition
  /** Not below `from` and below `before`. */
  | { readonly field: string; readonly from?: FieldValue; readonly before?: FieldValue }
  /** One and the same of its parts meets all of these; their fields are those of the part. */
  | { readonly holds: string; readonly meeting: readonly FieldCondition[] }
  /** At least one of these. */
  | { readonly anyOf: readonly FieldCondition[] };

export type FieldCondition =
  /** One of the values, or holds one of them where the field holds several; null: has none. */
  | { readonly field: string; readonly in: readonly (FieldValue | null)[] }
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
  /** Each look reads all of them, so that any order costs the same. */
  readonly isShort?: boolean;
  /** A page costs the same wherever it lies. @throws InputError `input.cursor-invalid` */
  page(query: PageQuery): Promise<RecordPage<Row>>;
  /** How many there are; no more than `atMost` are looked for. */
  count(where: readonly Condition[], atMost: number): Promise<number>;
  /** About how many, out of what is known already; null: nothing is. For what counting takes long. */
  estimate?(where: readonly Condition[]): Promise<number | null>;
  /** The different texts of a field that an index begins with, ascending; null: there are more than `atMost`. */
  values(field: string, atMost: number): Promise<readonly string[] | null>;
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
  /** What a record holds several of, each with fields of its own. */
  readonly parts?: Readonly<Record<string, (row: Row) => readonly PartFields[]>>;
}

export type PartFields = Readonly<Record<string, FieldValue | null>>;

/** Where a page ends: the values of the fields of the order, and of the id. */
export interface RecordPlace {
  readonly values: readonly (FieldValue | null)[];
  readonly id: readonly FieldValue[];
}
