/** Events a second from RabbitMQ to the acknowledged effect, where none, a tenth and all of them match a badge, with one and
 *  two consumer processes; beside a bare amqplib consumer that parses and acknowledges (a), and one write of the same
 *  document per event through the driver, as many under way at the same time (b). All in one run on one machine: read the
 *  ratios. One embedded store in a process of its own, or MONGODB_URI; LAUREL_BENCH_EVENTS a round, 20,000 unless set. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';
import { decodeCloudEvent } from '../plugin/events/decode.ts';
import type { LmsEvent } from '../plugin/events/event.ts';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { openBus } from '../server/amqp/bus.ts';
import { messageFromEvent } from '../server/amqp/envelope.ts';
import { topologyOf } from '../server/amqp/topology.ts';
import { compose } from '../server/compose.ts';
import { readSettings } from '../server/config.ts';
import { toDocument } from '../server/mongo/event-document.ts';
import { projectPath } from '../server/paths.ts';
import { startNode } from '../test/support/rabbitmq-node.ts';
import { StoreProcess } from '../test/support/store-process.ts';

export const name = 'throughput: from RabbitMQ to the acknowledged effect';

const EVENTS = Number(process.env.LAUREL_BENCH_EVENTS ?? 20_000);
const LEARNERS = 2_000;
const PREFETCH = 200;
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
/** Never fulfilled, so that what is measured is the way of an event and not that of a badge. */
const RULE = `badge "bench" { template memory "bench" active true
  requirement many { on ${PASSING} where is_passing and course.course_key = "course-v1:A+Match+R" count 1000000 } }`;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-b-'));
  const broker = await startNode();
  const store = process.env.MONGODB_URI ? null : new StoreProcess(folder);
  await store?.start();
  try {
    print(`  ${EVENTS} events a round, prefetch ${PREFETCH}, ${store ? 'embedded store' : 'MongoDB server'}`);
    const bareConsumer = await bare(broker.url);
    print(line('(a) bare amqplib, parse and acknowledge', bareConsumer, ''));
    const bareWrites = await writes(databaseOf(store, 'writes'));
    print(line(`(b) one insertOne an event, ${PREFETCH} under way`, bareWrites, ''));
    for (const percent of [100]) {
      for (const processes of [1]) {
        const uri = databaseOf(store, `e${percent}p${processes}`);
        const { perSecond, megabytes } = await laurel({ uri, amqp: broker.url, folder, percent, processes });
        const ratios = `${(perSecond / bareConsumer).toFixed(2)} of (a), ${(perSecond / bareWrites).toFixed(2)} of (b), ${megabytes} MB a process`;
        print(line(`${percent} % match, ${processes} process${processes > 1 ? 'es' : ''}`, perSecond, ratios));
      }
    }
  } finally {
    await broker.node.stop();
    await store?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function databaseOf(store: StoreProcess | null, name: string): string {
  const url = new URL(store?.uri ?? (process.env.MONGODB_URI as string));
  url.pathname = `/laurel-bench-${name}-${randomUUID().slice(0, 8)}`;
  return url.href;
}

async function bare(url: string): Promise<number> {
  const names = namesOf();
  const remove = await fill(url, names, 0);
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.prefetch(PREFETCH);
  let seen = 0;
  const start = performance.now();
  await new Promise<void>((resolve) => {
    void channel.consume(names.queue, (message) => {
      if (message === null) return;
      JSON.parse(message.content.toString());
      channel.ack(message);
      seen += 1;
      if (seen === EVENTS) resolve();
    });
  });
  const perSecond = (EVENTS / (performance.now() - start)) * 1_000;
  await connection.close();
  await remove();
  return perSecond;
}

async function writes(uri: string): Promise<number> {
  const client = new MongoClient(uri, { maxPoolSize: 100 });
  const events = client.db().collection('events');
  // with the indexes of the event log, for it is its document
  await events.createIndexes([
    { key: { receivedAt: 1, _id: 1 } },
    { key: { time: 1, _id: 1 } },
    { key: { subject: 1, time: 1, _id: 1 } },
    { key: { username: 1, receivedAt: 1, _id: 1 } },
    { key: { type: 1, receivedAt: 1, _id: 1 } },
    { key: { outcome: 1, receivedAt: 1, _id: 1 } },
  ]);
  let next = 0;
  const start = performance.now();
  const writer = async (): Promise<void> => {
    for (let n = next++; n < EVENTS; n = next++) {
      const document = toDocument({
        event: anEvent(n, 0),
        receivedAt: new Date(),
        door: 'amqp',
        learnerId: null,
        outcome: { kind: 'ignored', reason: 'no-match' },
        ruleRevision: 1,
      });
      await events.insertOne(document as never);
    }
  };
  await Promise.all(Array.from({ length: PREFETCH }, writer));
  const perSecond = (EVENTS / (performance.now() - start)) * 1_000;
  await client.close();
  return perSecond;
}

interface Run {
  readonly uri: string;
  readonly amqp: string;
  readonly folder: string;
  readonly percent: number;
  readonly processes: number;
}

/** The events wait in the queue. Counted is what is left when all processes are there, until the last is recorded. */
async function laurel({
  uri,
  amqp,
  folder,
  percent,
  processes,
}: Run): Promise<{ perSecond: number; megabytes: number }> {
  const names = namesOf();
  const environment = (number: number) => ({
    LAUREL_DATA_DIR: join(folder, `data-${names.exchange}-${number}`),
    LAUREL_SECRET_KEY: 'a key of no importance, long enough for the check',
    MONGODB_URI: uri,
    AMQP_URL: amqp,
    LAUREL_AMQP_EXCHANGE: names.exchange,
    LAUREL_AMQP_QUEUE: names.queue,
    LAUREL_AMQP_PREFETCH: String(PREFETCH),
    LAUREL_LOG_LEVEL: 'error',
  });
  const prepared = await compose(readSettings(environment(0)), { logger: silentLogger, roles: [] });
  await prepared.services.saveBadge(RULE, { expectedVersion: 0, actor: 'bench' });
  const remove = await fill(amqp, names, percent);
  const children = await Promise.all(Array.from({ length: processes }, (_, n) => consumer(environment(n + 1))));
  const recorded = async () => (await prepared.services.events.counts()).reduce((sum, { count }) => sum + count, 0);
  const before = await recorded();
  const start = performance.now();
  // the queue is asked first: counting the record costs the database more
  while ((await depth(amqp, names.queue)) > 0) await pause(20);
  while ((await recorded()) < EVENTS) await pause(20);
  const perSecond = ((EVENTS - before) / (performance.now() - start)) * 1_000;
  const megabytes = Math.max(...children.map(({ pid }) => residentMegabytes(pid as number)));
  await Promise.all(
    children.map((child) => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      return ended;
    }),
  );
  await prepared.stop();
  await remove();
  return { perSecond, megabytes };
}

function consumer(environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const flags = process.env.LAUREL_BENCH_FLAGS?.split(' ') ?? [];
  const child = spawn(process.execPath, [...flags, projectPath('dist', 'server', 'main.js'), 'consume'], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let heard = '';
    child.stderr.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.includes('consuming')) resolve(child);
    });
    child.once('exit', () => reject(new Error(`the consumer ended: ${heard}; is the project built?`)));
  });
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

interface Names {
  readonly exchange: string;
  readonly queue: string;
}

function namesOf(): Names {
  const exchange = `bench-${randomUUID().slice(0, 8)}`;
  return { exchange, queue: `${exchange}.events` };
}

/** @returns removes what it made */
async function fill(url: string, names: Names, percent: number): Promise<() => Promise<void>> {
  const bus = await openBus({ url, logger: silentLogger, ...names });
  await bus.ready();
  await bus.close();
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  for (let n = 0; n < EVENTS; n += 1) {
    const { routingKey, content, ...properties } = messageFromEvent(anEvent(n, percent));
    channel.publish(names.exchange, routingKey, content, { ...properties, persistent: true });
    if (n % 1_000 === 999) await channel.waitForConfirms();
  }
  await channel.waitForConfirms();
  await connection.close();
  return async () => {
    const closing = await connect(url);
    const admin = await closing.createChannel();
    const { queue, deadLetters, exchange } = topologyOf(names);
    for (const one of [queue, deadLetters]) await admin.deleteQueue(one);
    for (const one of [exchange, deadLetters]) await admin.deleteExchange(one);
    await closing.close();
  };
}

async function depth(url: string, queue: string): Promise<number> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const { messageCount } = await channel.checkQueue(queue);
  await connection.close();
  return messageCount;
}

function anEvent(n: number, percent: number): LmsEvent {
  const learner = n % LEARNERS;
  const course = n % 100 < percent ? 'Match' : `Other${n % 50}`;
  return decodeCloudEvent({
    specversion: '1.0',
    id: `bench-${n}`,
    source: 'openedx/lms/web',
    type: PASSING,
    time: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    datacontenttype: 'application/json',
    data: {
      course_passing_status: {
        is_passing: true,
        course: { course_key: `course-v1:A+${course}+R`, display_name: 'A course', start: null, end: null },
        user: {
          id: learner + 1,
          is_active: true,
          pii: { username: `learner-${learner}`, email: `learner-${learner}@example.org`, name: 'A Learner' },
        },
      },
    },
  });
}

function line(label: string, perSecond: number, more: string): string {
  return `  ${label.padEnd(44)} ${Math.round(perSecond).toLocaleString('en').padStart(7)}/s  ${more}`;
}
