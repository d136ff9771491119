/** The key paths of an event type: what a data rule may compare. */

import type { EventType, Field, FieldType } from '../../../dsl/index.ts';
import { printPath } from '../../../dsl/index.ts';

export interface KeyPath {
  /** As it stands in a rule, e.g. `course.course_key`. */
  readonly path: string;
  readonly type: FieldType;
}

const TEXT: FieldType = { kind: 'string', format: null };
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'course-key': ['org', 'course', 'run'],
  'ccx-key': ['org', 'course', 'run', 'ccx'],
};
const METADATA: Readonly<Record<string, FieldType>> = {
  time: { kind: 'string', format: 'date' },
  id: TEXT,
  source: TEXT,
  type: TEXT,
};
const DEEPEST = 8;

/** Everything with a single value, in the order of the schema. A map's keys are not known, so what is in one is left to
 *  expressions.
 *  @param hidden paths, as in the settings, that stay out together with everything below them */
export function keyPathsOf(type: EventType, hidden: ReadonlySet<string>): readonly KeyPath[] {
  const collect = (fields: readonly Field[], above: readonly string[]): readonly KeyPath[] =>
    fields.flatMap(({ name, type: fieldType }) => {
      const names = [...above, name];
      if (hidden.has(names.join('.')) || names.length > DEEPEST) return [];
      if (fieldType.kind === 'record') return collect(fieldType.fields, names);
      if (fieldType.kind === 'list' || fieldType.kind === 'map') return [];
      return [
        { path: pathText(names), type: fieldType },
        ...partsOf(fieldType).map((part) => ({ path: pathText([...names, part]), type: TEXT })),
      ];
    });
  return collect(type.fields, []);
}

/** @returns null where the event type has no such single value */
export function fieldTypeAt(type: EventType | null, names: readonly string[]): FieldType | null {
  if (type === null) return null;
  const [first = '', second = ''] = names;
  if (first === 'event' && names.length === 2 && Object.hasOwn(METADATA, second)) return METADATA[second] ?? null;
  let at: FieldType = { kind: 'record', fields: type.fields };
  for (const [index, name] of names.entries()) {
    if (at.kind === 'record') {
      const field: Field | undefined = at.fields.find((candidate) => candidate.name === name);
      if (field === undefined) return null;
      at = field.type;
    } else if (at.kind === 'map') at = at.values;
    else return index === names.length - 1 && partsOf(at).includes(name) ? TEXT : null;
  }
  return at;
}

function partsOf(type: FieldType): readonly string[] {
  return type.kind === 'string' && type.format !== null ? (PARTS[type.format] ?? []) : [];
}

const span = { start: 0, end: 0 };

export function pathText(names: readonly string[]): string {
  return printPath({ kind: 'path', segments: names.map((text) => ({ kind: 'name' as const, text, span })), span });
}
