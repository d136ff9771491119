/** Where a save leads: to what was saved, back to its form, or to the form of another one, as the button said. */

import type { Request } from 'express';
import { keptAddress } from '../lists/kept-address.ts';
import { textField } from './forms.ts';

export interface AfterSave {
  /** Its page, or its list, which is as it was left. */
  readonly saved: string;
  /** null: its form is for something else. */
  readonly form?: string | null;
  /** null: there is no other one to be made. */
  readonly another?: string | null;
}

/** @param done what the page announces */
export function afterSave(req: Request, done: string, { saved, form = null, another = null }: AfterSave): string {
  const then = textField(req, 'then') || (/^save-(edit|new)$/.exec(textField(req, 'intent'))?.[1] ?? '');
  const href = (then === 'edit' && form) || (then === 'new' && another) || keptAddress(req, saved);
  return `${href}${href.includes('?') ? '&' : '?'}done=${done}`;
}

/** Whether the button of a form that has several intents says to save. */
export function isSaving(intent: string): boolean {
  return intent === 'save' || intent === 'save-edit' || intent === 'save-new';
}
