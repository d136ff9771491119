/** Pure: when a schedule is due next. */

import type { ScheduleRule } from '../../plugin/ports/credential-store.ts';
import { words } from '../../plugin/words.ts';
import { type Crontab, isDay, parseCrontab } from './crontab.ts';
import { assertTimeZone, instantOf, instantsOf, type WallTime, wallTimeAt } from './wall-clock.ts';
import { wrongField } from './wrong-field.ts';

export type RepeatingRule = Exclude<ScheduleRule, { kind: 'clocked' }>;
type CrontabRule = Extract<ScheduleRule, { kind: 'crontab' }>;

const MIN_INTERVAL_MS = 1_000;
const MAX_INTERVAL_MS = 10 * 366 * 86_400_000;
/** 29 February on a given weekday comes back after 40 years at the latest. */
const MAX_DAYS = 41 * 366;

/** The first due time later than `after`. Clocks put forward: a time in the gap is due right after it. Clocks put back:
 *  a time shown twice is due once, the first time. The rule may say otherwise for both.
 *  @param after for an interval the last run (or the creation), for a crontab any instant
 *  @throws InputError `input.schedule` naming the field, also for a date that never comes like 31 February */
export function nextDue(rule: RepeatingRule, after: Date): Date {
  if (rule.kind === 'interval') {
    const { everyMs } = rule;
    if (!Number.isInteger(everyMs) || everyMs < MIN_INTERVAL_MS || everyMs > MAX_INTERVAL_MS) {
      throw wrongField('everyMs', words('the interval must be from one second to ten years, in milliseconds'));
    }
    return new Date(after.getTime() + everyMs);
  }
  assertTimeZone(rule.timeZone);
  const crontab = parseCrontab(rule.expression);
  const from = wallTimeAt(after, rule.timeZone);
  for (let offset = 0; offset <= MAX_DAYS; offset++) {
    const day = new Date(Date.UTC(from.year, from.month - 1, from.day + offset));
    if (!isDay(crontab, day, rule.days === 'either')) continue;
    const due = firstOfDay(crontab, day, offset === 0 ? from : null, rule, after);
    if (due) return due;
  }
  throw wrongField('expression', words('"{text}" names a date that never comes', { text: rule.expression }));
}

/** @param notBefore the wall time of `after` where it falls on this day; null: the whole day is later */
function firstOfDay(
  { hours, minutes }: Crontab,
  day: Date,
  notBefore: WallTime | null,
  rule: CrontabRule,
  after: Date,
): Date | null {
  // where a time may be due again, wall times do not come in the order of instants
  const ordered = rule.repeated !== 'both';
  let first: Date | null = null;
  for (const hour of hours) {
    if (ordered && notBefore !== null && hour < notBefore.hour) continue;
    for (const minute of minutes) {
      if (ordered && notBefore !== null && hour === notBefore.hour && minute < notBefore.minute) continue;
      const wall = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate(), hour, minute };
      const due = instantsToRun(wall, rule).find((instant) => instant > after);
      if (due && ordered) return due;
      if (due && (first === null || due < first)) first = due;
    }
  }
  return first;
}

/** The latest due times from `from` to `to`, both included, the oldest first. Found from the end, so that a long span costs
 *  no more than what is asked for.
 *  @param from for an interval a due time @param most how many @throws InputError as `nextDue` */
export function latestDues(rule: RepeatingRule, from: Date, to: Date, most: number): readonly Date[] {
  if (to < from || most < 1) return [];
  if (rule.kind === 'interval') {
    const count = Math.floor((to.getTime() - from.getTime()) / rule.everyMs);
    return Array.from({ length: Math.min(count + 1, most) }, (_, back) =>
      onGrid(from, rule.everyMs, count - back),
    ).reverse();
  }
  const found = new Set<number>();
  const crontab = parseCrontab(rule.expression);
  const last = wallTimeAt(to, rule.timeZone);
  const first = wallTimeAt(from, rule.timeZone);
  const firstDay = Date.UTC(first.year, first.month - 1, first.day);
  for (let back = 0; found.size < most; back++) {
    const day = new Date(Date.UTC(last.year, last.month - 1, last.day - back));
    if (day.getTime() < firstDay) break;
    if (!isDay(crontab, day, rule.days === 'either')) continue;
    for (const due of duesOfDay(crontab, day, rule)) if (due >= from && due <= to) found.add(due.getTime());
  }
  return [...found]
    .sort((a, b) => a - b)
    .slice(-most)
    .map((ms) => new Date(ms));
}

function onGrid(from: Date, everyMs: number, steps: number): Date {
  return new Date(from.getTime() + steps * everyMs);
}

function duesOfDay({ hours, minutes }: Crontab, day: Date, rule: CrontabRule): readonly Date[] {
  const date = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
  return hours.flatMap((hour) => minutes.flatMap((minute) => instantsToRun({ ...date, hour, minute }, rule)));
}

function instantsToRun(wall: WallTime, { timeZone, gap, repeated }: CrontabRule): readonly Date[] {
  if (gap !== 'skip' && repeated !== 'both') return [instantOf(wall, timeZone)];
  const shown = instantsOf(wall, timeZone);
  if (shown.length === 0) return gap === 'skip' ? [] : [instantOf(wall, timeZone)];
  return repeated === 'both' ? shown : shown.slice(0, 1);
}
