import { expect } from 'chai';
import type { Badge } from '../../../../dsl/index.ts';
import { createReplay } from '../../../../plugin/badges/replay/replay-job.ts';
import {
  type ReplayRequest,
  replayRequest,
  resultOf,
  toParameters,
} from '../../../../plugin/badges/replay/replay-request.ts';
import { createJobRunner } from '../../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../../plugin/jobs/request-job.ts';
import type { Job } from '../../../../plugin/ports/job-store.ts';
import { MemoryJobStore } from '../../../../plugin/ports/memory-job-store.ts';
import { MemoryReplayScratch } from '../../../../plugin/ports/memory-replay-scratch.ts';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { atMinute, course, courseBadge, passing } from '../../../support/badge-world.ts';
import { aReplayWorld, type ReplayWorld } from '../../../support/replay-world.ts';
import { aRequirement, onBadge, passed, passedCourse } from '../../../support/rule-values.ts';

const demo = courseBadge();
/** Passing anything is enough, and nothing takes it back. */
const wider: Badge = courseBadge({ requirements: [aRequirement({ id: 'pass', where: passed })], penalties: [] });
const stricter: Badge = courseBadge({ requirements: [aRequirement({ id: 'pass', where: passed, count: 2 })] });

describe('a replay', () => {
  let world: ReplayWorld;
  let store: MemoryJobStore;
  let scratch: MemoryReplayScratch;
  const of = (username: string, lmsUserId: number) => ({ username, lmsUserId, name: username });
  const ada = of('ada', 1);
  const bob = of('bob', 2);
  const eve = of('eve', 3);

  beforeEach(async () => {
    world = aReplayWorld([demo]);
    store = new MemoryJobStore();
    scratch = new MemoryReplayScratch();
    await world.take(passing(true, 1, ada));
    await world.take(passing(true, 2, { ...bob, course: course(5) }));
    await world.take(passing(true, 3, { ...eve, course: course(6) }));
    await world.take(passing(true, 4, { ...eve, course: course(7) }));
  });

  async function run(request: Partial<ReplayRequest> = {}): Promise<Job> {
    const kinds = [createReplay({ ...world, ...world.ruleParts, scratch })];
    const runner = createJobRunner({ store, kinds, clock: world.clock, logger: silentLogger });
    const jobs = createJobs({ store, clock: world.clock, ids: { uuid: () => `job-${Math.random()}` } });
    const parameters = toParameters(replayRequest(request));
    const { id } = await jobs.request({ kind: 'replay', title: 'Replay', parameters, requestedBy: 'ada' });
    await runner.runDue();
    return (await store.get(id)) as Job;
  }
  const status = async (username: string, badge = 'demo') => {
    const learner = await world.learners.findByUsername(username);
    return learner && (await world.progress.load(learner.id, badge))?.outcome.status;
  };

  it('gives what wider rules give, also to those who were no learners yet, and nothing the second time', async () => {
    world.change(wider);
    expect(await status('bob')).to.equal(null);
    const job = await run();
    expect(job).to.deep.include({ state: 'done', done: 3, total: 3 });
    expect(job.counts).to.deep.equal({
      'events read': 4,
      gains: 2,
      unchanged: 1,
      'award at memory': 2,
      announcements: 2,
    });
    expect(await Promise.all(['ada', 'bob', 'eve'].map((name) => status(name)))).to.deep.equal(
      Array(3).fill('awarded'),
    );
    const { badges, sample } = resultOf(job.result);
    expect(badges).to.deep.equal([{ badge: 'demo', gains: 2, loses: 0, moves: 0, unverified: 0 }]);
    const bobs = (await world.learners.findByUsername('bob'))?.id;
    expect(sample).to.deep.include({ learner: bobs, badge: 'demo', from: 'none', to: 'awarded' });
    expect(await scratch.count(job.id)).to.equal(0);

    const before = await world.progress.list({ limit: 9 });
    expect((await run()).counts).to.deep.equal({ 'events read': 4, unchanged: 3 });
    expect(await world.progress.list({ limit: 9 })).to.deep.equal(before);
  });

  it('takes back what stricter rules do not give, once, and never in between', async () => {
    await world.take(passing(true, 9, { ...ada, course: course(9) }));
    await world.dispatcher.runDue();
    world.change(stricter);
    const job = await run();
    expect(job.counts).to.deep.include({ gains: 1, 'award at memory': 1 });
    await world.dispatcher.runDue();
    // Ada keeps the badge she has: its award only moved to a later event.
    const kept = (await world.progressOn('demo', 'ada')).issued;
    expect(kept.map(({ number, eventId, revokedAt }) => [number, eventId, revokedAt])).to.deep.equal([
      [1, 'pass-9-ada', null],
    ]);
    expect(world.provider.entries.map(({ action }) => action)).to.deep.equal(['award', 'award']);
    expect(await status('eve')).to.equal('awarded');
    expect(await status('bob')).to.equal('in-progress');
  });

  it('counts only what was received while the badge was active, until a backfill names the rest', async () => {
    const late = courseBadge({ id: 'late', requirements: [aRequirement({ id: 'pass', where: passed })] });
    world.change(late);
    expect((await run({ badges: ['late'] })).counts).to.deep.equal({ 'events read': 0 });
    const some = await run({ badges: ['late'], membership: 'backfill', from: atMinute(2), to: atMinute(4) });
    expect(some.counts).to.deep.include({ gains: 2 });
    expect(await Promise.all(['ada', 'bob', 'eve'].map((name) => status(name, 'late')))).to.deep.equal([
      undefined,
      'awarded',
      'awarded',
    ]);
    // What a backfill made count goes on counting.
    expect((await run({ badges: ['late'] })).counts).to.deep.equal({ 'events read': 0, unchanged: 2 });
  });

  it('tells in a dry run what would be, and changes nothing', async () => {
    const follower = courseBadge({
      id: 'follower',
      requirements: [aRequirement({ id: 'first', on: onBadge('demo') })],
    });
    world.change(follower);
    const before = await world.progress.list({ limit: 9 });
    world.change(wider);
    const job = await run({ dryRun: true });
    expect(job.counts).to.deep.include({ gains: 5, 'award at memory': 5 });
    const { badges, sample } = resultOf(job.result);
    expect(badges.map(({ badge, gains }) => [badge, gains])).to.have.deep.members([
      ['demo', 2],
      ['follower', 3],
    ]);
    expect(sample.filter(({ learner }) => learner === null)).to.have.length(4);
    expect(await world.progress.list({ limit: 9 })).to.deep.equal(before);
    expect(await world.learners.count()).to.equal(1);
  });

  it('looks only at the learners of the events that are named', async () => {
    world.change(wider);
    const job = await run({ from: atMinute(2), to: atMinute(3) });
    expect(job).to.deep.include({
      done: 1,
      counts: { 'events read': 1, gains: 1, 'award at memory': 1, announcements: 1 },
    });
    expect(await status('bob')).to.equal('awarded');
    expect(await status('eve')).to.equal(null);
    expect((await run({ types: ['another.type'] })).counts).to.deep.equal({ 'events read': 0 });
  });

  it('keeps what rests on events that are no longer in the log, and says how often it could not ask again', async () => {
    await world.take(passing(true, 9, { ...bob }));
    const learner = await world.learners.findByUsername('ada');
    await world.events.forget({ id: learner?.id ?? '', username: 'ada', lmsUserId: 1 });
    world.change(courseBadge({ requirements: [aRequirement({ id: 'pass', where: passedCourse(course(5)) })] }));
    const job = await run();
    expect(await status('ada')).to.equal('awarded');
    expect(job.counts).to.deep.equal({
      'events read': 4,
      'kept unverified': 1,
      'changed progress': 1,
      unchanged: 1,
    });
    expect(resultOf(job.result).badges).to.deep.equal([{ badge: 'demo', gains: 0, loses: 0, moves: 1, unverified: 1 }]);
  });

  it('waits for the change it is to follow, and ends when it does not come about', async () => {
    const waiting = await run({ after: { badge: 'demo', version: 1 } });
    expect(waiting).to.deep.include({ state: 'running', done: 0 });
    expect(waiting.error?.code).to.equal('store.rules-pending');
    world.change(wider);
    world.clock.advance(1_000);
    await run({ after: { badge: 'demo', version: 1 } });
    expect(await store.get(waiting.id)).to.deep.include({ state: 'done', done: 3, error: null });
    expect(await status('bob')).to.equal('awarded');
    const old = await run({ after: { badge: 'demo', version: 2 } });
    world.clock.advance(61_000);
    await run();
    expect(resultOf((await store.get(old.id))?.result ?? null).note).to.equal(
      'The change of the rules that this was to follow did not come about.',
    );
  });
});
