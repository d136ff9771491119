/** What a crontab expression means, as a sentence. */

import { type Crontab, parseCrontab } from './crontab.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];
/** More clock times than these are no sentence any more. */
const MOST_TIMES = 6;
const EVERY_DAY = 'every day';

/** `Every Monday at 06:00`. @param either as classic cron has it @throws InputError `input.schedule` */
export function crontabWords(expression: string, either = false): string {
  const crontab = parseCrontab(expression);
  const dates = `${daysOf(crontab, either)}${monthsOf(crontab)}`;
  const times = timesOf(crontab);
  const words = dates === EVERY_DAY && times.startsWith('every') ? times : `${dates} ${times}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function daysOf({ days, weekdays, namesBothDays }: Crontab, either: boolean): string {
  const [anyDay, anyWeekday] = [days.size === 31, weekdays.size === 7];
  // the week begins on Monday, so that weekends stay together
  const week = listed(
    [...weekdays].map((day) => (day + 6) % 7).sort(ascending),
    (day) => WEEKDAYS[(day + 1) % 7] ?? '',
  );
  const month = `on ${days.size === 1 ? 'day' : 'days'} ${listed([...days], String)} of the month`;
  if (anyDay && anyWeekday) return EVERY_DAY;
  if (anyDay) return `every ${week}`;
  if (anyWeekday) return month;
  return either && namesBothDays ? `${month} and every ${week}` : `${month} if it is ${week}`;
}

function monthsOf({ months }: Crontab): string {
  return months.size === 12 ? '' : ` in ${listed([...months], (month) => MONTHS[month - 1] ?? '')}`;
}

function timesOf({ minutes, hours }: Crontab): string {
  if (hours.length * minutes.length <= MOST_TIMES)
    return `at ${joined(hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute))))}`;
  const step = stepOf(minutes);
  const often = step === null ? `at minutes ${listed(minutes, String)} past the hour` : every(step);
  if (hours.length === 24) return often;
  return step === 60 ? onTheHour(hours) : `${often}, in the hours ${listed(hours, String)}`;
}

/** @returns how many minutes apart they are, all through the hour; null: not so */
function stepOf(minutes: readonly number[]): number | null {
  const step = 60 / minutes.length;
  return minutes.every((minute, index) => minute === index * step) ? step : null;
}

function every(step: number): string {
  if (step === 60) return 'every hour, on the hour';
  return step === 1 ? 'every minute' : `every ${step} minutes`;
}

function onTheHour(hours: readonly number[]): string {
  const rows = runs(hours);
  const alone = rows.filter(([first, last]) => first === last).map(([hour]) => clock(hour, 0));
  const ranges = rows.filter(([first, last]) => first !== last);
  return joined([
    ...ranges.map(([first, last]) => `every hour from ${clock(first, 0)} to ${clock(last, 0)}`),
    ...(alone.length > 0 ? [`at ${joined(alone)}`] : []),
  ]);
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** `1, 3 to 6 and 9` */
function listed(numbers: readonly number[], word: (number: number) => string): string {
  return joined(
    runs(numbers).flatMap(([first, last]) => {
      if (last - first >= 2) return [`${word(first)} to ${word(last)}`];
      return first === last ? [word(first)] : [word(first), word(last)];
    }),
  );
}

/** @param numbers ascending @returns first and last of each row without a gap */
function runs(numbers: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const run = found.at(-1);
    if (run && run[1] === number - 1) run[1] = number;
    else found.push([number, number]);
  }
  return found;
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function ascending(a: number, b: number): number {
  return a - b;
}
