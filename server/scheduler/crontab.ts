/** Crontab expressions of five fields, with the meaning Celery gives them: **all** fields must agree, day of the month
 *  and day of the week too (`0 0 13 * 5` is Friday the 13th). Classic cron would run at either, and may be asked for. */

import type { InputError } from '../../plugin/errors.ts';
import { msg, words } from '../../plugin/words.ts';
import { wrongField } from './wrong-field.ts';

export interface Crontab {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  /** 1 to 12 */
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Neither days nor weekdays begin with `*`: only then classic cron takes either. */
  readonly namesBothDays: boolean;
}

/** @param day as midnight of UTC @param either as classic cron has it */
export function isDay({ days, months, weekdays, namesBothDays }: Crontab, day: Date, either: boolean): boolean {
  const [dayAgrees, weekdayAgrees] = [days.has(day.getUTCDate()), weekdays.has(day.getUTCDay())];
  return (
    months.has(day.getUTCMonth() + 1) &&
    (either && namesBothDays ? dayAgrees || weekdayAgrees : dayAgrees && weekdayAgrees)
  );
}

interface FieldForm {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const MINUTE: FieldForm = { name: msg('minute'), min: 0, max: 59, words: [] };
const HOUR: FieldForm = { name: msg('hour'), min: 0, max: 23, words: [] };
const DAY: FieldForm = { name: msg('day of the month'), min: 1, max: 31, words: [] };
const MONTH: FieldForm = { name: msg('month'), min: 1, max: 12, words: MONTHS };
/** 7 is Sunday as well. */
const WEEKDAY: FieldForm = { name: msg('day of the week'), min: 0, max: 7, words: WEEKDAYS };

/** @throws InputError `input.schedule` naming the field */
export function parseCrontab(expression: string): Crontab {
  const fields = expression.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) {
    throw wrongField(
      'expression',
      words('write five fields: minute, hour, day of the month, month, day of the week, e.g. "0 6 * * mon"'),
    );
  }
  return {
    minutes: parseField(minute, MINUTE),
    hours: parseField(hour, HOUR),
    days: new Set(parseField(day, DAY)),
    months: new Set(parseField(month, MONTH)),
    weekdays: new Set(parseField(weekday, WEEKDAY).map((number) => number % 7)),
    namesBothDays: !day.startsWith('*') && !weekday.startsWith('*'),
  };
}

/** @returns ascending, without repetition */
function parseField(text: string, form: FieldForm): number[] {
  const found = new Set<number>();
  for (const item of text.split(',')) {
    const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(item);
    const [, from = '', to, stepText] = match ?? [];
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!match || step === 0 || (from === '*' && to !== undefined)) throw wrong(text, form);
    const start = from === '*' ? form.min : numberOf(from, text, form);
    const end = from === '*' ? form.max : to === undefined ? openEnd(start, stepText, form) : numberOf(to, text, form);
    if (end < start) throw wrong(text, form);
    for (let number = start; number <= end; number += step) found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

/** `5/15` goes on to the end of the field, `5` alone is only itself. */
function openEnd(start: number, step: string | undefined, form: FieldForm): number {
  return step === undefined ? start : form.max;
}

function numberOf(word: string, text: string, form: FieldForm): number {
  const index = form.words.indexOf(word.toLowerCase());
  const number = index >= 0 ? index + (form === MONTH ? 1 : 0) : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (!(number >= form.min && number <= form.max)) throw wrong(text, form);
  return number;
}

function wrong(text: string, { name, min, max, words: names }: FieldForm): InputError {
  const values = { text, field: words(name), min, max, range: `${min + 1}-${min + 4}`, step: '*/2' };
  const [first, last] = [names[0], names.at(-1)];
  if (first !== undefined && last !== undefined)
    return wrongField(
      'expression',
      words(
        '"{text}" is no {field}; write numbers from {min} to {max} or {first} to {last}, "*", ranges like {range}, steps like {step}, or several with commas',
        { ...values, first, last },
      ),
    );
  return wrongField(
    'expression',
    words(
      '"{text}" is no {field}; write numbers from {min} to {max}, "*", ranges like {range}, steps like {step}, or several with commas',
      values,
    ),
  );
}
