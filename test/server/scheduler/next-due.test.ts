import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../../plugin/errors.ts';
import { nextDue, type RepeatingRule } from '../../../server/scheduler/next-due.ts';
import { wallTimeAt } from '../../../server/scheduler/wall-clock.ts';

const crontab = (expression: string, timeZone = 'UTC'): RepeatingRule => ({ kind: 'crontab', expression, timeZone });
const interval = (everyMs: number): RepeatingRule => ({ kind: 'interval', everyMs });

/** Due times in order. */
function nextDues(rule: RepeatingRule, after: Date, count: number): readonly Date[] {
  const dues: Date[] = [];
  for (let from = after; dues.length < count; from = dues.at(-1) ?? after) dues.push(nextDue(rule, from));
  return dues;
}

function dues(expression: string, timeZone: string, after: string, count: number): string[] {
  return nextDues(crontab(expression, timeZone), new Date(after), count).map((due) =>
    due.toISOString().replace('.000Z', 'Z').replace(':00Z', 'Z'),
  );
}

function refusal(rule: RepeatingRule): string {
  try {
    nextDue(rule, new Date('2026-01-01T00:00:00Z'));
  } catch (error) {
    if (error instanceof InputError && error.code === 'input.schedule') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('an interval', () => {
  it('is due one interval after the last run', () => {
    expect(nextDue(interval(90_000), new Date('2026-01-01T00:00:00Z'))).to.deep.equal(new Date('2026-01-01T00:01:30Z'));
  });

  it('is refused when it is none', () => {
    for (const everyMs of [0, -1, 999, 1_000.5, Number.NaN, 1e15]) {
      expect(refusal(interval(everyMs)), String(everyMs)).to.equal(
        'everyMs: the interval must be from one second to ten years, in milliseconds',
      );
    }
  });

  it('may be longer than a timer can be', () => {
    expect(nextDue(interval(40 * 86_400_000), new Date('2026-01-01T00:00:00Z')).toISOString()).to.equal(
      '2026-02-10T00:00:00.000Z',
    );
  });
});

describe('a crontab', () => {
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['every minute', '* * * * *', '2026-01-01T00:00:30Z', ['2026-01-01T00:01Z', '2026-01-01T00:02Z']],
    ['steps', '*/20 */12 * * *', '2026-01-01T00:40:00Z', ['2026-01-01T12:00Z', '2026-01-01T12:20Z']],
    ['a step from a number on', '50/4 0 * * *', '2026-01-01T00:00:00Z', ['2026-01-01T00:50Z', '2026-01-01T00:54Z']],
    ['lists and ranges', '0 6,8-9 * * *', '2026-01-01T06:00:00Z', ['2026-01-01T08:00Z', '2026-01-01T09:00Z']],
    ['weekdays by name', '0 6 * * MON-wed', '2026-01-01T00:00:00Z', ['2026-01-05T06:00Z', '2026-01-06T06:00Z']],
    ['7 for Sunday', '0 0 * * 7', '2026-01-01T00:00:00Z', ['2026-01-04T00:00Z', '2026-01-11T00:00Z']],
    ['Friday to Sunday', '0 0 * * 5-7', '2026-01-01T00:00:00Z', ['2026-01-02T00:00Z', '2026-01-03T00:00Z']],
    ['months by name', '0 0 1 jan,Jul *', '2026-01-01T00:00:00Z', ['2026-07-01T00:00Z', '2027-01-01T00:00Z']],
    ['29 February', '0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
    ['29 February on a Monday', '0 0 29 2 1', '2026-01-01T00:00:00Z', ['2044-02-29T00:00Z', '2072-02-29T00:00Z']],
    ['after 2038', '0 0 1 1 *', '2040-06-01T00:00:00Z', ['2041-01-01T00:00Z']],
  ];
  for (const [name, expression, after, expected] of cases) {
    it(`knows ${name}: ${expression}`, () => {
      expect(dues(expression, 'UTC', after, expected.length)).to.deep.equal(expected);
    });
  }

  it('S7: needs the day of the month and the day of the week to agree, as Celery does', () => {
    expect(dues('0 0 13 * 5', 'UTC', '2026-01-01T00:00:00Z', 3)).to.deep.equal([
      '2026-02-13T00:00Z',
      '2026-03-13T00:00Z',
      '2026-11-13T00:00Z',
    ]);
  });

  it('S7: takes either of the two where it is told to, as classic cron does where both are named', () => {
    const either = (expression: string, count: number) =>
      nextDues(
        { kind: 'crontab', expression, timeZone: 'UTC', days: 'either' },
        new Date('2026-02-01T00:00:00Z'),
        count,
      ).map((due) => due.toISOString().slice(0, 10));
    expect(either('0 0 11 * 5', 4)).to.deep.equal(['2026-02-06', '2026-02-11', '2026-02-13', '2026-02-20']);
    expect(either('0 0 * * 5', 2), 'every day and Fridays are Fridays').to.deep.equal(['2026-02-06', '2026-02-13']);
    expect(either('0 0 11 * *', 2)).to.deep.equal(['2026-02-11', '2026-03-11']);
    expect(either('0 0 31 2 1', 2), 'a day that never comes beside one that does').to.deep.equal([
      '2026-02-02',
      '2026-02-09',
    ]);
  });

  it('is counted in its own time zone', () => {
    expect(dues('0 6 * * *', 'Asia/Kolkata', '2026-01-01T00:30:00Z', 2)).to.deep.equal([
      '2026-01-02T00:30Z',
      '2026-01-03T00:30Z',
    ]);
    expect(dues('0 0 1 * *', 'Pacific/Kiritimati', '2026-01-15T00:00:00Z', 1)).to.deep.equal(['2026-01-31T10:00Z']);
  });

  it('X5: runs right after a gap what would have been due in it, once', () => {
    expect(dues('30 2 * * *', 'America/New_York', '2027-03-13T12:00:00Z', 2)).to.deep.equal([
      '2027-03-14T07:00Z',
      '2027-03-15T06:30Z',
    ]);
    expect(dues('0,30 1-3 * * *', 'America/New_York', '2027-03-14T06:00:00Z', 3)).to.deep.equal([
      '2027-03-14T06:30Z',
      '2027-03-14T07:00Z',
      '2027-03-14T07:30Z',
    ]);
    expect(dues('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', 2)).to.deep.equal([
      '2026-10-03T15:30Z',
      '2026-10-04T15:15Z',
    ]);
  });

  it('X5: runs once, the first time, what clocks show twice', () => {
    expect(dues('30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', 2)).to.deep.equal([
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
    ]);
    expect(dues('*/30 1-2 * * *', 'America/New_York', '2026-11-01T04:59:00Z', 4)).to.deep.equal([
      '2026-11-01T05:00Z',
      '2026-11-01T05:30Z',
      '2026-11-01T07:00Z',
      '2026-11-01T07:30Z',
    ]);
    expect(dues('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00:00Z', 2)).to.deep.equal([
      '2026-04-04T14:45Z',
      '2026-04-05T15:15Z',
    ]);
  });

  it('X6: is refused with the field that is wrong', () => {
    const field = (text: string, name: string, range: string, words: string, example: string) =>
      `expression: "${text}" is no ${name}; write numbers from ${range}${words}, "*", ranges like ${example}, steps like */2, or several with commas`;
    expect(refusal(crontab('61 * * * *'))).to.equal(field('61', 'minute', '0 to 59', '', '1-4'));
    expect(refusal(crontab('* 24 * * *'))).to.equal(field('24', 'hour', '0 to 23', '', '1-4'));
    expect(refusal(crontab('* * 0 * *'))).to.equal(field('0', 'day of the month', '1 to 31', '', '2-5'));
    expect(refusal(crontab('* * * foo *'))).to.equal(field('foo', 'month', '1 to 12', ' or jan to dec', '2-5'));
    expect(refusal(crontab('* * * * 8'))).to.equal(field('8', 'day of the week', '0 to 7', ' or sun to sat', '1-4'));
    for (const minute of ['*/0', '5-1', '1-', '-1', '1,,2', '*-5', '1.5', '']) {
      expect(refusal(crontab(`${minute} * * * *`)), minute).to.match(/^expression: /);
    }
    expect(refusal(crontab('0 6 * *'))).to.equal(
      'expression: write five fields: minute, hour, day of the month, month, day of the week, e.g. "0 6 * * mon"',
    );
    expect(refusal(crontab('0 6 * * *', 'Europe/Atlantis'))).to.equal(
      'timeZone: there is no time zone "Europe/Atlantis"; write it like Europe/Kyiv or UTC',
    );
  });

  it('X13: is refused when its date never comes', () => {
    for (const expression of ['0 0 31 2 *', '0 0 31 4,6 *', '0 0 30 2 1']) {
      expect(refusal(crontab(expression))).to.equal(`expression: "${expression}" names a date that never comes`);
    }
  });

  it('X12: is due at the first minute that all fields name, whatever the zone', () => {
    const zones = [
      'UTC',
      'Europe/Kyiv',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
    ];
    const instants = fc.date({
      min: new Date('2026-01-01T00:00:00Z'),
      max: new Date('2027-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    const minutes = fc.constantFrom('0', '30', '*/15', '7,52');
    const hours = fc.constantFrom('*', '1-3', '0', '*/5', '23');
    fc.assert(
      fc.property(instants, minutes, hours, fc.constantFrom(...zones), (after, minute, hour, zone) => {
        const due = nextDue(crontab(`${minute} ${hour} * * *`, zone), after);
        expect(due > after).to.equal(true);
        expect(due.getTime() - after.getTime()).to.be.at.most(26 * 3_600_000);
        // every minute in between whose clock matches has been shown before
        const matches = fieldTest(minute, hour);
        for (let ms = Math.floor(after.getTime() / 60_000 + 1) * 60_000; ms < due.getTime(); ms += 60_000) {
          const wall = wallTimeAt(new Date(ms), zone);
          if (matches(wall.minute, wall.hour))
            expect(shownEarlier(ms, zone), new Date(ms).toISOString()).to.equal(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function fieldTest(minute: string, hour: string): (m: number, h: number) => boolean {
  const test = (text: string) => (value: number) =>
    text.split(',').some((part) => {
      const [range = '', step = '1'] = part.split('/');
      const [from, to] = range === '*' ? [0, 59] : range.split('-').map(Number);
      return value >= (from ?? 0) && value <= (to ?? from ?? 0) && (value - (from ?? 0)) % Number(step) === 0;
    });
  return (m, h) => test(minute)(m) && test(hour)(h);
}

function shownEarlier(ms: number, zone: string): boolean {
  const shown = JSON.stringify(wallTimeAt(new Date(ms), zone));
  return [30, 60].some((minutes) => JSON.stringify(wallTimeAt(new Date(ms - minutes * 60_000), zone)) === shown);
}
