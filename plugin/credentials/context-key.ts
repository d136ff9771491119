/** Learning context keys: a course run, a custom course (CCX) or a learning path. */

import { InputError } from '../errors.ts';
import { msg } from '../words.ts';

export type ContextKind = 'course' | 'ccx' | 'path';

const PART = '[\\p{L}\\p{N}_\\-~.:]+';
/** A path's key is stored in a column of this length. */
const MAX_LENGTH = 255;

/** Source: opaque-keys locator.py, ccx-keys locator.py, learning-paths keys.py. Path parts may hold anything but `+`. */
const FORMS: readonly (readonly [ContextKind, RegExp])[] = [
  ['course', new RegExp(`^course-v1:${PART}\\+${PART}\\+${PART}$`, 'u')],
  ['ccx', new RegExp(`^ccx-v1:${PART}\\+${PART}\\+${PART}\\+ccx@\\d+$`, 'u')],
  ['path', /^path-v1:[^+\n]+\+[^+\n]+\+[^+\n]+\+[^+\n]+$/u],
];

/** @returns null when the text is no context key */
export function contextKind(key: string): ContextKind | null {
  if (key.length > MAX_LENGTH) return null;
  return FORMS.find(([, form]) => form.test(key))?.[0] ?? null;
}

/** @throws InputError `input.context-key` */
export function assertContextKey(key: string): void {
  if (contextKind(key) !== null) return;
  throw new InputError(
    'context-key',
    msg(
      'the context key is not one of course-v1:org+course+run, ccx-v1:org+course+run+ccx@1 or path-v1:org+number+run+group; copy it from the address of the course',
    ),
  );
}
