/** A valid event of a type, made from its schema: what a test event says where nobody has said anything else. */

import { type EventType, type Field, type FieldType, parseKey } from '../../dsl/index.ts';
import { knownValues } from './known-values.ts';

export interface SampleWishes {
  readonly username: string;
  readonly name: string;
  readonly email: string;
  /** A course key, which stands wherever the event names a course. */
  readonly courseKey: string;
  readonly now: Date;
  readonly uuid: string;
}

/** The whole data of the event, under its one top-level field. Everything that may be true is true, and every number that
 *  counts is 1: a passed course, a full grade. */
export function sampleData(type: EventType, wishes: SampleWishes): Readonly<Record<string, unknown>> {
  return { [type.payload]: recordOf(type.fields, [], type, wishes) };
}

function recordOf(
  fields: readonly Field[],
  path: readonly string[],
  type: EventType,
  wishes: SampleWishes,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.nullable ? null : sampleOf(field.type, [...path, field.name], type, wishes),
    ]),
  );
}

function sampleOf(fieldType: FieldType, path: readonly string[], type: EventType, wishes: SampleWishes): unknown {
  switch (fieldType.kind) {
    case 'boolean':
      return true;
    case 'number':
      // 0: a user that the LMS has no number for, so that nobody real is meant.
      return /(^|_)id$/.test(path.at(-1) ?? '') ? 0 : 1;
    case 'string':
      return textOf(fieldType.format, path, type, wishes);
    case 'record':
      return recordOf(fieldType.fields, path, type, wishes);
    case 'list':
      return [sampleOf(fieldType.items, path, type, wishes)];
    case 'map':
      return {};
  }
}

function textOf(
  format: Extract<FieldType, { kind: 'string' }>['format'],
  path: readonly string[],
  { name: typeName }: EventType,
  { username, name, email, courseKey, now, uuid }: SampleWishes,
): string {
  const course = parseKey(courseKey);
  const place = course === null ? 'Org+Course+Run' : `${course.org}+${course.course}+${course.run}`;
  switch (format) {
    case 'course-key':
    case 'key':
      return courseKey;
    case 'ccx-key':
      return `ccx-v1:${place}+ccx@1`;
    case 'usage-key':
      return `block-v1:${place}+type@problem+block@sample`;
    case 'library-key':
      return `lib:${course?.org ?? 'Org'}:sample`;
    case 'date':
      return now.toISOString();
    case 'uuid':
      return uuid;
  }
  const [known] = knownValues[typeName]?.[path.join('.')] ?? [];
  if (known !== undefined) return known;
  const own: Readonly<Record<string, string>> = { username, name, email };
  const last = path.at(-1) ?? '';
  return Object.hasOwn(own, last) && path.includes('pii')
    ? (own[last] as string)
    : `sample ${last.replaceAll('_', ' ')}`;
}
