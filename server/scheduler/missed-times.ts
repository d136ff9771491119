/** Pure: due times that came while nothing was there to run them, and which of them are run after all. */

import type { CatchUp, Schedule } from '../../plugin/ports/credential-store.ts';
import { words } from '../../plugin/words.ts';
import { latestDues, nextDue } from './next-due.ts';
import { wrongField } from './wrong-field.ts';

/** Longer than a look, a restart or a moment without the database take. */
export const MISSED_AFTER_MS = 60_000;
const MOST_CAUGHT_UP = 100;
const MIN_WINDOW_MS = 60_000;
const MAX_WINDOW_MS = 366 * 86_400_000;

type Policy = Pick<Schedule, 'rule' | 'oneOff' | 'expiresAt' | 'catchUp' | 'deadlineMs'>;

/** Whether the end of the schedule takes a due time away. It was due before the end: who looks in time still runs it, though
 *  the end has passed in between.
 *  @param since when it could run: its time, or for one that waited the end of the run that it waited for */
export function isPastEnd({ expiresAt }: Pick<Schedule, 'expiresAt'>, since: Date, now: Date): boolean {
  if (expiresAt === null || now < expiresAt) return false;
  return since >= expiresAt || now.getTime() - since.getTime() > MISSED_AFTER_MS;
}

/** @param dueAt the first that was missed @returns those that are run, the oldest first */
export function caughtUp(policy: Policy, dueAt: Date, now: Date): readonly Date[] {
  const { rule, oneOff, expiresAt, catchUp, deadlineMs } = policy;
  if (expiresAt !== null && now >= expiresAt) return [];
  if (rule.kind === 'clocked') return [dueAt];
  if (catchUp === 'none') return [];
  const latestMs = deadlineMs ?? Number.POSITIVE_INFINITY;
  if (catchUp === 'one') return now.getTime() - dueAt.getTime() > latestMs ? [] : [dueAt];
  const oldestMs = now.getTime() - Math.min(catchUp.withinMs, latestMs);
  const dues = latestDues(rule, laterDue(rule, dueAt, oldestMs), now, catchUp.max);
  return oneOff ? dues.slice(0, 1) : dues;
}

/** The due time after those that were missed; null: there is none. An interval goes on as if none had been missed. */
export function dueAfterMissed({ rule, oneOff, expiresAt }: Policy, dueAt: Date, now: Date, ran: boolean): Date | null {
  if (rule.kind === 'clocked' || (oneOff && ran)) return null;
  const next = rule.kind === 'interval' ? laterDue(rule, dueAt, now.getTime() + 1) : nextDue(rule, now);
  return expiresAt === null || next < expiresAt ? next : null;
}

/** Whether the time it waits for is to be run however late it has become. */
export function isOwed({ nextDueAt, waiting }: Pick<Schedule, 'nextDueAt' | 'waiting'>): boolean {
  return nextDueAt !== null && waiting[0]?.getTime() === nextDueAt.getTime();
}

/** @throws InputError `input.schedule` naming the field */
export function assertCatchUp(catchUp: CatchUp): void {
  if (typeof catchUp !== 'object') return;
  const { max, withinMs } = catchUp;
  if (!Number.isInteger(max) || max < 1 || max > MOST_CAUGHT_UP)
    throw wrongField('catchUpMax', words('write a whole number from 1 to {most}', { most: MOST_CAUGHT_UP }));
  if (!Number.isInteger(withinMs) || withinMs < MIN_WINDOW_MS || withinMs > MAX_WINDOW_MS)
    throw wrongField('catchUpWithinMs', words('the window must be from one minute to 366 days'));
}

/** Of an interval the first time that is not before `ms`, counted on from `dueAt`; of a crontab that moment itself. */
function laterDue(rule: Parameters<typeof nextDue>[0], dueAt: Date, ms: number): Date {
  if (dueAt.getTime() >= ms) return dueAt;
  if (rule.kind === 'crontab') return new Date(ms);
  const steps = Math.ceil((ms - dueAt.getTime()) / rule.everyMs);
  return new Date(dueAt.getTime() + steps * rule.everyMs);
}
