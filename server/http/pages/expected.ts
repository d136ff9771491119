/** What a form says about the version it was made from. */

import type { Request } from 'express';
import { incompleteForm, textField } from '../forms.ts';

/** When the thing was last changed, as the page had it. @throws InputError `input.form-incomplete` */
export function expectedOf(req: Request): Date {
  const at = new Date(textField(req, 'expected'));
  if (Number.isNaN(at.getTime())) throw incompleteForm();
  return at;
}
