import { expect } from 'chai';
import type { CatchUp, Schedule } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { setSchedule, storedDues, type WantedSchedule } from '../../../server/scheduler/set-schedule.ts';
import { SchedulerDays } from '../../support/scheduler-days.ts';

const START = new Date('2026-03-01T10:00:30Z');
const HOURLY: Schedule['rule'] = { kind: 'crontab', expression: '0 * * * *', timeZone: 'UTC' };
const ALL: CatchUp = { kind: 'all', max: 3, withinMs: 86_400_000 };
const at = (time: string) => new Date(`2026-03-01T${time}Z`);

/** Runs go on until the test ends them. @param usual what `save` asks for unless told otherwise */
function world(usual: Partial<WantedSchedule>) {
  const store = new MemoryCredentialStore();
  const days = new SchedulerDays(store, { runsGoOn: true });
  return {
    ...{ store, days },
    save: (changes: Partial<WantedSchedule> = {}) =>
      store.saveSchedule(setSchedule('a', { enabled: true, rule: HOURLY, ...usual, ...changes }, null, START)),
    fired: () => days.fired.map(({ dueAt }) => dueAt.toISOString().slice(11, 16)),
  };
}

describe('catching up each missed time', () => {
  let { store, days, save, fired } = world({ catchUp: ALL });
  beforeEach(() => {
    ({ store, days, save, fired } = world({ catchUp: ALL }));
  });
  const schedule = async () => {
    const found = await store.schedule('a');
    if (found === null) throw new Error('the schedule is gone');
    return found;
  };

  it('runs the oldest first, each after the one before has ended, whoever looks', async () => {
    await save();
    const back = at('16:30:00');
    for (let process = 0; process < 3; process++) await days.look(back);
    expect(fired()).to.deep.equal(['14:00']);
    expect(await schedule()).to.deep.include({
      ...{ nextDueAt: at('15:00:00'), waiting: [at('15:00:00'), at('16:00:00')], totalRuns: 1 },
      lastSkipped: { dueAt: at('11:00:00'), reason: 'missed' },
    });
    await days.endRun(at('16:31:00'));
    await Promise.all([days.look(at('16:31:01')), days.look(at('16:31:01')), days.look(at('16:31:01'))]);
    expect(fired()).to.deep.equal(['14:00', '15:00']);
    await days.endRun(at('16:32:00'));
    await days.look(at('16:32:01'));
    expect(fired()).to.deep.equal(['14:00', '15:00', '16:00']);
    expect(await schedule()).to.deep.include({ nextDueAt: at('17:00:00'), waiting: [], totalRuns: 3 });
  });

  it('goes on with what was written down when the process dies, however late it has become', async () => {
    await save({ catchUp: { kind: 'all', max: 3, withinMs: 3 * 3_600_000 } });
    await days.look(at('13:30:00'));
    expect(fired()).to.deep.equal(['11:00']);
    await days.endRun(at('13:31:00'));
    // nothing was there for ten hours more
    for (let look = 0; look < 4; look++) {
      await days.look(new Date(at('23:30:00').getTime() + look * 60_000));
      await days.endRun(new Date(at('23:30:30').getTime() + look * 60_000));
    }
    expect(fired()).to.deep.equal(['11:00', '12:00', '13:00']);
    expect((await schedule()).nextDueAt).to.deep.equal(new Date('2026-03-02T00:00:00Z'));
  });

  it('waits also for a run that was going when everything stopped, instead of leaving the missed times out', async () => {
    await save();
    await days.look(at('11:00:01'));
    await days.look(at('13:30:00'));
    expect(fired()).to.deep.equal(['11:00']);
    expect((await schedule()).waiting).to.deep.equal([at('12:00:00'), at('13:00:00')]);
    await days.endRun(at('13:40:00'));
    await days.look(at('13:40:01'));
    expect(fired()).to.deep.equal(['11:00', '12:00']);
  });

  it('leaves a time to the last of them that comes while they are run', async () => {
    await save();
    await days.look(at('12:59:30'));
    await days.look(at('13:00:01'));
    expect(fired()).to.deep.equal(['11:00']);
    await days.endRun(at('13:10:00'));
    await days.look(at('13:10:01'));
    expect(fired()).to.deep.equal(['11:00', '12:00']);
    expect((await schedule()).nextDueAt).to.deep.equal(at('14:00:00'));
  });

  it('runs once for a time that waits for a run by the policy for overlaps: that one was not missed', async () => {
    await save({ overlap: 'queue' });
    await days.look(at('11:00:01'));
    for (const time of ['12:00:01', '12:30:00', '13:00:01', '14:00:01']) await days.look(at(time));
    expect(fired()).to.deep.equal(['11:00']);
    await days.endRun(at('14:10:00'));
    await days.look(at('14:10:01'));
    expect(fired()).to.deep.equal(['11:00', '12:00']);
    expect((await schedule()).nextDueAt).to.deep.equal(at('15:00:00'));
  });

  it('goes on while somebody saves something else, and is given up when the times change or it is switched off', async () => {
    await save();
    await days.look(at('16:30:00'));
    const former = await schedule();
    const wanted = { enabled: true, rule: HOURLY, catchUp: ALL };
    const set = (changes: Partial<WantedSchedule>) =>
      setSchedule('a', { ...wanted, ...changes }, former, at('16:31:00'));
    expect(set({ overlap: 'queue' }).waiting).to.deep.equal([at('15:00:00'), at('16:00:00')]);
    for (const changes of [
      { enabled: false },
      { catchUp: 'one' },
      { rule: { ...HOURLY, expression: '5 * * * *' } },
    ] as const)
      expect(set(changes).waiting, JSON.stringify(changes)).to.deep.equal([]);
    expect(storedDues(former, at('16:31:00'), 4)).to.deep.equal(
      ['15:00:00', '16:00:00', '17:00:00', '18:00:00'].map(at),
    );
  });

  it('is given up when the schedule expires meanwhile', async () => {
    await save({ expiresAt: at('16:45:00') });
    await days.look(at('16:30:00'));
    await days.endRun(at('16:50:00'));
    await days.look(at('16:50:01'));
    expect(fired()).to.deep.equal(['14:00']);
    expect(await schedule()).to.deep.include({ enabled: false, nextDueAt: null, waiting: [] });
  });

  it('still runs those of the list that were due within the last minute when the schedule expires', async () => {
    const rule: Schedule['rule'] = { ...HOURLY, expression: '* * * * *' };
    await save({ rule, catchUp: { ...ALL, max: 9 }, expiresAt: at('10:04:10') });
    await days.look(at('10:04:05'));
    expect((await schedule()).waiting.map((due) => due.getUTCMinutes())).to.deep.equal([2, 3, 4]);
    await days.endRun(at('10:04:11'));
    for (let look = 0; look < 4; look++) await days.look(new Date(at('10:04:12').getTime() + look));
    expect(fired()).to.deep.equal(['10:01', '10:04']);
    expect((await schedule()).nextDueAt).to.equal(null);
  });

  it('passes over a list that a process of a former release has moved on from', async () => {
    await save();
    await days.look(at('16:30:00'));
    await store.saveSchedule({ ...(await schedule()), nextDueAt: at('17:00:00') });
    await days.endRun(at('16:31:00'));
    await days.look(at('17:00:01'));
    expect(fired()).to.deep.equal(['14:00', '17:00']);
    expect((await schedule()).waiting).to.deep.equal([]);
  });
});

describe('X7: runs beside each other, where the schedule allows them', () => {
  let { store, days, save, fired } = world({ overlap: 'allow' });
  beforeEach(() => {
    ({ store, days, save, fired } = world({ overlap: 'allow' }));
  });

  it('begin at their times while the former go on, once each', async () => {
    await save();
    for (const time of ['11:00:01', '12:00:01', '13:00:01'])
      await Promise.all([days.look(at(time)), days.look(at(time)), days.look(at(time))]);
    expect(fired()).to.deep.equal(['11:00', '12:00', '13:00']);
    expect((await store.schedule('a'))?.totalRuns).to.equal(3);
  });

  it('are ten at most; the next time is left out until one has ended', async () => {
    await save();
    for (let hour = 11; hour < 23; hour++) await days.look(at(`${hour}:00:01`));
    expect(fired()).to.have.length(10);
    expect((await store.schedule('a'))?.lastSkipped).to.deep.equal({ dueAt: at('22:00:00'), reason: 'still-running' });
    await days.endRun(at('22:30:00'));
    await days.look(at('23:00:01'));
    expect(fired().at(-1)).to.equal('23:00');
  });

  it('catch up missed times beside each other too, and lose none that comes meanwhile', async () => {
    await save({ rule: { ...HOURLY, expression: '* * * * *' }, catchUp: { kind: 'all', max: 4, withinMs: 3_600_000 } });
    for (let second = 0; second < 9; second++) await days.look(new Date(at('11:30:57').getTime() + second * 1_000));
    expect(fired()).to.deep.equal(['11:27', '11:28', '11:29', '11:30', '11:31']);
  });

  it('still miss what nothing was there to run', async () => {
    await save({ catchUp: 'none' });
    await days.look(at('11:00:01'));
    await days.look(at('12:30:00'));
    expect(fired()).to.deep.equal(['11:00']);
    expect((await store.schedule('a'))?.lastSkipped).to.deep.equal({ dueAt: at('12:00:00'), reason: 'missed' });
  });
});
