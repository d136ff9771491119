/** Why somebody changed rules, as they put it. */

import { InputError } from '../errors.ts';
import { msg, words } from '../words.ts';

const LONGEST = 500;

/** @returns one line without space around it; null where there is nothing
 *  @throws InputError `input.reason-too-long` */
export function toReason(text: string): string | null {
  const reason = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  if (reason.length > LONGEST)
    throw new InputError(
      'reason-too-long',
      words('the reason is longer than {most} characters; shorten it', { most: LONGEST }),
    );
  return reason === '' ? null : reason;
}

/** @throws InputError also where nothing is given */
export function requiredReason(text: string): string {
  const reason = toReason(text);
  if (reason === null)
    throw new InputError('reason-missing', msg('say why, in a few words; the reason is kept with every version'));
  return reason;
}
