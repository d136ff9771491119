/** What waits in the store goes on in the trace that it came from. */

import { expect } from 'chai';
import { createReissuer } from '../../plugin/credentials/reissue-credential.ts';
import { createJobRunner } from '../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../plugin/jobs/request-job.ts';
import { createMailDispatcher } from '../../plugin/mail/mail-dispatcher.ts';
import { MemoryJobStore } from '../../plugin/ports/memory-job-store.ts';
import { silentLogger, systemClock } from '../../plugin/ports/runtime.ts';
import type { TraceContext } from '../../plugin/ports/trace-context.ts';
import type { Tracer } from '../../plugin/ports/tracer.ts';
import { passingTracer as tracer } from '../../server/tracing/passing-tracer.ts';
import { aWorld, courseBadge, passing } from '../support/badge-world.ts';
import { CONFIGURATION, credentialWorld } from '../support/credential-world.ts';

const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'other=1' };
const inTrace = <Result>(work: () => Promise<Result>): Promise<Result> =>
  tracer.step({ name: 'call', parent: trace }, work);

describe('the trace of', () => {
  const seen: (TraceContext | undefined)[] = [];
  const look = () => void seen.push(tracer.current());
  beforeEach(() => {
    seen.length = 0;
  });

  it('an effect is that of the event that made it necessary, for the award and for what follows', async () => {
    const world = aWorld([courseBadge()]);
    const award = world.provider.award.bind(world.provider);
    world.provider.award = (request) => {
      look();
      return award(request);
    };
    await inTrace(() => world.process(passing(true, 1)));
    await world.process(passing(true, 1, { username: 'ben', lmsUserId: 8 }));
    expect((await world.progressOn('demo')).effects.map((effect) => effect.trace)).to.deep.equal([trace, trace]);
    expect((await world.progressOn('demo', 'ben')).effects[0]).not.to.have.property('trace');
    await world.dispatcher.runDue();
    expect(seen).to.have.deep.members([trace, undefined]);
  });

  it('a job is that of the call that asked for it, in whichever process', async () => {
    const store = new MemoryJobStore();
    const parts = { store, clock: systemClock, logger: silentLogger, tracer };
    const jobs = createJobs({ ...parts, ids: { uuid: () => 'j1' } });
    const kind = {
      kind: 'look',
      async step() {
        look();
        return { cursor: null, done: 1, finished: true };
      },
    };
    await inTrace(() => jobs.request({ kind: 'look', title: 'Look', parameters: {}, requestedBy: 'ada' }));
    await createJobRunner({ ...parts, kinds: [kind] }).runDue();
    expect(seen).to.deep.equal([trace]);
  });

  it('a run and of the mails about what it made is that of the call that began it', async () => {
    const world = await credentialWorld();
    const runner = world.runner({ tracer });
    const run = await runner.wait(await inTrace(() => runner.runNow(CONFIGURATION, 'manual', world.clock.at)));
    await runner.stop();
    expect(run.trace).to.deep.equal(trace);
    const mails = createMailDispatcher({
      store: world.store,
      mailer: { domain: 'example.org', send: async () => look(), close() {} },
      write: async () => ({ subject: 's', text: 't', html: 'h' }),
      clock: world.clock,
      logger: silentLogger,
      tracer,
    });
    expect(await mails.runDue()).to.equal(3);
    expect(seen).to.deep.equal([trace, trace, trace]);
  });

  it('a reissue is that of the call that asked for it, also where another process finishes it', async () => {
    const world = await credentialWorld();
    const runner = world.runner({ tracer });
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', world.clock.at));
    await runner.stop();
    const { id } = (await world.credential('ada')) ?? { id: '' };
    // The process dies when it has written down what it is about to do.
    const dying = new Proxy(world.files, {
      get: (target, name) =>
        name === 'put' || name === 'delete'
          ? () => Promise.reject(new Error('killed'))
          : Reflect.get(target, name).bind(target),
    });
    const updateCredential = world.store.updateCredential.bind(world.store);
    let writes = 0;
    world.store.updateCredential = (...all) => {
      writes += 1;
      return writes === 1 ? updateCredential(...all) : Promise.reject(new Error('killed'));
    };
    const first = createReissuer({ ...world.parts(), files: dying, tracer });
    await inTrace(() => first.reissue(id, 'ann')).catch(() => {});
    world.store.updateCredential = updateCredential;
    expect((await world.store.credential(id))?.reissue?.trace).to.deep.equal(trace);

    world.clock.at = new Date(world.clock.at.getTime() + 61_000);
    const createCredential = world.store.createCredential.bind(world.store);
    world.store.createCredential = (credential) => {
      look();
      return createCredential(credential);
    };
    expect(await createReissuer({ ...world.parts(), tracer }).takeOverAbandoned()).to.equal(1);
    expect(seen).to.deep.equal([trace]);
    expect((await world.credential('ada'))?.mail?.trace).to.deep.equal(trace);
  });

  it('a job that fails says what kind of failure it was', async () => {
    const notes: object[] = [];
    const noting: Tracer = {
      ...tracer,
      step: (step, work) => tracer.step(step, () => work({ add: (more) => void notes.push(more), rename() {} })),
    };
    const store = new MemoryJobStore();
    const parts = { store, clock: systemClock, logger: silentLogger, tracer: noting };
    await createJobs({ ...parts, ids: { uuid: () => 'j1' } }).request({
      ...{ kind: 'break', title: 'Break', parameters: {}, requestedBy: 'ada' },
    });
    const kind = { kind: 'break', step: () => Promise.reject(new TypeError('ada@example.org')) };
    await createJobRunner({ ...parts, kinds: [kind] }).runDue();
    expect(notes).to.deep.equal([{ 'error.type': 'bug.unexpected' }]);
  });
});
