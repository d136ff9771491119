/** A connection to RabbitMQ that is there again whenever the broker is, for ever, at start as well as later. */

import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { StoreError } from '../../plugin/errors.ts';
import { type Clock, type Logger, systemClock } from '../../plugin/ports/runtime.ts';
import { type Backoff, fullJitter } from './backoff.ts';

export interface BrokerStatus {
  readonly connected: boolean;
  /** When `connected` became what it is. */
  readonly since: Date;
  /** The broker takes no messages now: a memory or disk alarm. */
  readonly blocked: boolean;
  /** Why the connection was last lost or refused; null: never. */
  readonly lastError: string | null;
}

export interface BrokerConnection {
  /** @throws StoreError `store.bus-unavailable` while there is no connection */
  createChannel(): Promise<Channel>;
  /** @throws StoreError `store.bus-unavailable` while there is no connection */
  createConfirmChannel(): Promise<ConfirmChannel>;
  /** Calls back for every connection made from now on, and at once if there is one. */
  onConnect(listener: () => void): void;
  status(): BrokerStatus;
  /** Ends the connection and the attempts to get one. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** What the connection is for; shown in the broker's list of connections. */
  readonly name: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly heartbeatSeconds?: number;
  readonly backoff?: Backoff;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** For the last bytes of a connection that is over to leave, and for a broker that is asked to end one to answer. */
const GOODBYE_MS = 1_000;
const CLOSE_LIMIT_MS = 5_000;

/** Returns at once; the connection comes when it can. */
export async function openConnection({
  url,
  name,
  logger,
  clock = systemClock,
  heartbeatSeconds = 15,
  backoff = { firstMs: 200, longestMs: 30_000 },
}: ConnectionOptions): Promise<BrokerConnection> {
  let model: ChannelModel | null = null;
  let stream: Duplex | null = null;
  let blocked = false;
  let since = clock.now();
  let lastError: string | null = null;
  const listeners: (() => void)[] = [];

  const recovering = await connect(withHeartbeat(url, heartbeatSeconds), {
    clientProperties: { connection_name: name },
    keepAlive: true,
    noDelay: true,
    timeout: CONNECT_TIMEOUT_MS,
    recovery: { waitForConnect: false, calculateDelay: (attempt) => fullJitter(attempt, backoff) },
  });
  recovering.on('connect', (connected) => {
    model = connected;
    stream = streamOf(connected);
    blocked = false;
    since = clock.now();
    logger.info('connected to RabbitMQ', { connection: name });
    for (const listener of listeners) listener();
  });
  recovering.on('disconnect', (error) => {
    model = null;
    letGo(stream);
    stream = null;
    blocked = false;
    since = clock.now();
    lastError = error.message;
    logger.warn('lost the connection to RabbitMQ', { connection: name, reason: error.message });
  });
  recovering.on('connect-failed', (error) => {
    lastError = error.message;
  });
  recovering.on('reconnect-scheduled', ({ attempt, delay }) => {
    // the first failure and then ever more seldom: a broker away for a night should not fill the log
    if ((attempt & (attempt - 1)) === 0)
      logger.warn('no connection to RabbitMQ; will try again', {
        connection: name,
        attempt,
        delayMs: delay,
        reason: lastError,
      });
  });
  recovering.on('blocked', (reason) => {
    blocked = true;
    logger.warn('RabbitMQ takes no messages for now', { connection: name, reason });
  });
  recovering.on('unblocked', () => {
    blocked = false;
    logger.info('RabbitMQ takes messages again', { connection: name });
  });
  // `disconnect` follows and says the same; without a listener the event would end the process
  recovering.on('error', () => {});
  recovering.on('handler-error', (error: Error, event: string) => {
    logger.error('a listener of the RabbitMQ connection threw', { connection: name, event, reason: error.message });
  });

  const present = (): ChannelModel => {
    if (!model) throw new StoreError('bus-unavailable', 'RabbitMQ cannot be reached; check AMQP_URL and the broker');
    return model;
  };
  return {
    createChannel: async () => await present().createChannel(),
    createConfirmChannel: async () => await present().createConfirmChannel(),
    onConnect(listener) {
      listeners.push(listener);
      if (model) listener();
    },
    status: () => ({ connected: model !== null, since, blocked, lastError }),
    async close() {
      listeners.length = 0;
      model = null;
      const ended = recovering.close();
      const waiting = new AbortController();
      const late = pause(CLOSE_LIMIT_MS, undefined, { signal: waiting.signal }).catch(() => {});
      await Promise.race([ended, late]).finally(() => waiting.abort());
      letGo(stream);
    },
  };
}

/** amqplib ends its half of a connection and waits for the other. Whoever went away without a word never ends theirs, and the socket
 *  would keep the process alive for ever. */
function letGo(stream: Duplex | null): void {
  if (stream === null || stream.destroyed) return;
  const timer = setTimeout(() => stream.destroy(), GOODBYE_MS);
  stream.once('close', () => clearTimeout(timer));
}

/** Not in the types of amqplib. */
function streamOf(model: ChannelModel): Duplex | null {
  return (model as unknown as { readonly connection?: { readonly stream?: Duplex } }).connection?.stream ?? null;
}

function withHeartbeat(url: string, seconds: number): string {
  const target = new URL(url);
  if (!target.searchParams.has('heartbeat')) target.searchParams.set('heartbeat', String(seconds));
  return target.toString();
}
