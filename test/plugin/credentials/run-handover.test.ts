import { expect } from 'chai';
import sinon from 'sinon';
import { NO_COUNTS } from '../../../plugin/credentials/run-progress.ts';
import { StoreError } from '../../../plugin/errors.ts';
import type { LearnerRecords } from '../../../plugin/ports/learner-records.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { aRun } from '../../contracts/credential-store.ts';
import { CONFIGURATION, type CredentialWorld, credentialWorld, NOW } from '../../support/credential-world.ts';
import { Gate, until } from '../../support/held-runs.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);

describe('a credential run that a process cannot end', () => {
  let world: CredentialWorld;
  beforeEach(async () => {
    world = await credentialWorld();
  });

  describe('L2, U14: whose process died', () => {
    /** A process that stops for good in the middle of Ben's document. */
    async function deadRun(): Promise<string> {
      const runner = world.runner({
        saveEveryMs: 1_000_000,
        before: ({ learnerName }) => (learnerName.startsWith('Ben') ? new Promise<void>(() => {}) : undefined),
      });
      const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
      await until(async () => (await world.credential('ben')) !== null);
      return id;
    }

    it('is taken over after its lease, finished, and counted exactly', async () => {
      const id = await deadRun();
      const runner = world.runner();
      expect(await runner.takeOverAbandoned()).to.equal(0);
      world.clock.at = later(60_001);
      expect(await runner.takeOverAbandoned()).to.equal(1);
      const run = await runner.wait(id);
      expect(run).to.deep.include({
        state: 'done',
        fence: 2,
        counts: { seen: 4, eligible: 3, generated: 3, skipped: 0, failed: 0 },
      });
      expect(await world.credential('ben')).to.deep.include({ status: 'available', attempts: 2 });
      expect(world.files.keys()).to.have.length(3);
    });

    it('does not keep a later run from making the credential it was stuck at', async () => {
      await deadRun();
      world.clock.at = later(60_001);
      const runner = world.runner();
      const run = await runner.wait(await runner.runNow(CONFIGURATION, 'schedule', later(60_001)));
      expect(run.counts).to.deep.equal({ seen: 4, eligible: 3, generated: 2, skipped: 1, failed: 0 });
      expect((await world.credential('ben'))?.status).to.equal('available');
    });

    it('leaves a credential alone that a living run is making', async () => {
      const id = await deadRun();
      await world.store.createRun(aRun({ id: 'run-9', dueAt: later(9), leaseUntil: later(60_009) }));
      const abandoned = await world.store.takeOverRun('run-9', 1, later(5));
      expect(abandoned?.fence).to.equal(2);
      world.clock.at = later(10);
      const runner = world.runner();
      await runner.takeOverAbandoned();
      const run = await runner.wait('run-9');
      expect(run.counts).to.deep.equal({ seen: 4, eligible: 3, generated: 1, skipped: 2, failed: 0 });
      expect(await world.credential('ben')).to.deep.include({ status: 'generating', runId: id });
    });

    it('stops, writes nothing and leaves no file when it turns out to be alive after all', async () => {
      const gate = new Gate();
      const sleeper = world.runner({
        before: ({ learnerName }) => (learnerName.startsWith('Ben') ? gate.passed : undefined),
        saveEveryMs: 1_000_000,
      });
      const id = await sleeper.runNow(CONFIGURATION, 'manual', NOW);
      await until(async () => (await world.credential('ben')) !== null);
      world.clock.at = later(60_001);
      const runner = world.runner();
      await runner.takeOverAbandoned();
      const run = await runner.wait(id);
      const made = await world.store.credentials({ limit: 9 });
      const files = world.files.keys();
      gate.open();
      await sleeper.stop();
      expect(await world.store.run(id)).to.deep.equal(run);
      expect(await world.store.credentials({ limit: 9 })).to.deep.equal(made);
      expect(world.files.keys()).to.deep.equal(files);
    });
  });

  it('does not wait for the LMS when it stops, and leaves the run to another process', async () => {
    let waiting = false;
    const records: LearnerRecords = {
      contextName: async () => 'Demonstration Course',
      courses: async (contextKey) => [contextKey],
      enrolled: async function* (_contextKey, { signal }) {
        waiting = true;
        await new Promise((_, reject) =>
          signal?.addEventListener('abort', () => reject(new StoreError('away', 'away'))),
        );
        yield* [];
      },
    };
    const runner = world.runner({ records });
    const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
    await until(async () => waiting);
    await runner.stop();
    const run = await world.store.run(id);
    expect(run).to.deep.include({ state: 'running', error: null, leaseUntil: NOW });
  });

  it('is given up at once by a process that stops, and finished by the next', async () => {
    const gate = new Gate();
    const stopping = world.runner({ before: () => gate.passed });
    const id = await stopping.runNow(CONFIGURATION, 'manual', NOW);
    await until(async () => (await world.credential('ada')) !== null);
    const stopped = stopping.stop();
    gate.open();
    await stopped;
    expect(await world.store.run(id)).to.deep.include({ state: 'running', leaseUntil: NOW });
    expect(await stopping.takeOverAbandoned()).to.equal(0);
    const next = world.runner();
    expect(await next.takeOverAbandoned()).to.equal(1);
    expect((await next.wait(id)).counts).to.deep.equal({ ...NO_COUNTS, seen: 4, eligible: 3, generated: 3 });
  });

  it('X16: stops before another can have it when its lease cannot be renewed, and makes nothing twice', async () => {
    const made: string[] = [];
    const gates = [new Gate(), new Gate()];
    const update = sinon.stub(world.store, 'updateRun').rejects(new StoreError('unavailable', 'the database is away'));
    const cutOff = world.runner({
      before: async ({ learnerName }) => {
        made.push(learnerName);
        await gates[made.length - 1]?.passed;
      },
    });
    const id = await cutOff.runNow(CONFIGURATION, 'manual', NOW);
    await until(async () => made.length === 1);
    world.clock.at = later(59_000);
    gates[0]?.open();
    await until(async () => made.length === 2);
    world.clock.at = later(60_000);
    gates[1]?.open();
    await until(async () => (await world.credential('ben'))?.status === 'available');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made).to.deep.equal(['Ada Lovelace', 'Ben Okafor']);
    update.restore();
    const next = world.runner();
    expect(await next.takeOverAbandoned()).to.equal(1);
    expect((await next.wait(id)).counts).to.deep.equal({ ...NO_COUNTS, seen: 4, eligible: 3, generated: 3 });
    expect(world.files.keys()).to.have.length(3);
  });

  it('is left to others when the store goes away', async () => {
    const error = sinon.spy();
    const update = sinon.stub(world.store, 'updateRun').rejects(new StoreError('unavailable', 'the database is away'));
    const runner = world.runner({ logger: { ...silentLogger, error }, saveEveryMs: 1_000_000 });
    const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
    await runner.stop();
    expect(error.args.at(-1)).to.deep.equal([
      'a credential run was left unfinished',
      { runId: id, code: 'store.unavailable' },
    ]);
    update.restore();
    world.clock.at = later(60_001);
    const next = world.runner();
    expect(await next.takeOverAbandoned()).to.equal(1);
    expect((await next.wait(id)).state).to.equal('done');
  });
});
