/** For each kind of value, as few values as possible of which one behaves like any other under the given literals. */

import type { FieldType } from '../environment.ts';
import { formatInstant, type Instant, instantToNanoseconds } from '../instant.ts';
import { keyPart } from '../keys.ts';
import type { KeyPart, Scalar } from '../model.ts';

export function numbers(literals: readonly number[], integer: boolean): readonly number[] {
  const sorted = [...new Set(literals)].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [1];
  const values = sorted.flatMap((value, i) => [...between(sorted[i - 1], value, integer), value]);
  return [...below(first), ...values, ...below(-last).map((value) => -value)].filter(
    (value) => !integer || Number.isInteger(value),
  );
}

function between(low: number | undefined, high: number, integer: boolean): number[] {
  if (low === undefined) return [];
  const next = Math.floor(low) + 1;
  const middle = low / 2 + high / 2;
  const value = next > low && next < high ? next : middle;
  return value > low && value < high && (!integer || Number.isInteger(value)) ? [value] : [];
}

function below(value: number): number[] {
  const near = Math.ceil(value) - 1;
  const far = near < value ? near : value - Math.abs(value);
  const least = Number.isFinite(far) ? far : -Number.MAX_VALUE;
  return least < value ? [least] : [];
}

const DAY = 86_400_000_000_000n;

/** @param literals instants */
export function instants(literals: readonly Scalar[]): readonly Instant[] {
  const sorted = [...new Set(literals as readonly Instant[])].sort();
  if (sorted.length === 0) return ['2026-01-01T00:00:00.000000000Z' as Instant];
  const times = sorted.map(instantToNanoseconds);
  const values = times.flatMap((time, i) => {
    const before = times[i - 1];
    if (before === undefined) return [time];
    const room = time - before;
    return room > DAY ? [before + DAY, time] : room > 1n ? [before + 1n, time] : [time];
  });
  const [first, last] = [values[0] as bigint, values.at(-1) as bigint];
  const around = [nearest(first, -DAY, -1n), ...values.map(toInstantText), nearest(last, DAY, 1n)];
  return around.filter((instant) => instant !== null);
}

function nearest(time: bigint, far: bigint, near: bigint): Instant | null {
  return toInstantText(time + far) ?? toInstantText(time + near);
}

/** @returns null outside the years that instants have */
function toInstantText(nanoseconds: bigint): Instant | null {
  const second = 1_000_000_000n;
  const rest = ((nanoseconds % second) + second) % second;
  const date = new Date(Number((nanoseconds - rest) / 1_000_000n));
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return null;
  return `${date.toISOString().slice(0, 19)}.${String(rest).padStart(9, '0')}Z` as Instant;
}

/** As payloads hold it. */
export function dateText(instant: Instant): string {
  return formatInstant(instant);
}

/** A text that is none of those. */
export function freshText(taken: ReadonlySet<unknown>, stem = 'other'): string {
  let text = stem;
  for (let n = 2; taken.has(text); n++) text = `${stem}${n}`;
  return text;
}

/** Texts wanted of each part of a key; a part that nobody asks about has none. */
export type PartTexts = Readonly<Record<KeyPart, readonly string[]>>;

const MOST_KEYS = 3_000;

/** Keys with every combination of parts, of the wanted texts and one other each.
 *  @param taken texts that none of the keys may be
 *  @returns null when there are too many */
export function keys(wanted: PartTexts, taken: ReadonlySet<unknown>): readonly string[] | null {
  const options = (part: KeyPart, stem: string): string[] => [...wanted[part], freshText(new Set(wanted[part]), stem)];
  const ccx = wanted.ccx.length === 0 ? [null, '1'] : [null, ...wanted.ccx, freshDigits(wanted.ccx)];
  const [orgs, courses, runs] = [options('org', 'OtherX'), options('course', 'Other101'), options('run', 'other_run')];
  if (orgs.length * courses.length * runs.length * ccx.length > MOST_KEYS) return null;
  return orgs.flatMap((org) =>
    courses.flatMap((course) =>
      runs.flatMap((run) =>
        ccx.flatMap((number) => {
          const plain =
            number === null ? `course-v1:${org}+${course}+${run}` : `ccx-v1:${org}+${course}+${run}+ccx@${number}`;
          const text = taken.has(plain) ? unusedRevision(plain, taken) : plain;
          const isKey =
            keyPart(text, 'org') === org &&
            keyPart(text, 'course') === course &&
            keyPart(text, 'run') === run &&
            (keyPart(text, 'ccx') ?? null) === number;
          return isKey ? [text] : [];
        }),
      ),
    ),
  );
}

/** The same parts in another text. */
function unusedRevision(plain: string, taken: ReadonlySet<unknown>): string {
  return freshText(taken, `${plain}+branch@other`);
}

function freshDigits(taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(String(number))) number++;
  return String(number);
}

/** What a field that can only be asked whether it exists may hold. */
export function anyOther(type: FieldType | null): unknown {
  return type?.kind === 'list' ? [] : {};
}
