/** Local time of a zone: what clocks on the wall show, and when. */

import { words } from '../../plugin/words.ts';
import { wrongField } from './wrong-field.ts';

/** A local date and time to the minute. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** @throws InputError `input.schedule` naming the field */
export function assertTimeZone(timeZone: string): void {
  try {
    formatterOf(timeZone);
  } catch {
    throw wrongField(
      'timeZone',
      words('there is no time zone "{zone}"; write it like Europe/Kyiv or UTC', { zone: timeZone }),
    );
  }
}

export function wallTimeAt(instant: Date, timeZone: string): WallTime {
  const local = new Date(localMs(instant.getTime(), timeZone));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
  };
}

/** Every instant at which the clock shows `wall`, in order: none in a gap, two where it is shown again. */
export function instantsOf(wall: WallTime, timeZone: string): readonly Date[] {
  const wanted = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  const before = wanted - offsetMs(wanted - DAY_MS, timeZone);
  const after = wanted - offsetMs(wanted + DAY_MS, timeZone);
  return [...new Set([Math.min(before, after), Math.max(before, after)])]
    .filter((ms) => localMs(ms, timeZone) === wanted)
    .map((ms) => new Date(ms));
}

/** The instant at which the clock shows `wall`. Shown twice (clocks put back): the first time. Never shown (put
 *  forward): the first instant after the gap. Both keep the order of wall times. */
export function instantOf(wall: WallTime, timeZone: string): Date {
  const wanted = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  const before = wanted - offsetMs(wanted - DAY_MS, timeZone);
  const after = wanted - offsetMs(wanted + DAY_MS, timeZone);
  const shown = [Math.min(before, after), Math.max(before, after)].find((ms) => localMs(ms, timeZone) === wanted);
  if (shown !== undefined) return new Date(shown);
  return new Date(firstNotBefore(wanted, Math.min(before, after), Math.max(before, after), timeZone));
}

/** Bisection between an instant whose clock shows less and one whose clock shows more; changes fall on whole minutes. */
function firstNotBefore(wanted: number, low: number, high: number, timeZone: string): number {
  let [early, late] = [Math.floor(low / MINUTE_MS) - 1, Math.ceil(high / MINUTE_MS)];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (localMs(middle * MINUTE_MS, timeZone) >= wanted) late = middle;
    else early = middle;
  }
  return late * MINUTE_MS;
}

function offsetMs(ms: number, timeZone: string): number {
  return localMs(ms, timeZone) - Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

/** The local time, to the minute, as if it were UTC. */
function localMs(ms: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(ms)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute);
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}
