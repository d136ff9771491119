/** Points in time with nanosecond precision as fixed-width text, so that comparing texts compares times. */

/** `2026-03-01T10:00:00.000000000Z`: always UTC, always nine decimals, years 0000 to 9999. */
export type Instant = string & { readonly __brand: 'Instant' };

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:([Zz])|([+-])(\d{2}):?(\d{2})))?$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** @returns null when the text is neither a calendar date nor an RFC 3339 instant, or names a day that does not exist.
 *  A date alone is midnight UTC. Digits beyond the ninth decimal are cut. */
export function toInstant(text: string): Instant | null {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [, y = '', mo, d, h = '00', mi = '00', s = '00', fraction = '', zulu, sign, oh, om] = match;
  const year = Number(y);
  const month = Number(mo);
  const day = Number(d);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  if (Number(h) > 23 || Number(mi) > 59 || Number(s) > 59) return null;
  const decimals = `${fraction}000000000`.slice(0, 9);
  if (zulu !== undefined || sign === undefined) return `${y}-${mo}-${d}T${h}:${mi}:${s}.${decimals}Z` as Instant;
  if (Number(oh) > 23 || Number(om) > 59) return null;
  const offsetMinutes = (Number(oh) * 60 + Number(om)) * (sign === '+' ? -1 : 1);
  const shifted = new Date(0);
  shifted.setUTCFullYear(year, month - 1, day);
  shifted.setUTCHours(Number(h), Number(mi) + offsetMinutes, Number(s));
  if (shifted.getUTCFullYear() < 0 || shifted.getUTCFullYear() > 9999) return null;
  return `${shifted.toISOString().slice(0, 19)}.${decimals}Z` as Instant;
}

function daysInMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] as number);
}

/** Millisecond clocks cannot go below a millisecond: the remaining decimals are zero. */
export function instantFromDate(date: Date): Instant {
  return `${date.toISOString().slice(0, 23)}000000Z` as Instant;
}

/** The instant cut to milliseconds. */
export function instantToDate(instant: Instant): Date {
  return new Date(`${instant.slice(0, 23)}Z`);
}

/** Nanoseconds since 1970, exact. */
export function instantToNanoseconds(instant: Instant): bigint {
  return BigInt(Date.parse(`${instant.slice(0, 19)}Z`)) * 1_000_000n + BigInt(instant.slice(20, 29));
}

/** Shortest RFC 3339 form: no decimals when they are zero. */
export function formatInstant(instant: Instant): string {
  const decimals = instant.slice(20, 29).replace(/0+$/, '');
  return `${instant.slice(0, 19)}${decimals === '' ? '' : `.${decimals}`}Z`;
}
