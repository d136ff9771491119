/** Event data for tests: a passing status, whole and valid, and arbitrary data of any event type. */

import fc from 'fast-check';
import type { EventType, Field, FieldType } from '../../../dsl/index.ts';

export const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

export function passingStatus(username = 'ada', isPassing = true): Record<string, unknown> {
  return {
    course_passing_status: {
      is_passing: isPassing,
      course: { course_key: 'course-v1:Acme+CS1+2026', display_name: '', start: null, end: null },
      user: { id: 42, is_active: true, pii: { username, email: `${username}@example.com`, name: 'Ada L' } },
    },
  };
}

export function cloudEvent(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: '7b1d3c3e-0f6b-11f1-9d0f-0242ac120002',
    type: PASSING,
    source: 'openedx/lms/web',
    time: '2026-01-01T00:00:00.123456+00:00',
    datacontenttype: 'application/json',
    data: passingStatus(),
    ...change,
  };
}

/** Data of an event type with every field present. */
export function dataOf(type: EventType): fc.Arbitrary<Record<string, unknown>> {
  return recordOf(type.fields).map((payload) => ({ [type.payload]: payload }));
}

function recordOf(fields: readonly Field[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(
    Object.fromEntries(
      fields.map(({ name, type, nullable }) => [name, nullable ? fc.option(anyValueOf(type)) : anyValueOf(type)]),
    ),
    { noNullPrototype: true },
  );
}

function anyValueOf(type: FieldType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'boolean':
      return fc.boolean();
    case 'number':
      return type.integer
        ? fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }))
        : fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'string':
      return fc.string({ unit: 'grapheme' });
    case 'record':
      return recordOf(type.fields);
    case 'list':
      return fc.array(anyValueOf(type.items), { maxLength: 4 });
    case 'map':
      return fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        anyValueOf(type.values),
        { maxKeys: 4, noNullPrototype: true },
      );
  }
}
