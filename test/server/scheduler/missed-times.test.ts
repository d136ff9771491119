import { expect } from 'chai';
import fc from 'fast-check';
import type { CatchUp, Schedule } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { caughtUp } from '../../../server/scheduler/missed-times.ts';
import { latestDues, nextDue, type RepeatingRule } from '../../../server/scheduler/next-due.ts';
import { ifDown, setSchedule } from '../../../server/scheduler/set-schedule.ts';
import { SchedulerDays } from '../../support/scheduler-days.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const all = (max: number, withinMs: number): CatchUp => ({ kind: 'all', max, withinMs });
const texts = (dues: readonly Date[]) => dues.map((due) => due.toISOString().slice(0, 16));
const HOURLY: RepeatingRule = { kind: 'crontab', expression: '0 * * * *', timeZone: 'UTC' };

const ZONES = ['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Europe/Kyiv', 'Africa/Cairo'];
const EXPRESSIONS = ['0 * * * *', '30 2 * * *', '*/20 1-3 * * *', '15 6 * * mon', '0 0 13 * fri', '45 23 1,15 * *'];
const rules: fc.Arbitrary<RepeatingRule> = fc.oneof(
  fc.integer({ min: 1, max: 3 * 24 * 60 }).map((minutes) => ({ kind: 'interval' as const, everyMs: minutes * MINUTE })),
  fc.record({
    kind: fc.constant('crontab' as const),
    expression: fc.constantFrom(...EXPRESSIONS),
    timeZone: fc.constantFrom(...ZONES),
    days: fc.constantFrom('both' as const, 'either' as const),
    gap: fc.constantFrom('after' as const, 'skip' as const),
    repeated: fc.constantFrom('first' as const, 'both' as const),
  }),
);
/** The days of 2026 on which these zones change their clocks, and others. */
const moments = fc
  .oneof(
    fc.constantFrom('2026-03-08', '2026-11-01', '2026-10-04', '2026-04-05', '2026-03-29', '2026-10-25', '2026-04-24'),
    fc.constantFrom('2026-01-13', '2026-02-28', '2026-12-31'),
  )
  .chain((day) =>
    fc.integer({ min: -24 * 60, max: 48 * 60 }).map((minute) => new Date(Date.parse(day) + minute * MINUTE)),
  );

/** One by one, as the scheduler goes on where nothing is missed. */
function duesOneByOne(rule: RepeatingRule, from: Date, to: Date): readonly Date[] {
  const dues: Date[] = [];
  // an interval has a due time to count from
  const first = rule.kind === 'interval' ? from : nextDue(rule, new Date(from.getTime() - 1));
  for (let due = first; due <= to; due = nextDue(rule, due)) dues.push(due);
  return dues;
}

describe('missed times', () => {
  it('are the same whether they are found from the end of a span or one by one, through changes of clocks', () => {
    fc.assert(
      fc.property(
        rules,
        moments,
        fc.integer({ min: 0, max: 4 * 24 * 60 }),
        fc.integer({ min: 1, max: 40 }),
        (rule, start, minutes, most) => {
          const from = rule.kind === 'interval' ? nextDue(rule, start) : start;
          const to = new Date(start.getTime() + minutes * MINUTE);
          const each = duesOneByOne(rule, from, to);
          expect(latestDues(rule, from, to, most)).to.deep.equal(each.slice(-most));
        },
      ),
      { numRuns: 300 },
    );
  });

  const policy = { rule: HOURLY, oneOff: false, expiresAt: null, deadlineMs: null } as const;
  const dueAt = new Date('2026-03-01T11:00:00Z');
  const back = new Date('2026-03-02T10:30:00Z');
  for (const [name, changes, expected] of [
    ['one run for all of them', { catchUp: 'one' }, ['2026-03-01T11:00']],
    ['none', { catchUp: 'none' }, []],
    [
      'the latest so many, oldest first',
      { catchUp: all(3, 7 * DAY) },
      ['2026-03-02T08:00', '2026-03-02T09:00', '2026-03-02T10:00'],
    ],
    ['none older than the window', { catchUp: all(100, 2 * HOUR) }, ['2026-03-02T09:00', '2026-03-02T10:00']],
    ['one that is just as old as the window', { catchUp: all(100, 30 * MINUTE) }, ['2026-03-02T10:00']],
    ['nothing where all are older', { catchUp: all(100, 29 * MINUTE) }, []],
    ['none that begins too late', { catchUp: all(100, 7 * DAY), deadlineMs: HOUR }, ['2026-03-02T10:00']],
    ['one of a one-off', { catchUp: all(5, 2 * HOUR), oneOff: true }, ['2026-03-02T09:00']],
    ['nothing after the end', { catchUp: all(5, DAY), expiresAt: back }, []],
    [
      'an interval at the times it would have had',
      { catchUp: all(2, DAY), rule: { kind: 'interval', everyMs: 7 * HOUR } },
      ['2026-03-02T01:00', '2026-03-02T08:00'],
    ],
  ] as const satisfies readonly (readonly [string, Partial<Schedule>, readonly string[]])[]) {
    it(`are caught up by their policy: ${name}`, () => {
      expect(texts(caughtUp({ ...policy, ...changes }, dueAt, back))).to.deep.equal(expected);
    });
  }

  it('S3: leave a time that was due in the minute before to be run after the end, in the preview of an outage too', () => {
    const wanted = { enabled: true, rule: HOURLY, expiresAt: new Date('2026-03-01T11:00:30Z') };
    const outage = (to: string) => ifDown(wanted, new Date('2026-03-01T10:30:00Z'), new Date(to));
    expect(outage('2026-03-01T11:01:00Z')).to.deep.equal({ missed: 1, runs: [dueAt] });
    expect(outage('2026-03-01T11:01:01Z')).to.deep.equal({ missed: 1, runs: [] });
  });

  it('are found at once also after years of a schedule that runs every minute', () => {
    const rule: RepeatingRule = { kind: 'crontab', expression: '* * * * *', timeZone: 'Europe/Kyiv' };
    const runs = caughtUp({ ...policy, rule, catchUp: all(2, 366 * DAY) }, new Date('2020-01-01'), back);
    expect(texts(runs)).to.deep.equal(['2026-03-02T10:29', '2026-03-02T10:30']);
  });

  it('X5: of a night in which clocks change are run once each, in the gap and where they show a time twice', () => {
    const missed = (timeZone: string, from: string, to: string, changes: object = {}) =>
      texts(
        ifDown(
          {
            enabled: true,
            rule: { kind: 'crontab', expression: '30 1,2 * * *', timeZone, ...changes },
            catchUp: all(9, DAY),
          },
          new Date(from),
          new Date(to),
        ).runs,
      );
    const spring = ['2027-03-14T05:00:00Z', '2027-03-14T12:00:00Z'] as const;
    expect(missed('America/New_York', ...spring)).to.deep.equal(['2027-03-14T06:30', '2027-03-14T07:00']);
    expect(missed('America/New_York', ...spring, { gap: 'skip' })).to.deep.equal(['2027-03-14T06:30']);
    const autumn = ['2026-11-01T04:00:00Z', '2026-11-01T12:00:00Z'] as const;
    expect(missed('America/New_York', ...autumn)).to.deep.equal(['2026-11-01T05:30', '2026-11-01T07:30']);
    expect(missed('America/New_York', ...autumn, { repeated: 'both' })).to.deep.equal([
      ...['2026-11-01T05:30', '2026-11-01T06:30', '2026-11-01T07:30'],
    ]);
    expect(missed('Asia/Kolkata', ...autumn), 'no change there').to.deep.equal([]);
  });

  it('in any pattern of outages, with several processes, each have one run of their own, as the preview says', async () => {
    const outages = fc.array(
      fc.record({ up: fc.integer({ min: 1, max: 300 }), down: fc.integer({ min: 0, max: 3_000 }) }),
      { minLength: 1, maxLength: 4 },
    );
    const policies = fc.oneof(
      fc.constantFrom<CatchUp>('one', 'none'),
      fc.record({
        kind: fc.constant('all' as const),
        max: fc.integer({ min: 1, max: 6 }),
        withinMs: fc.integer({ min: 1, max: 3_000 }).map((minutes) => minutes * MINUTE),
      }),
    );
    const overlaps = fc.constantFrom<Schedule['overlap']>('skip', 'queue', 'allow');
    await fc.assert(
      fc.asyncProperty(rules, moments, outages, policies, overlaps, async (rule, start, pattern, catchUp, overlap) => {
        const store = new MemoryCredentialStore();
        const days = new SchedulerDays(store);
        const wanted = { enabled: true, rule, catchUp, overlap };
        await store.saveSchedule(setSchedule('a', wanted, null, start));
        let at = start.getTime();
        const expected: string[] = [];
        for (const { up, down } of pattern) {
          for (const end = at + up * MINUTE; at < end; at += MINUTE) {
            const due = (await store.schedule('a'))?.nextDueAt;
            if (due && due.getTime() <= at) expected.push(due.toISOString());
            await days.look(new Date(at));
          }
          const due = (await store.schedule('a'))?.nextDueAt;
          at += down * MINUTE;
          if (!due || due.getTime() > at) continue;
          const isInTime = at - due.getTime() <= MINUTE;
          const runs = isInTime ? [due] : caughtUp({ ...policy, rule, catchUp }, due, new Date(at));
          expected.push(...runs.map((run) => run.toISOString()));
          // both processes come up in the same moment, and look as often as it takes
          for (let looks = 0; looks < 8; looks++)
            await Promise.all([days.look(new Date(at + looks * 1_000)), days.look(new Date(at + looks * 1_000))]);
          at += MINUTE;
        }
        expect(days.fired.map(({ dueAt: due }) => due.toISOString())).to.deep.equal(expected);
        expect(new Set(expected).size).to.equal(expected.length);
      }),
      { numRuns: 60 },
    );
  });
});
