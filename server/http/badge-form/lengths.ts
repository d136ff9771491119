/** Fields that hold more than the form is made for. Asked before anything is done with what was typed. */

import { exceedsBytes } from '../../../dsl/index.ts';
import { words } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import { type BadgeForm, formLimits, type PenaltyForm, prefixOf, type RequirementForm } from './form.ts';

const limit = formLimits.fieldBytes / 1024;
const TEXT = words('Shorten this: a field holds at most {limit} KiB.', { limit });
const CONDITION = words(
  'Shorten this: a condition holds at most {limit} KiB. Use "in [...]", or split the requirement into alternatives of one group.',
  { limit },
);

/** @returns an error for every field that is too long, as they stand on the page */
export function tooLong(form: BadgeForm): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [field, text] of textsOf(form))
    if (exceedsBytes(text, formLimits.fieldBytes))
      errors.push({ field, message: field.endsWith('-where') ? CONDITION : TEXT });
  return errors;
}

function* textsOf({ requirements, penalties, ...badge }: BadgeForm): Generator<readonly [string, string]> {
  for (const name of ['name', 'id', 'provider', 'template', 'times'] as const) yield [name, badge[name]];
  for (const [index, requirement] of requirements.entries()) {
    const prefix = prefixOf('requirement', index);
    yield* textsOfRule(prefix, requirement);
    for (const name of ['group', 'count', 'distinct', 'within', 'after', 'from', 'until'] as const)
      yield [`${prefix}-${name}`, requirement[name]];
  }
  for (const [index, penalty] of penalties.entries()) {
    const prefix = prefixOf('penalty', index);
    yield* textsOfRule(prefix, penalty);
    for (const id of penalty.resets) yield [`${prefix}-resets`, id];
  }
}

function* textsOfRule(prefix: string, rule: RequirementForm | PenaltyForm): Generator<readonly [string, string]> {
  for (const name of ['id', 'description', 'on', 'badge', 'where'] as const) yield [`${prefix}-${name}`, rule[name]];
  for (const [index, { path, value }] of rule.rows.entries()) {
    yield [`${prefix}-row${index}-path`, path];
    yield [`${prefix}-row${index}-value`, value];
  }
}
