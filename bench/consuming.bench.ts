/** Events a second from RabbitMQ to the acknowledgement, beside a bare amqplib consumer that parses and acknowledges. */

import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { decodeEvent } from '../plugin/events/decode.ts';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { openBus } from '../server/amqp/bus.ts';
import { messageFromEvent } from '../server/amqp/envelope.ts';
import { topologyOf } from '../server/amqp/topology.ts';
import { startNode } from '../test/support/rabbitmq-node.ts';

export const name = 'consuming: events from a quorum queue to the acknowledgement';

const EVENTS = 10_000;
const ROUNDS = 3;
const LEARNERS = 5_000;
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

/** Names of its own: a broker in AMQP_URL may be in use. */
const NAMES = { exchange: 'laurel-bench', queue: 'laurel.bench', publishedQueue: 'laurel.bench.published' };

interface Rate {
  readonly perSecond: number;
  /** Of this process; tells more than the rate where the broker shares the processors. */
  readonly cpuMicros: number;
}
type Consume = (prefetch: number) => Promise<void>;

export async function measure(print: (line: string) => void): Promise<void> {
  const owned = process.env.AMQP_URL ? null : await startNode();
  const url = process.env.AMQP_URL ?? owned?.url ?? '';
  try {
    print(`${EVENTS} events a round, medians of ${ROUNDS}; batches: handling resolves together, as writes to a log do`);
    for (const prefetch of [50, 200]) {
      let limit = 0;
      for (const [title, consume] of contenders(url)) {
        const { perSecond, cpuMicros } = await median(ROUNDS, () => round(url, () => consume(prefetch)));
        if (limit === 0) limit = perSecond;
        const rate = Math.round(perSecond).toLocaleString('en').padStart(7);
        const ratio = (perSecond / limit).toFixed(2);
        print(
          `prefetch ${prefetch}  ${title.padEnd(24)} ${rate}/s  ${ratio} of bare  ${cpuMicros.toFixed(1)} us CPU an event`,
        );
      }
    }
  } finally {
    await removeAll(url);
    await owned?.node.stop();
  }
}

async function round(url: string, consume: () => Promise<void>): Promise<Rate> {
  await fill(url);
  const started = performance.now();
  const cpu = process.cpuUsage();
  await consume();
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: EVENTS / ((performance.now() - started) / 1_000), cpuMicros: (user + system) / EVENTS };
}

function contenders(url: string): readonly (readonly [string, Consume])[] {
  return [
    ['bare amqplib', (prefetch) => bare(url, prefetch)],
    ['laurel, nothing to do', (prefetch) => laurel(url, prefetch, async () => {})],
    ['laurel, batches of 5 ms', (prefetch) => laurel(url, prefetch, batches(5))],
  ];
}

/** Resolves everything asked for within one span together. */
function batches(spanMs: number): () => Promise<void> {
  let current: Promise<void> | null = null;
  return () => {
    current ??= sleep(spanMs).then(() => {
      current = null;
    });
    return current;
  };
}

async function bare(url: string, prefetch: number): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.prefetch(prefetch);
  let seen = 0;
  await new Promise<void>((resolve) => {
    void channel.consume(NAMES.queue, (message) => {
      if (message === null) return;
      JSON.parse(message.content.toString());
      channel.ack(message);
      seen += 1;
      if (seen === EVENTS) resolve();
    });
  });
  await channel.close();
  await connection.close();
}

async function laurel(url: string, prefetch: number, handle: () => Promise<void>): Promise<void> {
  const bus = await openBus({ url, logger: silentLogger, ...NAMES });
  await bus.ready();
  bus.consume({ prefetch, handle });
  while ((bus.status().consumed?.handled ?? 0) < EVENTS) await sleep(2);
  await bus.close();
}

async function fill(url: string): Promise<void> {
  const bus = await openBus({ url, logger: silentLogger, ...NAMES });
  await bus.ready();
  await bus.close();
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  for (let n = 0; n < EVENTS; n += 1) {
    const { routingKey, content, ...properties } = messageFromEvent(anEvent(n));
    channel.publish(NAMES.exchange, routingKey, content, { ...properties, persistent: true });
    if (n % 1_000 === 999) await channel.waitForConfirms();
  }
  await channel.waitForConfirms();
  await connection.close();
}

function anEvent(n: number) {
  const learner = n % LEARNERS;
  return decodeEvent({
    id: `e${n}`,
    type: PASSING,
    source: 'openedx/lms/web',
    time: '2026-01-01T00:00:00.123456+00:00',
    data: {
      course_passing_status: {
        is_passing: n % 2 === 0,
        course: { course_key: `course-v1:A+${n % 50}+R`, display_name: '', start: null, end: null },
        user: {
          id: learner + 1,
          is_active: true,
          pii: { username: `learner-${learner}`, email: `learner-${learner}@example.com`, name: `Learner ${learner}` },
        },
      },
    },
  });
}

async function removeAll(url: string): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const { queue, deadLetters, publishedQueue, exchange } = topologyOf(NAMES);
  for (const name of [queue, deadLetters, publishedQueue]) await channel.deleteQueue(name);
  for (const name of [exchange, deadLetters]) await channel.deleteExchange(name);
  await connection.close();
}

async function median(rounds: number, work: () => Promise<Rate>): Promise<Rate> {
  const rates: Rate[] = [];
  for (let round = 0; round < rounds; round += 1) rates.push(await work());
  rates.sort((a, b) => a.perSecond - b.perSecond);
  return rates[Math.floor(rounds / 2)] as Rate;
}
