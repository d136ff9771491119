import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';
import type { CredentialRunner } from '../../../plugin/credentials/credential-runner.ts';
import { NotFoundError, StoreError } from '../../../plugin/errors.ts';
import type { Schedule } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { createScheduler, type Scheduler } from '../../../server/scheduler/scheduler.ts';
import { setSchedule, upcomingDues, type WantedSchedule } from '../../../server/scheduler/set-schedule.ts';
import { aRun } from '../../contracts/credential-store.ts';

const START = new Date('2026-03-01T10:00:30Z');
const HOURLY: Schedule['rule'] = { kind: 'crontab', expression: '0 * * * *', timeZone: 'UTC' };

describe('the scheduler', () => {
  let timers: SinonFakeTimers;
  let store: MemoryCredentialStore;
  let runs: string[];
  let schedulers: Scheduler[];
  const clock = { now: () => new Date() };

  beforeEach(() => {
    timers = sinon.useFakeTimers({ now: START, toFake: ['Date', 'setTimeout', 'clearTimeout', 'setImmediate'] });
    store = new MemoryCredentialStore();
    runs = [];
    schedulers = [];
  });
  afterEach(async () => {
    await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
    timers.restore();
  });

  /** Records a run as the real one does, so that a due time has one run however many processes ask. */
  function aRunner(changes: Partial<CredentialRunner> = {}): CredentialRunner {
    return {
      async runNow(configurationId, trigger, dueAt) {
        const run = aRun({ id: `${configurationId} ${dueAt.toISOString()}`, configurationId, trigger, dueAt });
        if (await store.createRun({ ...run, state: 'done', finishedAt: new Date() }))
          runs.push(`${configurationId} ${dueAt.toISOString().slice(0, 16)}`);
        return run.id;
      },
      wait: async (runId) => aRun({ id: runId }),
      takeOverAbandoned: async () => 0,
      stop: async () => {},
      ...changes,
    };
  }

  function start(runner = aRunner(), logger = silentLogger): Scheduler {
    const scheduler = createScheduler({ store, runner, clock, logger });
    schedulers.push(scheduler);
    scheduler.start();
    return scheduler;
  }

  const save = (configurationId: string, rule: Schedule['rule'], changes: Partial<WantedSchedule> = {}) =>
    store.saveSchedule(setSchedule(configurationId, { enabled: true, rule, ...changes }, null, new Date()));

  it('begins a run at each due time and counts them', async () => {
    await save('a', HOURLY);
    start();
    await timers.tickAsync(3 * 3_600_000);
    expect(runs).to.deep.equal(['a 2026-03-01T11:00', 'a 2026-03-01T12:00', 'a 2026-03-01T13:00']);
    const schedule = await store.schedule('a');
    expect(schedule?.totalRuns).to.equal(3);
    expect(schedule?.nextDueAt).to.deep.equal(new Date('2026-03-01T14:00:00Z'));
    expect(schedule?.lastRunAt?.getTime()).to.be.within(
      Date.parse('2026-03-01T13:00:00Z'),
      Date.parse('2026-03-01T13:00:05Z'),
    );
  });

  it('S6: counts an interval from the last run, the first one after it was made', async () => {
    await save('a', { kind: 'interval', everyMs: 600_000 });
    start();
    await timers.tickAsync(599_000);
    expect(runs).to.deep.equal([]);
    await timers.tickAsync(605_000);
    expect(runs).to.deep.equal(['a 2026-03-01T10:10', 'a 2026-03-01T10:20']);
  });

  it('X1: runs each due time once with several processes', async () => {
    for (let number = 0; number < 20; number++) await save(`s${number}`, HOURLY);
    for (let process = 0; process < 3; process++) start();
    await timers.tickAsync(5 * 3_600_000);
    expect(runs).to.have.length(100);
    expect(new Set(runs).size).to.equal(100);
    for (const { totalRuns } of await store.schedules()) expect(totalRuns).to.equal(5);
  });

  it('S8, X4: catches up with one run after being away over several due times', async () => {
    await save('a', HOURLY);
    timers.setSystemTime(new Date('2026-03-02T10:30:00Z'));
    start();
    await timers.tickAsync(10_000);
    expect(runs).to.deep.equal(['a 2026-03-01T11:00']);
    expect((await store.schedule('a'))?.nextDueAt).to.deep.equal(new Date('2026-03-02T11:00:00Z'));
  });

  it('X8: begins one run, not a burst, after the process was held up', async () => {
    await save('a', { kind: 'interval', everyMs: 1_000 });
    start();
    await timers.tickAsync(100);
    timers.setSystemTime(new Date(Date.now() + 3_600_000));
    await timers.tickAsync(1_100);
    expect(runs.length).to.be.within(1, 2);
  });

  it('S1, S4: runs a given moment once, and is disabled then', async () => {
    await save('a', { kind: 'clocked', at: new Date('2026-03-01T10:30:00Z') });
    start();
    await timers.tickAsync(7_200_000);
    expect(runs).to.deep.equal(['a 2026-03-01T10:30']);
    expect(await store.schedule('a')).to.include({ enabled: false, nextDueAt: null, totalRuns: 1 });
  });

  it('S9: runs a moment that has passed at once, also where nothing missed is caught up', async () => {
    await save('a', { kind: 'clocked', at: new Date('2026-02-01T00:00:00Z') }, { catchUp: 'none' });
    start();
    await timers.tickAsync(2_000);
    expect(runs).to.deep.equal(['a 2026-02-01T00:00']);
  });

  it('S4: disables a one-off after its first run, whatever its rule', async () => {
    await save('a', HOURLY, { oneOff: true });
    start();
    await timers.tickAsync(4 * 3_600_000);
    expect(runs).to.deep.equal(['a 2026-03-01T11:00']);
    expect(await store.schedule('a')).to.include({ enabled: false, totalRuns: 1 });
  });

  it('S2: begins an interval at its start', async () => {
    await save('a', { kind: 'interval', everyMs: 3_600_000 }, { startAt: new Date('2026-03-01T12:00:00Z') });
    start();
    await timers.tickAsync(3.5 * 3_600_000);
    expect(runs.slice(0, 2)).to.deep.equal(['a 2026-03-01T12:00', 'a 2026-03-01T13:00']);
  });

  it('S3: disables a schedule that expires, and keeps it', async () => {
    await save('a', HOURLY, { expiresAt: new Date('2026-03-01T12:30:00Z') });
    start();
    await timers.tickAsync(5 * 3_600_000);
    expect(runs).to.deep.equal(['a 2026-03-01T11:00', 'a 2026-03-01T12:00']);
    expect(await store.schedule('a')).to.include({ enabled: false, nextDueAt: null, totalRuns: 2 });
  });

  it('S3: runs nothing that it finds due after the schedule has expired', async () => {
    await save('a', HOURLY, { expiresAt: new Date('2026-03-01T12:30:00Z') });
    timers.setSystemTime(new Date('2026-03-01T12:40:00Z'));
    start();
    await timers.tickAsync(7_200_000);
    expect(runs).to.deep.equal([]);
    expect(await store.schedule('a')).to.deep.include({
      enabled: false,
      lastSkipped: { dueAt: new Date('2026-03-01T11:00:00Z'), reason: 'missed' },
    });
  });

  for (const [late, runsIt] of [
    [1, true],
    [60_000, true],
    [60_001, false],
  ] as const) {
    it(`S3: ${runsIt ? 'runs' : 'misses'} a time that was due before the end and is looked at ${late} ms later, after the end`, async () => {
      const dueAt = new Date('2026-03-01T11:00:00Z');
      await save('a', HOURLY, { expiresAt: new Date(dueAt.getTime() + 1) });
      timers.setSystemTime(new Date(dueAt.getTime() + late));
      start();
      await timers.tickAsync(5_000);
      expect(runs).to.deep.equal(runsIt ? ['a 2026-03-01T11:00'] : []);
      expect(await store.schedule('a')).to.deep.include({
        ...{ enabled: false, nextDueAt: null, totalRuns: runsIt ? 1 : 0 },
        lastSkipped: runsIt ? null : { dueAt, reason: 'missed' },
      });
    });
  }

  for (const [ended, looked, runsIt] of [
    ['11:29:59.900', '11:30:00.100', true],
    ['11:29:59.900', '11:31:00.000', false],
    ['11:30:00.000', '11:30:00.100', false],
  ] as const) {
    it(`S3: ${runsIt ? 'runs' : 'gives up'} what waited for a run until ${ended} where the end is 11:30 and it is looked at ${looked}`, async () => {
      const at = (time: string) => new Date(`2026-03-01T${time}Z`);
      const going = aRun({ id: 'going', configurationId: 'a', dueAt: START });
      await store.createRun(going);
      await save('a', HOURLY, { overlap: 'queue', expiresAt: at('11:30:00.000') });
      const scheduler = start();
      await timers.tickAsync(3_600_000);
      await scheduler.stop();
      await store.updateRun({ ...going, state: 'done', finishedAt: at(ended) });
      timers.setSystemTime(at(looked));
      start();
      await timers.tickAsync(5_000);
      expect(runs).to.deep.equal(runsIt ? ['a 2026-03-01T11:00'] : []);
      expect(await store.schedule('a')).to.include({ enabled: false, nextDueAt: null });
    });
  }

  it('S3: lets a time wait no longer than a minute after the end for a run that is going', async () => {
    await store.createRun(aRun({ id: 'going', configurationId: 'a', dueAt: START }));
    await save('a', HOURLY, { overlap: 'queue', expiresAt: new Date('2026-03-01T11:00:30Z') });
    start();
    await timers.tickAsync(3_600_000 + 25_000);
    expect(await store.schedule('a')).to.include({ enabled: true });
    await timers.tickAsync(10_000);
    expect(await store.schedule('a')).to.deep.include({
      enabled: false,
      lastSkipped: { dueAt: new Date('2026-03-01T11:00:00Z'), reason: 'missed' },
    });
  });

  it('X4: catches nothing up where the schedule says so, and goes on at its next due time', async () => {
    await save('a', HOURLY, { catchUp: 'none' });
    timers.setSystemTime(new Date('2026-03-01T14:30:00Z'));
    start();
    await timers.tickAsync(3_600_000);
    expect(runs).to.deep.equal(['a 2026-03-01T15:00']);
    expect(await store.schedule('a')).to.deep.include({
      totalRuns: 1,
      lastSkipped: { dueAt: new Date('2026-03-01T11:00:00Z'), reason: 'missed' },
    });
  });

  for (const [late, runsIt] of [
    [9 * 60_000, true],
    [11 * 60_000, false],
  ] as const) {
    it(`S8: ${runsIt ? 'catches up within' : 'counts as missed after'} the latest start that the schedule allows`, async () => {
      await save('a', HOURLY, { deadlineMs: 600_000 });
      timers.setSystemTime(new Date(Date.parse('2026-03-01T11:00:00Z') + late));
      start();
      await timers.tickAsync(2_000);
      expect(runs).to.deep.equal(runsIt ? ['a 2026-03-01T11:00'] : []);
      const schedule = await store.schedule('a');
      expect(schedule?.nextDueAt).to.deep.equal(new Date('2026-03-01T12:00:00Z'));
      expect(schedule?.lastSkipped).to.deep.equal(
        runsIt ? null : { dueAt: new Date('2026-03-01T11:00:00Z'), reason: 'missed' },
      );
    });
  }

  it('S8: counts the latest start of a queued time from the end of the run that it waited for', async () => {
    const going = aRun({ id: 'going', configurationId: 'a', dueAt: START });
    await store.createRun(going);
    await save('a', HOURLY, { overlap: 'queue', deadlineMs: 600_000 });
    start();
    await timers.tickAsync(1.7 * 3_600_000);
    await store.updateRun({ ...going, state: 'done', finishedAt: new Date() });
    await timers.tickAsync(5_000);
    expect(runs).to.deep.equal(['a 2026-03-01T11:00']);
  });

  describe('X7: while the former run is still going', () => {
    const finish = async () => {
      const [run] = await store.runs({ configurationId: 'a', limit: 1 });
      if (run) await store.updateRun({ ...run, state: 'done', finishedAt: new Date(), leaseUntil: new Date() });
    };
    const startRun = () =>
      store.createRun(aRun({ id: 'long', configurationId: 'a', dueAt: START, startedAt: START, leaseUntil: START }));

    it('leaves a due time out, says so, and runs the next one', async () => {
      await startRun();
      await save('a', HOURLY);
      start(aRunner());
      await timers.tickAsync(3_600_000);
      expect(runs).to.deep.equal([]);
      expect((await store.schedule('a'))?.lastSkipped).to.deep.equal({
        dueAt: new Date('2026-03-01T11:00:00Z'),
        reason: 'still-running',
      });
      await finish();
      await timers.tickAsync(3_600_000);
      expect(runs).to.deep.equal(['a 2026-03-01T12:00']);
    });

    it('queues one run where the schedule says so, however many due times pass', async () => {
      await startRun();
      await save('a', HOURLY, { overlap: 'queue', catchUp: 'none' });
      start(aRunner());
      await timers.tickAsync(3.5 * 3_600_000);
      expect(runs).to.deep.equal([]);
      await finish();
      await timers.tickAsync(5_000);
      expect(runs).to.deep.equal(['a 2026-03-01T11:00']);
      expect((await store.schedule('a'))?.nextDueAt).to.deep.equal(new Date('2026-03-01T14:00:00Z'));
    });
  });

  it('X12: meets exactly the times that the preview shows', async () => {
    const rules: readonly Schedule['rule'][] = [
      { kind: 'interval', everyMs: 5_400_000 },
      { kind: 'crontab', expression: '*/20 1-2 * * *', timeZone: 'America/New_York' },
      { kind: 'crontab', expression: '15 */5 * * *', timeZone: 'Australia/Lord_Howe', repeated: 'both', gap: 'skip' },
    ];
    timers.setSystemTime(new Date('2026-03-08T04:00:00Z'));
    const limits = { startAt: new Date('2026-03-08T05:00:00Z'), expiresAt: new Date('2026-03-08T10:00:00Z') };
    const expected: string[] = [];
    for (const [index, rule] of rules.entries()) {
      await save(`s${index}`, rule, limits);
      const dues = upcomingDues({ rule, oneOff: false, ...limits }, new Date(), 99);
      expected.push(...dues.map((due) => `s${index} ${due.toISOString().slice(0, 16)}`));
    }
    start();
    await timers.tickAsync(6.5 * 3_600_000);
    expect(expected).to.have.length(9);
    expect(runs.sort()).to.deep.equal(expected.sort());
  });

  it('X10: lets a run go on whose schedule is removed meanwhile, and begins no other', async () => {
    const goingOn = aRun({ id: 'going', configurationId: 'a', dueAt: START, leaseUntil: new Date('2030-01-01') });
    await store.createRun(goingOn);
    await save('a', HOURLY, { overlap: 'queue' });
    start();
    await timers.tickAsync(3_600_000);
    expect(await store.removeSchedule('a')).to.equal(true);
    await store.updateRun({ ...goingOn, state: 'done', finishedAt: new Date() });
    await timers.tickAsync(3_600_000);
    expect(runs).to.deep.equal([]);
    expect((await store.run('going'))?.state).to.equal('done');
  });

  it('X1, X7: queues one run also with several processes', async () => {
    const goingOn = aRun({ id: 'going', configurationId: 'a', dueAt: START });
    await store.createRun(goingOn);
    await save('a', HOURLY, { overlap: 'queue' });
    for (let process = 0; process < 3; process++) start();
    await timers.tickAsync(2.5 * 3_600_000);
    await store.updateRun({ ...goingOn, state: 'done', finishedAt: new Date() });
    await timers.tickAsync(10_000);
    expect(runs).to.deep.equal(['a 2026-03-01T11:00']);
    expect((await store.schedule('a'))?.totalRuns).to.equal(1);
  });

  it('lets however many queued schedules wait without keeping others from their turn', async () => {
    for (let number = 0; number < 120; number++) {
      const configurationId = `waits${number}`;
      await store.createRun(aRun({ id: configurationId, configurationId, dueAt: START }));
      await save(configurationId, HOURLY, { overlap: 'queue' });
    }
    await save('last', { kind: 'clocked', at: new Date('2026-03-01T11:00:01Z') });
    start();
    await timers.tickAsync(1_800_000);
    expect(runs).to.deep.equal([]);
    await timers.tickAsync(1_800_000);
    expect(runs).to.deep.equal(['last 2026-03-01T11:00']);
  });

  it('S12: notices within five seconds what somebody changes', async () => {
    start();
    await timers.tickAsync(60_000);
    await store.saveSchedule({
      ...setSchedule('a', { enabled: true, rule: HOURLY }, null, new Date()),
      nextDueAt: new Date(),
    });
    await timers.tickAsync(5_000);
    expect(runs).to.have.length(1);
    await save('a', HOURLY, { enabled: false });
    await timers.tickAsync(7_200_000);
    expect(runs).to.have.length(1);
  });

  it('repeats a due time whose run could not be recorded, and leaves the others alone', async () => {
    await save('a', HOURLY);
    const broken = sinon.stub().rejects(new StoreError('unavailable', 'the database is away'));
    const error = sinon.spy();
    const working = aRunner();
    const scheduler = start(
      aRunner({ runNow: (...args) => (broken.callCount < 3 ? broken() : working.runNow(...args)) }),
      { ...silentLogger, error },
    );
    await timers.tickAsync(3_600_000);
    await scheduler.stop();
    expect(runs).to.deep.equal(['a 2026-03-01T11:00']);
    expect(error.args).to.deep.equal(
      Array.from({ length: 3 }, () => [
        'the schedules could not be looked at; the next look tries again',
        { error: 'store.unavailable' },
      ]),
    );
  });

  it('goes past a schedule whose rule cannot be used, and removes one whose configuration was deleted', async () => {
    await save('gone', HOURLY);
    await store.saveSchedule({
      ...setSchedule('bad', { enabled: true, rule: HOURLY }, null, new Date()),
      rule: { kind: 'crontab', expression: 'nonsense', timeZone: 'UTC' },
    });
    await save('good', HOURLY);
    const runner = aRunner();
    start({
      ...runner,
      runNow: (configurationId, ...rest) =>
        configurationId === 'gone'
          ? Promise.reject(new NotFoundError('configuration', 'it is gone'))
          : runner.runNow(configurationId, ...rest),
    });
    await timers.tickAsync(3_600_000);
    expect(runs.sort()).to.deep.equal(['bad 2026-03-01T11:00', 'good 2026-03-01T11:00']);
    expect((await store.schedule('bad'))?.nextDueAt).to.equal(null);
    expect(await store.schedule('gone'), 'who deleted it died before this was gone too').to.equal(null);
  });

  it('begins runs that are due at once beside each other, so that one that takes its time does not hold up the others', async () => {
    for (const id of ['a', 'b', 'c']) await save(id, HOURLY);
    let goOn = () => {};
    const slow = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const runner = aRunner();
    start({
      ...runner,
      async runNow(configurationId, trigger, dueAt) {
        if (configurationId === 'a') await slow;
        return runner.runNow(configurationId, trigger, dueAt);
      },
    });
    await timers.tickAsync(3_600_000);
    expect(runs).to.have.members(['b 2026-03-01T11:00', 'c 2026-03-01T11:00']);
    goOn();
    await timers.tickAsync(0);
    expect(runs).to.include('a 2026-03-01T11:00');
  });

  it('has abandoned runs taken over every five seconds', async () => {
    const takeOverAbandoned = sinon.stub().resolves(0);
    start(aRunner({ takeOverAbandoned }));
    await timers.tickAsync(20_500);
    expect(takeOverAbandoned.callCount).to.be.within(4, 5);
  });

  it('begins nothing after it was stopped, and stops once', async () => {
    await save('a', HOURLY);
    const scheduler = start();
    await timers.tickAsync(10_000);
    await scheduler.stop();
    await scheduler.stop();
    await timers.tickAsync(7_200_000);
    expect(runs).to.deep.equal([]);
    expect(timers.countTimers()).to.equal(0);
  });
});
