/** A bus of its own per test: own exchange and queues on the shared broker, all of it removed afterwards. */

import { randomUUID } from 'node:crypto';
import { type Channel, type ChannelModel, connect, type GetMessage } from 'amqplib';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { type BrokerConnection, openConnection } from '../../server/amqp/connection.ts';
import { type Consumer, type ConsumerOptions, startConsumer } from '../../server/amqp/consumer.ts';
import { deadLettersTo } from '../../server/amqp/dead-letters.ts';
import { createPublisher, type Publisher, type PublisherOptions } from '../../server/amqp/publisher.ts';
import { suspectsTo } from '../../server/amqp/suspects.ts';
import { type Topology, topologyOf } from '../../server/amqp/topology.ts';
import { PASSING, passingStatus } from '../plugin/events/samples.ts';

const quick = { firstMs: 50, longestMs: 400 };

export class BusUnderTest {
  readonly topology: Topology;
  readonly events: LmsEvent[] = [];
  private readonly url: string;
  private readonly connections: BrokerConnection[] = [];
  private readonly publishers: Publisher[] = [];
  private readonly consumers: Consumer[] = [];
  private admin: ChannelModel | null = null;

  constructor(url: string, deliveryLimit?: number, shards = 0) {
    this.url = url;
    const id = randomUUID().slice(0, 8);
    this.topology = topologyOf({
      exchange: `test-${id}`,
      queue: `test-${id}.events`,
      publishedQueue: `test-${id}.published`,
      shards,
      ...(deliveryLimit !== undefined && { deliveryLimit }),
    });
  }

  async connection(): Promise<BrokerConnection> {
    const connection = await openConnection({ url: this.url, name: 'test', logger: silentLogger, backoff: quick });
    this.connections.push(connection);
    return connection;
  }

  async publisher(options: Partial<PublisherOptions> = {}): Promise<Publisher> {
    const publisher = createPublisher({
      connection: await this.connection(),
      topology: this.topology,
      logger: silentLogger,
      backoff: quick,
      ...options,
    });
    this.publishers.push(publisher);
    await publisher.ready();
    return publisher;
  }

  /** By default it keeps what it handles in `events`. */
  async consumer(options: Partial<ConsumerOptions> = {}): Promise<Consumer> {
    const publisher = await this.publisher();
    const { deadLetters, suspects } = this.topology;
    const consumer = startConsumer({
      connection: await this.connection(),
      topology: this.topology,
      deadLetters: deadLettersTo({ publisher, exchange: deadLetters, logger: silentLogger, backoff: quick }),
      suspects: suspectsTo({ publisher, exchange: suspects, logger: silentLogger, backoff: quick }),
      handle: async (event) => {
        this.events.push(event);
      },
      logger: silentLogger,
      backoff: quick,
      ...options,
    });
    this.consumers.push(consumer);
    await consumer.ready();
    return consumer;
  }

  /** A channel beside the code under test. */
  async channel(): Promise<Channel> {
    if (!this.admin) {
      this.admin = await connect(this.url);
      this.admin.on('error', () => {});
      this.admin.on('close', () => {
        this.admin = null;
      });
    }
    const channel = await this.admin.createChannel();
    channel.on('error', () => {});
    return channel;
  }

  /** @returns the next message of the queue as soon as there is one */
  async next(queue: string): Promise<GetMessage> {
    const channel = await this.channel();
    try {
      return await eventually(async () => (await channel.get(queue, { noAck: true })) || null);
    } finally {
      await channel.close();
    }
  }

  async depth(queue: string): Promise<number> {
    const channel = await this.channel();
    const { messageCount } = await channel.checkQueue(queue);
    await channel.close();
    return messageCount;
  }

  async close(): Promise<void> {
    for (const consumer of this.consumers) await consumer.stop(500);
    for (const publisher of this.publishers) await publisher.close();
    for (const connection of this.connections) await connection.close();
    const channel = await this.channel();
    const { queue, deadLetters, suspects, publishedQueue, exchange, shards, shardExchange } = this.topology;
    for (const name of [queue, deadLetters, suspects, publishedQueue, ...shards]) await channel.deleteQueue(name);
    for (const name of [exchange, deadLetters, suspects, shardExchange]) await channel.deleteExchange(name);
    await this.admin?.close();
  }
}

/** @returns what `ask` answers, once that is neither null nor false */
export async function eventually<Answer>(ask: () => Promise<Answer | null | false>, limitMs = 15_000): Promise<Answer> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`it did not happen within ${limitMs} ms: ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const headersOf = (id: string, type = PASSING): Record<string, string> => ({
  ce_type: type,
  ce_id: id,
  ce_source: 'openedx/lms/web',
  ce_specversion: '1.0',
  ce_time: '2026-01-01T00:00:00.123456+00:00',
  ce_minorversion: '0',
  sourcehost: 'lms-0',
  sourcelib: '11.2.0',
});

/** A message as the LMS would send it. */
export function passingMessage(topology: Topology, id: string, username = 'ada') {
  return {
    exchange: topology.exchange,
    routingKey: PASSING,
    content: Buffer.from(JSON.stringify(passingStatus(username))),
    contentType: 'application/json',
    messageId: id,
    headers: headersOf(id),
  };
}
