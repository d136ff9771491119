/** What the declared fields say about the way to a value: which steps may be missing, and what stands at its end. */

import type { Field, FieldType } from '../environment.ts';

/** Fields of a payload; null: nothing is known of them, so anything may be missing. */
export type Fields = readonly Field[] | null;

export interface Levels {
  /** One per segment: the value there may be null or absent although the one before is there. */
  readonly mayMiss: readonly boolean[];
  /** null: not declared. */
  readonly type: FieldType | null;
}

export function levelsOf(segments: readonly string[], fields: Fields): Levels {
  let type: FieldType | null = fields === null ? null : { kind: 'record', fields };
  const mayMiss = segments.map((segment) => {
    const [inner, optional] = step(type, segment);
    type = inner;
    return optional;
  });
  return { mayMiss, type };
}

function step(type: FieldType | null, segment: string): [FieldType | null, boolean] {
  if (type?.kind === 'map') return [type.values, true];
  const field = type?.kind === 'record' ? type.fields.find(({ name }) => name === segment) : undefined;
  return field === undefined ? [null, true] : [field.type, field.nullable];
}
