import { expect } from 'chai';
import type { Schedule } from '../../../plugin/ports/credential-store.ts';
import {
  duesIfSet,
  setSchedule,
  storedDues,
  USUAL_SCHEDULE,
  upcomingDues,
} from '../../../server/scheduler/set-schedule.ts';

const START = new Date('2026-03-01T10:00:30Z');
const HOURLY: Schedule['rule'] = { kind: 'crontab', expression: '0 * * * *', timeZone: 'UTC' };
const HOUR = 3_600_000;

describe('setting a schedule', () => {
  const former: Schedule = {
    configurationId: 'a',
    enabled: true,
    rule: HOURLY,
    oneOff: false,
    startAt: null,
    expiresAt: null,
    overlap: 'skip',
    catchUp: 'one',
    deadlineMs: null,
    nextDueAt: START,
    waiting: [],
    lastRunAt: START,
    lastSkipped: null,
    totalRuns: 7,
    updatedAt: new Date('2026-02-01T00:00:00Z'),
  };

  it('keeps the counters and counts the next due time from now', () => {
    const set = setSchedule('a', { enabled: true, rule: { kind: 'interval', everyMs: 1_000 } }, former, START);
    expect(set).to.deep.equal({
      ...former,
      rule: { kind: 'interval', everyMs: 1_000 },
      nextDueAt: new Date('2026-03-01T10:00:31Z'),
      updatedAt: START,
    });
  });

  it('S6: keeps the due time that it waits for while its times stay, so that saving something else puts no run off', () => {
    const rule = { kind: 'interval', everyMs: 10 * 24 * HOUR } as const;
    const due = new Date(START.getTime() + HOUR);
    const waiting: Schedule = { ...former, rule, nextDueAt: due };
    const set = (wanted: object, now = START) =>
      setSchedule('a', { enabled: true, rule: { ...rule }, ...wanted }, waiting, now).nextDueAt;
    expect(
      set({ overlap: 'queue', catchUp: 'none', deadlineMs: HOUR, expiresAt: new Date('2027-01-01') }),
    ).to.deep.equal(due);
    expect(set({}, new Date(due.getTime() + 1)), 'due, and not begun yet').to.deep.equal(due);
    const anew = new Date(START.getTime() + 10 * 24 * HOUR);
    expect(set({ startAt: new Date('2026-01-01') })).to.deep.equal(anew);
    const disabled = setSchedule('a', { enabled: false, rule }, waiting, START);
    expect(setSchedule('a', { enabled: true, rule }, disabled, START).nextDueAt).to.deep.equal(anew);
    expect(() => set({ expiresAt: due })).to.throw(
      'expiresAt: no run would be due before this end; choose a later one',
    );
  });

  it('X12: previews for a change what it leads to', () => {
    const rule = { kind: 'interval', everyMs: 10 * HOUR } as const;
    const waiting: Schedule = { ...former, rule, nextDueAt: new Date(START.getTime() + HOUR) };
    for (const timing of [
      { rule },
      { rule, oneOff: true },
      { rule: HOURLY },
      { rule, startAt: new Date('2026-04-01') },
    ]) {
      const wanted = { oneOff: false, startAt: null, expiresAt: null, ...timing };
      const set = setSchedule('a', { enabled: true, ...wanted }, waiting, START);
      expect(duesIfSet(wanted, waiting, START, 5)).to.deep.equal(storedDues(set, START, 5));
    }
  });

  it('S5: forgets the last run when it is disabled, so that enabling it again catches nothing up', () => {
    const disabled = setSchedule('a', { enabled: false, rule: HOURLY }, former, START);
    expect(disabled).to.include({ nextDueAt: null, lastRunAt: null, totalRuns: 7 });
    const enabled = setSchedule('a', { enabled: true, rule: HOURLY }, disabled, new Date('2026-04-01T00:00:01Z'));
    expect(enabled.nextDueAt).to.deep.equal(new Date('2026-04-01T01:00:00Z'));
  });

  it('X6: refuses a rule that cannot be used, also when it is disabled', () => {
    const rule: Schedule['rule'] = { kind: 'crontab', expression: '0 0 31 2 *', timeZone: 'UTC' };
    expect(() => setSchedule('a', { enabled: false, rule }, null, START)).to.throw(
      'expression: "0 0 31 2 *" names a date that never comes',
    );
  });

  it('S1: makes a given moment a one-off', () => {
    const at = new Date('2026-05-01T00:00:00Z');
    const set = setSchedule('a', { enabled: true, rule: { kind: 'clocked', at } }, null, START);
    expect(set).to.deep.include({ oneOff: true, nextDueAt: at });
  });

  it('S10: is off and every ten days until somebody says otherwise', () => {
    expect(setSchedule('a', USUAL_SCHEDULE, null, START)).to.deep.include({
      ...{ enabled: false, rule: { kind: 'interval', everyMs: 10 * 24 * HOUR }, nextDueAt: null },
      ...{ oneOff: false, overlap: 'skip', catchUp: 'one' },
    });
  });

  it('can be told from the former one also when both are set in the same millisecond', () => {
    const again = setSchedule('a', { enabled: true, rule: HOURLY }, { ...former, updatedAt: START }, START);
    expect(again.updatedAt.getTime()).to.equal(START.getTime() + 1);
  });

  for (const [problem, wanted, message] of [
    [
      'an end before the start',
      { rule: HOURLY, startAt: new Date('2026-04-01'), expiresAt: new Date('2026-03-02') },
      'expiresAt: the end must be later than the start',
    ],
    [
      'an end before any run',
      { rule: HOURLY, expiresAt: new Date('2026-03-01T10:30:00Z') },
      'expiresAt: no run would be due before this end; choose a later one',
    ],
    [
      'a latest start that no look at the store could keep',
      { rule: HOURLY, deadlineMs: 1_000 },
      'deadlineMs: the deadline must be from one minute to one year, or empty',
    ],
    [
      'a moment before the start',
      { rule: { kind: 'clocked', at: START }, startAt: new Date('2026-04-01') },
      'at: the moment lies before the start; leave the start empty',
    ],
  ] as const) {
    it(`X6: refuses ${problem}`, () => {
      expect(() => setSchedule('a', { enabled: true, ...wanted }, null, START)).to.throw(message);
    });
  }
});

describe('the due times of a schedule', () => {
  const dues = (timing: Partial<Parameters<typeof upcomingDues>[0]>, now = START, count = 3) =>
    upcomingDues({ oneOff: false, startAt: null, expiresAt: null, rule: HOURLY, ...timing }, now, count).map((due) =>
      due.toISOString().slice(0, 16),
    );

  it('S2: come not before the start, an interval at it', () => {
    const startAt = new Date('2026-03-05T08:00:00Z');
    expect(dues({ startAt })).to.deep.equal(['2026-03-05T08:00', '2026-03-05T09:00', '2026-03-05T10:00']);
    const rule = { kind: 'interval', everyMs: 2 * HOUR } as const;
    expect(dues({ startAt, rule })).to.deep.equal(['2026-03-05T08:00', '2026-03-05T10:00', '2026-03-05T12:00']);
    expect(dues({ startAt: new Date('2026-02-01'), rule }, START, 1)).to.deep.equal(['2026-03-01T12:00']);
  });

  it('S3: end before the schedule expires', () => {
    expect(dues({ expiresAt: new Date('2026-03-01T12:00:00Z') })).to.deep.equal(['2026-03-01T11:00']);
  });

  it('S4: are one of a one-off', () => {
    expect(dues({ oneOff: true })).to.deep.equal(['2026-03-01T11:00']);
    expect(dues({ rule: { kind: 'clocked', at: new Date('2026-07-01T00:00:00Z') } })).to.deep.equal([
      '2026-07-01T00:00',
    ]);
  });

  it('begin with the one that a stored schedule waits for', () => {
    const rule = { kind: 'interval', everyMs: 10 * HOUR } as const;
    const set = setSchedule('a', { enabled: true, rule }, null, START);
    const now = new Date(START.getTime() + 9 * HOUR);
    const hours = (schedule: Schedule) =>
      storedDues(schedule, now, 3).map((due) => (due.getTime() - START.getTime()) / HOUR);
    expect(hours(set)).to.deep.equal([10, 20, 30]);
    expect(hours({ ...set, oneOff: true })).to.deep.equal([10]);
    expect(hours({ ...set, enabled: false, nextDueAt: null })).to.deep.equal([19, 29, 39]);
  });

  // X5: what clocks jump over and what they show again, in zones with a whole hour and with half an hour, and in one where nothing changes.
  for (const [zone, expression, now, policy, expected] of [
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00Z', {}, ['2026-03-08T07:00', '2026-03-09T06:30']],
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00Z', { gap: 'skip' }, ['2026-03-09T06:30', '2026-03-10T06:30']],
    ['America/New_York', '30 1 * * *', '2026-11-01T04:00Z', {}, ['2026-11-01T05:30', '2026-11-02T06:30']],
    [
      'America/New_York',
      '30 1 * * *',
      '2026-11-01T04:00Z',
      { repeated: 'both' },
      ['2026-11-01T05:30', '2026-11-01T06:30'],
    ],
    [
      'America/New_York',
      '*/30 1 * * *',
      '2026-11-01T05:30Z',
      { repeated: 'both' },
      ['2026-11-01T06:00', '2026-11-01T06:30'],
    ],
    ['Europe/Kyiv', '30 3 * * *', '2026-03-28T12:00Z', { gap: 'skip' }, ['2026-03-30T00:30', '2026-03-31T00:30']],
    [
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2026-04-04T12:00Z',
      { repeated: 'both' },
      ['2026-04-04T14:45', '2026-04-04T15:15'],
    ],
    // clocks change at midnight, so that a day has none or its last hour twice
    ['America/Santiago', '0 0 * * *', '2026-09-05T12:00Z', {}, ['2026-09-06T04:00', '2026-09-07T03:00']],
    ['America/Santiago', '0 0 * * *', '2026-09-05T12:00Z', { gap: 'skip' }, ['2026-09-07T03:00', '2026-09-08T03:00']],
    [
      'America/Santiago',
      '30 23 * * *',
      '2026-04-04T12:00Z',
      { repeated: 'both' },
      ['2026-04-05T02:30', '2026-04-05T03:30'],
    ],
    [
      'Asia/Kolkata',
      '30 1 * * *',
      '2026-11-01T04:00Z',
      { repeated: 'both', gap: 'skip' },
      ['2026-11-01T20:00', '2026-11-02T20:00'],
    ],
  ] as const) {
    it(`X5: of ${expression} in ${zone} from ${now} with ${JSON.stringify(policy)}`, () => {
      const rule = { kind: 'crontab', expression, timeZone: zone, ...policy } as const;
      expect(dues({ rule }, new Date(now), 2)).to.deep.equal(expected);
    });
  }
});
