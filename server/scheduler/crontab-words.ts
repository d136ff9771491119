/** What a crontab expression means, as a sentence. It is put together from parts, each of which says when by itself. */

import { english, type FilledWords, type Phrase, type Value, words } from '../../plugin/words.ts';
import { type Crontab, parseCrontab } from './crontab.ts';

/** More clock times than these are no sentence any more. */
const MOST_TIMES = 6;

/** In English. @throws InputError `input.schedule` */
export function crontabWords(expression: string, either = false): string {
  return english(crontabSaid(expression, either));
}

/** `Every Monday at 06:00`. @param either as classic cron has it @throws InputError `input.schedule` */
export function crontabSaid(expression: string, either: boolean): FilledWords {
  const crontab = parseCrontab(expression);
  const { days, weekdays, months } = crontab;
  const isEveryDay = days.size === 31 && weekdays.size === 7 && months.size === 12;
  const { said: times, isWhole } = timesOf(crontab);
  const sentence = isEveryDay && isWhole ? times : words('{dates} {times}', { dates: datesOf(crontab, either), times });
  return words('{sentence}', { sentence: { sentence } });
}

function datesOf(crontab: Crontab, either: boolean): FilledWords {
  const days = daysOf(crontab, either);
  if (crontab.months.size === 12) return days;
  return words('{days} in {months}', { days, months: listed([...crontab.months], (month) => ({ month })) });
}

function daysOf({ days, weekdays, namesBothDays }: Crontab, either: boolean): FilledWords {
  const [anyDay, anyWeekday] = [days.size === 31, weekdays.size === 7];
  if (anyDay && anyWeekday) return words('every day');
  // the week begins on Monday, so that weekends stay together
  const fromMonday = [...weekdays].map((day) => (day + 6) % 7).sort(ascending);
  const week = listed(fromMonday, (day) => ({ weekday: (day + 1) % 7 }));
  if (anyDay) return words('every {weekdays}', { weekdays: week });
  const numbers = listed([...days], String);
  const month =
    days.size === 1
      ? words('on day {days} of the month', { days: numbers })
      : words('on days {days} of the month', { days: numbers });
  if (anyWeekday) return month;
  return either && namesBothDays
    ? words('{days} and every {weekdays}', { days: month, weekdays: week })
    : words('{days} if it is {weekdays}', { days: month, weekdays: week });
}

/** `isWhole`: it says of itself that it is every day. */
function timesOf({ minutes, hours }: Crontab): { readonly said: FilledWords; readonly isWhole: boolean } {
  if (hours.length * minutes.length <= MOST_TIMES) {
    const all = hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute)));
    return { said: words('at {times}', { times: { all } }), isWhole: false };
  }
  const step = stepOf(minutes);
  if (step === 60 && hours.length < 24) return onTheHour(hours);
  const often =
    step === null ? words('at minutes {minutes} past the hour', { minutes: listed(minutes, String) }) : every(step);
  const said =
    hours.length === 24 ? often : words('{often}, in the hours {hours}', { often, hours: listed(hours, String) });
  return { said, isWhole: step !== null };
}

/** @returns how many minutes apart they are, all through the hour; null: not so */
function stepOf(minutes: readonly number[]): number | null {
  const step = 60 / minutes.length;
  return minutes.every((minute, index) => minute === index * step) ? step : null;
}

function every(step: number): FilledWords {
  if (step === 60) return words('every hour, on the hour');
  return step === 1 ? words('every minute') : words('every {number} minutes', { number: step });
}

function onTheHour(hours: readonly number[]): ReturnType<typeof timesOf> {
  const rows = runs(hours);
  const alone = rows.filter(([first, last]) => first === last).map(([hour]) => clock(hour, 0));
  const ranges = rows
    .filter(([first, last]) => first !== last)
    .map(([first, last]) =>
      words('every hour from {first} to {last}', { first: clock(first, 0), last: clock(last, 0) }),
    );
  const times = alone.length > 0 ? [words('at {times}', { times: { all: alone } })] : [];
  return { said: words('{times}', { times: { all: [...ranges, ...times] } }), isWhole: ranges.length > 0 };
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** `1, 3 to 6 and 9` */
function listed(numbers: readonly number[], value: (number: number) => string | Phrase): Phrase {
  return {
    all: runs(numbers).flatMap(([first, last]): readonly Value[] => {
      if (last - first >= 2) return [words('{first} to {last}', { first: value(first), last: value(last) })];
      return first === last ? [value(first)] : [value(first), value(last)];
    }),
  };
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

function ascending(a: number, b: number): number {
  return a - b;
}
