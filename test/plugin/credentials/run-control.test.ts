import { expect } from 'chai';
import { createRunControl, type RunControl } from '../../../plugin/credentials/run-control.ts';
import { aRun, rejection } from '../../contracts/credential-store.ts';
import {
  CONFIGURATION,
  type CredentialWorld,
  credentialWorld,
  missingGlyph,
  NOW,
} from '../../support/credential-world.ts';

const later = (ms: number) => new Date(NOW.getTime() + ms);

describe('what people do to a run', () => {
  let world: CredentialWorld;
  beforeEach(async () => {
    world = await credentialWorld();
  });

  const controlOf = (runner: ReturnType<CredentialWorld['runner']>): RunControl =>
    createRunControl({ store: world.store, clock: world.clock, runner });

  /** A runner that waits at the document of the `stopAt`-th learner until `goOn` is called. */
  function aSlowRunner(stopAt: number) {
    const made: string[] = [];
    let goOn = () => {};
    let reached = () => {};
    const waiting = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const runner = world.runner({
      saveEveryMs: 5,
      before: async ({ learnerName }) => {
        made.push(learnerName);
        if (made.length !== stopAt) return;
        reached();
        await gate;
      },
    });
    return { runner, made, waiting, goOn };
  }

  it('cancelling ends it after the learner it is at, and keeps what was made', async () => {
    const { runner, made, waiting, goOn } = aSlowRunner(2);
    const control = controlOf(runner);
    const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
    await waiting;
    await control.cancel(id);
    await new Promise((resolve) => setTimeout(resolve, 30));
    goOn();
    expect((await runner.wait(id)).state).to.equal('cancelled');
    expect(made).to.deep.equal(['Ada Lovelace', 'Ben Okafor']);
    expect((await world.credential('ben'))?.status).to.equal('available');
    expect(await world.credential('cleo')).to.equal(null);
    expect(await rejection(control.cancel(id))).to.include({
      code: 'conflict.run-ended',
      message: 'the run has ended already; reload the page to see how',
    });
  });

  it('resuming makes what is missing, nothing twice, and counts exactly', async () => {
    const { runner, made, waiting, goOn } = aSlowRunner(2);
    const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
    await waiting;
    await controlOf(runner).cancel(id);
    await new Promise((resolve) => setTimeout(resolve, 30));
    goOn();
    await runner.wait(id);
    await controlOf(runner).resume(id);
    expect(await runner.wait(id)).to.deep.include({
      state: 'done',
      finishedAt: NOW,
      counts: { seen: 4, eligible: 3, generated: 3, skipped: 0, failed: 0 },
    });
    expect(made).to.deep.equal(['Ada Lovelace', 'Ben Okafor', 'Cleo Klein']);
  });

  it('X3: a holder that was cancelled writes nothing into the run that was resumed elsewhere', async () => {
    const { runner, waiting, goOn } = aSlowRunner(1);
    const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
    await waiting;
    const other = world.runner();
    await controlOf(other).cancel(id);
    await controlOf(other).resume(id);
    const ended = await other.wait(id);
    goOn();
    await runner.wait(id);
    await runner.stop();
    expect(await world.store.run(id)).to.deep.equal(ended);
    expect(ended.counts.generated).to.equal(3);
    expect((await world.store.credentials({ limit: 99 })).items).to.have.length(3);
  });

  it('refuses to resume what ended well, what is not there, and beside another run', async () => {
    const control = controlOf(world.runner());
    expect((await rejection(control.resume('nowhere'))).message).to.equal(
      'there is no such run; the list of runs shows those there are',
    );
    await world.store.createRun(aRun({ id: 'well', state: 'done' }));
    expect(await rejection(control.resume('well'))).to.include({
      code: 'conflict.run-not-resumable',
      message: 'only a run that was cancelled or has failed can go on; reload the page to see how it is',
    });
    await world.store.createRun(aRun({ id: 'failed', state: 'failed', dueAt: later(1) }));
    await world.store.createRun(aRun({ id: 'going', dueAt: later(2) }));
    expect(await rejection(control.resume('failed'))).to.include({
      code: 'conflict.run-going',
      message: 'another run of this configuration is going; it makes what is missing, wait for its end',
    });
  });

  it('X17: retrying the failed touches those only', async () => {
    const failing = world.runner({
      before: ({ learnerName }) => {
        if (learnerName === 'Ben Okafor') throw missingGlyph();
      },
    });
    await failing.wait(await failing.runNow(CONFIGURATION, 'manual', NOW));
    world.clock.at = later(1_000);
    const made: string[] = [];
    const runner = world.runner({ before: ({ learnerName }) => void made.push(learnerName) });
    const run = await runner.wait(await controlOf(runner).retryFailed(CONFIGURATION));
    expect(made).to.deep.equal(['Ben Okafor']);
    expect(run).to.deep.include({
      trigger: 'retry',
      state: 'done',
      counts: { seen: 1, eligible: 1, generated: 1, skipped: 0, failed: 0 },
    });
    expect(await world.credential('ben')).to.include({ status: 'available', attempts: 2 });
  });

  it('says that nobody failed instead of beginning a run for nobody', async () => {
    const runner = world.runner();
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    const refusal = await rejection(controlOf(runner).retryFailed(CONFIGURATION));
    expect(refusal).to.include({
      code: 'conflict.nothing-failed',
      message:
        'there is nobody left whose last attempt failed; whose data could not be used is tried by the next whole run',
    });
    expect(await world.store.runs({ limit: 9 })).to.have.length(1);
    expect((await rejection(controlOf(runner).retryFailed('nowhere'))).code).to.equal('not-found.configuration');
  });

  it('X11: retrying while a run is going joins it', async () => {
    const { runner, waiting, goOn } = aSlowRunner(1);
    const id = await runner.runNow(CONFIGURATION, 'manual', NOW);
    await waiting;
    world.clock.at = later(1_000);
    expect(await controlOf(runner).retryFailed(CONFIGURATION)).to.equal(id);
    goOn();
    await runner.wait(id);
  });
});
