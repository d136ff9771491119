import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import sinon from 'sinon';
import { defaultRetryPolicy } from '../../../plugin/effects/retry-policy.ts';
import { ConflictError, NotFoundError, ProviderError, StoreError } from '../../../plugin/errors.ts';
import { MemoryLearnerStore } from '../../../plugin/ports/memory-learner-store.ts';
import { MemoryProgressStore } from '../../../plugin/ports/memory-progress-store.ts';
import { MemoryPublisher } from '../../../plugin/ports/outbound.ts';
import { MemoryProvider } from '../../../providers/memory/provider.ts';
import { aWorld, courseBadge, passing, type World } from '../../support/badge-world.ts';

const HOUR_MS = 3_600_000;

const effects = async (world: World): Promise<string[]> =>
  (await world.progressOn('demo')).effects.map(({ id, state, attempts }) => `${id} ${state} ${attempts}`);
const actions = ({ provider }: World): string[] => provider.entries.map(({ action }) => action);

async function anAwardedWorld(parts: Parameters<typeof aWorld>[1] = {}): Promise<World> {
  const world = aWorld([courseBadge()], parts);
  await world.process(passing(true, 1));
  return world;
}

describe('the dispatcher', () => {
  it('issues the badge, keeps what the provider calls it, then publishes it', async () => {
    const world = await anAwardedWorld();
    expect(await world.dispatcher.runDue()).to.equal(2);
    const { issued } = await world.progressOn('demo');
    const uuid = issued[0]?.uuid;
    expect(issued[0]).to.deep.include({ externalId: `memory-${uuid}`, externalState: 'issued', externalUrl: null });
    expect(await effects(world)).to.deep.equal(['award:1 done 1', 'publish-awarded:1 done 1']);
    const learner = await world.learners.findByUsername('ada');
    expect(world.provider.entries).to.deep.equal([
      {
        action: 'award',
        uuid,
        templateId: 'demo-template',
        learnerId: learner?.id,
        awardedAt: '2026-03-01T00:01:00.000000000Z',
      },
    ]);
    expect(await world.dispatcher.runDue()).to.equal(0);
  });

  it('takes the badge back at the provider and publishes that', async () => {
    const world = await anAwardedWorld();
    await world.dispatcher.runDue();
    await world.run(passing(false, 9));
    expect((await effects(world)).slice(2)).to.deep.equal(['revoke:1 done 1', 'publish-revoked:1 done 1']);
    expect((await world.progressOn('demo')).issued[0]?.externalState).to.equal('revoked');
    expect(world.publisher.published.map(({ type }) => type)).to.deep.equal([
      'org.openedx.learning.badge.awarded.v1',
      'org.openedx.learning.badge.revoked.v1',
    ]);
  });

  it('neither issues nor publishes a badge that is lost before it was tried', async () => {
    const world = await anAwardedWorld();
    await world.run(passing(false, 9));
    expect(await effects(world)).to.deep.equal(['award:1 superseded 0', 'publish-awarded:1 superseded 0']);
    expect(actions(world)).to.deep.equal([]);
  });

  it('does not call when its lease has ended while it stood still: it takes the effect anew, and then asks before', async () => {
    const learners = new MemoryLearnerStore();
    const world = await anAwardedWorld({ learners });
    const find = learners.findById.bind(learners);
    sinon.stub(learners, 'findById').onFirstCall().callsFake(standStill).callsFake(find);
    const asked = sinon.spy(world.provider, 'findIssued');
    async function standStill(id: string) {
      world.clock.advance(defaultRetryPolicy.leaseMs);
      return find(id);
    }
    await world.dispatcher.runDue();
    expect(await effects(world)).to.deep.equal(['award:1 done 2', 'publish-awarded:1 done 1']);
    expect(asked.callCount).to.equal(1);
    expect(actions(world)).to.deep.equal(['award']);
  });

  it('does not issue when its lease ends while it asks for what an earlier attempt may have issued', async () => {
    const world = await anAwardedWorld();
    world.provider.failNext(new ProviderError('unavailable', 'no answer in time', { ambiguous: true }));
    await world.dispatcher.runDue();
    world.clock.advance(2 * HOUR_MS);
    const find = world.provider.findIssued.bind(world.provider);
    const asked = sinon.stub(world.provider, 'findIssued').callsFake(find);
    asked.onFirstCall().callsFake(async (request) => {
      const found = await find(request);
      world.clock.advance(defaultRetryPolicy.leaseMs);
      return found;
    });
    const awarded = sinon.spy(world.provider, 'award');
    await world.dispatcher.runDue();
    expect(asked.callCount, 'whoever takes it over asks again').to.equal(2);
    expect(awarded.callCount).to.equal(1);
    expect(await effects(world)).to.deep.equal(['award:1 done 3', 'publish-awarded:1 done 1']);
  });

  it('hands the provider a last question, which says no once the lease is over', async () => {
    const world = await anAwardedWorld();
    const awarded = sinon.spy(world.provider, 'award');
    await world.dispatcher.runDue();
    const mayIssue = awarded.firstCall.args[0].mayIssue;
    expect(mayIssue?.()).to.equal(true);
    world.clock.advance(defaultRetryPolicy.leaseMs);
    expect(mayIssue?.()).to.equal(false);
  });

  it('tries again later, no sooner than the provider asks', async () => {
    const world = await anAwardedWorld();
    world.provider.failNext(new ProviderError('unavailable', 'the provider is busy', { retryAfterMs: 2 * HOUR_MS }));
    expect(await world.dispatcher.runDue()).to.equal(1);
    const [award] = (await world.progressOn('demo')).effects;
    expect(award).to.deep.include({
      state: 'pending',
      attempts: 1,
      lastError: { code: 'provider.unavailable', message: 'the provider is busy', at: world.clock.now() },
    });
    world.clock.advance(2 * HOUR_MS - 1);
    expect(await world.dispatcher.runDue()).to.equal(0);
    world.clock.advance(1);
    expect(await world.dispatcher.runDue()).to.equal(2);
    expect(await effects(world)).to.deep.equal(['award:1 done 2', 'publish-awarded:1 done 1']);
  });

  it('gives up when the provider refuses, publishes nothing, and goes on when a person says so', async () => {
    const world = await anAwardedWorld();
    world.provider.failNext(new ProviderError('refused', 'the template is archived; activate it there'));
    await world.dispatcher.runDue();
    world.clock.advance(100 * HOUR_MS);
    expect(await world.dispatcher.runDue()).to.equal(0);
    expect(await effects(world)).to.deep.equal(['award:1 failed 1', 'publish-awarded:1 pending 0']);
    const { learnerId } = await world.progressOn('demo');
    await world.dispatcher.retryEffect(learnerId, 'demo', 'award:1');
    await world.dispatcher.runDue();
    expect(await effects(world)).to.deep.equal(['award:1 done 2', 'publish-awarded:1 done 1']);
  });

  it('gives up without a word of an error that is not ours, for it may hold anything', async () => {
    const world = await anAwardedWorld();
    world.provider.failNext(new TypeError('cannot read ada@example.com'));
    await world.dispatcher.runDue();
    expect((await world.progressOn('demo')).effects[0]?.lastError).to.deep.include({
      code: 'bug.unexpected',
      message: 'an unexpected error; the log of that time has the details',
    });
  });

  it('says which provider is missing', async () => {
    const badge = courseBadge({ template: { provider: 'credly', id: 'x' } });
    const world = aWorld([badge]);
    await world.run(passing(true, 1));
    expect((await world.progressOn('demo')).effects[0]?.lastError?.message).to.equal(
      'no badge provider "credly" is set up; set it up, then retry',
    );
  });

  it('asks the provider before it repeats an award whose answer was lost', async () => {
    const world = await anAwardedWorld();
    const lost = new ProviderError('unavailable', 'the connection broke', { ambiguous: true });
    world.provider.failNext(lost, 'after');
    const award = sinon.spy(world.provider, 'award');
    await world.dispatcher.runDue();
    world.clock.advance(HOUR_MS);
    await world.dispatcher.runDue();
    expect(award.callCount).to.equal(1);
    expect(actions(world)).to.deep.equal(['award']);
    expect(await effects(world)).to.deep.equal(['award:1 done 2', 'publish-awarded:1 done 1']);
  });

  it('UD2, K5: does not issue twice when a process dies between the call and its record', async () => {
    const store = new MemoryProgressStore();
    const world = await anAwardedWorld({ progress: store });
    const save = sinon.stub(store, 'save').callThrough();
    save.onSecondCall().rejects(new StoreError('unavailable', 'the process died here'));
    await world.dispatcher.runDue();
    expect(await effects(world)).to.deep.equal(['award:1 pending 1', 'publish-awarded:1 pending 0']);
    expect(await world.dispatcher.runDue(), 'the lease holds').to.equal(0);
    world.clock.advance(defaultRetryPolicy.leaseMs);
    await world.dispatcher.runDue();
    expect(actions(world)).to.deep.equal(['award']);
    expect((await world.progressOn('demo')).issued[0]?.externalId).to.be.a('string');
  });

  it('records the result on the progress as it is by then', async () => {
    const provider = new MemoryProvider();
    const world = await anAwardedWorld({ provider });
    const award = provider.award.bind(provider);
    sinon.stub(provider, 'award').callsFake(async (request) => {
      await world.process(passing(false, 5));
      return award(request);
    });
    await world.dispatcher.runDue();
    expect(await effects(world)).to.deep.equal([
      'award:1 done 1',
      'publish-awarded:1 done 1',
      'revoke:1 done 1',
      'publish-revoked:1 done 1',
    ]);
    expect(actions(world)).to.deep.equal(['award', 'revoke']);
  });

  it('takes nothing back, and publishes nothing, of an award that was refused meanwhile', async () => {
    const provider = new MemoryProvider();
    const world = await anAwardedWorld({ provider });
    sinon.stub(provider, 'award').callsFake(async () => {
      await world.process(passing(false, 5));
      throw new ProviderError('refused', 'no');
    });
    await world.dispatcher.runDue();
    expect(await effects(world)).to.deep.equal([
      'award:1 failed 1',
      'publish-awarded:1 superseded 0',
      'revoke:1 superseded 0',
      'publish-revoked:1 superseded 0',
    ]);
    expect(world.publisher.published).to.deep.equal([]);
    const { learnerId } = await world.progressOn('demo');
    const refusal = await world.dispatcher.retryEffect(learnerId, 'demo', 'award:1').catch((e: unknown) => e);
    expect(refusal).to.be.instanceOf(ConflictError);
    expect(refusal).to.have.property(
      'message',
      'the badge has been revoked meanwhile; it must not be awarded any more',
    );
  });

  it('takes a badge back where it was issued, whatever the rule names by then', async () => {
    const world = await anAwardedWorld();
    await world.dispatcher.runDue();
    world.index.set(courseBadge({ template: { provider: 'credly', id: 'elsewhere' } }));
    await world.run(passing(false, 5));
    expect(actions(world)).to.deep.equal(['award', 'revoke']);
  });

  it('publishes under the same id until the bus confirms', async () => {
    const publisher = new MemoryPublisher();
    const publish = sinon.stub(publisher, 'publish').callThrough();
    publish.onFirstCall().rejects(new StoreError('publish-unconfirmed', 'the broker did not confirm'));
    const world = await anAwardedWorld({ publisher });
    await world.dispatcher.runDue();
    world.clock.advance(HOUR_MS);
    await world.dispatcher.runDue();
    expect(publish.callCount).to.equal(2);
    expect(publish.firstCall.args[0].id).to.equal(publish.secondCall.args[0].id);
    expect(actions(world)).to.deep.equal(['award']);
  });

  it('publishes a badge without a template and asks no provider', async () => {
    const world = aWorld([courseBadge({ template: null })]);
    await world.run(passing(true, 1), passing(false, 2));
    expect(actions(world)).to.deep.equal([]);
    expect(world.publisher.published).to.have.length(2);
    expect(await effects(world)).to.deep.equal(['publish-awarded:1 done 1', 'publish-revoked:1 done 1']);
  });

  it('refuses to retry what is not there or is finished, in words a person understands', async () => {
    const world = await anAwardedWorld();
    await world.dispatcher.runDue();
    const { learnerId } = await world.progressOn('demo');
    const retry = (badge: string, effect: string) =>
      world.dispatcher.retryEffect(learnerId, badge, effect).catch((error: unknown) => error);
    for (const missing of [await retry('demo', 'award:9'), await retry('other', 'award:1')]) {
      expect(missing).to.be.instanceOf(NotFoundError);
      expect(missing).to.have.property('message', 'there is no such step; reload the page to see which there are');
    }
    const finished = await retry('demo', 'award:1');
    expect(finished).to.be.instanceOf(ConflictError);
    expect(finished).to.have.property('message', 'this step is finished; there is nothing to retry');
  });

  it('works through more than fits into one look', async () => {
    const world = aWorld([courseBadge()]);
    for (let n = 1; n <= 130; n++) {
      await world.process(passing(true, n, { username: `u${n}`, lmsUserId: n }));
    }
    expect(await world.dispatcher.runDue()).to.equal(260);
    expect(world.provider.entries).to.have.length(130);
  });

  it('says so when due effects cannot be read', async () => {
    const store = new MemoryProgressStore();
    sinon.stub(store, 'due').rejects(new StoreError('unavailable', 'the database does not answer'));
    const world = aWorld([], { progress: store });
    expect(await world.dispatcher.runDue().catch((error: unknown) => error)).to.be.instanceOf(StoreError);
  });

  describe('once started', () => {
    let world: World;
    afterEach(() => world.dispatcher.stop());

    it('finds work by itself, and at once when nudged', async () => {
      world = await anAwardedWorld();
      world.dispatcher.start();
      await until(() => actions(world).length === 1);
      await world.process(passing(false, 2));
      world.dispatcher.nudge();
      await until(() => actions(world).length === 2);
    });

    it('goes on after the store was away', async () => {
      const store = new MemoryProgressStore();
      const due = sinon.stub(store, 'due').callThrough();
      due.onFirstCall().rejects(new StoreError('unavailable', 'the database does not answer'));
      world = await anAwardedWorld({ progress: store });
      world.dispatcher.start();
      await until(() => actions(world).length === 1);
      expect(due.callCount).to.be.greaterThan(1);
    });

    it('stops after the attempt under way is recorded, and begins no other', async () => {
      const provider = new MemoryProvider();
      world = await anAwardedWorld({ provider });
      let release = (): void => {};
      const award = provider.award.bind(provider);
      const called = new Promise<void>((resolve) => {
        sinon.stub(provider, 'award').callsFake(async (request) => {
          resolve();
          await new Promise<void>((go) => {
            release = go;
          });
          return award(request);
        });
      });
      world.dispatcher.start();
      await called;
      const stopped = world.dispatcher.stop();
      release();
      await stopped;
      expect(await effects(world)).to.deep.equal(['award:1 done 1', 'publish-awarded:1 pending 0']);
      await sleep(15);
      expect(await effects(world)).to.deep.equal(['award:1 done 1', 'publish-awarded:1 pending 0']);
    });
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 2) {
    if (waited > 20_000) throw new Error('nothing happened within twenty seconds');
    await sleep(2);
  }
}
