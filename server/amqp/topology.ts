/** The exchanges, queues and bindings of Laurel, and what it says when the broker has others under their names. */

import type { Channel, Options } from 'amqplib';
import { ConfigurationError } from '../../plugin/errors.ts';
import { BADGE_AWARDED, BADGE_REVOKED, eventCatalogue } from '../../plugin/events/catalogue.ts';
import { usableEventTypes } from '../../plugin/events/environment.ts';
import type { BrokerConnection } from './connection.ts';

export interface TopologyOptions {
  /** Topic of the event bus; names the exchange. */
  readonly exchange?: string;
  /** Prefix of the topic, joined with a hyphen; '' for none. */
  readonly prefix?: string;
  readonly queue?: string;
  readonly publishedQueue?: string;
  /** Event types to receive; null: every type that rules can use. */
  readonly eventTypes?: readonly string[] | null;
  readonly deliveryLimit?: number;
  /** Queues over which learners are spread; 0: one queue for all. */
  readonly shards?: number;
}

export interface Topology {
  readonly exchange: string;
  readonly queue: string;
  /** Exchange and queue of the same name. */
  readonly deadLetters: string;
  /** Exchange and queue of the same name, of messages whose consumers have died. */
  readonly suspects: string;
  readonly publishedQueue: string;
  /** Routing keys that lead from the exchange to the queue. */
  readonly bindings: readonly string[];
  readonly deliveryLimit: number;
  /** Spreads learners over the shards. */
  readonly shardExchange: string;
  /** Queues with one active consumer each; none: everything is in `queue`. */
  readonly shards: readonly string[];
}

const MAX_SHARDS = 32;
/** Messages with the same value go to the same shard: CloudEvents' partitioning extension, as a header. */
export const PARTITION_HEADER = 'ce_partitionkey';

/** How often the broker hands out a message whose consumer died before it is a dead letter; RabbitMQ 4's own default. */
const DELIVERY_LIMIT = 20;
const UNLIMITED = 1_000_000;
const PUBLISHED_KEPT = 10_000;
const PUBLISHED_KEPT_MS = 7 * 24 * 60 * 60 * 1_000;
const OWN_TYPES = [BADGE_AWARDED, BADGE_REVOKED];

export function topologyOf({
  exchange = 'learning-badges-lifecycle',
  prefix = '',
  queue = 'laurel.events',
  publishedQueue = 'laurel.published',
  eventTypes = null,
  deliveryLimit = DELIVERY_LIMIT,
  shards = 0,
}: TopologyOptions = {}): Topology {
  return {
    exchange: prefix === '' ? exchange : `${prefix}-${exchange}`,
    queue,
    deadLetters: `${queue}.dead`,
    suspects: `${queue}.suspects`,
    publishedQueue,
    bindings: (eventTypes ?? usableEventTypes()).filter((type) => !OWN_TYPES.includes(type)),
    deliveryLimit,
    shardExchange: `${queue}.shards`,
    shards: shardNames(queue).slice(0, shards),
  };
}

function shardNames(queue: string): readonly string[] {
  return Array.from({ length: MAX_SHARDS }, (_, index) => `${queue}.shard-${index}`);
}

/** The queues to consume: all that events are bound to, and those of former settings that are still there, so that what
 *  lies in them is not forgotten. */
export async function queuesToConsume(connection: BrokerConnection, topology: Topology): Promise<readonly string[]> {
  const { queue, shards } = topology;
  const others = shardNames(queue).filter((name) => !shards.includes(name));
  const former = (await exists(connection, (channel) => channel.checkExchange(topology.shardExchange)))
    ? await Promise.all(others.map((name) => exists(connection, (channel) => channel.checkQueue(name))))
    : [];
  return [queue, ...shards, ...others.filter((_, index) => former[index])];
}

/** The broker says no by closing the channel, so every question has its own. */
async function exists(connection: BrokerConnection, ask: (channel: Channel) => Promise<unknown>): Promise<boolean> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    await ask(channel);
    return true;
  } catch (error) {
    if (/\b404\b/.test((error as Error).message)) return false;
    throw error;
  } finally {
    await channel.close().catch(() => {});
  }
}

/** What a queue of ours is for. */
export type QueuePurpose = 'events' | 'suspects' | 'dead' | 'published';

export interface QueueDepth {
  readonly queue: string;
  readonly purpose: QueuePurpose;
  readonly messages: number;
  readonly consumers: number;
}

/** What waits in our queues. @throws when RabbitMQ is away or lacks one of them */
export async function queueDepths(
  connection: BrokerConnection,
  { queue, shards, suspects, deadLetters, publishedQueue }: Topology,
): Promise<readonly QueueDepth[]> {
  if (!connection.status().connected) throw new Error('RabbitMQ is away');
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    const found: QueueDepth[] = [];
    const purposes: readonly (readonly [string, QueuePurpose])[] = [
      ...[queue, ...shards].map((name) => [name, 'events'] as const),
      [suspects, 'suspects'],
      [deadLetters, 'dead'],
      [publishedQueue, 'published'],
    ];
    for (const [name, purpose] of purposes) {
      const { messageCount, consumerCount } = await channel.checkQueue(name);
      found.push({ queue: name, purpose, messages: messageCount, consumers: consumerCount });
    }
    return found;
  } finally {
    await channel.close().catch(() => {});
  }
}

/** Declares everything; what is there already in the same form stays as it is. Bindings that the settings no longer ask
 *  for are removed.
 *  @throws ConfigurationError naming the difference and the remedy when something is there in another form */
export async function declareTopology(connection: BrokerConnection, topology: Topology): Promise<void> {
  // the broker answers a refusal by closing the channel, so this is not the one that is worked on
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    await declareOn(channel, topology);
  } catch (error) {
    throw explained(error as Error, connection.status().lastError);
  } finally {
    await channel.close().catch(() => {});
  }
}

async function declareOn(channel: Channel, topology: Topology): Promise<void> {
  const { exchange, queue, deadLetters, suspects, publishedQueue, shards } = topology;
  await channel.assertExchange(exchange, 'topic', { durable: true });
  await channel.assertExchange(suspects, 'fanout', { durable: true });
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });
  // nothing is behind this queue: the limit that newer brokers set by themselves would drop messages
  await channel.assertQueue(deadLetters, quorum({ 'x-delivery-limit': UNLIMITED }));
  await channel.bindQueue(deadLetters, deadLetters, '');
  const work = {
    'x-delivery-limit': topology.deliveryLimit,
    'x-dead-letter-exchange': deadLetters,
    // at-least-once works with this overflow behaviour only; with another the broker falls back to at-most-once
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
  await channel.assertQueue(queue, quorum(work));
  // handled alone, half the deaths prove as much
  const limit = Math.ceil(topology.deliveryLimit / 2);
  await channel.assertQueue(suspects, quorum({ ...work, 'x-delivery-limit': limit }));
  await channel.bindQueue(suspects, suspects, '');
  for (const shard of shards) await channel.assertQueue(shard, quorum({ ...work, 'x-single-active-consumer': true }));
  await channel.assertQueue(
    publishedQueue,
    quorum({ 'x-max-length': PUBLISHED_KEPT, 'x-overflow': 'drop-head', 'x-message-ttl': PUBLISHED_KEPT_MS }),
  );
  await Promise.all(OWN_TYPES.map((type) => channel.bindQueue(publishedQueue, exchange, type)));
  await bindEvents(channel, topology);
}

/** The new way in is open before the old one is closed: an event may come twice then, but is never lost. */
async function bindEvents(channel: Channel, topology: Topology): Promise<void> {
  const { exchange, queue, shardExchange, shards, bindings } = topology;
  const every = [...eventCatalogue.keys(), '#'];
  const unwanted = every.filter((type) => !bindings.includes(type));
  if (shards.length === 0) {
    await Promise.all(bindings.map((type) => channel.bindQueue(queue, exchange, type)));
    await Promise.all(unwanted.map((type) => channel.unbindQueue(queue, exchange, type)));
    await Promise.all(every.map((type) => channel.unbindExchange(shardExchange, exchange, type)));
    return;
  }
  await channel.assertExchange(shardExchange, 'x-consistent-hash', {
    durable: true,
    arguments: { 'hash-header': PARTITION_HEADER },
  });
  // the routing key is the weight
  for (const shard of shards) await channel.bindQueue(shard, shardExchange, '1');
  await Promise.all(bindings.map((type) => channel.bindExchange(shardExchange, exchange, type)));
  await Promise.all(unwanted.map((type) => channel.unbindExchange(shardExchange, exchange, type)));
  await Promise.all(every.map((type) => channel.unbindQueue(queue, exchange, type)));
  const former = shardNames(queue).filter((name) => !shards.includes(name));
  await Promise.all(former.map((shard) => channel.unbindQueue(shard, shardExchange, '1')));
}

function quorum(args: Readonly<Record<string, string | number | boolean>>): Options.AssertQueue {
  return { durable: true, arguments: { 'x-queue-type': 'quorum', ...args } };
}

/** @param connectionError why the connection was last lost: an unknown type of exchange costs the whole connection
 *  @returns a ConfigurationError for what only a person can put right, else the error itself */
export function explained(error: Error, connectionError: string | null = null): Error {
  const unknownType = "unknown exchange type 'x-consistent-hash'";
  // what carries a reply of the broker has its own reason
  const silent = !/\b\d{3} \([A-Z-]+\)/.test(error.message);
  if (error.message.includes(unknownType) || (silent && connectionError?.includes(unknownType)))
    return new ConfigurationError(
      [
        'LAUREL_AMQP_SHARDS needs an exchange that RabbitMQ does not have; enable it on every node with: ' +
          'rabbitmq-plugins enable rabbitmq_consistent_hash_exchange, and start again, or set LAUREL_AMQP_SHARDS to 0',
      ],
      { cause: error },
    );
  const difference =
    /inequivalent arg '([^']+)' for (queue|exchange) '([^']+)' in vhost '([^']*)': received (.+?) but current is (.+?)"?$/.exec(
      error.message,
    );
  if (difference) {
    const [, argument, kind = '', name = '', vhost = '', wanted = '', present = ''] = difference;
    const setting = kind === 'queue' ? 'LAUREL_AMQP_QUEUE' : 'LAUREL_AMQP_EXCHANGE';
    const remedy =
      kind === 'queue'
        ? `empty it, remove it with: rabbitmqctl -p ${vhost} delete_queue ${name} --if-empty --if-unused, and start again`
        : 'remove it in the broker and start again';
    return new ConfigurationError(
      [
        `the ${kind} ${name} exists in RabbitMQ with ${argument} ${valueIn(present)}, but Laurel needs ${valueIn(wanted)}; ` +
          `${remedy}, or choose another name with ${setting}`,
      ],
      { cause: error },
    );
  }
  if (/\b403 \(ACCESS-REFUSED\)/.test(error.message))
    return new ConfigurationError(
      [
        'the account in AMQP_URL may not declare exchanges and queues; give it the configure, write and read permissions of its vhost',
      ],
      { cause: error },
    );
  return error;
}

/** The broker writes `'5'`, `none` or `the value '5' of type 'long'`. */
function valueIn(text: string): string {
  return /'([^']*)'/.exec(text)?.[1] ?? text;
}
