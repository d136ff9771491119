/** A channel that is opened again after every loss: of the connection, or of itself by an error. */

import type { Channel } from 'amqplib';
import { ConfigurationError } from '../../plugin/errors.ts';
import type { Logger } from '../../plugin/ports/runtime.ts';
import { atLeastHalf, type Backoff } from './backoff.ts';
import type { BrokerConnection } from './connection.ts';

export interface KeptChannel<Kind extends Channel> {
  /** null: there is none just now. */
  current(): Kind | null;
  /** Resolves when the channel is first ready. @throws ConfigurationError when the broker refuses our declarations */
  ready(): Promise<void>;
  /** Gives the channel up and opens another, after a pause. */
  renew(): void;
  lastError(): string | null;
  close(): Promise<void>;
}

export interface KeptChannelOptions<Kind extends Channel> {
  readonly connection: BrokerConnection;
  readonly create: (connection: BrokerConnection) => Promise<Kind>;
  /** Makes a fresh channel ready for use; the channel counts as open when this resolves.
   *  @param lost aborted as soon as the channel is gone */
  readonly prepare: (channel: Kind, lost: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  readonly backoff?: Backoff;
}

/** A channel that lasted this long was healthy: the next loss starts with short pauses again. */
const HEALTHY_AFTER_MS = 10_000;

export function keepChannel<Kind extends Channel>({
  connection,
  create,
  prepare,
  logger,
  backoff = { firstMs: 250, longestMs: 15_000 },
}: KeptChannelOptions<Kind>): KeptChannel<Kind> {
  let current: Kind | null = null;
  /** The channel opened last, ready or not. */
  let newest: Kind | null = null;
  let opening = false;
  let closed = false;
  let attempt = 0;
  let timer: NodeJS.Timeout | null = null;
  let lastError: string | null = null;
  let markReady: () => void = () => {};
  let markRefused: (error: ConfigurationError) => void = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    markReady = resolve;
    markRefused = reject;
  });
  ready.catch(() => {});

  async function open(): Promise<void> {
    if (closed || opening || current || timer || !connection.status().connected) return;
    opening = true;
    let channel: Kind | null = null;
    try {
      channel = await create(connection);
      newest = channel;
      const lost = watch(channel);
      await prepare(channel, lost);
      if (lost.aborted) throw new Error(lastError ?? 'the channel was closed while it was made ready');
      if (closed) return await channel.close().catch(() => {});
      current = channel;
      markReady();
    } catch (error) {
      lastError = (error as Error).message;
      if (error instanceof ConfigurationError) markRefused(error);
      logger.warn('a RabbitMQ channel could not be opened', { reason: lastError });
      channel?.close().catch(() => {});
      later();
    } finally {
      opening = false;
    }
  }

  function watch(channel: Kind): AbortSignal {
    const lost = new AbortController();
    const openedAt = performance.now();
    channel.on('error', (error) => {
      lastError = error.message;
      logger.warn('a RabbitMQ channel was closed by an error', { reason: error.message });
    });
    channel.on('handler-error', (error, event) => {
      logger.error('a listener of a RabbitMQ channel threw', { event, reason: error.message });
    });
    channel.on('close', () => {
      lost.abort();
      if (current !== channel) return;
      current = null;
      if (performance.now() - openedAt > HEALTHY_AFTER_MS) attempt = 0;
      later();
    });
    return lost.signal;
  }

  function later(): void {
    if (closed || timer) return;
    attempt += 1;
    timer = setTimeout(
      () => {
        timer = null;
        void open();
      },
      atLeastHalf(attempt, backoff),
    );
  }

  connection.onConnect(() => void open());

  return {
    current: () => current,
    ready: () => ready,
    renew() {
      newest?.close().catch(() => {});
    },
    lastError: () => lastError,
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      const channel = current;
      current = null;
      await channel?.close().catch(() => {});
    },
  };
}
