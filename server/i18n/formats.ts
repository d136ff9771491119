/** Dates, numbers and lists in one language, in the time zone of the site. */

import { inLargestUnit } from '../../dsl/index.ts';
import { DATE_STYLES, formatDay } from '../../plugin/date-style.ts';

export type CalendarSpan = 'year' | 'month' | 'day' | 'day-of-year';

export interface Formats {
  /** For `Intl`. */
  readonly tag: string;
  /** `24 Nov 2026, 13:20 UTC` */
  time(at: Date | string): string;
  /** `24 November 2026`, or as the site writes days */
  day(at: Date | string): string;
  /** `2026`, `May 2026`, `31 May 2026`, `31 May`: what begins then in UTC, whatever the zone of the site. */
  calendar(start: Date, span: CalendarSpan): string;
  number(value: number): string;
  /** @param value of a hundred, rounded down to a tenth: 79.96 has not reached 80 */
  percent(value: number): string;
  /** `90 minutes`: in the largest unit that says it exactly */
  duration(ms: number): string;
  /** The wall clock of a zone, as `Mon 30 Nov 2026, 09:00 GMT`. */
  wallClock(at: Date, timeZone: string): string;
  /** `A, B, C` */
  list(texts: readonly string[]): string;
  /** `A, B or C` */
  either(texts: readonly string[]): string;
}

/** How a site writes days, for all languages: a pattern holds for its own only, since it may have words in it. */
export interface SiteDays {
  /** As `DayLook` has it. */
  readonly style: string;
  readonly language: string;
}

export function createFormats(
  language: string,
  timeZone: string,
  days: SiteDays = { style: 'long', language },
): Formats {
  // English without a country would write months before days.
  const tag = language === 'en' ? 'en-GB' : language;
  const times = new Intl.DateTimeFormat(tag, {
    ...{ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ timeZone, timeZoneName: 'short' },
  });
  const isOurs = DATE_STYLES.some((one) => one === days.style) || baseOf(days.language) === baseOf(language);
  const look = { language: tag, timeZone, style: isOurs ? days.style : 'long' };
  const spans: Readonly<Record<CalendarSpan, Intl.DateTimeFormat>> = {
    year: new Intl.DateTimeFormat(tag, { year: 'numeric', timeZone: 'UTC' }),
    month: new Intl.DateTimeFormat(tag, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
    day: new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }),
    'day-of-year': new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
  };
  const numbers = new Intl.NumberFormat(tag);
  const percents = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 });
  const lists = new Intl.ListFormat(tag, { type: 'unit', style: 'short' });
  const choices = new Intl.ListFormat(tag, { type: 'disjunction' });
  const isEnglish = language === 'en';

  return {
    tag,
    time: (at) => times.format(new Date(at)),
    day: (at) => formatDay(new Date(at), look),
    calendar: (start, span) => spans[span].format(start),
    number: (value) => numbers.format(value),
    percent(value) {
      const tenths = Math.floor(value * 10 + 1e-6);
      return isEnglish ? `${tenths / 10} %` : percents.format(tenths / 1_000);
    },
    duration(ms) {
      const { amount, unit } = inLargestUnit(ms);
      return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
    },
    wallClock: (at, zone) =>
      new Intl.DateTimeFormat(tag, {
        ...{ timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
        ...{ hour: '2-digit', minute: '2-digit', timeZoneName: 'short' },
      }).format(at),
    list: (texts) => lists.format(texts),
    either: (texts) => choices.format(texts),
  };
}

function baseOf(language: string): string {
  return new Intl.Locale(language).language;
}
