import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import { type EventType, toInstant } from '../../dsl/index.ts';
import { ConfigurationError, StoreError } from '../../plugin/errors.ts';
import { encodeAvro } from '../../plugin/events/avro.ts';
import { BADGE_AWARDED, eventCatalogue } from '../../plugin/events/catalogue.ts';
import { MemoryDeadLetterStore } from '../../plugin/ports/memory-dead-letters.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { openBus } from '../../server/amqp/bus.ts';
import { drainDeadLetters } from '../../server/amqp/dead-letter-drain.ts';
import { Delivery } from '../../server/amqp/delivery.ts';
import { cloudEvent, PASSING, passingStatus } from '../plugin/events/samples.ts';
import { runLaurelProcess } from '../support/command-process.ts';
import { rabbitmq } from '../support/rabbitmq.ts';
import { BusUnderTest, eventually, headersOf, passingMessage } from './amqp-support.ts';

const awarded = (id: string) => ({
  id,
  type: BADGE_AWARDED,
  time: toInstant('2026-03-01T10:00:00Z')!,
  data: { badge: { uuid: 'b-1', user: {}, template: {} } },
});

async function failure(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => new Error('it succeeded'),
    (error: Error) => error,
  );
}

describe('events over RabbitMQ', () => {
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

  it('delivers the same event from JSON, Avro and CloudEvents bodies', async () => {
    const consumer = await bus.consumer();
    const lms = await bus.publisher();
    const message = passingMessage(bus.topology, 'json');
    await lms.send(message);
    await lms.send({
      ...message,
      contentType: 'application/avro',
      content: encodeAvro(eventCatalogue.get(PASSING) as EventType, passingStatus()),
      headers: headersOf('avro'),
    });
    await lms.send({
      ...message,
      contentType: 'application/cloudevents+json; charset=utf-8',
      content: Buffer.from(JSON.stringify(cloudEvent({ id: 'cloudevents' }))),
      headers: {},
    });
    await eventually(async () => consumer.counts().handled === 3);
    expect(bus.events.map(({ id }) => id)).to.deep.equal(['json', 'avro', 'cloudevents']);
    const [first, ...others] = bus.events.map(({ id: _, ...rest }) => rest);
    expect(first).to.include({ type: PASSING, source: 'openedx/lms/web', time: '2026-01-01T00:00:00.123456000Z' });
    for (const other of others) expect(other).to.deep.equal(first);
    expect(await bus.depth(bus.topology.queue)).to.equal(0);
  });

  it('moves what can never be processed to the dead letters with its reason, and goes on', async () => {
    const consumer = await bus.consumer();
    const lms = await bus.publisher();
    const message = passingMessage(bus.topology, 'x');
    const data = passingStatus();
    const poison: readonly (readonly [content: string, code: string, error: string])[] = [
      ['{', 'event.malformed', 'the message body is not JSON in UTF-8, although its content type says so'],
      [
        JSON.stringify({ course_passing_status: { ...(data.course_passing_status as object), is_passing: 1 } }),
        'event.malformed',
        "the event's field is_passing must be true or false",
      ],
      [
        JSON.stringify({ course_passing_status: { is_passing: true } }),
        'event.no-user',
        'the event names no learner: user.pii.username is missing',
      ],
    ];
    for (const [content, code, error] of poison) {
      await lms.send({ ...message, content: Buffer.from(content) });
      const dead = await bus.next(bus.topology.deadLetters);
      expect(dead.content.toString()).to.equal(content);
      expect(dead.properties.headers).to.include({ 'laurel-reason': code, 'laurel-error': error, ce_id: 'x' });
    }
    await lms.send({ ...message, headers: headersOf('y', 'org.openedx.learning.brand.new.v1') });
    await lms.send({ ...message, headers: headersOf('fine') });
    await eventually(async () => consumer.counts().handled === 1);
    expect(consumer.counts()).to.include({ received: 5, ignored: 1, deadLettered: 3, abandoned: 0, inFlight: 0 });
    expect(bus.events.map(({ id }) => id)).to.deep.equal(['fine']);
  });

  it('tries an event whose handling fails a few times, without spinning, and then gives it up', async () => {
    let calls = 0;
    const consumer = await bus.consumer({
      retry: { attempts: 3, pauses: { firstMs: 50, longestMs: 100 } },
      handle: () => {
        calls += 1;
        throw new TypeError('ada@example.com is not iterable');
      },
    });
    await (await bus.publisher()).send(passingMessage(bus.topology, 'x'));
    const dead = await bus.next(bus.topology.deadLetters);
    expect(dead.properties.headers).to.include({
      'laurel-reason': 'bug.unexpected',
      'laurel-error': 'handling the event failed with an unexpected TypeError; see the log',
    });
    await pause(300);
    expect(calls).to.equal(3);
    expect(consumer.counts()).to.include({ received: 1, retried: 2, deadLettered: 1 });
  });

  it('delivers an event whose handling fails less than five times in two seconds, and never through the broker', async () => {
    for (const fail of [
      () => Promise.reject(new TypeError('x')),
      () => Promise.reject(new StoreError('unavailable', 'x')),
    ]) {
      let calls = 0;
      const consumer = await bus.consumer({
        handle: () => {
          calls += 1;
          return fail();
        },
      });
      await (await bus.publisher()).send(passingMessage(bus.topology, 'x'));
      await eventually(async () => calls > 0);
      await pause(2_000);
      expect(calls).to.be.within(1, 5);
      expect(consumer.counts().received).to.equal(1);
      await consumer.stop(0);
      await (await bus.channel()).purgeQueue(bus.topology.queue);
    }
  });

  it('keeps a channel on which a delivery was settled twice', async () => {
    await (await bus.publisher()).send(passingMessage(bus.topology, 'x'));
    const channel = await bus.channel();
    let closed = false;
    channel.on('close', () => {
      closed = true;
    });
    const message = await new Promise<ConsumeMessage>((resolve) => {
      void channel.consume(bus.topology.queue, (delivered) => delivered && resolve(delivered));
    });
    const delivery = new Delivery(channel, message, new AbortController().signal);
    expect([delivery.acknowledge(), delivery.acknowledge(), delivery.reject()]).to.deep.equal([true, false, false]);
    expect((await channel.checkQueue(bus.topology.queue)).messageCount).to.equal(0);
    expect(closed).to.equal(false);
    await channel.close();
    expect(delivery.acknowledge()).to.equal(false);
  });

  it('moves dead letters to where people find them: those of Laurel and those of the broker, each once', async () => {
    const store = new MemoryDeadLetterStore();
    let away = true;
    const kept: string[] = [];
    const drain = drainDeadLetters({
      connection: await bus.connection(),
      topology: bus.topology,
      logger: silentLogger,
      backoff: { firstMs: 50, longestMs: 100 },
      keep: async (message) => {
        if (away) throw new StoreError('unavailable', 'the database does not answer');
        kept.push(await store.add(message));
      },
    });
    await drain.ready();
    const consumer = await bus.consumer();
    const publisher = await bus.publisher();
    const message = passingMessage(bus.topology, 'malformed');
    await publisher.send({ ...message, content: Buffer.from('{') });
    await eventually(async () => consumer.counts().deadLettered === 1);
    await pause(200);
    expect(drain.kept()).to.equal(0);
    away = false;
    await eventually(async () => drain.kept() === 1);
    await consumer.stop();
    await publisher.send(passingMessage(bus.topology, 'refused'));
    const channel = await bus.channel();
    await channel.consume(bus.topology.queue, (delivered) => delivered && channel.nack(delivered, false, false));
    await eventually(async () => drain.kept() === 2);
    // the same death again, as when its acknowledgement was lost
    const [letter] = (await store.letters({ reason: 'event.malformed', limit: 1 })).items;
    const again = await store.letter(letter?.id ?? '');
    if (again) expect(await store.add(again)).to.equal('known');
    await drain.stop();
    await channel.close();
    expect(kept).to.deep.equal(['new', 'new']);
    expect(await bus.depth(bus.topology.deadLetters)).to.equal(0);
    const { items } = await store.letters({ limit: 10 });
    expect(
      items.map(({ eventId, reason, exchange, queue }) => [eventId, reason.code, exchange, queue]),
    ).to.have.deep.members([
      ['malformed', 'event.malformed', bus.topology.exchange, bus.topology.queue],
      ['refused', 'rabbitmq.rejected', bus.topology.exchange, bus.topology.queue],
    ]);
    expect(items.every(({ attempts }) => attempts === 1)).to.equal(true);
  });

  it('holds messages back while the database is away, without redeliveries, and loses none', async () => {
    let away = true;
    let calls = 0;
    const consumer = await bus.consumer({
      storePauses: { firstMs: 400, longestMs: 2_000 },
      handle: async (event) => {
        calls += 1;
        if (away) throw new StoreError('unavailable', 'the database cannot be reached');
        bus.events.push(event);
      },
    });
    const lms = await bus.publisher();
    const ids = Array.from({ length: 4 }, (_, index) => `e${index}`);
    for (const id of ids) await lms.send(passingMessage(bus.topology, id, `learner-${id}`));
    await pause(2_000);
    expect(consumer.counts()).to.include({ received: 4, handled: 0, deadLettered: 0 });
    expect(calls).to.be.lessThan(4 + 5);
    away = false;
    await eventually(async () => consumer.counts().handled === 4);
    expect(bus.events.map(({ id }) => id)).to.have.members(ids);
    expect(consumer.counts().received).to.equal(4);
  });

  it('handles the events of one learner in their order, and those of others meanwhile', async () => {
    const order: string[] = [];
    const consumer = await bus.consumer({
      handle: async ({ id, user }) => {
        if (user?.username === 'slow') await pause(id === 's0' ? 200 : 1);
        order.push(id);
      },
    });
    const lms = await bus.publisher();
    for (const [id, username] of [
      ['s0', 'slow'],
      ['s1', 'slow'],
      ['f0', 'fast'],
    ] as const)
      await lms.send(passingMessage(bus.topology, id, username));
    await eventually(async () => consumer.counts().handled === 3);
    expect(order).to.deep.equal(['f0', 's0', 's1']);
  });

  it('subscribes again when the queue is deleted under it', async () => {
    const consumer = await bus.consumer();
    const channel = await bus.channel();
    await channel.deleteQueue(bus.topology.queue);
    await eventually(async () => !consumer.subscribed());
    await eventually(async () => consumer.subscribed());
    await (await bus.publisher()).send(passingMessage(bus.topology, 'after'));
    await eventually(async () => consumer.counts().handled === 1);
  });

  it('survives the loss of its channel in the middle of an event, and acknowledges the second delivery only', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const consumer = await bus.consumer({ handle: async () => await held });
    await (await bus.publisher()).send(passingMessage(bus.topology, 'twice'));
    await eventually(async () => consumer.counts().inFlight === 1);
    const channel = await bus.channel();
    await channel.deleteQueue(bus.topology.queue);
    await eventually(async () => !consumer.subscribed());
    await eventually(async () => consumer.subscribed());
    release();
    await (await bus.publisher()).send(passingMessage(bus.topology, 'later'));
    await eventually(async () => consumer.counts().handled === 2);
    await pause(100);
    expect(consumer.subscribed()).to.equal(true);
    expect(consumer.lastError()).to.equal(null);
  });

  it('leaves unfinished events to the broker when it stops, for the next consumer', async () => {
    const consumer = await bus.consumer({ handle: () => new Promise(() => {}) });
    await (await bus.publisher()).send(passingMessage(bus.topology, 'unfinished'));
    await eventually(async () => consumer.counts().inFlight === 1);
    const begin = performance.now();
    await consumer.stop(200);
    expect(performance.now() - begin).to.be.within(150, 10_000);
    const next = await bus.consumer();
    await eventually(async () => next.counts().handled === 1);
    expect(bus.events[0]?.id).to.equal('unfinished');
  });

  it('finishes what is in progress when it stops', async () => {
    const consumer = await bus.consumer({ handle: async () => await pause(300) });
    await (await bus.publisher()).send(passingMessage(bus.topology, 'x'));
    await eventually(async () => consumer.counts().inFlight === 1);
    await consumer.stop(5_000);
    expect(consumer.counts()).to.include({ handled: 1, abandoned: 0 });
    expect(await bus.depth(bus.topology.queue)).to.equal(0);
  });

  it('publishes what it has to tell under the contract, to a queue that is always there, and never to itself', async () => {
    const consumer = await bus.consumer();
    const publisher = await bus.publisher({ source: '/laurel' });
    await publisher.publish(awarded('award-1'));
    const message = await bus.next(bus.topology.publishedQueue);
    expect(message.properties.headers).to.include({
      ce_type: BADGE_AWARDED,
      ce_id: 'award-1',
      ce_source: '/laurel',
      ce_specversion: '1.0',
      ce_time: '2026-03-01T10:00:00Z',
    });
    expect(message.properties).to.include({ contentType: 'application/json', messageId: 'award-1', deliveryMode: 2 });
    expect(JSON.parse(message.content.toString())).to.deep.equal(awarded('award-1').data);
    expect(consumer.counts().received).to.equal(0);
    expect(publisher.counts()).to.deep.equal({ confirmed: 1, failed: 0, unconfirmed: 0 });
  });

  it('takes a returned message for a failure, although the broker confirms it', async () => {
    const publisher = await bus.publisher();
    const message = { ...passingMessage(bus.topology, 'x'), routingKey: 'nobody.listens' };
    for (const error of await Promise.all([1, 2].map(() => failure(publisher.send(message))))) {
      expect(error).to.be.instanceOf(StoreError).with.property('code', 'store.publish-returned');
      expect(error.message).to.equal(`no queue is bound to ${bus.topology.exchange} for nobody.listens; bind one`);
    }
    await publisher.send(passingMessage(bus.topology, 'x'));
    expect(publisher.counts()).to.deep.equal({ confirmed: 1, failed: 2, unconfirmed: 0 });
  });

  it('removes bindings that the settings no longer ask for', async () => {
    await bus.publisher();
    const fewer = { ...bus.topology, bindings: ['org.openedx.learning.certificate.created.v1'] };
    const publisher = await bus.publisher({ topology: fewer });
    const error = await failure(publisher.send(passingMessage(bus.topology, 'x')));
    expect(error).to.have.property('code', 'store.publish-returned');
  });

  it('refuses a queue of another form, with the difference and the remedy', async () => {
    await bus.publisher();
    const { queue } = bus.topology;
    const topology = { ...bus.topology, deliveryLimit: 7 };
    const consumer = failure(bus.consumer({ topology }));
    const error = await consumer;
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems).to.deep.equal([
      `the queue ${queue} exists in RabbitMQ with x-delivery-limit 20, but Laurel needs 7; empty it, remove it with: ` +
        `rabbitmqctl -p / delete_queue ${queue} --if-empty --if-unused, and start again, or choose another name with LAUREL_AMQP_QUEUE`,
    ]);
  });

  it('ends a start on a queue without the dead letters with exit code 78, naming the difference', async function () {
    this.timeout(120_000);
    const { queue, exchange } = bus.topology;
    const channel = await bus.channel();
    await channel.assertQueue(queue, {
      durable: true,
      arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 20 },
    });
    const dataDir = mkdtempSync(join(tmpdir(), 'laurel-refused-'));
    const env = { LAUREL_DATA_DIR: dataDir, AMQP_URL: url, LAUREL_AMQP_QUEUE: queue, LAUREL_AMQP_EXCHANGE: exchange };
    const { code, stderr } = await runLaurelProcess(['consume'], { env });
    rmSync(dataDir, { recursive: true, force: true });
    expect(code).to.equal(78);
    expect(stderr).to.contain(
      `the queue ${queue} exists in RabbitMQ with x-dead-letter-exchange none, but Laurel needs ${queue}.dead; `,
    );
    expect(stderr).to.contain(`rabbitmqctl -p / delete_queue ${queue} --if-empty --if-unused`);
    await channel.deleteQueue('laurel.published');
  });

  it('refuses a classic queue, and an exchange of another type', async () => {
    const channel = await bus.channel();
    await channel.assertQueue(bus.topology.queue, { durable: true });
    const queueError = (await failure(bus.publisher())) as ConfigurationError;
    expect(queueError.problems[0]).to.match(/exists in RabbitMQ with x-[a-z-]+ (none|classic), but Laurel needs /);
    await channel.deleteQueue(bus.topology.queue);
    await channel.deleteExchange(bus.topology.exchange);
    await channel.assertExchange(bus.topology.exchange, 'fanout');
    const exchangeError = (await failure(bus.publisher())) as ConfigurationError;
    expect(exchangeError.problems).to.deep.equal([
      `the exchange ${bus.topology.exchange} exists in RabbitMQ with type fanout, but Laurel needs topic; ` +
        'remove it in the broker and start again, or choose another name with LAUREL_AMQP_EXCHANGE',
    ]);
  });

  it('is one thing to open, to ask how it is, and to close', async () => {
    const { exchange, queue, publishedQueue } = bus.topology;
    const opened = await openBus({ url, logger: silentLogger, exchange, queue, publishedQueue, source: '/laurel' });
    await opened.ready();
    const { publishing, subscribed, consumed, lastError } = opened.status();
    expect(publishing).to.include({ connected: true, blocked: false });
    expect({ subscribed, consumed, lastError }).to.deep.equal({ subscribed: null, consumed: null, lastError: null });
    const consumer = opened.consume({
      prefetch: 5,
      handle: async (event) => {
        bus.events.push(event);
      },
    });
    await consumer.ready();
    await opened.publisher.publish(awarded('award-2'));
    await (await bus.publisher()).send(passingMessage(bus.topology, 'x'));
    await eventually(async () => opened.status().consumed?.handled === 1);
    expect(opened.status()).to.deep.include({
      subscribed: true,
      published: { confirmed: 1, failed: 0, unconfirmed: 0 },
    });
    await opened.close(1_000);
    expect(opened.status().consuming.connected).to.equal(false);
    expect(bus.events.map(({ id }) => id)).to.deep.equal(['x']);
  });
});
