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
}

export interface Topology {
  readonly exchange: string;
  readonly queue: string;
  /** Exchange and queue of the same name. */
  readonly deadLetters: string;
  readonly publishedQueue: string;
  /** Routing keys that lead from the exchange to the queue. */
  readonly bindings: readonly string[];
  readonly deliveryLimit: number;
}

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
}: TopologyOptions = {}): Topology {
  return {
    exchange: prefix === '' ? exchange : `${prefix}-${exchange}`,
    queue,
    deadLetters: `${queue}.dead`,
    publishedQueue,
    bindings: (eventTypes ?? usableEventTypes()).filter((type) => !OWN_TYPES.includes(type)),
    deliveryLimit,
  };
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
    throw explained(error as Error);
  } finally {
    await channel.close().catch(() => {});
  }
}

async function declareOn(
  channel: Channel,
  { exchange, queue, deadLetters, publishedQueue, bindings, deliveryLimit }: Topology,
): Promise<void> {
  await channel.assertExchange(exchange, 'topic', { durable: true });
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });
  // nothing is behind this queue: the limit that newer brokers set by themselves would drop messages
  await channel.assertQueue(deadLetters, quorum({ 'x-delivery-limit': UNLIMITED }));
  await channel.bindQueue(deadLetters, deadLetters, '');
  await channel.assertQueue(
    queue,
    quorum({
      'x-delivery-limit': deliveryLimit,
      'x-dead-letter-exchange': deadLetters,
      // at-least-once works with this overflow behaviour only; with another the broker falls back to at-most-once
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    }),
  );
  await channel.assertQueue(
    publishedQueue,
    quorum({ 'x-max-length': PUBLISHED_KEPT, 'x-overflow': 'drop-head', 'x-message-ttl': PUBLISHED_KEPT_MS }),
  );
  const unwanted = [...eventCatalogue.keys(), '#'].filter((type) => !bindings.includes(type));
  await Promise.all([
    ...OWN_TYPES.map((type) => channel.bindQueue(publishedQueue, exchange, type)),
    ...bindings.map((type) => channel.bindQueue(queue, exchange, type)),
    ...unwanted.map((type) => channel.unbindQueue(queue, exchange, type)),
  ]);
}

function quorum(args: Readonly<Record<string, string | number>>): Options.AssertQueue {
  return { durable: true, arguments: { 'x-queue-type': 'quorum', ...args } };
}

/** @returns a ConfigurationError for what only a person can put right, else the error itself */
export function explained(error: Error): Error {
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
