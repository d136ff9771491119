/** What the buttons of the form do to it, all but saving: the form before to the form after, and where the person goes on. */

import { type EventType, type Expression, readExpression } from '../../../dsl/index.ts';
import { msg, type Words, words } from '../../../plugin/words.ts';
import type { FieldError } from '../forms/forms.ts';
import {
  type BadgeForm,
  blankRow,
  formLimits,
  isBlank,
  type PenaltyForm,
  prefixOf,
  type RequirementForm,
  type RuleForm,
} from './form.ts';
import { typesIn } from './to-form.ts';
import { conjunction, expressionText, rowReader, rowsOfExpression, whyNoRows } from './where.ts';

export interface Acted {
  readonly form: BadgeForm;
  /** Id of the field to go on at. */
  readonly focus: string;
  /** Why nothing was done. */
  readonly problem: FieldError | null;
}

type EventTypes = ReadonlyMap<string, EventType>;
type Rule = RequirementForm | PenaltyForm;

/** @param intent the value of the button, such as `add-row:r0`
 *  @returns null where it is none of these */
export function act(form: BadgeForm, intent: string, eventTypes: EventTypes): Acted | null {
  const match = /^([a-z-]+)(?::([rp])(\d{1,3})(?::(\d{1,3}))?)?$/.exec(intent);
  if (match === null) return null;
  const [, action = '', letter, at = '', row] = match;
  if (letter === undefined) return addRule(form, action);
  const kind = letter === 'r' ? 'requirements' : 'penalties';
  const index = Number(at);
  const rule = form[kind][index];
  if (rule === undefined) return null;
  const place: Place = { form, kind, index, rule, prefix: `${letter}${index}` };
  switch (action) {
    case 'add-row':
      return addRow(place);
    case 'remove-row':
      return removeRow(place, Number(row));
    case 'fields':
      return { form, focus: rule.rows.length > 0 ? `${place.prefix}-row0-path` : `${place.prefix}-on`, problem: null };
    case 'as-expression':
      return asExpression(place, eventTypes);
    case 'as-rows':
      return asRows(place, eventTypes);
    case 'remove':
      return remove(place);
    case 'up':
      return move(place, -1);
    case 'down':
      return move(place, 1);
    default:
      return null;
  }
}

interface Place {
  readonly form: BadgeForm;
  readonly kind: 'requirements' | 'penalties';
  readonly index: number;
  readonly rule: Rule;
  readonly prefix: string;
}

function addRule(form: BadgeForm, action: string): Acted | null {
  if (action === 'add-requirement') {
    const index = form.requirements.length;
    if (index >= formLimits.requirements) return full(form, 'add-requirement', TOO_MANY_REQUIREMENTS);
    const after = { ...form, requirements: [...form.requirements, newRequirement(form)] };
    return { form: after, focus: `${prefixOf('requirement', index)}-id`, problem: null };
  }
  if (action === 'add-penalty') {
    const index = form.penalties.length;
    if (index >= formLimits.penalties) return full(form, 'add-penalty', TOO_MANY_PENALTIES);
    const after = { ...form, penalties: [...form.penalties, newPenalty(form)] };
    return { form: after, focus: `${prefixOf('penalty', index)}-id`, problem: null };
  }
  return null;
}

const TOO_MANY_REQUIREMENTS = words('The form holds {most} requirements at most: edit a larger badge as text.', {
  most: formLimits.requirements,
});
const TOO_MANY_PENALTIES = words('The form holds {most} penalties at most: edit a larger badge as text.', {
  most: formLimits.penalties,
});
const TOO_MANY_ROWS = words(
  'The form holds {most} data rules of one requirement or penalty at most: edit a larger badge as text.',
  { most: formLimits.rows },
);
const TOO_MANY_ROWS_IN_ALL = words('The form holds {most} data rules at most: edit a larger badge as text.', {
  most: formLimits.allRows,
});

function full(form: BadgeForm, field: string, message: Words): Acted {
  return { form, focus: field, problem: { field, message } };
}

function newRule(ids: readonly string[], word: string): Omit<RuleForm, 'kind'> {
  let number = ids.length + 1;
  while (ids.includes(`${word}-${number}`)) number++;
  const id = `${word}-${number}`;
  return { origin: null, id, description: '', on: '', badge: '', mode: 'rows', rows: [blankRow], where: '' };
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function newRequirement({ requirements }: Pick<BadgeForm, 'requirements'>): RequirementForm {
  const taken = requirements.map(({ group }) => group);
  const group = [...LETTERS].find((letter) => !taken.includes(letter)) ?? '';
  return {
    ...newRule(
      requirements.map(({ id }) => id),
      'requirement',
    ),
    kind: 'requirement',
    group,
    count: '',
    distinct: '',
    within: '',
    unit: 'day',
    after: '',
    from: '',
    until: '',
  };
}

function newPenalty({ penalties, requirements }: BadgeForm): PenaltyForm {
  const rule = newRule(
    penalties.map(({ id }) => id),
    'penalty',
  );
  return { ...rule, kind: 'penalty', resets: requirements.length === 1 ? requirements.map(({ id }) => id) : [] };
}

function changed(place: Place, rule: Partial<Omit<RuleForm, 'kind'>>): BadgeForm {
  const { form, kind, index } = place;
  return { ...form, [kind]: form[kind].map((one, at) => (at === index ? { ...one, ...rule } : one)) };
}

function addRow(place: Place): Acted {
  const { form, rule, prefix } = place;
  const all = [...form.requirements, ...form.penalties].reduce((sum, { rows }) => sum + rows.length, 0);
  if (rule.rows.length >= formLimits.rows || all >= formLimits.allRows)
    return full(form, `${prefix}-add-row`, rule.rows.length >= formLimits.rows ? TOO_MANY_ROWS : TOO_MANY_ROWS_IN_ALL);
  const rows = [...rule.rows, blankRow];
  return { form: changed(place, { rows }), focus: `${prefix}-row${rows.length - 1}-path`, problem: null };
}

function removeRow(place: Place, row: number): Acted {
  const { rule, prefix } = place;
  const rows = rule.rows.filter((_, index) => index !== row);
  const next = Math.min(row, rows.length - 1);
  const focus = next < 0 ? `${prefix}-add-row` : `${prefix}-row${next}-path`;
  return { form: changed(place, { rows }), focus, problem: null };
}

/** The condition is made anew from what the rows say, so that both views say the same. */
function asExpression(place: Place, eventTypes: EventTypes): Acted {
  const { form, rule, prefix } = place;
  const read = rowReader(null, typesIn(eventTypes, rule.on));
  const parts: Expression[] = [];
  for (const [index, row] of rule.rows.entries()) {
    if (isBlank(row)) continue;
    const field = `${prefix}-row${index}`;
    if (row.path.trim() === '')
      return refuse(form, `${field}-path`, msg('Choose the field to compare, or remove the row.'));
    const { node, refusal } = read(row);
    if (refusal?.isEnglish) return refuse(form, `${field}-value`, '', refusal.message);
    if (refusal) return refuse(form, `${field}-value`, refusal.message);
    parts.push(node);
  }
  const where = expressionText(conjunction(parts));
  return { form: changed(place, { mode: 'expression', rows: [], where }), focus: `${prefix}-where`, problem: null };
}

function asRows(place: Place, eventTypes: EventTypes): Acted {
  const { form, rule, prefix } = place;
  const field = `${prefix}-where`;
  const isEmpty = rule.where.trim() === '';
  const { expression, hasComments } = isEmpty ? NOTHING : readExpression(rule.where);
  if (expression === null && !isEmpty)
    return refuse(form, field, msg('This condition cannot be read yet: "Check" says what is wrong with it.'));
  if (hasComments) return refuse(form, field, msg('The condition has a comment, which rows cannot show.'));
  const why = expression && whyNoRows(expression);
  if (why) return refuse(form, field, words('This condition cannot be shown as rows. {why}', { why }));
  const rows = rowsOfExpression(expression, typesIn(eventTypes, rule.on)) ?? [];
  return {
    form: changed(place, { mode: 'rows', rows: rows.length > 0 ? rows : [blankRow], where: '' }),
    focus: `${prefix}-row0-path`,
    problem: null,
  };
}

const NOTHING = { expression: null, hasComments: false };

function refuse(form: BadgeForm, field: string, message: Words, english?: string): Acted {
  return { form, focus: field, problem: { field, message, ...(english !== undefined && { english }) } };
}

/** What referred to a requirement that goes refers to nothing then. */
function remove({ form, kind, index, rule }: Place): Acted {
  const rules = form[kind].filter((_, at) => at !== index);
  const focus = `add-${kind === 'requirements' ? 'requirement' : 'penalty'}`;
  if (kind === 'penalties') return { form: { ...form, penalties: rules as PenaltyForm[] }, focus, problem: null };
  const requirements = (rules as RequirementForm[]).map((one) => (one.after === rule.id ? { ...one, after: '' } : one));
  const penalties = form.penalties.map((one) => ({ ...one, resets: one.resets.filter((id) => id !== rule.id) }));
  return { form: { ...form, requirements, penalties }, focus, problem: null };
}

function move({ form, kind, index, prefix }: Place, by: 1 | -1): Acted {
  const rules: Rule[] = [...form[kind]];
  const to = index + by;
  if (to < 0 || to >= rules.length) return { form, focus: `${prefix}-id`, problem: null };
  const [rule] = rules.splice(index, 1);
  if (rule) rules.splice(to, 0, rule);
  const letter = prefix.charAt(0);
  // The button that was pressed, or its counterpart where that one is gone at the edge.
  const isAtEdge = by < 0 ? to === 0 : to === rules.length - 1;
  const focus = `${letter}${to}-${(by < 0) === isAtEdge ? 'down' : 'up'}`;
  return { form: { ...form, [kind]: rules }, focus, problem: null };
}
