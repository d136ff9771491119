/** Names and dates inside a text that runs the other way. Without a mark a Hebrew date in an English sentence would lose its first
 *  number to the sentence: "27 2026 בנובמבר". */

import { fillPlaceholders, type Placeholder } from '../placeholders.ts';
import { directionOf, isRightToLeft } from './shape-line.ts';

/** Invisible, and a letter of their direction for everything beside them. */
const MARKS = { ltr: '\u200e', rtl: '\u200f' } as const;
const WRITTEN: readonly Placeholder[] = ['name', 'context_name', 'issue_date'];

/** @param fill what fills the placeholders */
export function fillForReading(text: string, fill: (text: string) => string): string {
  const plain = fill(text);
  if (!isRightToLeft(plain)) return plain;
  const around = directionOf(plain);
  return fillPlaceholders(text, (placeholder) => {
    const value = fill(`{${placeholder}}`);
    return WRITTEN.includes(placeholder) ? kept(value, around) : value;
  });
}

function kept(value: string, around: 'ltr' | 'rtl'): string {
  const own = directionWithin(value) ?? around;
  return own === around ? value : value.replace(/[^\n]+/g, (line) => `${MARKS[own]}${line}${MARKS[own]}`);
}

/** Arabic digits run as they should in any text; 2026-03-05 would be turned around in an Arabic one. */
function directionWithin(value: string): 'ltr' | 'rtl' | null {
  if (/\p{L}/u.test(value)) return directionOf(value);
  return /[0-9]/.test(value) ? 'ltr' : null;
}
