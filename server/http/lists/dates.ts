/** Years, then months, then days: each with how many there are. All in UTC. */

import type { Condition, FieldValue } from '../../../plugin/ports/records.ts';
import type { Translator } from '../../i18n/translator.ts';
import { shownCount } from './counts.ts';
import type { AnyList, DateFilter } from './list.ts';

export interface DateChoice {
  readonly value: string;
  /** null: nobody counted. */
  readonly count: number | null;
}

const CHOICE = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const MOST_YEARS = 30;

export function isDateChoice(text: string): boolean {
  return CHOICE.test(text) && spanOf(text) !== null;
}

/** @returns the beginning and the end; null where the calendar has no such day */
function spanOf(text: string): readonly [Date, Date] | null {
  const [, year, month, day] = CHOICE.exec(text)?.map(Number) ?? [];
  if (year === undefined || year < 1) return null;
  const hasMonth = text.length > 4;
  const hasDay = text.length > 7;
  const start = utc(year, hasMonth ? (month ?? 0) - 1 : 0, hasDay ? (day ?? 0) : 1);
  if (choiceOf(start, text.length) !== text) return null;
  const end = hasDay
    ? new Date(start.getTime() + 86_400_000)
    : utc(hasMonth ? year : year + 1, hasMonth ? (month ?? 0) : 0, 1);
  return [start, end];
}

function utc(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date;
}

function choiceOf(date: Date, length: number): string {
  return date.toISOString().slice(0, length);
}

export function dateRange({ field, value }: DateFilter, text: string): Condition {
  const [from, before] = spanOf(text) as readonly [Date, Date];
  const own = value ?? ((date: Date): FieldValue => date);
  return { field, from: own(from), before: own(before) };
}

/** What can be chosen within the choice that was made: years, the months of one, or the days of one.
 *  @param where without the date */
export async function dateChoices(
  list: AnyList,
  date: DateFilter,
  chosen: string | undefined,
  where: readonly Condition[],
): Promise<readonly DateChoice[]> {
  const { records } = list;
  const values = await valuesWithin();
  if (date.isUncounted) return values.map((value) => ({ value, count: null }));
  const counted = await Promise.all(
    values.map(async (value) => ({
      value,
      count: await shownCount(list, [...where, dateRange(date, value)]),
    })),
  );
  return counted.filter(({ count }) => count > 0);

  async function valuesWithin(): Promise<readonly string[]> {
    if (chosen === undefined) return years();
    if (chosen.length === 4) return twelve(chosen);
    const month = chosen.slice(0, 7);
    const [, end] = spanOf(month) as readonly [Date, Date];
    const days = new Date(end.getTime() - 1).getUTCDate();
    return Array.from({ length: days }, (_, n) => `${month}-${String(n + 1).padStart(2, '0')}`);
  }

  async function years(): Promise<readonly string[]> {
    const ends = await Promise.all(
      [false, true].map((descending) => records.page({ where, order: { field: date.field, descending }, limit: 1 })),
    );
    const [first, last] = ends.map(({ items: [row] }) => {
      const value = row === undefined ? null : (records.shape.fields[date.field]?.(row) ?? null);
      if (value === null) return null;
      return (value instanceof Date ? value : new Date(String(value))).toISOString();
    });
    if (!first || !last) return [];
    const [from, to] = [Number(first.slice(0, 4)), Number(last.slice(0, 4))];
    const years = Array.from({ length: Math.min(to - from + 1, MOST_YEARS) }, (_, n) =>
      String(to - n).padStart(4, '0'),
    ).reverse();
    if (years.length > 1) return years;
    // A single year says nothing; its months do.
    return twelve(first.slice(0, 4)).filter((month) => month >= first.slice(0, 7) && month <= last.slice(0, 7));
  }
}

function twelve(year: string): readonly string[] {
  return Array.from({ length: 12 }, (_, n) => `${year}-${String(n + 1).padStart(2, '0')}`);
}

/** `2026`, `May 2026`, `31 May 2026` */
export function dateWord(value: string, t: Translator): string {
  const [start] = spanOf(value) as readonly [Date, Date];
  return t.calendar(start, value.length === 4 ? 'year' : value.length === 7 ? 'month' : 'day');
}

/** The choices that lie around a choice, from the widest to itself. */
export function dateTrail(value: string): readonly string[] {
  return [4, 7, 10].filter((length) => length <= value.length).map((length) => value.slice(0, length));
}
