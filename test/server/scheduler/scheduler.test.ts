import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';
import type { CredentialRunner } from '../../../plugin/credentials/credential-runner.ts';
import { NotFoundError, StoreError } from '../../../plugin/errors.ts';
import type { Schedule } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { createScheduler, type Scheduler, setSchedule } from '../../../server/scheduler/scheduler.ts';
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
        if (await store.createRun(run)) runs.push(`${configurationId} ${dueAt.toISOString().slice(0, 16)}`);
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

  const save = (configurationId: string, rule: Schedule['rule'], enabled = true) =>
    store.saveSchedule(setSchedule(configurationId, { enabled, rule }, null, new Date()));

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

  it('S12: notices within five seconds what somebody changes', async () => {
    start();
    await timers.tickAsync(60_000);
    await store.saveSchedule({
      ...setSchedule('a', { enabled: true, rule: HOURLY }, null, new Date()),
      nextDueAt: new Date(),
    });
    await timers.tickAsync(5_000);
    expect(runs).to.have.length(1);
    await save('a', HOURLY, false);
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

  it('goes past a schedule whose configuration is gone or whose rule cannot be used', async () => {
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
    expect((await store.schedule('gone'))?.nextDueAt).to.deep.equal(new Date('2026-03-01T12:00:00Z'));
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

describe('setting a schedule', () => {
  const former: Schedule = {
    configurationId: 'a',
    enabled: true,
    rule: HOURLY,
    nextDueAt: START,
    lastRunAt: START,
    totalRuns: 7,
  };

  it('keeps the counters and counts the next due time from now', () => {
    const set = setSchedule('a', { enabled: true, rule: { kind: 'interval', everyMs: 1_000 } }, former, START);
    expect(set).to.deep.equal({
      ...former,
      rule: { kind: 'interval', everyMs: 1_000 },
      nextDueAt: new Date('2026-03-01T10:00:31Z'),
    });
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
});
