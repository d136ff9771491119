/** One round: a store in a process of its own, an exchange and queues of its own, a provider, and processes of Laurel. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ChannelModel, connect } from 'amqplib';
import { BADGE_AWARDED, BADGE_REVOKED } from '../../plugin/events/catalogue/course-outcomes.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { type BrokerConnection, openConnection } from '../../server/amqp/connection.ts';
import { createPublisher, type Publisher, type RawMessage } from '../../server/amqp/publisher.ts';
import { topologyOf } from '../../server/amqp/topology.ts';
import { compose, type Laurel } from '../../server/compose.ts';
import { readSettings } from '../../server/config.ts';
import type { RabbitMqNode } from '../support/rabbitmq-node.ts';
import { type ChaosDatabase, chaosDatabase } from './database.ts';
import type { Note } from './history.ts';
import { type Load, RULES } from './load.ts';
import { Mailbox } from './mailbox.ts';
import { Processes, type WorkerRole } from './processes.ts';
import { ProviderDesk } from './provider-desk.ts';

export const TOKEN = 'a-token-for-the-event-door';
const SENDERS = 8;

export interface Broker {
  readonly url: string;
  readonly node: RabbitMqNode;
}

export interface WorldOptions {
  readonly broker: Broker;
  readonly load: Load;
  /** Where Laurel's processes find the broker, if not there. */
  readonly brokerUrl?: string;
  /** Of a database on a server; an embedded store of its own unless given. */
  readonly databaseUri?: string | null;
  /** As for `Processes`. */
  readonly replace?: (role: WorkerRole) => string | null;
  readonly note?: Note;
  readonly also?: AlsoDone;
  /** Ends the waiting for whatever is waited for. */
  readonly signal?: AbortSignal;
}

/** Work beside the events. */
export interface AlsoDone {
  /** There is a mail server. */
  readonly mails?: true;
  prepare(world: World): Promise<void>;
  /** @returns what is not done, in words */
  unfinished(world: World): Promise<string | null>;
  problems(world: World): Promise<string[]>;
}

/** Whoever needs longer than this is late, and is given up after the second. */
export interface Limits {
  readonly lateMs: number;
  readonly longestMs: number;
}
const LIMITS: Limits = { lateMs: 300_000, longestMs: 900_000 };

let worlds = 0;
/** They must not outlive this process either. */
const folders = new Set<string>();
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export class World {
  readonly desk: ProviderDesk;
  readonly mailbox: Mailbox;
  readonly store: ChaosDatabase;
  readonly load: Load;
  readonly broker: Broker;
  readonly queue: string;
  readonly exchange: string;
  /** Has every public event, also those sent twice. */
  readonly observed: string;
  /** Where generated credentials lie. */
  readonly filesDir: string;
  processes!: Processes;
  laurel!: Laurel;
  /** Ids of the messages that the broker has confirmed. */
  readonly sent = new Set<string>();
  /** What does not hold, as far as it is known. */
  readonly problems: string[] = [];
  /** What was not finished when it should have been; null: everything was. */
  late: string | null = null;
  readonly note: Note;
  /** What was done to it, apart from the death of a process, and when the last of it was over. */
  blows = 0;
  lastBlow = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'laurel-c-'));
  readonly #options: WorldOptions;
  #connection!: BrokerConnection;
  #publisher!: Publisher;

  constructor(options: WorldOptions) {
    worlds += 1;
    folders.add(this.#folder);
    this.#options = options;
    this.broker = options.broker;
    this.load = options.load;
    this.exchange = `chaos-${process.pid}-${worlds}`;
    this.queue = `${this.exchange}.events`;
    this.observed = `${this.exchange}.observed`;
    this.note = options.note ?? (() => {});
    this.desk = new ProviderDesk(this.note);
    this.mailbox = new Mailbox(this.note);
    this.filesDir = join(this.#folder, 'files');
    this.store = chaosDatabase(this.#folder, options.databaseUri ?? null);
  }

  async open(): Promise<void> {
    mkdirSync(join(this.#folder, 'data'));
    await Promise.all([this.store.start(), this.desk.open()]);
    const environment = {
      PORT: '0',
      LAUREL_DATA_DIR: join(this.#folder, 'data'),
      LAUREL_FILES_DIR: this.filesDir,
      MONGODB_URI: this.store.uri,
      AMQP_URL: this.#options.brokerUrl ?? this.broker.url,
      LAUREL_AMQP_EXCHANGE: this.exchange,
      LAUREL_AMQP_QUEUE: this.queue,
      LAUREL_INGEST_TOKEN: TOKEN,
      LAUREL_LOG_LEVEL: 'error',
      ...(this.#options.also?.mails && (await this.mailbox.open())),
    };
    this.processes = new Processes(
      { ...environment, LAUREL_TEST_DESK: this.desk.url },
      { replace: this.#options.replace ?? (() => ''), note: this.note },
    );
    this.laurel = await compose(readSettings(environment), { logger: silentLogger, roles: [], providers: new Map() });
    for (const rule of RULES) {
      const saved = await this.laurel.services.saveBadge(rule, { expectedVersion: 0, actor: 'chaos' });
      if (!saved.ok) throw new Error('a rule of the load is wrong');
    }
    await this.#options.also?.prepare(this);
    this.#connection = await openConnection({
      url: this.broker.url,
      name: 'chaos',
      logger: silentLogger,
      backoff: { firstMs: 50, longestMs: 500 },
    });
    this.#publisher = createPublisher({
      connection: this.#connection,
      topology: topologyOf({ exchange: this.exchange, queue: this.queue }),
      logger: silentLogger,
      confirmTimeoutMs: 3_000,
      backoff: { firstMs: 50, longestMs: 500 },
    });
    await this.#publisher.ready();
    await this.#onBroker(async (channel) => {
      await channel.assertQueue(this.observed, { durable: true });
      for (const type of [BADGE_AWARDED, BADGE_REVOKED]) await channel.bindQueue(this.observed, this.exchange, type);
    });
  }

  /** Resolves when the broker has confirmed every message; each is sent until it has. In the order of the load, a few at
   *  a time.
   *  @param paceMs between two messages of one of the senders */
  async send(messages: Load['messages'], paceMs = 0): Promise<void> {
    const waiting = [...messages];
    const sender = async (): Promise<void> => {
      for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
        await this.#sendOne({ ...message, exchange: this.exchange });
        if (paceMs > 0) await this.pause(paceMs);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
  }

  /** Of what was done beside the events. */
  async otherProblems(): Promise<string[]> {
    return (await this.#options.also?.problems(this)) ?? [];
  }

  /** A blow is over: from here on it is to recover. */
  struck(): void {
    this.blows += 1;
    this.lastBlow = Date.now();
    this.note({ op: 'blow' });
  }

  /** @throws when the run is interrupted */
  async pause(ms: number): Promise<void> {
    const { signal } = this.#options;
    await pause(ms, undefined, signal && { signal });
  }

  async #sendOne(message: RawMessage): Promise<void> {
    for (;;) {
      try {
        await this.#publisher.send(message);
        if (message.messageId) this.accepted(message.messageId);
        return;
      } catch {
        await this.pause(100);
      }
    }
  }

  /** Laurel or the broker has taken the event on. */
  accepted(id: string): void {
    this.sent.add(id);
    const poison = this.load.poison.get(id);
    this.note({ op: 'sent', id, ...(poison !== undefined && { poison }) });
  }

  /** @returns how many messages wait, those in progress left out; null: there is no such queue, or no broker */
  async depth(queue: string): Promise<number | null> {
    try {
      return await this.#onBroker(async (channel) => (await channel.checkQueue(queue)).messageCount);
    } catch {
      return null;
    }
  }

  async deleteQueue(): Promise<void> {
    await this.#onBroker((channel) => channel.deleteQueue(this.queue));
  }

  /** Takes all that was observed. */
  async announcements(): Promise<readonly string[]> {
    return this.#onBroker(async (channel) => {
      const ids: string[] = [];
      for (;;) {
        const message = await channel.get(this.observed, { noAck: true });
        if (message === false) return ids;
        ids.push(String(message.properties.headers?.ce_id));
      }
    });
  }

  /** What is not finished, in words; null: everything is. */
  async unfinished(): Promise<string | null> {
    try {
      const { services, stores } = this.laurel;
      let recorded = 0;
      for (const { outcome, count } of await services.events.counts()) {
        if (outcome === 'matched' || outcome === 'ignored') recorded += count;
      }
      const expected = [...this.sent].filter((id) => !this.load.poison.has(id)).length;
      if (recorded < expected) return `${recorded} of ${expected} events are recorded`;
      const letters = await stores.deadLetters.count({});
      const poison = this.sent.size - expected;
      if (letters < poison) return `${letters} of ${poison} dead letters are there`;
      const { pending } = await services.progress.effectCounts();
      if (pending > 0) return `${pending} records of progress have effects to come`;
      for (const queue of [this.queue, `${this.queue}.suspects`, `${this.queue}.dead`]) {
        const depth = await this.depth(queue);
        if (depth !== 0) return `${depth ?? 'unknown'} messages wait in ${queue}`;
      }
      return (await this.#options.also?.unfinished(this)) ?? null;
    } catch (error) {
      return `not to be seen: ${(error as Error).message}`;
    }
  }

  /** Resolves when everything that was sent has had its effect, also when that is late. @throws what is left at the end */
  async settled({ lateMs, longestMs }: Limits = LIMITS): Promise<void> {
    const started = Date.now();
    for (;;) {
      const left = await this.unfinished();
      if (left === null) return;
      const waited = Date.now() - started;
      if (waited > longestMs) throw new Error(`after ${longestMs / 1000} s: ${left}`);
      if (waited > lateMs) this.late ??= `after ${lateMs / 1000} s: ${left}`;
      await this.pause(50);
    }
  }

  async close(): Promise<void> {
    await this.processes?.abandon();
    await this.#publisher?.close();
    await this.#connection?.close();
    await this.laurel?.stop();
    await this.store.remove();
    await this.desk.close();
    await this.mailbox.close();
    await this.#onBroker(async (channel) => {
      const made = [`${this.queue}.dead`, `${this.queue}.suspects`];
      for (const name of [this.queue, ...made, this.observed]) await channel.deleteQueue(name);
      for (const name of [this.exchange, ...made]) await channel.deleteExchange(name);
    }).catch(() => {});
    rmSync(this.#folder, { recursive: true, force: true });
    folders.delete(this.#folder);
  }

  async #onBroker<Answer>(
    work: (channel: Awaited<ReturnType<ChannelModel['createChannel']>>) => Promise<Answer>,
  ): Promise<Answer> {
    const connection = await connect(this.broker.url, { timeout: 5_000 });
    connection.on('error', () => {});
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => {});
      return await work(channel);
    } finally {
      await connection.close().catch(() => {});
    }
  }
}
