/** Wakes the runs that are due. The truth lies in the store: which schedules exist, when each is due next and which due
 *  time has its run already. node-schedule is the alarm clock, so that any number of processes may run a scheduler. */

import { type Job, scheduleJob } from 'node-schedule';
import type { CredentialRunner } from '../../plugin/credentials/credential-runner.ts';
import { eachConcurrently } from '../../plugin/each-concurrently.ts';
import { CredentialsError } from '../../plugin/errors.ts';
import type { CredentialStore, Schedule, ScheduleStep } from '../../plugin/ports/credential-store.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import { caughtUp, dueAfterMissed, isOwed, isPastEnd, MISSED_AFTER_MS } from './missed-times.ts';
import { followingDue } from './set-schedule.ts';

export interface Scheduler {
  start(): void;
  /** No further run is begun; resolves when a look at the store that is under way has ended. */
  stop(): Promise<void>;
}

export interface SchedulerParts {
  readonly store: CredentialStore;
  readonly runner: CredentialRunner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often the store is asked for due schedules, and so how late a change is noticed. At most 5000. */
  readonly lookEveryMs?: number;
}

const MAX_DUE_AT_ONCE = 100;
/** Schedules do not wait for each other: most of the time of each is the store's. */
const BEGUN_AT_ONCE = 10;
const TAKE_OVER_EVERY_MS = 5_000;
const RUNS_LOOKED_AT = 100;
/** So many runs of a configuration may go at once, where its schedule lets them: each asks the LMS for the same learners. */
const MOST_BESIDE = 10;

export function createScheduler({ store, runner, clock, logger, lookEveryMs = 1_000 }: SchedulerParts): Scheduler {
  let alarm: Job | null = null;
  let looking: Promise<void> = Promise.resolve();
  let stopped = true;
  let takeOverAt = 0;
  /** Due schedules that wait for a run, at the last look: they must not keep the others from their turn. */
  let waiting = 0;

  /** One alarm at a time, set anew after each look: a process that was held up looks once, it does not catch up ticks. */
  function setAlarm(): void {
    if (stopped) return;
    alarm = scheduleJob(new Date(Date.now() + lookEveryMs), () => {
      looking = look().finally(setAlarm);
    });
    // node-schedule refuses a date that has passed meanwhile
    if (alarm === null) setImmediate(setAlarm);
  }

  async function look(): Promise<void> {
    try {
      const now = clock.now();
      const due = await store.dueSchedules(now, MAX_DUE_AT_ONCE + waiting);
      waiting = 0;
      waiting = await eachConcurrently(due, BEGUN_AT_ONCE, async (schedule) => (stopped ? 0 : runDue(schedule, now)));
      if (stopped) return;
      if (now.getTime() >= takeOverAt) {
        takeOverAt = now.getTime() + TAKE_OVER_EVERY_MS;
        const taken = await runner.takeOverAbandoned();
        if (taken > 0) logger.warn('abandoned credential runs were taken over', { count: taken });
      }
    } catch (error) {
      logger.error('the schedules could not be looked at; the next look tries again', { error: codeOf(error) });
    }
  }

  /** The run is recorded before the schedule moves on: a crash in between leads to the same run again, never to none.
   *  However many due times were missed, the next one is counted from now: unless the schedule asks for more, at most one
   *  run catches up.
   *  @returns 1: it waits, 0: it does not */
  async function runDue(schedule: Schedule, now: Date): Promise<0 | 1> {
    const { configurationId, nextDueAt: dueAt } = schedule;
    if (dueAt === null) return 0;
    const turn = await turnOf(schedule, dueAt, now);
    if (turn === 'wait') return waitForTurn(schedule, dueAt);
    if (turn === 'catch-up') return beginCatchUp(schedule, dueAt, now);
    let skipped: ScheduleStep['skipped'] = turn === 'run' ? null : turn;
    let runId: string | null = null;
    if (skipped === null) {
      try {
        const beside = schedule.overlap === 'allow' || isOwed(schedule);
        runId = await runner.runNow(configurationId, 'schedule', dueAt, { beside });
      } catch (error) {
        if (!(error instanceof CredentialsError) || error.retry === 'later') throw error;
        if (error.code === 'not-found.configuration') {
          // Whoever deleted the configuration died before its schedule was gone too.
          await store.removeSchedule(configurationId);
          logger.warn('the schedule of a deleted configuration was removed', { configurationId });
          return 0;
        }
        logger.error('a scheduled run could not begin', { configurationId, error: error.code });
        skipped = 'cannot-begin';
      }
    }
    const ranAt = skipped === null ? now : null;
    const then = following(schedule, dueAt, now, ranAt !== null);
    if (await store.advanceSchedule(configurationId, dueAt, { ...then, ranAt, skipped }))
      logger.info('a schedule was due', { configurationId, runId, skipped, lateMs: now.getTime() - dueAt.getTime() });
    return 0;
  }

  /** Where each missed time is run, one that waits is told apart from one that came while nothing was there. */
  async function waitForTurn(schedule: Schedule, dueAt: Date): Promise<1> {
    if (typeof schedule.catchUp === 'object' && !isOwed(schedule))
      await store.advanceSchedule(schedule.configurationId, dueAt, {
        ...{ nextDueAt: dueAt, waiting: [dueAt] },
        ...{ ranAt: null, skipped: null },
      });
    return 1;
  }

  /** What is to be run is written down first: it stays the same however long that takes, and whoever carries it on. */
  async function beginCatchUp(schedule: Schedule, dueAt: Date, now: Date): Promise<0 | 1> {
    const { configurationId } = schedule;
    const dues = missedOf(schedule, dueAt, now);
    const [first] = dues;
    const then = first ? { nextDueAt: first, waiting: dues } : following(schedule, dueAt, now, false);
    const skipped = first && first <= dueAt ? null : 'missed';
    if (!(await store.advanceSchedule(configurationId, dueAt, { ...then, ranAt: null, skipped }))) return 0;
    logger.info('missed times of a schedule are caught up', { configurationId, runs: dues.length });
    return first ? runDue({ ...schedule, ...then }, now) : 0;
  }

  /** @returns `wait`: it stays due until the run that is going has ended; `catch-up`: it was missed, and maybe others too */
  async function turnOf(
    schedule: Schedule,
    dueAt: Date,
    now: Date,
  ): Promise<'run' | 'wait' | 'catch-up' | 'still-running' | 'missed'> {
    const { configurationId, overlap, catchUp, deadlineMs, rule } = schedule;
    const runs = await store.runs({ configurationId, limit: RUNS_LOOKED_AT });
    // the process that recorded it died before the schedule moved on
    if (runs.some((run) => run.dueAt.getTime() === dueAt.getTime())) return 'run';
    const mustRun = isOwed(schedule) || rule.kind === 'clocked';
    const ended = Math.max(...runs.map(({ finishedAt }) => finishedAt?.getTime() ?? 0), 0);
    const couldRun = new Date(Math.max(dueAt.getTime(), mustRun || overlap === 'queue' ? ended : 0));
    if (isPastEnd(schedule, dueAt, now) && isPastEnd(schedule, couldRun, now)) return 'missed';
    if (typeof catchUp === 'object' && !mustRun && now.getTime() - dueAt.getTime() > MISSED_AFTER_MS) return 'catch-up';
    const going = runs.filter((run) => run.state === 'running').length;
    // a due time that waits for a run is late by intention
    if (going > (overlap === 'allow' ? MOST_BESIDE - 1 : 0))
      return mustRun || overlap === 'queue' ? 'wait' : 'still-running';
    if (mustRun) return 'run';
    const latestMs = catchUp === 'none' ? MISSED_AFTER_MS : (deadlineMs ?? Number.POSITIVE_INFINITY);
    return now.getTime() - couldRun.getTime() > latestMs ? 'missed' : 'run';
  }

  /** A rule that was stored unchecked never comes due again instead of stopping all others. */
  function following(
    schedule: Schedule,
    dueAt: Date,
    now: Date,
    ran: boolean,
  ): Pick<ScheduleStep, 'nextDueAt' | 'waiting'> {
    const { catchUp, overlap } = schedule;
    const rest = isOwed(schedule) ? schedule.waiting.slice(1).filter((due) => !isPastEnd(schedule, due, now)) : [];
    if (rest[0]) return { nextDueAt: rest[0], waiting: rest };
    const wasLate = now.getTime() - dueAt.getTime() > MISSED_AFTER_MS;
    // beside others, what came meanwhile has its own turn; else the last of those that waited stands for it
    const passed = overlap === 'allow' && isOwed(schedule) ? dueAt : now;
    return orNever(() =>
      typeof catchUp === 'object' && (wasLate || isOwed(schedule))
        ? dueAfterMissed(schedule, dueAt, passed, ran)
        : followingDue(schedule, now, ran),
    );
  }

  function missedOf(schedule: Schedule, dueAt: Date, now: Date): readonly Date[] {
    try {
      return caughtUp(schedule, dueAt, now);
    } catch {
      return [];
    }
  }

  function orNever(work: () => Date | null): Pick<ScheduleStep, 'nextDueAt' | 'waiting'> {
    try {
      return { nextDueAt: work(), waiting: [] };
    } catch (error) {
      logger.error('a schedule has a rule that cannot be used; correct it on its page', { error: codeOf(error) });
      return { nextDueAt: null, waiting: [] };
    }
  }

  return {
    start() {
      stopped = false;
      looking = look().finally(setAlarm);
    },
    async stop() {
      stopped = true;
      alarm?.cancel();
      await looking;
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof CredentialsError ? error.code : error instanceof Error ? error.name : typeof error;
}
