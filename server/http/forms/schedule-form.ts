/** The form of a schedule: what its fields hold, and what they mean. */

import type { Request } from 'express';
import { InputError } from '../../../plugin/errors.ts';
import type { CatchUp, CatchUpAll, Schedule, ScheduleRule } from '../../../plugin/ports/credential-store.ts';
import { msg, words } from '../../../plugin/words.ts';
import type { Translator } from '../../i18n/translator.ts';
import type { WantedSchedule } from '../../scheduler/set-schedule.ts';
import { wrongField, wrongFieldOf } from '../../scheduler/wrong-field.ts';
import type { FormField } from './edit-conflict.ts';
import { type FieldError, textField } from './forms.ts';

const UNITS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

export type ScheduleFields = Readonly<Record<string, string>>;

/** What may be chosen, in the order of the form. */
const CHOICES = {
  kind: {
    interval: msg('At an interval'),
    crontab: msg('By a crontab'),
    clocked: msg('Once, at a given moment'),
  },
  unit: { minutes: msg('minutes'), hours: msg('hours'), days: msg('days') },
  days: { both: msg('Both must agree'), either: msg('Either is enough, as in classic cron') },
  gap: { after: msg('Runs right after the gap'), skip: msg('Does not run that day') },
  repeated: { first: msg('Runs the first time'), both: msg('Runs both times') },
  overlap: {
    skip: msg('Leave this time out'),
    queue: msg('Run once when it has ended'),
    allow: msg('Run beside it'),
  },
  catchUp: {
    one: msg('Run once for all of them'),
    none: msg('Wait for the next time'),
    all: msg('Run for each of them, one after the other'),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** For the form. */
export function scheduleChoices(t: Translator) {
  return Object.fromEntries(
    Object.entries(CHOICES).map(([name, choices]) => [
      name,
      [{ label: '', choices: Object.entries(choices).map(([value, text]) => ({ value, text: t(text) })) }],
    ]),
  );
}

const chosen =
  (choices: Readonly<Record<string, string>>) =>
  (value: string, t: Translator): string =>
    t(choices[value] ?? value);

/** What two people may have changed at once, as the form calls it. */
export const scheduleFields: readonly FormField[] = [
  { name: 'enabled', label: msg('Enabled'), word: yesOrNo },
  { name: 'kind', label: msg('Runs'), word: chosen(CHOICES.kind) },
  { name: 'every', label: msg('Interval: every') },
  { name: 'unit', label: msg('Interval: unit'), word: chosen(CHOICES.unit) },
  { name: 'expression', label: msg('Crontab') },
  { name: 'timeZone', label: msg('Crontab: time zone') },
  { name: 'days', label: msg('Crontab: days that must agree'), word: chosen(CHOICES.days) },
  { name: 'gap', label: msg('A time that clocks put forward jump over'), word: chosen(CHOICES.gap) },
  { name: 'repeated', label: msg('A time that clocks put back show twice'), word: chosen(CHOICES.repeated) },
  { name: 'at', label: msg('Given moment') },
  { name: 'oneOff', label: msg('Once only'), word: yesOrNo },
  { name: 'startAt', label: msg('Start') },
  { name: 'expiresAt', label: msg('End') },
  { name: 'overlap', label: msg('When the run before is still going'), word: chosen(CHOICES.overlap) },
  { name: 'catchUp', label: msg('After times that were missed'), word: chosen(CHOICES.catchUp) },
  { name: 'catchUpMax', label: msg('At most so many missed times') },
  { name: 'catchUpWithin', label: msg('Missed times not older than') },
  { name: 'catchUpUnit', label: msg('Missed times not older than: unit'), word: chosen(CHOICES.unit) },
  { name: 'deadline', label: msg('Latest start, in minutes') },
];

function yesOrNo(value: string, t: Translator): string {
  return value === 'yes' ? t('yes') : t('no');
}

/** What is wrong names its field by this prefix; the form has an interval in two fields. */
const FIELD_OF: Readonly<Record<string, string>> = {
  everyMs: 'every',
  deadlineMs: 'deadline',
  catchUpWithinMs: 'catchUpWithin',
};

export function sentFields(req: Request): ScheduleFields {
  const names = [...scheduleFields.map(({ name }) => name), ...OUTAGE_FIELDS];
  return Object.fromEntries(names.map((name) => [name, textField(req, name).trim()]));
}

export function fieldsOf(schedule: WantedSchedule): ScheduleFields {
  const { rule } = schedule;
  const everyMs = rule.kind === 'interval' ? rule.everyMs : 10 * UNITS.days;
  const unit = largestUnit(everyMs);
  const crontab = rule.kind === 'crontab' ? rule : null;
  return {
    enabled: schedule.enabled ? 'yes' : '',
    kind: rule.kind,
    every: String(everyMs / UNITS[unit]),
    unit,
    expression: crontab?.expression ?? '',
    timeZone: crontab?.timeZone ?? 'UTC',
    days: crontab?.days ?? 'both',
    gap: crontab?.gap ?? 'after',
    repeated: crontab?.repeated ?? 'first',
    at: rule.kind === 'clocked' ? momentText(rule.at) : '',
    oneOff: schedule.oneOff ? 'yes' : '',
    startAt: momentText(schedule.startAt ?? null),
    expiresAt: momentText(schedule.expiresAt ?? null),
    overlap: schedule.overlap ?? 'skip',
    ...catchUpFields(schedule.catchUp ?? 'one'),
    deadline: schedule.deadlineMs ? String(schedule.deadlineMs / UNITS.minutes) : '',
  };
}

/** @throws InputError `input.schedule`, its message beginning with the field */
export function wantedOf(fields: ScheduleFields): WantedSchedule {
  return {
    enabled: fields.enabled === 'yes',
    rule: ruleOf(fields),
    oneOff: fields.oneOff === 'yes',
    startAt: momentOf('startAt', fields),
    expiresAt: momentOf('expiresAt', fields),
    overlap: choiceOf<Schedule['overlap']>('overlap', fields, ['skip', 'queue', 'allow']),
    catchUp: catchUpOf(fields),
    deadlineMs: deadlineOf(fields),
  };
}

/** An outage that somebody thinks of, to see what would be caught up. */
export const OUTAGE_FIELDS = ['downFrom', 'downTo'] as const;

/** @returns null: both fields are empty @throws InputError `input.schedule` */
export function outageOf(fields: ScheduleFields): { readonly from: Date; readonly to: Date } | null {
  const [from, to] = [momentOf('downFrom', fields), momentOf('downTo', fields)];
  if (from === null && to === null) return null;
  if (from === null) throw wrongField('downFrom', words('write both moments, or none'));
  if (to === null) throw wrongField('downTo', words('write both moments, or none'));
  if (to <= from) throw wrongField('downTo', words('write a moment later than the first'));
  return { from, to };
}

/** @returns the error beside its field @throws what is no mistake in the form */
export function fieldErrorOf(error: unknown): FieldError {
  if (!(error instanceof InputError)) throw error;
  const { field, problem } = wrongFieldOf(error) ?? { field: 'kind', problem: error.said };
  return { field: FIELD_OF[field] ?? field, message: problem, isError: true };
}

function ruleOf(fields: ScheduleFields): ScheduleRule {
  const { kind, expression = '', timeZone = '' } = fields;
  if (kind === 'crontab') {
    const gap = choiceOf('gap', fields, ['after', 'skip']);
    const repeated = choiceOf('repeated', fields, ['first', 'both']);
    const days = choiceOf('days', fields, ['both', 'either']);
    return { kind, expression, timeZone, days, gap, repeated };
  }
  if (kind === 'clocked') {
    const at = momentOf('at', fields);
    if (at === null) throw wrongField('at', words('write the moment of the run, like 2026-11-30 09:00'));
    return { kind, at };
  }
  if (kind !== 'interval') throw wrongField('kind', words('choose an interval, a crontab or a given moment'));
  const unit: Unit = choiceOf('unit', fields, ['minutes', 'hours', 'days']);
  return { kind, everyMs: numberOf('every', fields) * UNITS[unit] };
}

/** What is offered where nothing of it is said yet. */
const USUAL_CATCH_UP: CatchUpAll = { kind: 'all', max: 10, withinMs: 7 * UNITS.days };

function catchUpFields(catchUp: CatchUp) {
  const { max, withinMs } = typeof catchUp === 'object' ? catchUp : USUAL_CATCH_UP;
  const unit = largestUnit(withinMs);
  return {
    catchUp: typeof catchUp === 'object' ? catchUp.kind : catchUp,
    catchUpMax: String(max),
    catchUpWithin: String(withinMs / UNITS[unit]),
    catchUpUnit: unit,
  };
}

function catchUpOf(fields: ScheduleFields): CatchUp {
  const kind = choiceOf('catchUp', fields, ['one', 'none', 'all']);
  if (kind !== 'all') return kind;
  const unit: Unit = choiceOf('catchUpUnit', fields, ['minutes', 'hours', 'days']);
  return {
    kind,
    max: numberOf('catchUpMax', fields),
    withinMs: numberOf('catchUpWithin', fields) * UNITS[unit],
  };
}

function numberOf(name: string, fields: ScheduleFields): number {
  const text = fields[name] ?? '';
  if (!/^[1-9]\d{0,6}$/.test(text)) throw wrongField(name, words('write a whole number of at least 1'));
  return Number(text);
}

function largestUnit(ms: number): Unit {
  return (['days', 'hours'] as const).find((name) => ms % UNITS[name] === 0) ?? 'minutes';
}

function deadlineOf({ deadline = '' }: ScheduleFields): number | null {
  if (deadline === '') return null;
  if (!/^[1-9]\d{0,5}$/.test(deadline))
    throw wrongField('deadline', words('write a whole number of minutes, or leave it empty'));
  return Number(deadline) * UNITS.minutes;
}

function choiceOf<const Choice extends string>(
  name: string,
  fields: ScheduleFields,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const found = choices.find((choice) => choice === fields[name]);
  if (found === undefined) throw wrongField(name, words('choose {choices}', { choices: { either: choices } }));
  return found;
}

/** `2026-11-30 09:00` in UTC; null: the field is empty. */
function momentOf(name: string, fields: ScheduleFields): Date | null {
  const text = fields[name] ?? '';
  if (text === '') return null;
  const [, date, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?: ?(?:UTC|Z))?$/.exec(text) ?? [];
  const moment = new Date(`${date}T${time}:00Z`);
  // 31 April would become 1 May
  if (Number.isNaN(moment.getTime()) || momentText(moment) !== `${date} ${time}`)
    throw wrongField(name, words('"{text}" is no moment; write it in UTC like 2026-11-30 09:00', { text }));
  return moment;
}

function momentText(moment: Schedule['startAt']): string {
  return moment === null ? '' : moment.toISOString().slice(0, 16).replace('T', ' ');
}
