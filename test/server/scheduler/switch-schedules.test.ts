import { expect } from 'chai';
import sinon from 'sinon';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { setSchedule } from '../../../server/scheduler/set-schedule.ts';
import { switchSchedules } from '../../../server/scheduler/switch-schedules.ts';

const NOW = new Date('2026-03-01T10:00:00Z');
const rule = { kind: 'crontab', expression: '0 * * * *', timeZone: 'UTC' } as const;

describe('S11: switching many schedules', () => {
  let store: MemoryCredentialStore;
  beforeEach(async () => {
    store = new MemoryCredentialStore();
    await store.saveSchedule(setSchedule('on', { enabled: true, rule }, null, new Date('2026-02-01')));
    await store.saveSchedule(setSchedule('off', { enabled: false, rule }, null, new Date('2026-02-01')));
    const expiresAt = new Date('2026-02-20');
    await store.saveSchedule({
      ...setSchedule('over', { enabled: true, rule, expiresAt }, null, new Date('2026-02-01')),
      ...{ enabled: false, nextDueAt: null },
    });
  });

  const all = ['on', 'off', 'over', 'nowhere', 'on'];
  const said = async (wanted: Parameters<typeof switchSchedules>[1]) =>
    Object.fromEntries(
      (await switchSchedules(all, wanted, { store, now: NOW })).map((one) => [one.configurationId, one.result]),
    );

  it('enables those that are off, from their next time on', async () => {
    expect(await said('enable')).to.deep.equal({ on: 'same', off: 'enabled', over: 'refused', nowhere: 'none' });
    expect((await store.schedule('off'))?.nextDueAt).to.deep.equal(new Date('2026-03-01T11:00:00Z'));
  });

  it('disables those that are on', async () => {
    expect(await said('disable')).to.deep.equal({ on: 'disabled', off: 'same', over: 'same', nowhere: 'none' });
    expect(await store.schedule('on')).to.include({ enabled: false, nextDueAt: null });
  });

  it('toggles each, a repeated one once, and says why one cannot be', async () => {
    expect(await said('toggle')).to.deep.equal({ on: 'disabled', off: 'enabled', over: 'refused', nowhere: 'none' });
    const [over] = await switchSchedules(['over'], 'toggle', { store, now: NOW });
    expect(over?.reason).to.equal('expiresAt: no run would be due before this end; choose a later one');
  });

  it('leaves alone what somebody else changes in that moment', async () => {
    sinon.stub(store, 'replaceSchedule').resolves(false);
    expect((await said('disable')).on).to.equal('stale');
  });
});
