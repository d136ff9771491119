/** The vocabulary in which the catalogue is written: one word per kind of field, one list per record that several event
 *  types share. Order is part of the wire format: schemaless Avro has nothing else. */

import type { EventType, Field, FieldType, StringFormat } from '../../../dsl/index.ts';

const field = (name: string, type: FieldType): Field => ({ name, type, nullable: false });

export const flag = (name: string): Field => field(name, { kind: 'boolean' });
export const integer = (name: string): Field => field(name, { kind: 'number', integer: true });
export const decimal = (name: string): Field => field(name, { kind: 'number', integer: false });
export const text = (name: string, format: StringFormat | null = null): Field =>
  field(name, { kind: 'string', format });
export const date = (name: string): Field => text(name, 'date');
export const uuid = (name: string): Field => text(name, 'uuid');
export const courseKey = (name = 'course_key'): Field => text(name, 'course-key');
export const usageKey = (name = 'usage_key'): Field => text(name, 'usage-key');
export const libraryKey = (name = 'library_key'): Field => text(name, 'library-key');
export const record = (name: string, fields: readonly Field[]): Field => field(name, { kind: 'record', fields });
export const list = (name: string, items: FieldType): Field => field(name, { kind: 'list', items });
export const map = (name: string, values: FieldType): Field => field(name, { kind: 'map', values });

/** The same field, which may also be null. */
export const optional = (of: Field): Field => ({ ...of, nullable: true });

export const aText: FieldType = { kind: 'string', format: null };
export const aFlag: FieldType = { kind: 'boolean' };
export const anInteger: FieldType = { kind: 'number', integer: true };
export const aRecord = (fields: readonly Field[]): FieldType => ({ kind: 'record', fields });
export const aList = (items: FieldType): FieldType => ({ kind: 'list', items });
export const aMap = (values: FieldType): FieldType => ({ kind: 'map', values });

/** `UserData`: who an event is about. */
export const userData: readonly Field[] = [
  integer('id'),
  flag('is_active'),
  record('pii', [text('username'), text('email'), text('name')]),
];

export const user = (name = 'user'): Field => record(name, userData);

/** `CourseData` of the learning events; those of content authoring carry the key alone. */
const courseData: readonly Field[] = [
  courseKey(),
  text('display_name'),
  optional(date('start')),
  optional(date('end')),
];

export const course = record('course', courseData);

/** Event types that share one payload and differ in the last part of their names.
 *  @param learner dotted path of the `UserData` that names the learner, '' for the payload itself, null for none
 *  @param names complete type names */
export function eventTypes(
  names: readonly string[],
  payload: string,
  learner: string | null,
  fields: readonly Field[],
): readonly EventType[] {
  return names.map((name) => ({ name, payload, learner, fields }));
}

/** `prefix.verb.v1` for every verb. */
export const versionOne = (prefix: string, ...verbs: readonly string[]): readonly string[] =>
  verbs.map((verb) => `${prefix}.${verb}.v1`);
