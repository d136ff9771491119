import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { ConfigurationError } from '../../plugin/errors.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { openConnection } from '../../server/amqp/connection.ts';
import { startConsumer } from '../../server/amqp/consumer.ts';
import { PARTITION_HEADER, topologyOf } from '../../server/amqp/topology.ts';
import { privateRabbitmq, rabbitmq } from '../support/rabbitmq.ts';
import type { RabbitMqNode } from '../support/rabbitmq-node.ts';
import { BusUnderTest, eventually, passingMessage } from './amqp-support.ts';

const EVENTS = 600;
const LEARNERS = 40;

describe('events spread over shards', () => {
  let bus: BusUnderTest;
  let node: RabbitMqNode;
  let url: string;

  before(async function () {
    ({ url, node } = await privateRabbitmq(this, ['rabbitmq_consistent_hash_exchange']));
  });
  beforeEach(() => {
    bus = new BusUnderTest(url, undefined, 4);
  });
  afterEach(async () => {
    await bus?.close();
  });
  after(async () => {
    await node?.stop();
  });

  const message = (n: number) => {
    const learner = n % LEARNERS;
    const { headers, ...rest } = passingMessage(bus.topology, `e${n}`, `learner-${learner}`);
    return { ...rest, headers: { ...headers, [PARTITION_HEADER]: String(learner) } };
  };

  it('keep the order of every learner across the death of a process, and lose none', async () => {
    const arrivals: { readonly learner: string; readonly n: number }[] = [];
    const seen = new Set<string>();
    const handle = async ({ id, user }: { id: string; user: { username: string } | null }): Promise<void> => {
      await pause(1);
      // what a dead process had in hand comes again: the first time counts
      if (seen.has(id)) return;
      seen.add(id);
      arrivals.push({ learner: user?.username ?? '', n: Number(id.slice(1)) });
    };
    const doomed = await openConnection({ url, name: 'doomed', logger: silentLogger });
    const first = startConsumer({
      connection: doomed,
      topology: bus.topology,
      deadLetters: { take: async () => {} },
      suspects: { setAside: async () => false },
      handle,
      logger: silentLogger,
      sharingMs: 60_000,
    });
    await first.ready();
    const second = await bus.consumer({ handle, sharingMs: 60_000 });
    const publisher = await bus.publisher();
    for (let n = 0; n < EVENTS; n += 1) {
      await publisher.send(message(n));
      if (n === EVENTS / 2) {
        expect(second.counts().received, 'the second stands by').to.equal(0);
        await doomed.close();
      }
    }
    await eventually(async () => seen.size === EVENTS, 30_000);
    for (let learner = 0; learner < LEARNERS; learner += 1) {
      const order = arrivals.filter((one) => one.learner === `learner-${learner}`).map(({ n }) => n);
      expect(order).to.deep.equal([...order].sort((a, b) => a - b));
    }
    expect(second.counts().deadLettered).to.equal(0);
    await first.stop(100);
  });

  it('are shared by the processes there are: who came first gives up what is more than its share', async () => {
    const handled = [new Set<string>(), new Set<string>()] as const;
    const handle =
      (by: Set<string>) =>
      async ({ id }: { id: string }) => {
        await pause(1);
        by.add(id);
      };
    const first = await bus.consumer({ handle: handle(handled[0]), sharingMs: 50 });
    const second = await bus.consumer({ handle: handle(handled[1]), sharingMs: 50 });
    const publisher = await bus.publisher();
    let sent = 0;
    await eventually(async () => {
      for (let n = 0; n < 20; n += 1) await publisher.send(message(sent++));
      return handled[1].size > 0;
    });
    const before = handled.map(({ size }) => size) as [number, number];
    const from = sent;
    while (sent < from + EVENTS) await publisher.send(message(sent++));
    await eventually(async () => new Set([...handled[0], ...handled[1]]).size === sent, 30_000);
    for (const [at, { size }] of handled.entries()) expect(size - (before[at] as number)).to.be.greaterThan(EVENTS / 8);
    const learners = handled.map(
      (ids) =>
        new Set(
          [...ids]
            .map((id) => Number(id.slice(1)))
            .filter((n) => n >= from + 100)
            .map((n) => n % LEARNERS),
        ),
    );
    expect(
      [...(learners[0] as Set<number>)].filter((one) => learners[1]?.has(one)),
      'learners of both',
    ).to.deep.equal([]);
    for (const { counts } of [first, second]) expect(counts().deadLettered).to.equal(0);
  });

  it('use every shard, and one only for messages that do not say whose they are', async () => {
    const publisher = await bus.publisher();
    const depths = () => Promise.all(bus.topology.shards.map((queue) => bus.depth(queue)));
    for (let n = 0; n < 20; n += 1) await publisher.send(passingMessage(bus.topology, `x${n}`));
    await eventually(async () => (await depths()).includes(20));
    for (let n = 0; n < 200; n += 1) await publisher.send(message(n));
    await eventually(async () => (await depths()).reduce((sum, depth) => sum + depth, 0) === 220);
    expect(Math.min(...(await depths()))).to.be.greaterThan(0);
    expect(await bus.depth(bus.topology.queue)).to.equal(0);
  });

  it('forget nothing when the number of shards changes, or shards are switched off', async () => {
    const publisher = await bus.publisher();
    for (let n = 0; n < 100; n += 1) await publisher.send(message(n));
    const { exchange, queue, publishedQueue } = bus.topology;
    const plain = topologyOf({ exchange, queue, publishedQueue });
    const fewer = topologyOf({ exchange, queue, publishedQueue, shards: 2 });
    for (const topology of [fewer, plain]) {
      const next = await bus.publisher({ topology });
      for (let n = 0; n < 50; n += 1) await next.send(message(topology.shards.length * 100 + n + 100));
    }
    await bus.consumer({ topology: plain });
    await eventually(async () => bus.events.length >= 200);
    expect(new Set(bus.events.map(({ id }) => id)).size).to.equal(200);
    await pause(100);
    expect(bus.events).to.have.length(200);
  });
});

describe('shards without the plugin', () => {
  it('are refused with what to do, and leave the connection working', async function () {
    const { url } = await rabbitmq(this);
    const bus = new BusUnderTest(url, undefined, 2);
    const error = await bus.publisher().then(
      () => new Error('it succeeded'),
      (refusal: Error) => refusal,
    );
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems[0]).to.contain(
      'rabbitmq-plugins enable rabbitmq_consistent_hash_exchange',
    );
    await bus.close();
  });
});
