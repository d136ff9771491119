/** Searching records that keep their words, in lower case, in the field `words`. */

import type { Condition } from '../../../plugin/ports/records.ts';

/** Every word written must begin a word of the record. */
export async function byWords(text: string): Promise<readonly Condition[]> {
  return text
    .toLowerCase()
    .split(/\s+/)
    .map((word) => ({ field: 'words', startsWith: word }));
}
