/** The course that the connection test of the LMS is tried on. */

import { contextKind } from '../../../plugin/credentials/context-key.ts';
import { InputError } from '../../../plugin/errors.ts';
import { msg } from '../../../plugin/words.ts';

/** @returns null: none named @throws InputError `input.course-key` */
export function readCourse(text: string | undefined): string | null {
  const key = text?.trim() ?? '';
  if (key === '') return null;
  if (['course', 'ccx'].includes(contextKind(key) ?? '')) return key;
  throw new InputError(
    'course-key',
    msg('the key must be that of a course, like course-v1:org+course+run; copy it from the address of the course'),
  );
}
