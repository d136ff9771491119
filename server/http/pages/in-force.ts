/** Where editing ends and publishing begins: rules that are in force, or would be once they are saved. */

import type { Response } from 'express';
import { parse } from '../../../dsl/index.ts';
import { msg } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import { may } from '../people/identity.ts';

interface InForce {
  readonly field: 'rules' | 'active';
  readonly isActive: boolean;
}

/** @param field where the form says whether the badge is active
 *  @param isActive whether the stored badge is in force; false: there is none
 *  @returns what keeps the text from being saved by who is signed in; null: nothing */
export function inForceError(res: Response, text: string, { field, isActive }: InForce): FieldError | null {
  if (may(res, 'publish')) return null;
  if (isActive)
    return {
      field,
      message: msg(
        'This badge is in force, and you may save drafts only. Ask a publisher or an administrator to do it.',
      ),
    };
  const wouldBe = parse(text).file.blocks.some((block) => block.kind === 'badge' && block.active?.value === true);
  if (!wouldBe) return null;
  return {
    field,
    message: msg(
      'You may save drafts only: leave the badge inactive. Putting it in force is a step of its own. Ask a publisher or an administrator to do it.',
    ),
  };
}
