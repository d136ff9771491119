/** Pure: a schedule's due times within its limits, and how it is stored when somebody sets it. */

import { isDeepStrictEqual } from 'node:util';
import type { Schedule } from '../../plugin/ports/credential-store.ts';
import { words } from '../../plugin/words.ts';
import { assertCatchUp, caughtUp, isOwed, MISSED_AFTER_MS } from './missed-times.ts';
import { latestDues, nextDue } from './next-due.ts';
import { wrongField } from './wrong-field.ts';

/** A look at the store takes a second, a restart more: a shorter one would miss runs for no reason. */
const MIN_DEADLINE_MS = 60_000;
const MAX_DEADLINE_MS = 366 * 86_400_000;

type Timing = Pick<Schedule, 'rule' | 'oneOff' | 'startAt' | 'expiresAt'> & Partial<Pick<Schedule, 'catchUp'>>;

/** What a person decides; what is left out has the default. */
export type WantedSchedule = Pick<Schedule, 'enabled' | 'rule'> &
  Partial<Pick<Schedule, 'oneOff' | 'startAt' | 'expiresAt' | 'overlap' | 'catchUp' | 'deadlineMs'>>;

/** What a configuration has until somebody sets it. */
export const USUAL_SCHEDULE = {
  enabled: false,
  rule: { kind: 'interval', everyMs: 10 * 86_400_000 },
  oneOff: false,
  startAt: null,
  expiresAt: null,
  overlap: 'skip',
  catchUp: 'one',
  deadlineMs: null,
} as const satisfies WantedSchedule;

/** The first due time of a schedule that is set or enabled at `now`; null: it has none before it expires.
 *  @throws InputError `input.schedule` */
function firstDue({ rule, startAt, expiresAt }: Timing, now: Date): Date | null {
  const from = startAt !== null && startAt > now ? startAt : null;
  if (rule.kind === 'clocked') return within(rule.at, expiresAt);
  const next = nextDue(rule, from === null ? now : new Date(from.getTime() - 1));
  return within(rule.kind === 'interval' && from !== null ? from : next, expiresAt);
}

/** The due time after one that was met, or passed over, at `now`; null: there is none.
 *  @param ran whether there was a run: it uses a one-off up @throws InputError `input.schedule` */
export function followingDue({ rule, oneOff, expiresAt }: Timing, now: Date, ran = true): Date | null {
  if (rule.kind === 'clocked' || (oneOff && ran)) return null;
  return within(nextDue(rule, now), expiresAt);
}

/** As the scheduler would meet them, each at its time. @returns fewer than `count` where no more follow */
export function upcomingDues(timing: Timing, now: Date, count: number): readonly Date[] {
  const dues: Date[] = [];
  for (let due = firstDue(timing, now); due !== null && dues.length < count; due = followingDue(timing, due))
    dues.push(due);
  return dues;
}

/** Of a schedule as it is stored: the due time it waits for comes first. */
export function storedDues(schedule: Schedule, now: Date, count: number): readonly Date[] {
  return duesIfSet(schedule, schedule, now, count);
}

/** As they would be if the schedule were set like that, and enabled, at `now`. */
export function duesIfSet(timing: Timing, former: Schedule | null, now: Date, count: number): readonly Date[] {
  const due = keptDue(timing, former);
  if (due === null) return upcomingDues(timing, now, count);
  if (timing.oneOff || timing.rule.kind === 'clocked') return [due];
  const owed = keptWaiting(timing, former);
  // those that come while missed ones are run are left to them
  const [first, from] = owed.length > 0 ? [owed, now] : [[due], due];
  return [...first, ...upcomingDues({ ...timing, startAt: null }, from, count - first.length)].slice(0, count);
}

export interface Outage {
  /** How many due times it would hide; at most `OUTAGE_COUNTED`. */
  readonly missed: number;
  /** Those that are run when it is over, the oldest first. */
  readonly runs: readonly Date[];
}

export const OUTAGE_COUNTED = 1_000;

/** What would be missed, and run after all, if no scheduler were there from `from` to `to`; an interval had its last run at
 *  `from`. @throws InputError `input.schedule` */
export function ifDown(wanted: WantedSchedule, from: Date, to: Date): Outage {
  const policy = { ...USUAL_SCHEDULE, ...wanted };
  const { rule, oneOff, expiresAt } = policy;
  const [dueAt] = upcomingDues(policy, from, 1);
  if (dueAt === undefined || dueAt < from || dueAt > to) return { missed: 0, runs: [] };
  const last = expiresAt !== null && expiresAt <= to ? new Date(expiresAt.getTime() - 1) : to;
  const missed = rule.kind === 'clocked' || oneOff ? 1 : latestDues(rule, dueAt, last, OUTAGE_COUNTED).length;
  const isInTime = to.getTime() - dueAt.getTime() <= MISSED_AFTER_MS;
  return { missed, runs: isInTime ? [dueAt] : caughtUp(policy, dueAt, to) };
}

/** The due time that the schedule waits for already. It stays while rule and start do: who saves something else, or the same
 *  setup file again, puts no run off. */
function keptDue({ rule, startAt, expiresAt }: Timing, former: Schedule | null): Date | null {
  if (!former?.enabled || former.nextDueAt === null) return null;
  const isSame = isDeepStrictEqual([ruleSaid(former.rule), former.startAt], [ruleSaid(rule), startAt]);
  return isSame ? within(former.nextDueAt, expiresAt) : null;
}

/** What is being caught up goes on while the schedule still wants that. */
function keptWaiting(timing: Timing, former: Schedule | null): readonly Date[] {
  if (former === null || keptDue(timing, former) === null || typeof timing.catchUp !== 'object') return [];
  return isOwed(former) ? former.waiting : [];
}

/** Whether a schedule says already what is asked for: then there is nothing to save. One that has disabled itself since, after
 *  its last run, still says it: asking for it once more must not run it once more. */
export function isAsWanted(wanted: WantedSchedule, former: Schedule | null): boolean {
  if (former === null) return false;
  const hasRunOut = !former.enabled && (former.lastRunAt !== null || former.lastSkipped !== null);
  const asked = { ...USUAL_SCHEDULE, ...wanted };
  const said = (schedule: Required<WantedSchedule>) => [
    ...[ruleSaid(schedule.rule), schedule.oneOff || schedule.rule.kind === 'clocked'],
    ...[schedule.startAt, schedule.expiresAt, schedule.overlap, schedule.catchUp, schedule.deadlineMs],
  ];
  return isDeepStrictEqual(said(asked), said(former)) && asked.enabled === (former.enabled || hasRunOut);
}

/** With what a crontab leaves to the defaults. */
function ruleSaid(rule: Schedule['rule']): Schedule['rule'] {
  return rule.kind === 'crontab' ? { days: 'both', gap: 'after', repeated: 'first', ...rule } : rule;
}

function within(due: Date, expiresAt: Date | null): Date | null {
  return expiresAt === null || due < expiresAt ? due : null;
}

/** A schedule as it is stored when somebody sets it. Changing its times or enabling it never catches up what it missed.
 *  @param former keeps the counters, and the due time while rule and start stay @throws InputError `input.schedule` naming the field */
export function setSchedule(
  configurationId: string,
  wanted: WantedSchedule,
  former: Schedule | null,
  now: Date,
): Schedule {
  const { oneOff, startAt, expiresAt, overlap, catchUp, deadlineMs } = { ...USUAL_SCHEDULE, ...wanted };
  const { enabled, rule } = wanted;
  const timing = { rule, oneOff: oneOff || rule.kind === 'clocked', startAt, expiresAt, catchUp };
  assertCatchUp(catchUp);
  if (startAt !== null && expiresAt !== null && expiresAt <= startAt)
    throw wrongField('expiresAt', words('the end must be later than the start'));
  if (rule.kind === 'clocked' && startAt !== null && rule.at < startAt)
    throw wrongField('at', words('the moment lies before the start; leave the start empty'));
  const isTooShort = deadlineMs !== null && !(Number.isInteger(deadlineMs) && deadlineMs >= MIN_DEADLINE_MS);
  if (isTooShort || (deadlineMs ?? 0) > MAX_DEADLINE_MS)
    throw wrongField('deadlineMs', words('the deadline must be from one minute to one year, or empty'));
  const next = keptDue(timing, former) ?? firstDue(timing, now);
  if (enabled && next === null)
    throw wrongField('expiresAt', words('no run would be due before this end; choose a later one'));
  return {
    configurationId,
    enabled,
    ...timing,
    overlap,
    deadlineMs,
    nextDueAt: enabled ? next : null,
    waiting: enabled ? keptWaiting(timing, former) : [],
    lastRunAt: enabled ? (former?.lastRunAt ?? null) : null,
    lastSkipped: enabled ? (former?.lastSkipped ?? null) : null,
    totalRuns: former?.totalRuns ?? 0,
    // later than the former in any case: it tells the two apart
    updatedAt: former !== null && former.updatedAt >= now ? new Date(former.updatedAt.getTime() + 1) : now,
  };
}
