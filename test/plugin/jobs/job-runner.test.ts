import { expect } from 'chai';
import { StoreError } from '../../../plugin/errors.ts';
import { createJobRunner, type JobKind, type JobStep } from '../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../plugin/jobs/request-job.ts';
import type { Job } from '../../../plugin/ports/job-store.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';

/** Counts from the cursor to the number asked for, one a step. */
function counting(before: (job: Job) => void | Promise<void> = () => {}): JobKind {
  return {
    kind: 'count',
    async step(job): Promise<JobStep> {
      await before(job);
      const next = Number(job.cursor ?? 0) + 1;
      const total = Number(job.parameters.to);
      return { cursor: next, done: 1, total, counts: { [next % 2 ? 'odd' : 'even']: 1 }, finished: next === total };
    },
  };
}

function world(kind: JobKind) {
  let now = Date.UTC(2026, 2, 1);
  let ids = 0;
  const clock = { now: () => new Date(now) };
  const store = new MemoryJobStore();
  const parts = { store, kinds: [kind], clock, logger: silentLogger };
  const jobs = createJobs({ store, clock, ids: { uuid: () => `j${++ids}` } });
  return {
    store,
    jobs,
    runner: (leaseMs?: number) => createJobRunner({ ...parts, ...(leaseMs !== undefined && { leaseMs }) }),
    request: (to: number) =>
      jobs.request({ kind: 'count', title: 'Count', parameters: { to }, requestedBy: 'ada', reason: null }),
    pass: (ms: number) => {
      now += ms;
    },
    now: () => new Date(now),
  };
}

describe('a job', () => {
  it('is carried out step by step to its end', async () => {
    const { runner, request, now } = world(counting());
    await request(3);
    const [ended] = await runner().runDue();
    expect(ended).to.deep.include({
      state: 'done',
      done: 3,
      total: 3,
      counts: { odd: 2, even: 1 },
      cursor: 3,
      finishedAt: now(),
    });
  });

  it('is given back after the step under way when whoever asked for it is interrupted, or the process stops', async () => {
    for (const how of ['interrupted', 'stopped'] as const) {
      const interruption = new AbortController();
      const world_ = world(
        counting(({ cursor }) => {
          if (cursor !== 1) return;
          if (how === 'interrupted') interruption.abort();
          else stopped = runner.stop();
        }),
      );
      let stopped: Promise<void> | undefined;
      const runner = world_.runner();
      const { id } = await world_.request(4);
      expect(await runner.carryOut(id, interruption.signal), how).to.equal(null);
      await stopped;
      expect(await world_.store.get(id), how).to.deep.include({ cursor: 2, done: 2, dueAt: world_.now() });
      expect(await runner.carryOut(id, interruption.signal), `${how}, asked again`).to.equal(null);
      expect((await world_.store.get(id))?.done, `${how}, asked again`).to.equal(2);
      expect((await world_.runner().carryOut(id))?.state, `${how}, elsewhere`).to.equal('done');
    }
  });

  it('that is claimed while its process stops is given back before the stop is over', async () => {
    const { store, request, runner: aRunner, now } = world(counting());
    const { id } = await request(2);
    const claim = store.claim.bind(store);
    store.claim = async (...given) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return claim(...given);
    };
    const runner = aRunner();
    const work = runner.carryOut(id);
    await runner.stop();
    expect((await store.get(id))?.fence, 'it was claimed').to.equal(1);
    expect(await store.get(id)).to.deep.include({ done: 0, dueAt: now() });
    expect(await work).to.equal(null);
  });

  it('goes on after the last recorded step when the process that had it died', async () => {
    const seen: unknown[] = [];
    let dies = true;
    const { runner, request, pass, store } = world(
      counting((job) => {
        seen.push(job.cursor);
        // As if the process were killed here: this step never ends.
        if (job.cursor === 2 && dies) return new Promise(() => {});
      }),
    );
    await request(4);
    void runner().runDue();
    await new Promise(setImmediate);
    expect(await store.get('j1')).to.deep.include({ state: 'running', cursor: 2 });
    dies = false;
    expect(await runner().runDue()).to.deep.equal([]);
    pass(61_000);
    const [ended] = await runner().runDue();
    expect(ended).to.deep.include({ state: 'done', done: 4 });
    expect(seen).to.deep.equal([null, 1, 2, 2, 3]);
  });

  it('stays with a living process, also while a step waits for somebody for longer than the lease', async () => {
    let answer = (): void => {};
    const { runner, request, pass, store, now } = world(
      counting(
        () =>
          new Promise<void>((resolve) => {
            answer = resolve;
          }),
      ),
    );
    await request(1);
    const working = runner(15).runDue();
    await new Promise(setImmediate);
    pass(60_000);
    while (((await store.get('j1'))?.dueAt ?? 0) <= now()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await runner().runDue()).to.deep.equal([]);
    answer();
    expect((await working)[0]).to.deep.include({ state: 'done', done: 1, fence: 1 });
  });

  it('is tried again later when the world is away, with longer and longer pauses', async () => {
    let away = 2;
    const { runner, request, pass, store, now } = world(
      counting(() => {
        if (away-- > 0) throw new StoreError('unavailable', 'the database is away; wait');
      }),
    );
    await request(1);
    const run = runner();
    expect(await run.runDue()).to.deep.equal([]);
    expect(await store.get('j1')).to.deep.include({
      state: 'running',
      attempts: 1,
      error: { code: 'store.unavailable', message: 'the database is away; wait' },
    });
    expect(await run.runDue()).to.deep.equal([]);
    pass(1_000);
    expect(await run.runDue()).to.deep.equal([]);
    pass(1_999);
    expect(await run.runDue()).to.deep.equal([]);
    const { failingSince } = (await store.get('j1')) as Job;
    expect(now().getTime() - (failingSince?.getTime() ?? 0)).to.equal(2_999);
    pass(1);
    const ended = { state: 'done', attempts: 0, failingSince: null, error: null };
    expect((await run.runDue())[0]).to.deep.include(ended);
  });

  it('fails on our own mistake without telling what only the log may say, and can be resumed', async () => {
    let broken = true;
    const { runner, request, jobs } = world(
      counting((job) => {
        if (job.cursor === 1 && broken) throw new TypeError('ada@example.org is not iterable');
      }),
    );
    await request(2);
    const [failed] = await runner().runDue();
    expect(failed).to.deep.include({
      state: 'failed',
      cursor: 1,
      error: { code: 'bug.unexpected', message: 'an unexpected error; the log of that time has the details' },
    });
    broken = false;
    expect(await jobs.resume('j1')).to.deep.include({ state: 'waiting', done: 1 });
    expect((await runner().runDue())[0]).to.deep.include({ state: 'done', done: 2 });
  });

  it('ends after its step when it is cancelled, and keeps what it did', async () => {
    const cancelled: (() => Promise<unknown>)[] = [];
    const { runner, request, jobs } = world(
      counting(async (job) => {
        if (job.cursor === 1) await cancelled[0]?.();
      }),
    );
    cancelled.push(() => jobs.cancel('j1'));
    await request(5);
    expect((await runner().runDue())[0]).to.deep.include({ state: 'cancelled', done: 2 });
  });

  it('is given back at once when its process stops', async () => {
    let stop: () => Promise<void> = async () => {};
    const stopped: Promise<void>[] = [];
    const { runner, request, store, now } = world(
      counting((job) => {
        if (job.cursor === 1) stopped.push(stop());
      }),
    );
    await request(5);
    const run = runner();
    stop = () => run.stop();
    run.start();
    while (stopped.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await stopped[0];
    expect(await store.get('j1')).to.deep.include({ state: 'running', done: 2, dueAt: now() });
    expect((await runner().runDue())[0]).to.deep.include({ state: 'done', done: 5 });
  });

  it('cannot be cancelled or resumed where there is nothing to cancel or resume', async () => {
    const { runner, request, jobs } = world(counting());
    await request(1);
    await runner().runDue();
    const messageOf = (work: Promise<unknown>): Promise<string> => work.then(String, (error) => error.message);
    expect(await messageOf(jobs.cancel('j1'))).to.equal('the job has ended already; there is nothing to cancel');
    expect(await messageOf(jobs.resume('j1'))).to.equal('only a job that failed or was cancelled can be resumed');
    const nowhere = 'there is no such job; the list of jobs shows those there are';
    expect(await messageOf(jobs.cancel('j9'))).to.equal(nowhere);
    expect(await messageOf(jobs.resume('j9'))).to.equal(nowhere);
  });
});
