/** Moves dead letters from their queue to where people deal with them: each is stored before it is acknowledged. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import { CredentialsError } from '../../plugin/errors.ts';
import type { DeadMessage } from '../../plugin/ports/dead-letters.ts';
import { type Clock, type Logger, systemClock } from '../../plugin/ports/runtime.ts';
import { atLeastHalf, type Backoff } from './backoff.ts';
import type { BrokerConnection } from './connection.ts';
import { deadMessageOf } from './dead-message.ts';
import { Delivery } from './delivery.ts';
import { keepChannel } from './kept-channel.ts';
import { declareTopology, type Topology } from './topology.ts';

export interface DrainOptions {
  readonly connection: BrokerConnection;
  readonly topology: Topology;
  /** Resolves when the message is durable; the same one may come again. */
  readonly keep: (message: DeadMessage) => Promise<unknown>;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly backoff?: Backoff;
}

export interface Drain {
  /** Resolves when first subscribed. @throws ConfigurationError */
  ready(): Promise<void>;
  /** Dead letters stored since the start. */
  kept(): number;
  stop(): Promise<void>;
}

const PREFETCH = 20;

export function drainDeadLetters({
  connection,
  topology,
  keep,
  logger,
  clock = systemClock,
  backoff = { firstMs: 500, longestMs: 30_000 },
}: DrainOptions): Drain {
  const stopping = new AbortController();
  const open = new Set<Promise<void>>();
  let kept = 0;

  const channelOfOurs = keepChannel<Channel>({
    connection,
    logger,
    backoff,
    create: (from) => from.createChannel(),
    async prepare(channel, lost) {
      await declareTopology(connection, topology);
      await channel.prefetch(PREFETCH);
      const giveUp = AbortSignal.any([lost, stopping.signal]);
      await channel.consume(topology.deadLetters, (message) => {
        if (message === null) return channelOfOurs.renew();
        const task = store(new Delivery(channel, message, giveUp), message);
        open.add(task);
        void task.finally(() => open.delete(task));
      });
    },
  });

  /** There is no queue behind this one: what cannot be stored stays here and is tried for ever. */
  async function store(delivery: Delivery, message: ConsumeMessage): Promise<void> {
    const { giveUp } = delivery;
    for (let attempt = 1; !giveUp.aborted; attempt += 1) {
      try {
        await keep(deadMessageOf(message, topology.queue, clock.now()));
        kept += 1;
        delivery.acknowledge();
        return;
      } catch (error) {
        const code = error instanceof CredentialsError ? error.code : (error as Error).name;
        logger.warn('a dead letter could not be stored; it waits in its queue and is tried again', { attempt, code });
        await pause(atLeastHalf(attempt, backoff), undefined, { signal: giveUp }).catch(() => {});
      }
    }
  }

  return {
    ready: () => channelOfOurs.ready(),
    kept: () => kept,
    async stop() {
      stopping.abort();
      await Promise.all(open);
      await channelOfOurs.close();
    },
  };
}
