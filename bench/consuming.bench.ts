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

const EVENTS = 30_000;
const ROUNDS = 3;
const LEARNERS = 5_000;
const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';

type Consume = (prefetch: number, total: number) => Promise<number>;

export async function measure(print: (line: string) => void): Promise<void> {
  const owned = process.env.AMQP_URL ? null : await startNode();
  const url = process.env.AMQP_URL ?? owned?.url ?? '';
  try {
    print(
      `${EVENTS} events per round, medians of ${ROUNDS}; half-way handlers resolve in batches, as the event log does`,
    );
    for (const prefetch of [50, 200, 400]) {
      const rates: string[] = [];
      let limit = 0;
      for (const [title, consume] of contenders(url)) {
        const rate = await median(ROUNDS, async () => {
          await fill(url);
          return await consume(prefetch, EVENTS);
        });
        if (limit === 0) limit = rate;
        rates.push(`${title} ${Math.round(rate).toLocaleString('en')}/s (${(rate / limit).toFixed(2)})`);
      }
      print(`prefetch ${prefetch}: ${rates.join(', ')}`);
    }
  } finally {
    await owned?.node.stop();
  }
}

function contenders(url: string): readonly (readonly [string, Consume])[] {
  return [
    ['bare', (prefetch, total) => bare(url, prefetch, total)],
    ['laurel, nothing to do', (prefetch, total) => laurel(url, prefetch, total, async () => {})],
    ['laurel, batches of 3 ms', (prefetch, total) => laurel(url, prefetch, total, batches(3))],
    ['laurel, batches of 10 ms', (prefetch, total) => laurel(url, prefetch, total, batches(10))],
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

async function bare(url: string, prefetch: number, total: number): Promise<number> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.prefetch(prefetch);
  let seen = 0;
  const started = performance.now();
  await new Promise<void>((resolve) => {
    void channel.consume(topologyOf().queue, (message) => {
      if (message === null) return;
      JSON.parse(message.content.toString());
      channel.ack(message);
      seen += 1;
      if (seen === total) resolve();
    });
  });
  const seconds = (performance.now() - started) / 1_000;
  await channel.close();
  await connection.close();
  return total / seconds;
}

async function laurel(url: string, prefetch: number, total: number, handle: () => Promise<void>): Promise<number> {
  const bus = await openBus({ url, logger: silentLogger });
  await bus.ready();
  const started = performance.now();
  bus.consume({ prefetch, handle });
  while ((bus.status().consumed?.handled ?? 0) < total) await sleep(2);
  const seconds = (performance.now() - started) / 1_000;
  await bus.close();
  return total / seconds;
}

async function fill(url: string): Promise<void> {
  const bus = await openBus({ url, logger: silentLogger });
  await bus.ready();
  await bus.close();
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  const { exchange } = topologyOf();
  for (let n = 0; n < EVENTS; n += 1) {
    const { routingKey, content, ...properties } = messageFromEvent(anEvent(n));
    channel.publish(exchange, routingKey, content, { ...properties, persistent: true });
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

async function median(rounds: number, work: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round += 1) values.push(await work());
  return values.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}
