/** What a form says about the version it was made from. */

import type { Request } from 'express';
import { incompleteForm, textField } from '../forms/forms.ts';

/** When the thing was last changed, as the page had it. @throws InputError `input.form-incomplete` */
export function expectedOf(req: Request): Date {
  const at = new Date(textField(req, 'expected'));
  if (Number.isNaN(at.getTime())) throw incompleteForm();
  return at;
}

/** For the form: a form that is shown again was still made from what it was made from, so that nobody's change is lost over a
 *  mistake somewhere in it. */
export function keptExpected(req: Request, former: { readonly updatedAt: Date } | null): string {
  if (req.method === 'POST') return textField(req, 'expected');
  return former?.updatedAt.toISOString() ?? '';
}
