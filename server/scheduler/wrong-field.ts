/** What is wrong with a schedule, and which of its fields it is about. */

import { InputError } from '../../plugin/errors.ts';
import { type FilledWords, words } from '../../plugin/words.ts';

/** @returns InputError `input.schedule`, its message beginning with the field */
export function wrongField(field: string, problem: FilledWords): InputError {
  return new InputError('schedule', words('{field}: {problem}', { field, problem }));
}

/** @returns null: it is another error */
export function wrongFieldOf(error: unknown): { readonly field: string; readonly problem: FilledWords } | null {
  if (!(error instanceof InputError) || typeof error.said === 'string') return null;
  const { field, problem } = error.said.values;
  if (typeof field !== 'string' || typeof problem !== 'object' || !('text' in problem)) return null;
  return { field, problem };
}
