/** The field in which people say why they change something. */

import { toReason } from '../../../plugin/badges/reason.ts';
import { InputError } from '../../../plugin/errors.ts';
import type { FieldError } from '../forms/forms.ts';

/** @param read `requiredReason` where one must be given
 *  @returns null where the reason can be kept as it is */
export function reasonError(reason = '', read: (text: string) => unknown = toReason): FieldError | null {
  try {
    read(reason);
    return null;
  } catch (error) {
    if (error instanceof InputError) return { field: 'reason', message: error.said };
    throw error;
  }
}
