import { expect } from 'chai';
import fc from 'fast-check';
import type { Schedule } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { setSchedule, upcomingDues, type WantedSchedule } from '../../../server/scheduler/set-schedule.ts';
import { SchedulerDays } from '../../support/scheduler-days.ts';

const MINUTE = 60_000;
/** Hours that change by one and by a half, south and north, and one that never change. */
const ZONES = ['America/New_York', 'Europe/Kyiv', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata'] as const;

describe('schedules over days', () => {
  it('X12: run at the five times that the preview shows: 200 schedules, each in five zones', async function () {
    this.timeout(60_000);
    const minute = fc.constantFrom('0', '30', '*/20', '5,55', '45');
    const hour = fc.constantFrom('*', '1-3', '0', '2', '*/7', '23');
    const day = fc.constantFrom('*', '*', '1', '13,28-31', '*/9');
    const month = fc.constantFrom('*', '*', '3,4', '10-11', '2');
    const weekday = fc.constantFrom('*', '*', 'sun', '1-5', 'fri');
    const crontab = fc.record({
      expression: fc.tuple(minute, hour, day, month, weekday).map((fields) => fields.join(' ')),
      days: fc.constantFrom('both' as const, 'either' as const),
      gap: fc.constantFrom('after' as const, 'skip' as const),
      repeated: fc.constantFrom('first' as const, 'both' as const),
    });
    const now = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
    const limits = fc.record({
      startAt: fc.option(fc.integer({ min: -40, max: 40 })),
      expiresAt: fc.option(fc.integer({ min: 41, max: 400 })),
      oneOff: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(crontab, now, limits, fc.integer({ min: 0, max: 59_000 }), async (rule, begin, within, late) => {
        const store = new MemoryCredentialStore();
        const days = new SchedulerDays(store);
        const dayAfter = (count: number | null) =>
          count === null ? null : new Date(begin.getTime() + count * 86_400_000);
        const previews = new Map<string, readonly Date[]>();
        for (const timeZone of ZONES) {
          const wanted: Required<Pick<WantedSchedule, 'rule' | 'oneOff' | 'startAt' | 'expiresAt'>> = {
            rule: { kind: 'crontab', timeZone, ...rule },
            oneOff: within.oneOff,
            startAt: dayAfter(within.startAt),
            expiresAt: dayAfter(within.expiresAt),
          };
          const preview = upcomingDues(wanted, begin, 5);
          previews.set(timeZone, preview);
          if (preview.length > 0)
            await store.saveSchedule(setSchedule(timeZone, { enabled: true, ...wanted }, null, begin));
        }
        const last = Math.max(0, ...[...previews.values()].flat().map((due) => due.getTime()));
        for (;;) {
          const next = Math.min(...(await store.schedules()).map(({ nextDueAt }) => nextDueAt?.getTime() ?? Infinity));
          if (next > last) break;
          await days.look(new Date(next - 1));
          await days.look(new Date(next + late));
        }
        for (const [zone, preview] of previews) {
          const fired = days.fired.filter(({ configurationId }) => configurationId === zone);
          expect(fired.slice(0, 5).map(({ dueAt }) => dueAt.toISOString())).to.deep.equal(
            preview.map((due) => due.toISOString()),
          );
          for (const { dueAt, at } of fired) expect(at.getTime() - dueAt.getTime()).to.be.within(0, 60_000);
        }
      }),
      {
        numRuns: 200,
        examples: [
          // the last due time a millisecond before the end, and looked at in the very moment of the end
          [
            { expression: '0 2 13,28-31 * *', days: 'both', gap: 'after', repeated: 'first' },
            new Date('2026-01-01T00:00:00.001Z'),
            { startAt: 12, expiresAt: 43, oneOff: false },
            1,
          ],
        ],
      },
    );
  });

  it('X1: run each of their times once in a day of three processes, which look when they like', async function () {
    this.timeout(60_000);
    const store = new MemoryCredentialStore();
    const days = new SchedulerDays(store);
    const begin = new Date('2026-03-28T12:00:20Z');
    const end = new Date('2026-03-29T12:00:00Z');
    const expected: string[] = [];
    for (let number = 0; number < 50; number++) {
      const id = `schedule-${number}`;
      const rule: Schedule['rule'] = {
        ...{ kind: 'crontab', expression: `${number} */${1 + (number % 6)} * * *`, repeated: 'both' },
        timeZone: ZONES[number % 5] ?? 'UTC',
      };
      await store.saveSchedule(setSchedule(id, { enabled: true, rule }, null, begin));
      const timing = { rule, oneOff: false, startAt: null, expiresAt: end };
      expected.push(...upcomingDues(timing, begin, 99).map((due) => `${id} ${due.toISOString()}`));
    }
    for (let at = begin.getTime(); at <= end.getTime() + MINUTE; at += 20_000)
      await Promise.all(
        [0, 7_000, 13_000].map((later) => days.look(new Date(Math.min(at + later, end.getTime() - 1)))),
      );
    const fired = days.fired.map(({ configurationId, dueAt }) => `${configurationId} ${dueAt.toISOString()}`);
    expect(expected.length).to.be.greaterThan(400);
    expect(fired.sort()).to.deep.equal(expected.sort());
    const counted = (await store.schedules()).reduce((sum, { totalRuns }) => sum + totalRuns, 0);
    expect(counted).to.equal(expected.length);
  });

  it('X9: run no time twice, also where a clock was not compared with the database in time', async () => {
    const store = new MemoryCredentialStore();
    const days = new SchedulerDays(store);
    const begin = new Date('2026-03-01T10:30:00Z');
    const rule: Schedule['rule'] = { kind: 'crontab', expression: '*/15 * * * *', timeZone: 'UTC' };
    await store.saveSchedule(setSchedule('a', { enabled: true, rule }, null, begin));
    for (let at = begin.getTime(); at <= begin.getTime() + 3 * 3_600_000; at += MINUTE) {
      await days.look(new Date(at), new Date(at + 5 * MINUTE));
      await days.look(new Date(at));
      await days.look(new Date(at), new Date(at - 5 * MINUTE));
    }
    const dues = days.fired.map(({ dueAt }) => dueAt.toISOString());
    expect(new Set(dues).size).to.equal(dues.length);
    expect(dues).to.have.length(12);
  });
});
