/** What the benchmarks of the whole way of an event share: events, a queue full of them, and consumers in processes of their
 *  own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { decodeCloudEvent } from '../../plugin/events/decode.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { openBus } from '../../server/amqp/bus.ts';
import { messageFromEvent } from '../../server/amqp/envelope.ts';
import { PARTITION_HEADER, topologyOf } from '../../server/amqp/topology.ts';
import { projectPath } from '../../server/paths.ts';

export const LEARNERS = 2_000;
export const PREFETCH = 200;
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
/** Never fulfilled, so that what is measured is the way of an event and not that of a badge. */
export const RULE = `badge "bench" { template memory "bench" active true
  requirement many { on ${PASSING} where is_passing and course.course_key = "course-v1:A+Match+R" count 1000000 } }`;

/** @param percent of a hundred events in a row that match the rule */
export function anEvent(n: number, percent: number): LmsEvent {
  const learner = n % LEARNERS;
  // every hundred begins elsewhere, so that those that match are of all learners
  const course = (n + Math.floor(n / 100) * 37) % 100 < percent ? 'Match' : `Other${n % 50}`;
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

export interface Names {
  readonly exchange: string;
  readonly queue: string;
  readonly shards: number;
}

export function newNames(shards = 0): Names {
  const exchange = `bench-${randomUUID().slice(0, 8)}`;
  return { exchange, queue: `${exchange}.events`, shards };
}

export interface FilledQueue {
  /** Messages that nobody has taken yet. */
  depth(): Promise<number>;
  /** More of them, from the given number on. */
  add(from: number, to: number): Promise<void>;
  remove(): Promise<void>;
}

export async function fillQueue(
  url: string,
  names: Names,
  { from = 0, to, percent }: { readonly from?: number; readonly to: number; readonly percent: number },
): Promise<FilledQueue> {
  const bus = await openBus({ url, logger: silentLogger, ...names });
  await bus.ready();
  await bus.close();
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  const { queue, deadLetters, exchange, shards, shardExchange } = topologyOf(names);
  const add = async (first: number, end: number): Promise<void> => {
    for (let n = first; n < end; n += 1) {
      const event = anEvent(n, percent);
      const { routingKey, content, ...properties } = messageFromEvent(event);
      const headers = { ...properties.headers, [PARTITION_HEADER]: event.user?.username };
      channel.publish(exchange, routingKey, content, { ...properties, headers, persistent: true });
      if (n % 1_000 === 999) await channel.waitForConfirms();
    }
    await channel.waitForConfirms();
  };
  await add(from, to);
  return {
    add,
    async depth() {
      const found = await Promise.all([queue, ...shards].map((one) => channel.checkQueue(one)));
      return found.reduce((sum, { messageCount }) => sum + messageCount, 0);
    },
    async remove() {
      for (const one of [queue, ...shards, deadLetters]) await channel.deleteQueue(one);
      for (const one of [exchange, deadLetters]) await channel.deleteExchange(one);
      if (shards.length > 0) await channel.deleteExchange(shardExchange);
      await connection.close();
    },
  };
}

export interface Place {
  readonly folder: string;
  readonly uri: string;
  readonly amqp: string;
  readonly names: Names;
}

export function environmentOf({ folder, uri, amqp, names }: Place, number: number): Readonly<Record<string, string>> {
  return {
    LAUREL_DATA_DIR: join(folder, `data-${names.exchange}-${number}`),
    LAUREL_SECRET_KEY: 'a key of no importance, long enough for the check',
    MONGODB_URI: uri,
    AMQP_URL: amqp,
    LAUREL_AMQP_EXCHANGE: names.exchange,
    LAUREL_AMQP_QUEUE: names.queue,
    LAUREL_AMQP_SHARDS: String(names.shards),
    LAUREL_AMQP_PREFETCH: String(PREFETCH),
    LAUREL_LOG_LEVEL: 'error',
  };
}

/** Resolves when it consumes. LAUREL_BENCH_FLAGS go to Node. */
export function startConsumer(place: Place, number: number): Promise<ChildProcess> {
  const flags = process.env.LAUREL_BENCH_FLAGS?.split(' ') ?? [];
  const child = spawn(process.execPath, [...flags, projectPath('dist', 'server', 'main.js'), 'consume'], {
    env: { PATH: process.env.PATH, ...environmentOf(place, number) },
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

export function endConsumer(child: ChildProcess): Promise<unknown> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return ended;
}
