/** Of so many things that go for good, their number is typed: nobody does that without having read it. */

import type { Request } from 'express';
import { words } from '../../../plugin/words.ts';
import { type FieldError, textField } from './forms.ts';

export const TYPED_ABOVE = 100;

/** For the partial `typed-confirmation`. @returns null: nothing need be typed */
export function typedConfirmation(count: number, above = TYPED_ABOVE): number | null {
  return count > above ? count : null;
}

export function confirmationError(req: Request, count: number, above = TYPED_ABOVE): FieldError | null {
  return count <= above || typedCount(req) === count ? null : typeTheCount(count);
}

/** As people write numbers: `1,200` is one too. @returns null: it is none */
export function typedCount(req: Request): number | null {
  const typed = textField(req, 'confirmation').replace(/[\s,.]/g, '');
  return /^\d{1,9}$/.test(typed) ? Number(typed) : null;
}

export function typeTheCount(count: number): FieldError {
  return {
    field: 'confirmation',
    message: words('Type {count} to say that you mean all of them.', { count: String(count) }),
  };
}
