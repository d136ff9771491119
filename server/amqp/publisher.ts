/** Publishes with confirmation: a message counts as published once a queue has it on disk. Keeps nothing in memory while
 *  the broker is away; what must not be lost waits in the caller's store. */

import type { ConfirmChannel } from 'amqplib';
import { StoreError } from '../../plugin/errors.ts';
import type { EventPublisher, OutboundEvent } from '../../plugin/ports/outbound.ts';
import type { Logger } from '../../plugin/ports/runtime.ts';
import type { Backoff } from './backoff.ts';
import type { BrokerConnection } from './connection.ts';
import { messageFromEvent } from './envelope.ts';
import { keepChannel } from './kept-channel.ts';
import { declareTopology, type Topology } from './topology.ts';

export interface RawMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly contentType: string | undefined;
  readonly messageId: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Publisher extends EventPublisher {
  /** Any message, with the same promises as `publish`. @throws StoreError as `publish` */
  send(message: RawMessage): Promise<void>;
  /** Resolves when publishing first became possible. @throws ConfigurationError */
  ready(): Promise<void>;
  counts(): PublisherCounts;
  close(): Promise<void>;
}

export interface PublisherCounts {
  readonly confirmed: number;
  readonly failed: number;
  readonly unconfirmed: number;
}

export interface PublisherOptions {
  /** One of its own: a broker under memory pressure stops reading from connections that publish. */
  readonly connection: BrokerConnection;
  readonly topology: Topology;
  readonly logger: Logger;
  /** CloudEvents source of what is published. */
  readonly source?: string;
  readonly confirmTimeoutMs?: number;
  /** Messages without an answer from the broker at any time. */
  readonly maxUnconfirmed?: number;
  readonly backoff?: Backoff;
}

export function createPublisher({
  connection,
  topology,
  logger,
  source = '/laurel',
  confirmTimeoutMs = 10_000,
  maxUnconfirmed = 200,
  backoff,
}: PublisherOptions): Publisher {
  let confirmed = 0;
  let failed = 0;
  let unconfirmed = 0;
  /** Returns not yet matched with their confirmation, which follows; all messages of one route share their fate. */
  const returned = new Map<string, number>();

  const kept = keepChannel<ConfirmChannel>({
    connection,
    logger,
    ...(backoff && { backoff }),
    create: (from) => from.createConfirmChannel(),
    async prepare(channel, lost) {
      await declareTopology(connection, topology);
      unconfirmed = 0;
      returned.clear();
      channel.on('return', ({ fields, properties }) => {
        if (lost.aborted) return;
        const route = routeOf(fields.exchange, fields.routingKey, properties.messageId);
        returned.set(route, (returned.get(route) ?? 0) + 1);
      });
    },
  });

  async function send(message: RawMessage): Promise<void> {
    try {
      await sendOnce(usableChannel(), message);
      confirmed += 1;
    } catch (error) {
      failed += 1;
      throw error;
    }
  }

  function usableChannel(): ConfirmChannel {
    const channel = kept.current();
    if (!channel) throw unavailable('RabbitMQ cannot be reached for publishing; check AMQP_URL and the broker');
    if (connection.status().blocked)
      throw unavailable(
        'RabbitMQ takes no messages because of a memory or disk alarm; free memory or disk on the broker',
      );
    if (unconfirmed >= maxUnconfirmed)
      throw unavailable(`${maxUnconfirmed} messages wait for RabbitMQ to confirm them; check the broker's load`);
    return channel;
  }

  function wasReturned(route: string): boolean {
    const count = returned.get(route) ?? 0;
    if (count > 1) returned.set(route, count - 1);
    else returned.delete(route);
    return count > 0;
  }

  function sendOnce(channel: ConfirmChannel, message: RawMessage): Promise<void> {
    const { exchange, routingKey, content, contentType, messageId, headers } = message;
    const route = routeOf(exchange, routingKey, messageId);
    const details = { exchange, routingKey };
    const unroutable = () =>
      new StoreError('publish-returned', `no queue is bound to ${exchange} for ${routingKey}; bind one`, { details });
    const unconfirmedBecause = (cause: unknown) =>
      new StoreError(
        'publish-unconfirmed',
        'RabbitMQ refused a message, or the channel was lost before it was confirmed; publish it again',
        { details, cause },
      );
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new StoreError(
            'publish-unconfirmed',
            `RabbitMQ did not confirm a message within ${confirmTimeoutMs} ms; publish it again`,
            { details },
          ),
        );
      }, confirmTimeoutMs);
      const settled = (error: unknown): void => {
        clearTimeout(timer);
        if (kept.current() === channel) unconfirmed -= 1;
        const failure = error ? unconfirmedBecause(error) : wasReturned(route) ? unroutable() : null;
        if (failure) reject(failure);
        else resolve();
      };
      try {
        channel.publish(
          exchange,
          routingKey,
          content,
          { contentType, messageId, headers, persistent: true, mandatory: true },
          settled,
        );
        unconfirmed += 1;
      } catch (error) {
        clearTimeout(timer);
        // a header table that does not fit is the message's fault and stays so; everything else is the channel's
        reject(
          error instanceof RangeError
            ? error
            : unavailable('RabbitMQ cannot be reached for publishing; check AMQP_URL and the broker', error),
        );
      }
    });
  }

  return {
    async publish(event: OutboundEvent) {
      await send({ exchange: topology.exchange, ...messageFromEvent(event, source) });
    },
    send,
    ready: () => kept.ready(),
    counts: () => ({ confirmed, failed, unconfirmed }),
    close: () => kept.close(),
  };
}

function routeOf(exchange: string, routingKey: string, messageId: unknown): string {
  return JSON.stringify([exchange, routingKey, messageId ?? null]);
}

function unavailable(message: string, cause?: unknown): StoreError {
  return new StoreError('bus-unavailable', message, { cause });
}
