import { expect } from 'chai';
import sinon from 'sinon';
import type { Badge } from '../../../dsl/index.ts';
import { createEventProcessor } from '../../../plugin/badges/process-event.ts';
import { StoreError } from '../../../plugin/errors.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { aWorld, course, courseBadge, passing, type World } from '../../support/badge-world.ts';
import { aPenalty, aRequirement, onBadge, PASSING, passedCourse } from '../../support/rule-values.ts';

/** Given when `demo` is, taken back when `demo` is; `last` follows it. */
const follower: Badge = courseBadge({
  id: 'follower',
  reAward: 'allowed',
  requirements: [aRequirement({ id: 'first', on: onBadge('demo') })],
  penalties: [aPenalty({ id: 'lost', on: onBadge('demo', 'revoked'), resets: ['first'] })],
});
const last: Badge = courseBadge({
  id: 'last',
  requirements: [
    aRequirement({ id: 'second', group: 'A', on: onBadge('follower') }),
    aRequirement({ id: 'own', group: 'B', where: passedCourse(course(1)) }),
  ],
  penalties: [],
});

describe('processing an event', () => {
  it('ignores an event about nobody, and one that no rule is about, without touching a store', async () => {
    const world = aWorld([courseBadge()]);
    const untouchable = new Proxy({} as World['learners'], {
      get: () => expect.fail('a store was touched'),
    });
    const processor = createEventProcessor({
      learners: untouchable,
      progress: untouchable as unknown as World['progress'],
      index: () => world.index,
      definitionVersion: () => 1,
      clock: world.clock,
      logger: silentLogger,
      ids: { uuid: () => 'u' },
    });
    expect(await processor.process([{ ...passing(true, 1), user: null }])).to.deep.equal([
      { outcome: 'ignored', reason: 'no-learner' },
    ]);
    const other = { ...passing(true, 1), type: PASSING.replace('v1', 'v9') };
    for (const event of [other, passing(true, 1, { course: course(9) })]) {
      expect(await processor.process([event])).to.deep.equal([{ outcome: 'ignored', reason: 'no-match' }]);
    }
  });

  it('tells what changed', async () => {
    const world = aWorld([courseBadge()]);
    const learner = await world.learners.resolve(passing(true, 1).user!, passing(true, 1).time);
    const first = await world.process(passing(true, 1));
    if (first.outcome !== 'processed') return expect.fail('ignored');
    expect(first.learnerId).to.equal(learner.id);
    const [change] = first.badges;
    expect(change).to.deep.include({ badgeId: 'demo', changed: true, from: 'none', revoked: [] });
    expect(change?.outcome.status).to.equal('awarded');
    expect(change?.awarded.map(({ number, eventId }) => [number, eventId])).to.deep.equal([[1, 'pass-1-ada']]);

    const second = await world.process(passing(false, 2));
    if (second.outcome !== 'processed') return expect.fail('ignored');
    expect(second.badges[0]).to.deep.include({ from: 'awarded', changed: true, awarded: [] });
    expect(second.badges[0]?.revoked.map(({ number }) => number)).to.deep.equal([1]);
  });

  it('changes nothing when an event comes again', async () => {
    const world = aWorld([courseBadge(), follower]);
    await world.process(passing(true, 1));
    const before = await world.progress.list({ limit: 9 });
    const result = await world.process(passing(true, 1));
    if (result.outcome !== 'processed') return expect.fail('ignored');
    expect(result.badges.map(({ badgeId, changed, awarded }) => [badgeId, changed, awarded])).to.deep.equal([
      ['demo', false, []],
      ['follower', false, []],
    ]);
    expect(await world.progress.list({ limit: 9 })).to.deep.equal(before);
  });

  it('goes on to the badges that wait for this one, each after those it waits for', async () => {
    const world = aWorld([last, follower, courseBadge()]);
    await world.process(passing(true, 1, { course: course(1) }));
    const result = await world.process(passing(true, 2));
    if (result.outcome !== 'processed') return expect.fail('ignored');
    expect(result.badges.map(({ badgeId, outcome }) => [badgeId, outcome.status])).to.deep.equal([
      ['demo', 'awarded'],
      ['follower', 'awarded'],
      ['last', 'awarded'],
    ]);
    expect((await world.progressOn('follower')).outcome.awardedAt).to.equal(passing(true, 2).time);
  });

  it('takes a badge back that rested on one that is taken back', async () => {
    const world = aWorld([courseBadge(), follower]);
    await world.run(passing(true, 1), passing(false, 5));
    expect((await world.progressOn('follower')).outcome.status).to.equal('revoked');
  });

  it('forgets an award of another badge that a late event has moved', async () => {
    const world = aWorld([courseBadge(), follower]);
    await world.run(passing(true, 5), passing(true, 2));
    const { contributions, issued } = await world.progressOn('follower');
    expect(contributions.map(({ eventId }) => eventId)).to.deep.equal(['pass-2-ada']);
    expect(issued.map(({ number, eventId }) => [number, eventId])).to.deep.equal([[1, 'pass-2-ada']]);
  });

  it('leaves a badge alone that waits for one without progress', async () => {
    const world = aWorld([courseBadge(), follower, last]);
    await world.process(passing(false, 1));
    expect((await world.progress.list({ limit: 9 })).items.map(({ badgeId }) => badgeId)).to.deep.equal(['demo']);
  });

  it('completes what broke off between a badge and those that wait for it', async () => {
    const store = new MemoryProgressStore();
    const world = aWorld([courseBadge(), follower], { progress: store });
    const save = sinon.stub(store, 'save').callThrough();
    save.onSecondCall().rejects(new StoreError('unavailable', 'the database does not answer'));
    await world.process(passing(true, 1)).then(
      () => expect.fail('it should have failed'),
      (error: unknown) => expect(error).to.be.instanceOf(StoreError),
    );
    await world.process(passing(true, 1));
    expect((await world.progressOn('follower')).outcome.status).to.equal('awarded');
  });

  it('does not leave a badge on an overtaken state of the one it waits for', async () => {
    const store = new MemoryProgressStore();
    const world = aWorld([courseBadge(), follower], { progress: store });
    const save = store.save.bind(store);
    let overtaken = false;
    sinon.stub(store, 'save').callsFake(async (progress: Progress) => {
      if (progress.badgeId === 'follower' && !overtaken) {
        overtaken = true;
        await world.process(passing(false, 0));
        await world.process(passing(false, 5));
      }
      return save(progress);
    });
    await world.process(passing(true, 1));
    expect(overtaken).to.equal(true);
    expect((await world.progressOn('demo')).outcome.status).to.equal('revoked');
    expect((await world.progressOn('follower')).outcome.status).to.equal('revoked');
  });

  it('looks at the badge it waits for also after a save that was done though it seemed beaten', async () => {
    const store = new MemoryProgressStore();
    const world = aWorld([courseBadge(), follower], { progress: store });
    const save = store.save.bind(store);
    let others: 'to come' | 'at work' | 'gone' = 'to come';
    sinon.stub(store, 'save').callsFake(async (progress: Progress) => {
      if (progress.badgeId !== 'follower') return save(progress);
      if (others === 'at work') throw new StoreError('unavailable', 'they die before they pass it on');
      if (others === 'gone') return save(progress);
      await save(progress);
      others = 'at work';
      await world.process(passing(false, 5)).catch(() => {});
      others = 'gone';
      return false;
    });
    await world.process(passing(true, 1));
    expect((await world.progressOn('demo')).outcome.status).to.equal('revoked');
    expect((await world.progressOn('follower')).outcome.status).to.equal('revoked');
  });

  it('gives up with an error that asks for redelivery when others always are faster', async () => {
    const store = new MemoryProgressStore();
    sinon.stub(store, 'save').resolves(false);
    const world = aWorld([courseBadge()], { progress: store });
    const error = await world.process(passing(true, 1)).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(StoreError);
    expect(error).to.deep.include({
      code: 'store.contention',
      message: 'progress kept changing while the event was processed; deliver the event again',
    });
  });

  it('lets the dispatcher know when there is something to carry out, and only then', async () => {
    const world = aWorld([courseBadge()]);
    const onEffects = sinon.spy();
    const processor = createEventProcessor({
      learners: world.learners,
      progress: world.progress,
      index: () => world.index,
      definitionVersion: () => 1,
      clock: world.clock,
      logger: silentLogger,
      ids: { uuid: () => 'u' },
      onEffects,
    });
    await processor.process([passing(false, 1)]);
    expect(onEffects.callCount).to.equal(0);
    await processor.process([passing(true, 2)]);
    expect(onEffects.callCount).to.equal(1);
  });
});
