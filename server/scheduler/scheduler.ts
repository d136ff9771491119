/** Wakes the runs that are due. The truth lies in the store: which schedules exist, when each is due next and which due
 *  time has its run already. node-schedule is the alarm clock, so that any number of processes may run a scheduler. */

import { type Job, scheduleJob } from 'node-schedule';
import type { CredentialRunner } from '../../plugin/credentials/credential-runner.ts';
import { CredentialsError } from '../../plugin/errors.ts';
import type { CredentialStore, Schedule } from '../../plugin/ports/credential-store.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import { nextDue } from './next-due.ts';

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
const TAKE_OVER_EVERY_MS = 5_000;

export function createScheduler({ store, runner, clock, logger, lookEveryMs = 1_000 }: SchedulerParts): Scheduler {
  let alarm: Job | null = null;
  let looking: Promise<void> = Promise.resolve();
  let stopped = true;
  let takeOverAt = 0;

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
      for (const schedule of await store.dueSchedules(now, MAX_DUE_AT_ONCE)) {
        if (stopped) return;
        await runDue(schedule, now);
      }
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
   *  However many due times were missed, the next one is counted from now: one run catches up. */
  async function runDue(schedule: Schedule, now: Date): Promise<void> {
    const { configurationId, nextDueAt: dueAt, rule } = schedule;
    if (dueAt === null) return;
    let runId: string | null = null;
    try {
      runId = await runner.runNow(configurationId, 'schedule', dueAt);
    } catch (error) {
      if (!(error instanceof CredentialsError) || error.retry === 'later') throw error;
      logger.error('a scheduled run could not begin', { configurationId, error: error.code });
    }
    if (await store.advanceSchedule(configurationId, dueAt, next(rule, now), now)) {
      logger.info('a schedule was due', { configurationId, runId, lateMs: now.getTime() - dueAt.getTime() });
    }
  }

  /** A rule that was stored unchecked never comes due again instead of stopping all others. */
  function next(rule: Schedule['rule'], now: Date): Date | null {
    try {
      return nextDue(rule, now);
    } catch (error) {
      logger.error('a schedule has a rule that cannot be used; correct it on its page', { error: codeOf(error) });
      return null;
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

/** A schedule as it is stored when somebody sets it. Changing or enabling it never catches up what it missed.
 *  @param former keeps the counters @throws InputError `input.schedule` */
export function setSchedule(
  configurationId: string,
  wanted: Pick<Schedule, 'enabled' | 'rule'>,
  former: Schedule | null,
  now: Date,
): Schedule {
  const next = nextDue(wanted.rule, now);
  return {
    configurationId,
    enabled: wanted.enabled,
    rule: wanted.rule,
    nextDueAt: wanted.enabled ? next : null,
    lastRunAt: wanted.enabled ? (former?.lastRunAt ?? null) : null,
    totalRuns: former?.totalRuns ?? 0,
  };
}

function codeOf(error: unknown): string {
  return error instanceof CredentialsError ? error.code : error instanceof Error ? error.name : typeof error;
}
