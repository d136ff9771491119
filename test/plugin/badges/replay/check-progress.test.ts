import { expect } from 'chai';
import { checkParameters, createProgressCheck, requestCheck } from '../../../../plugin/badges/replay/check-progress.ts';
import { createJobRunner } from '../../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../../plugin/jobs/request-job.ts';
import { MemoryJobStore } from '../../../../plugin/ports/memory-job-store.ts';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { courseBadge, passing } from '../../../support/badge-world.ts';
import { aReplayWorld, type ReplayWorld } from '../../../support/replay-world.ts';
import { aRequirement, onBadge, passed } from '../../../support/rule-values.ts';

const follower = courseBadge({
  id: 'follower',
  requirements: [aRequirement({ id: 'first', on: onBadge('demo') })],
  penalties: [],
});

async function check(world: ReplayWorld, repair: boolean) {
  const store = new MemoryJobStore();
  const jobs = createJobs({ store, clock: world.clock, ids: { uuid: () => 'check' } });
  await jobs.request({
    kind: 'check-progress',
    title: 'Check',
    parameters: checkParameters(repair),
    requestedBy: 'ada',
  });
  const kinds = [createProgressCheck({ ...world, ...world.ruleParts })];
  const [job] = await createJobRunner({ store, kinds, clock: world.clock, logger: silentLogger }).runDue();
  return job ?? expect.fail('it did not end');
}

describe('the check of all progress', () => {
  let world: ReplayWorld;
  beforeEach(async () => {
    world = aReplayWorld([courseBadge(), follower]);
    await world.take(passing(true, 1));
    await world.take(passing(true, 2, { username: 'bob', lmsUserId: 2 }));
  });

  it('finds nothing to repair and writes nothing where all is well', async () => {
    const before = await world.progress.list({ limit: 9 });
    const job = await check(world, true);
    expect(job).to.deep.include({ state: 'done', done: 2, counts: { unchanged: 4 } });
    expect(await world.progress.list({ limit: 9 })).to.deep.equal(before);
  });

  it('passes on what a crash kept from the badges that wait', async () => {
    const broken = await world.progressOn('follower');
    await world.progress.save({
      ...broken,
      contributions: [],
      outcome: { ...broken.outcome, status: 'none', awards: 0, history: [] },
      issued: [],
      effects: [],
    });
    expect((await check(world, false)).counts).to.deep.include({ 'to repair': 1, gains: 1 });
    expect((await world.progressOn('follower')).issued).to.deep.equal([]);
    expect((await check(world, true)).counts).to.deep.include({ repaired: 1, gains: 1, unchanged: 3 });
    expect((await world.progressOn('follower')).outcome.status).to.equal('awarded');
    expect((await check(world, true)).counts).to.deep.equal({ unchanged: 4 });
  });

  it('computes outcomes and effects anew, also where the events seem to be counted', async () => {
    const stored = await world.progressOn('demo');
    await world.progress.save({ ...stored, issued: [], effects: [] });
    expect((await check(world, true)).counts).to.deep.include({ repaired: 1, gains: 1, 'award at memory': 1 });
    const again = await world.progressOn('demo');
    await world.progress.save({ ...again, outcome: { ...again.outcome, progress: 0.5 } });
    expect((await check(world, true)).counts).to.deep.include({ repaired: 1, 'changed progress': 1 });
  });

  it('leaves alone what older rules made: that takes the events', async () => {
    world.change(courseBadge({ requirements: [aRequirement({ id: 'pass', where: passed, count: 9 })] }));
    const before = await world.progress.list({ limit: 9 });
    expect((await check(world, true)).counts).to.deep.equal({ unchanged: 4, 'made by older rules': 2 });
    expect(await world.progress.list({ limit: 9 })).to.deep.equal(before);
  });

  it('is asked for once in six hours, whoever asks', async () => {
    const store = new MemoryJobStore();
    const jobs = createJobs({ store, clock: world.clock, ids: { uuid: () => 'unused' } });
    for (const time of ['00:00', '05:59', '06:00']) await requestCheck(jobs, new Date(`2026-06-01T${time}:00Z`));
    const { items } = await store.list({ limit: 9 });
    expect(items.map(({ id }) => id).sort()).to.deep.equal(['check-2026-06-01T00', 'check-2026-06-01T06']);
  });
});
