/** Takes events from the queue: many at a time, those of one learner in order, each settled once. */

import type { Channel, ConsumeMessage } from 'amqplib';
import type { EventType } from '../../dsl/index.ts';
import type { EventGroup } from '../../plugin/badges/take-event.ts';
import { eventCatalogue } from '../../plugin/events/catalogue.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { type Clock, type Logger, systemClock } from '../../plugin/ports/runtime.ts';
import { every } from '../every.ts';
import { Acknowledgements } from './acknowledgements.ts';
import type { Backoff } from './backoff.ts';
import type { BrokerConnection } from './connection.ts';
import type { DeadLetters } from './dead-letters.ts';
import { Delivery } from './delivery.ts';
import { Gate } from './gate.ts';
import { InOrder } from './in-order.ts';
import { keepChannel } from './kept-channel.ts';
import { type ConsumerCounts, type RetryPolicy, readMessage, settleDelivery } from './processing.ts';
import { type Received, settleGroup } from './settle-group.ts';
import { ShardShares } from './shard-shares.ts';
import { isSuspect, type Suspects } from './suspects.ts';
import { declareTopology, queuesToConsume, type Topology } from './topology.ts';

export interface ConsumerOptions {
  /** One of its own, apart from publishing. */
  readonly connection: BrokerConnection;
  readonly topology: Topology;
  readonly deadLetters: DeadLetters;
  readonly suspects: Suspects;
  /** Resolves when the effect of the event is durable. The same event may come again, also at the same time elsewhere. */
  readonly handle: (event: LmsEvent) => Promise<void>;
  /** Parts events that came in one moment into those that one effort does for. Left out: each is handled by itself. */
  readonly group?: (events: readonly LmsEvent[]) => readonly EventGroup[];
  /** Told of an event that has become a dead letter. Never rejects. */
  readonly onDeadEvent?: (event: LmsEvent, failure: Error) => Promise<void>;
  readonly logger: Logger;
  /** Messages in progress at the same time. */
  readonly prefetch?: number;
  readonly retry?: RetryPolicy;
  /** Pauses while the database is away. */
  readonly storePauses?: Backoff;
  /** Pauses before a lost channel is opened again. */
  readonly backoff?: Backoff;
  /** How often it looks whether it serves more shards than its share. */
  readonly sharingMs?: number;
  readonly catalogue?: ReadonlyMap<string, EventType>;
  readonly clock?: Clock;
}

export interface Consumer {
  /** Resolves when first subscribed. @throws ConfigurationError when a queue exists in another form */
  ready(): Promise<void>;
  subscribed(): boolean;
  lastError(): string | null;
  counts(): ConsumerCounts;
  /** Takes no more, finishes what is in progress, and leaves to the broker what is not finished in time. */
  stop(limitMs?: number): Promise<void>;
}

const NOT_SHARED = 'shards could not be given to processes that stand by';

export function startConsumer({
  connection,
  topology,
  deadLetters,
  suspects,
  handle,
  group = eachAlone,
  onDeadEvent,
  logger,
  prefetch = 200,
  retry = { attempts: 3, pauses: { firstMs: 500, longestMs: 5_000 } },
  storePauses = { firstMs: 500, longestMs: 30_000 },
  backoff,
  sharingMs = 5_000,
  catalogue = eventCatalogue,
  clock = systemClock,
}: ConsumerOptions): Consumer {
  const counts = {
    received: 0,
    redelivered: 0,
    handled: 0,
    ignored: 0,
    deadLettered: 0,
    retried: 0,
    abandoned: 0,
    inFlight: 0,
  };
  const gate = new Gate(storePauses);
  const inOrder = new InOrder();
  const stopping = new AbortController();
  const open = new Set<Promise<unknown>>();
  let gathered: Received[] = [];
  let shares: ShardShares | null = null;
  let acknowledgements: Acknowledgements | null = null;
  let ending = false;
  const options = {
    handle,
    deadLetters,
    gate,
    retry,
    catalogue,
    logger,
    clock,
    counts,
    ...(onDeadEvent && { onDeadEvent }),
  };

  const kept = keepChannel<Channel>({
    connection,
    logger,
    ...(backoff && { backoff }),
    create: (from) => from.createChannel(),
    async prepare(channel, lost) {
      await declareTopology(connection, topology);
      const queues = await queuesToConsume(connection, topology);
      const limit = Math.max(1, Math.ceil(prefetch / Math.max(1, topology.shards.length)));
      // one signal per channel, not per message: a long-lived signal remembers everything derived from it
      const giveUp = AbortSignal.any([lost, stopping.signal]);
      // a channel that is lost while the last messages are finished must not bring new ones
      if (ending) return;
      const own = new Acknowledgements(channel);
      acknowledgements = own;
      const subscriptions = new ShardShares(channel, topology, async (queue) => {
        const isAside = queue === topology.suspects;
        // the limit is one per subscription
        await channel.prefetch(isAside ? 1 : limit);
        return channel.consume(queue, (message) => {
          subscriptions.delivered(queue);
          receive(own, giveUp, message, { isAside });
        });
      });
      shares = subscriptions;
      for (const queue of [...queues, topology.suspects]) await subscriptions.subscribe(queue);
      logger.info('consuming events', { queue: topology.queue, queues: queues.length, prefetch });
    },
  });

  const endSharing = topology.shards.length > 1 ? every(sharingMs, share, { logger, failed: NOT_SHARED }) : null;

  async function share(): Promise<void> {
    if (kept.current() === null) return;
    const given = (await shares?.giveUpMore()) ?? [];
    if (given.length > 0) logger.info('gave shards to processes that stood by', { shards: given.length });
  }

  function receive(
    settler: Acknowledgements,
    giveUp: AbortSignal,
    message: ConsumeMessage | null,
    { isAside = false }: { readonly isAside?: boolean } = {},
  ): void {
    if (message === null) {
      logger.warn('RabbitMQ ended the subscription, as when a queue is deleted; subscribing again', {
        queue: topology.queue,
      });
      kept.renew();
      return;
    }
    counts.received += 1;
    if (message.fields.redelivered) counts.redelivered += 1;
    settler.delivered(message);
    const delivery = new Delivery(settler, message, giveUp);
    const read = readMessage(delivery, catalogue);
    const settle = () => settleDelivery(delivery, read, options);
    if (isAside) keep(settleAlone(settler, settle));
    else if (isSuspect(message.properties.headers))
      keep(setAside(delivery, settler, () => inOrder.run(keyOf(read), settle)));
    else if (read instanceof Error) keep(settle());
    else gather({ delivery, event: read });
  }

  function keep(task: Promise<unknown>): void {
    open.add(task);
    void task.finally(() => open.delete(task));
  }

  /** What is delivered in one turn of the loop is settled together. */
  function gather(received: Received): void {
    gathered.push(received);
    if (gathered.length === 1) keep(new Promise((resolve) => setImmediate(resolve)).then(settleGathered));
  }

  function settleGathered(): Promise<unknown> {
    const byEvent = new Map(gathered.map((received) => [received.event, received]));
    gathered = [];
    return Promise.all(
      group([...byEvent.keys()]).map((own) => {
        const received = own.events.map((event) => byEvent.get(event) as Received);
        return inOrder.run(own.learner, () => settleGroup(own, received, options));
      }),
    );
  }

  /** A death while it waits, for others of its learner or for its acknowledgement to leave, would be counted against it. */
  async function settleAlone(settler: Acknowledgements, settle: () => Promise<void>): Promise<void> {
    await settle();
    settler.flush();
  }

  async function setAside(delivery: Delivery, settler: Acknowledgements, settle: () => Promise<void>): Promise<void> {
    const isDone = await suspects.setAside(delivery).catch(() => true);
    // a process that may be about to die must not leave the message in two places
    if (isDone) settler.flush();
    else await settle();
  }

  return {
    ready: () => kept.ready(),
    subscribed: () => kept.current() !== null,
    lastError: () => kept.lastError(),
    counts: () => ({ ...counts }),
    async stop(limitMs = 25_000) {
      ending = true;
      await Promise.all([endSharing?.(), shares?.end()]);
      const limit = setTimeout(() => stopping.abort(), limitMs);
      // what waits for the database would wait for ever
      if (!gate.isOpen) stopping.abort();
      await Promise.race([Promise.all(open), aborted(stopping.signal)]);
      acknowledgements?.flush();
      clearTimeout(limit);
      stopping.abort();
      gate.stop();
      await kept.close();
    },
  };
}

function keyOf(read: LmsEvent | Error): string | null {
  return read instanceof Error || read.user === null ? null : read.user.username;
}

function eachAlone(events: readonly LmsEvent[]): readonly EventGroup[] {
  // settled by `handle`, as every group of one
  return events.map((event) => ({ events: [event], learner: keyOf(event), take: async () => [] }));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
