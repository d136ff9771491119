/** What a new API token must be like, on the page and on the command line. */

import { msg, words } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import { SCOPES, type Scope } from './scopes.ts';

const MAX_LABEL_LENGTH = 120;

export interface TokenWish {
  readonly label: string;
  readonly scopes: readonly Scope[];
  /** `2027-03-31`; '': never. */
  readonly expires: string;
}

/** @returns what must be put right, by form field */
export function newTokenErrors({ label, scopes, expires }: TokenWish, now: Date): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (label === '') errors.push({ field: 'label', message: msg('Say what the token is for.') });
  if (label.length > MAX_LABEL_LENGTH)
    errors.push({
      field: 'label',
      message: words('The label may have at most {limit} characters.', { limit: MAX_LABEL_LENGTH }),
    });
  if (scopes.length === 0)
    errors.push({ field: `scope-${SCOPES[0]}`, message: msg('Choose at least one thing that the token may do.') });
  const end = expires === '' ? null : endOfDay(expires);
  if (expires !== '' && end === null)
    errors.push({ field: 'expires', message: msg('Enter the last day as year, month and day, such as 2027-03-31.') });
  if (end !== null && end <= now)
    errors.push({ field: 'expires', message: msg('This day is over: enter one that lies ahead, or none.') });
  return errors;
}

/** @returns the end of that day, in UTC; null where it is no day */
export function endOfDay(text: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const start = new Date(`${text}T00:00:00Z`);
  // 2027-02-30 would become a day in March.
  if (Number.isNaN(start.getTime()) || start.toISOString().slice(0, 10) !== text) return null;
  return new Date(start.getTime() + 24 * 60 * 60 * 1000);
}
