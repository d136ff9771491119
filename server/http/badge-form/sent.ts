/** What a browser sends of the form, field by field, as the form again. */

import {
  type BadgeForm,
  durationUnits,
  formLimits,
  type PenaltyForm,
  prefixOf,
  type RequirementForm,
  type RowForm,
  type RuleForm,
} from './form.ts';

/** @returns '' where there is no such field */
export type FieldOf = (name: string) => string;

/** How many data rules the form may still hold. */
interface RowBudget {
  left: number;
}

/** Never refuses: counts and choices that no page of ours sends are taken as the nearest that one does. */
export function formSent(field: FieldOf): BadgeForm {
  const rows = { left: formLimits.allRows };
  const ids = list(field('requirements'), formLimits.requirements, (index) =>
    field(`${prefixOf('requirement', index)}-id`),
  );
  return {
    id: field('id'),
    name: field('name'),
    provider: field('provider'),
    template: field('template'),
    active: field('active') !== '',
    evaluate: field('evaluate') !== '',
    repeatable: oneOf(field('repeatable'), ['once', 'unlimited', 'limited']),
    times: field('times'),
    onRegress: oneOf(field('on-regress'), ['revoke', 'keep']),
    reAward: oneOf(field('re-award'), ['never', 'allowed']),
    requirements: ids.map((_, index) => requirementSent(field, prefixOf('requirement', index), ids, rows)),
    penalties: list(field('penalties'), formLimits.penalties, (index) =>
      penaltySent(field, prefixOf('penalty', index), ids, rows),
    ),
  };
}

function requirementSent(field: FieldOf, prefix: string, ids: readonly string[], rows: RowBudget): RequirementForm {
  const after = field(`${prefix}-after`);
  return {
    ...ruleSent(field, prefix, rows),
    kind: 'requirement',
    group: field(`${prefix}-group`),
    count: field(`${prefix}-count`),
    distinct: field(`${prefix}-distinct`),
    within: field(`${prefix}-within`),
    unit: oneOf(field(`${prefix}-unit`), durationUnits, 'day'),
    after: referred(after, ids),
    from: field(`${prefix}-from`),
    until: field(`${prefix}-until`),
  };
}

function penaltySent(field: FieldOf, prefix: string, ids: readonly string[], rows: RowBudget): PenaltyForm {
  const chosen = ids.filter((_, index) => field(`${prefix}-resets-${index}`) !== '');
  const others = list(field(`${prefix}-others`), formLimits.requirements, (index) =>
    field(`${prefix}-resets-other${index}`),
  );
  return {
    ...ruleSent(field, prefix, rows),
    kind: 'penalty',
    resets: [...new Set([...chosen, ...others.filter((id) => id !== '')])],
  };
}

function ruleSent(field: FieldOf, prefix: string, budget: RowBudget): RuleForm {
  const origin = field(`${prefix}-origin`);
  const mode = oneOf(field(`${prefix}-mode`), ['rows', 'expression']);
  return {
    origin: /^\d{1,4}$/.test(origin) ? Number(origin) : null,
    id: field(`${prefix}-id`),
    description: field(`${prefix}-description`),
    on: field(`${prefix}-on`),
    badge: field(`${prefix}-badge`),
    mode,
    rows: mode === 'rows' ? rowsSent(field, prefix, budget) : [],
    where: mode === 'expression' ? field(`${prefix}-where`).replace(/\r\n?/g, '\n') : '',
  };
}

function rowsSent(field: FieldOf, prefix: string, budget: RowBudget): readonly RowForm[] {
  const most = Math.min(formLimits.rows, budget.left);
  const rows = list(field(`${prefix}-rows`), most, (index) => rowSent(field, `${prefix}-row${index}`));
  budget.left -= rows.length;
  return rows;
}

function rowSent(field: FieldOf, prefix: string): RowForm {
  return {
    path: field(`${prefix}-path`),
    operator: oneOf(field(`${prefix}-operator`), ['=', '!=']),
    value: field(`${prefix}-value`),
  };
}

/** `#2` is the id that the requirement at 2 has now, so that a reference follows when it is renamed. */
export function referred(value: string, ids: readonly string[]): string {
  const index = /^#(\d{1,4})$/.exec(value)?.[1];
  return index === undefined ? value : (ids[Number(index)] ?? '');
}

function list<Item>(count: string, most: number, item: (index: number) => Item): Item[] {
  const length = /^\d{1,6}$/.test(count) ? Math.min(Number(count), most) : 0;
  return Array.from({ length }, (_, index) => item(index));
}

function oneOf<Choice extends string>(
  text: string,
  choices: readonly [Choice, ...Choice[]],
  byDefault: Choice = choices[0],
): Choice {
  return choices.find((choice) => choice === text) ?? byDefault;
}
