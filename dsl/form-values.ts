/** What people type into a form field, as a value of the field's type. */

import type { FieldType } from './environment.ts';
import { toInstant } from './instant.ts';
import type { Scalar } from './model.ts';

export type FormValue =
  | { readonly ok: true; readonly value: Scalar }
  /** A full sentence to show beside the form field. */
  | { readonly ok: false; readonly message: string };

const TRUE = new Set(['True', 'true', 'Yes', 'yes', '+']);
const FALSE = new Set(['False', 'false', 'No', 'no', '-']);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** @returns for a date an Instant. A text is taken as it stands; anything else may have spaces around it. */
export function parseFormValue(text: string, type: FieldType): FormValue {
  const trimmed = text.trim();
  switch (type.kind) {
    case 'boolean':
      if (TRUE.has(trimmed)) return { ok: true, value: true };
      if (FALSE.has(trimmed)) return { ok: true, value: false };
      return refuse('this field takes true or false; write true, yes or +, or false, no or -');
    case 'number': {
      const value = Number(trimmed);
      if (NUMBER.test(trimmed) && Number.isFinite(value)) return { ok: true, value: value === 0 ? 0 : value };
      return refuse('this field takes a number; write for example 5 or 0.8');
    }
    case 'string': {
      if (type.format !== 'date') return { ok: true, value: text };
      const instant = toInstant(trimmed);
      return instant === null
        ? refuse('this field takes a date; write 2026-02-01 or 2026-02-01T09:00:00Z')
        : { ok: true, value: instant };
    }
    default:
      return refuse('this field holds several values and cannot be compared; name a field inside');
  }
}

function refuse(message: string): FormValue {
  return { ok: false, message };
}
