import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import sinon from 'sinon';
import type { Badge } from '../../../dsl/index.ts';
import { createDispatcher, type Dispatcher, type DispatcherParts } from '../../../plugin/badges/dispatcher.ts';
import { PUBLISH_LANE } from '../../../plugin/badges/effect-order.ts';
import { ConflictError, ProviderError, StoreError } from '../../../plugin/errors.ts';
import type { BadgeProvider } from '../../../plugin/ports/badge-provider.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { MemoryProvider } from '../../../providers/memory/provider.ts';
import { aWorld, courseBadge, passing, type World } from '../../support/badge-world.ts';

const MINUTE_MS = 60_000;

/** A second provider beside the world's own. */
function withCredly(world: World, credly: BadgeProvider, hooks: Pick<DispatcherParts, 'onCall'> = {}): Dispatcher {
  return createDispatcher({
    learners: world.learners,
    progress: world.progress,
    clock: world.clock,
    logger: silentLogger,
    providers: new Map([
      ['memory', world.provider],
      ['credly', credly],
    ]),
    publisher: world.publisher,
    badgeName: () => null,
    pollMs: 5,
    ...hooks,
  });
}

const credlyBadge = (): Badge => courseBadge({ id: 'slow', template: { provider: 'credly', id: 't' } });
const awards = (provider: MemoryProvider): number => provider.entries.filter(({ action }) => action === 'award').length;

async function earn(world: World, learners: number): Promise<void> {
  for (let n = 1; n <= learners; n++) await world.process(passing(true, n, { username: `u${n}`, lmsUserId: n }));
}

describe('the lanes of the dispatcher', () => {
  it('UD2, U2: heal by themselves after a provider was down for ten minutes, each badge issued once', async () => {
    const world = aWorld([courseBadge()]);
    await earn(world, 40);
    const award = sinon.stub(world.provider, 'award').callThrough();
    const down = new ProviderError('unavailable', 'the provider answers 503');
    award.rejects(down);
    for (let second = 0; second < 600; second++) {
      await world.dispatcher.runDue();
      world.clock.advance(1_000);
    }
    const callsWhileDown = award.callCount;
    expect(callsWhileDown, 'it is not hammered while it is down').to.be.lessThan(40);
    expect(world.dispatcher.lanes()[0]).to.deep.include({ lane: 'memory', state: 'open' });
    award.callThrough();
    for (let second = 0; second < 120; second++) {
      await world.dispatcher.runDue();
      world.clock.advance(1_000);
    }
    expect(awards(world.provider)).to.equal(40);
    expect(new Set(world.provider.entries.map(({ uuid }) => uuid)).size).to.equal(40);
    expect(world.publisher.published).to.have.length(40);
    expect(world.dispatcher.lanes()[0]).to.deep.include({ lane: 'memory', state: 'closed' });
  });

  it('keep a provider that is away from holding up another one', async () => {
    const world = aWorld([courseBadge(), credlyBadge()]);
    const credly = new MemoryProvider();
    sinon.stub(credly, 'award').rejects(new ProviderError('unavailable', 'away'));
    const dispatcher = withCredly(world, credly);
    await earn(world, 150);
    await dispatcher.runDue();
    expect(awards(world.provider)).to.equal(150);
    expect(dispatcher.lanes().map(({ lane, state }) => [lane, state])).to.deep.equal([
      ['memory', 'closed'],
      ['credly', 'open'],
      [PUBLISH_LANE, 'closed'],
    ]);
  });

  it('keep a provider that never answers from holding up another one', async () => {
    const world = aWorld([courseBadge(), credlyBadge()]);
    const credly = new MemoryProvider();
    let release = (): void => {};
    const silence = new Promise<void>((resolve) => {
      release = resolve;
    });
    sinon.stub(credly, 'award').callsFake(() => silence.then(() => Promise.reject(new ProviderError('refused', 'no'))));
    const dispatcher = withCredly(world, credly);
    await earn(world, 10);
    dispatcher.start();
    for (let waited = 0; world.publisher.published.length < 10 && waited < 20_000; waited += 5) await sleep(5);
    expect(world.publisher.published).to.have.length(10);
    const stopped = dispatcher.stop();
    release();
    await stopped;
  });

  it('leave a provider alone as long as it asks for, for all of its effects', async () => {
    const world = aWorld([courseBadge()]);
    await earn(world, 3);
    const award = sinon.stub(world.provider, 'award').callThrough();
    award.onFirstCall().rejects(new ProviderError('unavailable', 'too many requests', { retryAfterMs: 5 * MINUTE_MS }));
    const dispatcher = createDispatcher({
      learners: world.learners,
      progress: world.progress,
      clock: world.clock,
      logger: silentLogger,
      providers: new Map([['memory', world.provider]]),
      publisher: world.publisher,
      badgeName: () => null,
      concurrency: 1,
    });
    await dispatcher.runDue();
    expect(award.callCount).to.equal(1);
    world.clock.advance(5 * MINUTE_MS - 1);
    await dispatcher.runDue();
    expect(award.callCount).to.equal(1);
    world.clock.advance(1);
    for (let n = 0; n < 3; n++) await dispatcher.runDue();
    expect(awards(world.provider)).to.equal(3);
  });

  it('do not take a refusal for an outage', async () => {
    const world = aWorld([courseBadge()]);
    await earn(world, 12);
    sinon.stub(world.provider, 'award').rejects(new ProviderError('refused', 'no such template'));
    await world.dispatcher.runDue();
    expect(world.dispatcher.lanes()[0]).to.deep.include({ lane: 'memory', state: 'closed', failures: 0 });
    expect(await world.progress.effectCounts()).to.deep.equal({ pending: 12, failed: 12 });
  });

  for (const reason of ['unauthorised', 'unpublished'] as const) {
    it(`go on with other accounts while one is ${reason}, and award what waited when it is mended`, async () => {
      const world = aWorld([courseBadge()]);
      await earn(world, 12);
      const refused = new ProviderError(reason, 'a person must see to it', { retryAfterMs: 10 * MINUTE_MS });
      const award = sinon.stub(world.provider, 'award').callThrough();
      for (let call = 0; call < 8; call++) award.onCall(call).rejects(refused);
      await world.dispatcher.runDue();
      expect(awards(world.provider), 'those of the other accounts').to.equal(4);
      expect(world.dispatcher.lanes()[0]).to.deep.include({ lane: 'memory', state: 'closed' });
      world.clock.advance(15 * MINUTE_MS);
      await world.dispatcher.runDue();
      expect(awards(world.provider)).to.equal(12);
    });
  }

  it('protect the event bus in the same way', async () => {
    const world = aWorld([courseBadge()]);
    await earn(world, 30);
    const publish = sinon.stub(world.publisher, 'publish').callThrough();
    publish.rejects(new StoreError('bus-unavailable', 'RabbitMQ is away'));
    await world.dispatcher.runDue();
    expect(publish.callCount).to.be.lessThan(10);
    expect(awards(world.provider)).to.equal(30);
  });

  it('tell how each call ended, and of none where nobody was called', async () => {
    const world = aWorld([courseBadge(), credlyBadge()]);
    await earn(world, 2);
    const credly = new MemoryProvider();
    credly.failNext(new ProviderError('refused', 'no such template'));
    const calls: string[] = [];
    const onCall = (lane: string, hasSucceeded: boolean) =>
      void calls.push(`${lane} ${hasSucceeded ? 'succeeded' : 'failed'}`);
    sinon.stub(world.learners, 'findById').onFirstCall().resolves(null).callThrough();
    await withCredly(world, credly, { onCall }).runDue();
    const toProviders = calls.filter((call) => !call.startsWith(PUBLISH_LANE));
    expect(toProviders, 'three of four: one learner was not found').to.have.length(3);
    expect(toProviders.filter((call) => call === 'credly failed')).to.have.length(1);
    expect(calls.filter((call) => call === `${PUBLISH_LANE} failed`)).to.deep.equal([]);
  });

  it('carry out what belongs to a provider that is not set up: it fails and says so', async () => {
    const world = aWorld([credlyBadge()]);
    await world.run(passing(true, 1));
    expect((await world.progressOn('slow')).effects[0]).to.deep.include({ state: 'failed', attempts: 1 });
  });
});

describe('an effect that a person gives up', () => {
  const states = async (world: World): Promise<string[]> =>
    (await world.progressOn('demo')).effects.map(({ id, state }) => `${id} ${state}`);

  async function aRefusedWorld(): Promise<{ world: World; learnerId: string }> {
    const world = aWorld([courseBadge()]);
    world.provider.failNext(new ProviderError('refused', 'no such template'));
    await world.run(passing(true, 1));
    return { world, learnerId: (await world.progressOn('demo')).learnerId };
  }

  it('is not tried again, and what would announce it is dropped', async () => {
    const { world, learnerId } = await aRefusedWorld();
    await world.dispatcher.giveUpEffect(learnerId, 'demo', 'award:1');
    expect(await states(world)).to.deep.equal(['award:1 given-up', 'publish-awarded:1 superseded']);
    await world.dispatcher.runDue();
    expect(world.publisher.published).to.deep.equal([]);
    expect(await world.progress.effectCounts()).to.deep.equal({ pending: 0, failed: 0 });
  });

  it('is not taken back later, for nobody ever had it', async () => {
    const { world, learnerId } = await aRefusedWorld();
    await world.dispatcher.giveUpEffect(learnerId, 'demo', 'award:1');
    await world.run(passing(false, 5));
    expect(await states(world)).to.deep.equal(['award:1 given-up', 'publish-awarded:1 superseded']);
  });

  it('lets the later steps go on when only an announcement is given up', async () => {
    const world = aWorld([courseBadge()]);
    const publish = sinon.stub(world.publisher, 'publish').callThrough();
    publish.onFirstCall().rejects(new TypeError('broken'));
    await world.run(passing(true, 1));
    const { learnerId } = await world.progressOn('demo');
    await world.dispatcher.giveUpEffect(learnerId, 'demo', 'publish-awarded:1');
    await world.run(passing(false, 5));
    expect(await states(world)).to.deep.equal([
      'award:1 done',
      'publish-awarded:1 given-up',
      'revoke:1 done',
      'publish-revoked:1 done',
    ]);
  });

  it('cannot be given up twice, nor tried again', async () => {
    const { world, learnerId } = await aRefusedWorld();
    await world.dispatcher.giveUpEffect(learnerId, 'demo', 'award:1');
    for (const again of [world.dispatcher.giveUpEffect, world.dispatcher.retryEffect]) {
      const refusal = await again(learnerId, 'demo', 'award:1').catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(ConflictError);
    }
  });
});
