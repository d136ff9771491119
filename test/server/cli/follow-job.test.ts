import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { createJobRunner, type JobKind } from '../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../plugin/jobs/request-job.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import { silentLogger, systemClock } from '../../../plugin/ports/runtime.ts';
import { endOf } from '../../../server/cli/follow-job.ts';
import { InterruptedError } from '../../../server/cli/interruption.ts';
import { Shell } from '../../../server/cli/shell.ts';

/** A job of so many steps, and somebody who presses Ctrl-C while one of them is under way. */
async function interruptedIn(step: number, steps: number) {
  let ask: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const store = new MemoryJobStore();
  const kind: JobKind = {
    kind: 'count',
    async step({ cursor }) {
      const at = Number(cursor ?? 0) + 1;
      if (at === step) {
        ask();
        // until whoever waits has heard of it
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { cursor: at, done: 1, finished: at === steps };
    },
  };
  const stderr = new PassThrough();
  const shell = new Shell({
    ...{ env: {}, stdin: Readable.from([]), stdout: new PassThrough(), stderr, clock: systemClock },
    untilAsked: () => asked,
  });
  const runner = createJobRunner({ store, kinds: [kind], clock: systemClock, logger: silentLogger });
  const jobs = createJobs({ store, clock: systemClock, ids: { uuid: () => 'j1' } });
  const job = await jobs.request({ kind: 'count', title: 'Count', parameters: {}, requestedBy: 'ada' });
  const follower = { services: { jobStore: store }, carryOut: runner.carryOut };
  const end = await endOf(shell, follower, job, { quiet: true }).catch((error: unknown) => error);
  return { end, said: String(stderr.read()), left: await store.get('j1'), runner };
}

describe('a command that waits for a job', () => {
  it('gives it back when it is interrupted, and says how it goes on', async () => {
    const { end, said, left, runner } = await interruptedIn(2, 5);
    expect(end).to.be.instanceOf(InterruptedError);
    expect((end as Error).message).to.equal(
      'job j1 is not done: a running server goes on with it, or `laurel jobs wait j1`; `laurel jobs cancel j1` ends it',
    );
    expect(said).to.equal('interrupted: what is in hand is finished first; once more to leave at once\n');
    expect(left).to.deep.include({ done: 2, finishedAt: null });
    expect(left?.dueAt).to.be.at.most(new Date());
    expect((await runner.carryOut('j1'))?.done).to.equal(5);
  });

  it('says how it ended where that was its last step', async () => {
    const { end, left } = await interruptedIn(3, 3);
    expect(left?.state).to.equal('done');
    expect(end).to.deep.equal(left);
  });
});
