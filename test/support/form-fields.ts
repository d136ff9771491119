/** The fields that the page of a badge's form sends, by name. */

import type { BadgeForm, PenaltyForm, RequirementForm } from '../../server/http/badge-form/form.ts';

export function fieldsOf(form: BadgeForm): Map<string, string> {
  const fields = new Map<string, string>([
    ['id', form.id],
    ['name', form.name],
    ['provider', form.provider],
    ['template', form.template],
    ['active', form.active ? 'yes' : ''],
    ['evaluate', form.evaluate ? 'yes' : ''],
    ['repeatable', form.repeatable],
    ['times', form.times],
    ['on-regress', form.onRegress],
    ['re-award', form.reAward],
    ['requirements', String(form.requirements.length)],
    ['penalties', String(form.penalties.length)],
  ]);
  for (const [index, rule] of form.requirements.entries()) addRule(fields, `r${index}`, rule);
  for (const [index, rule] of form.penalties.entries()) {
    addRule(fields, `p${index}`, rule);
    fields.set(`p${index}-others`, String(rule.resets.length));
    for (const [at, id] of rule.resets.entries()) fields.set(`p${index}-resets-other${at}`, id);
  }
  return fields;
}

function addRule(fields: Map<string, string>, prefix: string, rule: RequirementForm | PenaltyForm): void {
  const set = (name: string, value: string): unknown => fields.set(`${prefix}-${name}`, value);
  set('origin', rule.origin === null ? '' : String(rule.origin));
  set('id', rule.id);
  set('description', rule.description);
  set('on', rule.on);
  set('badge', rule.badge);
  set('mode', rule.mode);
  if (rule.mode === 'expression') set('where', rule.where);
  else set('rows', String(rule.rows.length));
  for (const [index, { path, operator, value }] of rule.rows.entries()) {
    set(`row${index}-path`, path);
    set(`row${index}-operator`, operator);
    set(`row${index}-value`, value);
  }
  if (rule.kind === 'penalty') return;
  for (const name of ['group', 'count', 'distinct', 'within', 'unit', 'after', 'from', 'until'] as const)
    set(name, rule[name]);
}
