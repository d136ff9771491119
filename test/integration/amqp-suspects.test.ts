/** What becomes of messages whose consumers die again and again, and of those beside them. */

import { expect } from 'chai';
import { PASSING } from '../plugin/events/samples.ts';
import { rabbitmq } from '../support/rabbitmq.ts';
import { BusUnderTest, eventually, passingMessage } from './amqp-support.ts';

describe('messages whose consumers die', () => {
  let bus: BusUnderTest;
  let url: string;

  before(async function () {
    ({ url } = await rabbitmq(this));
  });
  beforeEach(() => {
    bus = new BusUnderTest(url);
  });
  afterEach(async () => {
    await bus.close();
  });

  it('lets the broker take messages whose consumers keep dying as dead letters', async () => {
    bus = await (async () => {
      await bus.close();
      return new BusUnderTest(url, 2);
    })();
    await (await bus.publisher()).send(passingMessage(bus.topology, 'deadly'));
    for (let death = 0; death < 3; death += 1) {
      const channel = await bus.channel();
      await new Promise<void>((resolve) => {
        void channel.consume(bus.topology.queue, () => resolve());
      });
      await channel.close();
    }
    const dead = await bus.next(bus.topology.deadLetters);
    expect(dead.properties.messageId).to.equal('deadly');
    expect(dead.properties.headers?.['x-death']?.[0]).to.include({
      reason: 'delivery_limit',
      queue: bus.topology.queue,
    });
  });

  it('gives up the message that kills whoever handles it, and none of those that are in hand with it', async () => {
    const publisher = await bus.publisher();
    const sent = Array.from({ length: 60 }, (_, n) => (n === 20 ? 'deadly' : `innocent-${n}`));
    for (const id of sent) await publisher.send(passingMessage(bus.topology, id, id));
    const done = new Set<string>();
    let deaths = 0;
    while ((await bus.depth(bus.topology.deadLetters)) === 0) {
      expect(deaths, 'deaths').to.be.below(bus.topology.deliveryLimit);
      const connection = await bus.connection();
      let die = (): void => {};
      const death = new Promise<void>((resolve) => {
        die = resolve;
      });
      await bus.consumer({
        connection,
        handle: async ({ id }) => {
          if (id === 'deadly') die();
          // until all are under suspicion, nothing is done before the death
          if (id === 'deadly' || deaths < 2) await new Promise(() => {});
          done.add(id);
        },
      });
      await Promise.race([death, eventually(async () => (await bus.depth(bus.topology.deadLetters)) > 0)]);
      await connection.close();
      deaths += 1;
    }
    await bus.consumer();
    await eventually(async () => new Set([...done, ...bus.events.map(({ id }) => id)]).size === sent.length - 1);
    const dead = await bus.next(bus.topology.deadLetters);
    expect([dead.properties.messageId, dead.fields.routingKey]).to.deep.equal(['deadly', PASSING]);
    expect(dead.properties.headers).to.include({ 'laurel-exchange': bus.topology.exchange });
    expect(dead.properties.headers?.['x-death']?.[0]).to.include({
      reason: 'delivery_limit',
      queue: bus.topology.suspects,
    });
    expect(await bus.depth(bus.topology.deadLetters)).to.equal(0);
  });

  it('counts no death against a message set aside that waits for others: it is handled and acknowledged at once', async () => {
    const publisher = await bus.publisher();
    const learner = 'the-same';
    await publisher.send(passingMessage(bus.topology, 'never-done', learner));
    const handled: string[] = [];
    const connection = await bus.connection();
    await bus.consumer({
      connection,
      handle: async ({ id }) => {
        handled.push(id);
        if (id === 'never-done') await new Promise(() => {});
      },
    });
    await eventually(async () => handled.includes('never-done'));
    await publisher.send({
      ...passingMessage(bus.topology, 'aside', learner),
      exchange: bus.topology.suspects,
    });
    await eventually(async () => handled.includes('aside'));
    await connection.close();

    await bus.consumer();
    await eventually(async () => bus.events.some(({ id }) => id === 'never-done'));
    expect(await bus.depth(bus.topology.suspects)).to.equal(0);
    expect(bus.events.map(({ id }) => id)).to.deep.equal(['never-done']);
  });
});
