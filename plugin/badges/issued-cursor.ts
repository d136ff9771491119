/** Where a page of the list of issued badges ends, as a text to be handed back for the next page. */

import { InputError } from '../errors.ts';
import type { Progress } from '../ports/progress-store.ts';

export type IssuedPlace = Pick<Progress, 'learnerId' | 'badgeId'>;

export function toIssuedCursor({ learnerId, badgeId }: IssuedPlace): string {
  return Buffer.from(JSON.stringify([learnerId, badgeId])).toString('base64url');
}

/** @throws InputError `input.cursor-invalid` */
export function fromIssuedCursor(cursor: string): IssuedPlace {
  try {
    const [learnerId, badgeId] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof learnerId === 'string' && typeof badgeId === 'string') return { learnerId, badgeId };
  } catch {
    // Text that is not JSON is as unusable as JSON of another shape.
  }
  throw new InputError('cursor-invalid', 'the list has no such page; start again at its beginning');
}
