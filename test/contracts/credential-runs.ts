/** What every CredentialStore does with runs. */

import { expect } from 'chai';
import type { CredentialStore } from '../../plugin/ports/credential-store.ts';
import { aRun, later } from './credential-facts.ts';

export function credentialRunsContract(store: () => CredentialStore): void {
  describe('runs', () => {
    it('are made once per configuration and due time', async () => {
      const made = await Promise.all(['run-1', 'run-2', 'run-3'].map((id) => store().createRun(aRun({ id }))));
      expect(made.filter(Boolean)).to.have.length(1);
      expect(await store().createRun(aRun({ id: 'run-4', dueAt: later(1) }))).to.equal(true);
      expect(await store().createRun(aRun({ id: 'run-5', configurationId: 'configuration-2' }))).to.equal(true);
    });

    it('are listed newest first', async () => {
      await store().createRun(aRun());
      await store().createRun(aRun({ id: 'run-2', dueAt: later(1), startedAt: later(1) }));
      await store().createRun(aRun({ id: 'run-3', configurationId: 'configuration-2', startedAt: later(2) }));
      const ids = async (query: Parameters<CredentialStore['runs']>[0]) =>
        (await store().runs(query)).map(({ id }) => id);
      expect(await ids({ limit: 2 })).to.deep.equal(['run-3', 'run-2']);
      expect(await ids({ configurationId: 'configuration-1', limit: 9 })).to.deep.equal(['run-2', 'run-1']);
    });

    it('L2: can be taken over once their lease has ended, by one process; the former holder can write no more', async () => {
      const trace = { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`, tracestate: 'other=1' };
      await store().createRun(aRun({ trace }));
      await store().createRun(aRun({ id: 'run-2', dueAt: later(1), state: 'done' }));
      expect(await store().abandonedRuns(later(59_999))).to.deep.equal([]);
      expect(await store().abandonedRuns(later(60_000))).to.deep.equal([aRun({ trace })]);
      const taken = await Promise.all([1, 2, 3].map(() => store().takeOverRun('run-1', 1, later(90_000))));
      expect(taken.filter((run) => run !== null)).to.deep.equal([aRun({ fence: 2, leaseUntil: later(90_000), trace })]);
      expect(await store().updateRun(aRun({ state: 'done' }))).to.equal(false);
      expect((await store().run('run-1'))?.state).to.equal('running');
    });

    it('take counts, lease and end from their holder, and nothing after the end', async () => {
      await store().createRun(aRun());
      const counts = { seen: 5, eligible: 4, generated: 2, skipped: 1, failed: 1 };
      const error = { code: 'credential.learner-data', message: 'a grade of a learner is no number' };
      const ended = aRun({
        counts,
        error,
        state: 'done-with-errors',
        finishedAt: later(7),
        leaseUntil: later(7),
      });
      expect(await store().updateRun(aRun({ counts, leaseUntil: later(9) }))).to.equal(true);
      expect(await store().updateRun(ended)).to.equal(true);
      expect(await store().run('run-1')).to.deep.equal(ended);
      expect(await store().updateRun(aRun())).to.equal(false);
      expect(await store().takeOverRun('run-1', 1, later(9))).to.equal(null);
      expect(await store().run('run-2')).to.equal(null);
    });

    it('keep the place where the next process goes on', async () => {
      await store().createRun(aRun());
      const counts = { seen: 200, eligible: 190, generated: 188, skipped: 1, failed: 1 };
      const error = { code: 'credential.learner-data', message: 'a grade of a learner is no number' };
      const checkpoint = { position: 'cD0yMDI2', plan: 'a1b2', counts, error };
      const run = aRun({ counts: { ...counts, seen: 201 }, error, checkpoint });
      expect(await store().updateRun(run)).to.equal(true);
      expect(await store().takeOverRun('run-1', 1, later(9))).to.deep.equal({ ...run, fence: 2, leaseUntil: later(9) });
      expect(await store().updateRun({ ...run, checkpoint: null })).to.equal(false);
      expect(await store().updateRun({ ...run, fence: 2, checkpoint: null })).to.equal(true);
      expect((await store().run('run-1'))?.checkpoint).to.equal(null);
    });

    it('are cancelled for good for their holder, and opened again for whoever takes them over', async () => {
      await store().createRun(aRun());
      expect(await store().cancelRun('run-1', later(5))).to.equal(true);
      const cancelled = aRun({ state: 'cancelled', finishedAt: later(5), leaseUntil: later(5) });
      expect(await store().run('run-1')).to.deep.equal(cancelled);
      expect(await store().cancelRun('run-1', later(6))).to.equal(false);
      expect(await store().cancelRun('run-9', later(6))).to.equal(false);
      expect(await store().updateRun(aRun({ state: 'done' }))).to.equal(false);
      expect(await store().abandonedRuns(later(99_000))).to.deep.equal([]);
      const opened = await Promise.all([1, 2, 3].map(() => store().reopenRun(cancelled, later(8))));
      expect(opened.filter(Boolean)).to.have.length(1);
      const open = aRun({ fence: 2, leaseUntil: later(8) });
      expect(await store().abandonedRuns(later(8))).to.deep.equal([open]);
      expect(await store().updateRun(aRun({ state: 'done' }))).to.equal(false);
      expect(await store().takeOverRun('run-1', 2, later(90))).to.deep.equal({
        ...open,
        fence: 3,
        leaseUntil: later(90),
      });
    });
  });
}
