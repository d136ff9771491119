/** The parts of an opaque key of Open edX, read from its text.
 *  Source: openedx/opaque-keys opaque_keys/edx/locator.py CourseLocator; openedx/ccx-keys ccx_keys/locator.py CCXLocator */

import type { KeyPart } from './model.ts';

type KeyParts = Readonly<Partial<Record<KeyPart, string>>>;

const SEGMENT = '([\\p{L}\\p{M}\\p{N}_.~:-]+)';
const REVISION = `(?:\\+branch@${SEGMENT})?(?:\\+version@${SEGMENT})?`;
const KEY = new RegExp(
  `^(course|ccx)-v1:${SEGMENT}\\+${SEGMENT}\\+${SEGMENT}${REVISION}(?:\\+ccx@(\\d+))?${REVISION}$`,
  'u',
);
const LEGACY_COURSE_KEY = new RegExp(`^(?!course-v1:|ccx-v1:)${SEGMENT}/${SEGMENT}/${SEGMENT}$`, 'u');

/** @param text `course-v1:Org+Course+Run`, `ccx-v1:Org+Course+Run+ccx@3`, either with `+branch@...` and `+version@...`,
 *    or the legacy `Org/Course/Run`
 *  @returns null when the text is none of these */
export function parseKey(text: string): KeyParts | null {
  const legacy = LEGACY_COURSE_KEY.exec(text);
  if (legacy) return { org: legacy[1]!, course: legacy[2]!, run: legacy[3]! };
  const match = KEY.exec(text);
  if (!match) return null;
  const [, kind, org, course, run, , , ccx] = match as unknown as string[];
  // Only a CCX key names a CCX, and it always does.
  if ((kind === 'ccx') !== (ccx !== undefined)) return null;
  return ccx === undefined ? { org: org!, course: course!, run: run! } : { org: org!, course: course!, run: run!, ccx };
}

/** @returns undefined when the value is not the text of a key, or its key has no such part */
export function keyPart(value: unknown, part: KeyPart): string | undefined {
  return typeof value === 'string' ? parseKey(value)?.[part] : undefined;
}
