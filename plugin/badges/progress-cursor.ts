/** Where a page of the progress list ends, as a text to be handed back for the next page. */

import { InputError } from '../errors.ts';
import type { Progress } from '../ports/progress-store.ts';

export type ProgressPlace = Pick<Progress, 'updatedAt' | 'learnerId' | 'badgeId'>;

export function toCursor({ updatedAt, learnerId, badgeId }: ProgressPlace): string {
  return Buffer.from(JSON.stringify([updatedAt.getTime(), learnerId, badgeId])).toString('base64url');
}

/** @throws InputError `input.cursor-invalid` */
export function fromCursor(cursor: string): ProgressPlace {
  try {
    const [time, learnerId, badgeId] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof time === 'number' && typeof learnerId === 'string' && typeof badgeId === 'string') {
      return { updatedAt: new Date(time), learnerId, badgeId };
    }
  } catch {
    // Text that is not JSON is as unusable as JSON of another shape.
  }
  throw new InputError('cursor-invalid', 'the list has no such page; start again at its beginning');
}
