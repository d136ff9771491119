import { expect } from 'chai';
import sinon from 'sinon';
import { RunProgress } from '../../../plugin/credentials/run-progress.ts';
import { StoreError } from '../../../plugin/errors.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { aRun } from '../../contracts/credential-store.ts';
import { NOW } from '../../support/credential-world.ts';

describe('the progress of a run', () => {
  async function begin() {
    const store = new MemoryCredentialStore();
    await store.createRun(aRun());
    return { store, progress: new RunProgress(aRun(), { store, clock: { now: () => NOW }, leaseMs: 60_000 }) };
  }

  it('counts, and writes counts and lease together', async () => {
    const { store, progress } = await begin();
    progress.count({ seen: 1 });
    progress.count({ seen: 1, eligible: 1, generated: 1 });
    expect((await store.run('run-1'))?.counts.seen).to.equal(0);
    await progress.save();
    expect(await store.run('run-1')).to.deep.include({
      counts: { seen: 2, eligible: 1, generated: 1, skipped: 0, failed: 0 },
      leaseUntil: new Date(NOW.getTime() + 60_000),
    });
  });

  it('keeps the first problem', async () => {
    const { progress } = await begin();
    progress.note({ code: 'a', message: 'first' });
    progress.note({ code: 'b', message: 'second' });
    expect(progress.run.error).to.deep.equal({ code: 'a', message: 'first' });
  });

  it('is not renewed by a heartbeat that comes after its release or its end', async () => {
    for (const close of ['release', 'finish'] as const) {
      const { store, progress } = await begin();
      const closed = close === 'release' ? progress.release() : progress.finish('done');
      await Promise.all([closed, progress.save()]);
      expect((await store.run('run-1'))?.leaseUntil, close).to.deep.equal(NOW);
    }
  });

  it('X16: lapses with the lease that the store has, whatever it tried to write since', async () => {
    const store = new MemoryCredentialStore();
    const clock = { at: NOW, now: () => clock.at };
    await store.createRun(aRun({ leaseUntil: new Date(NOW.getTime() + 60_000) }));
    const run = aRun({ leaseUntil: new Date(NOW.getTime() + 60_000) });
    const progress = new RunProgress(run, { store, clock, leaseMs: 60_000 });
    clock.at = new Date(NOW.getTime() + 30_000);
    await progress.save();
    const away = sinon.stub(store, 'updateRun').rejects(new StoreError('unavailable', 'the database is away'));
    clock.at = new Date(NOW.getTime() + 89_999);
    await progress.save().catch(() => {});
    expect(progress.lapsed).to.equal(false);
    clock.at = new Date(NOW.getTime() + 90_000);
    expect(progress.lapsed).to.equal(true);
    away.restore();
    await progress.save();
    expect(progress.lapsed, 'nobody was faster').to.equal(false);
  });

  it('knows that it was lost, and writes no more', async () => {
    const { store, progress } = await begin();
    await store.takeOverRun('run-1', 1, NOW);
    await progress.save();
    expect(progress.lost).to.equal(true);
    await progress.finish('done');
    expect(await store.run('run-1')).to.deep.include({ state: 'running', fence: 2 });
  });
});
