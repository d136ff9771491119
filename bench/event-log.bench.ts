/** What the record of every event costs: events per second that match nothing and that match, without a log, with it, and a
 *  bare insertMany of the same documents, in one run against one database (MONGODB_URI, else an embedded store). Fifty
 *  events are under way at the same time, as with a prefetch of fifty. With AMQP_URL also from RabbitMQ to the
 *  acknowledgement. Then the size on disk. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { createRuleIndex } from '../dsl/index.ts';
import { createEventProcessor, type EventProcessor } from '../plugin/badges/process-event.ts';
import { createEventIntake } from '../plugin/badges/take-event.ts';
import { decodeCloudEvent } from '../plugin/events/decode.ts';
import type { LmsEvent } from '../plugin/events/event.ts';
import { createEventLogWriter } from '../plugin/events/event-log-writer.ts';
import { silentLogger, systemClock } from '../plugin/ports/runtime.ts';
import { openBus } from '../server/amqp/bus.ts';
import { messageFromEvent } from '../server/amqp/envelope.ts';
import { connectDatabase, type Database } from '../server/mongo/connect.ts';
import { toDocument } from '../server/mongo/event-document.ts';
import { eventModels, MongoEventLog } from '../server/mongo/event-log.ts';
import { learnerModels, MongoLearnerStore } from '../server/mongo/learner-store.ts';
import { MongoProgressStore, progressModels } from '../server/mongo/progress-store.ts';
import { openEmbeddedStore } from '../server/store/index.ts';
import { courseBadge, DEMO } from '../test/support/badge-world.ts';

export const name = 'Event log';

const EVENTS = 20_000;
const AT_ONCE = 50;
const LEARNERS = 2_000;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-bench-'));
  const server = process.env.MONGODB_URI;
  const embedded = server ? null : await openEmbeddedStore({ dataDir: folder, logger: silentLogger });
  const database = await connectDatabase({
    uri: embedded?.uri ?? `${server}/laurel-bench-${randomUUID()}`,
    logger: silentLogger,
    models: [eventModels, learnerModels, progressModels],
  });
  try {
    print(`  ${embedded ? 'embedded store' : 'MongoDB server'}; ${EVENTS} events, ${AT_ONCE} under way`);
    const bare = await insertMany(database, 'other');
    print(row('bare insertMany, 50 a batch', bare, bare));
    for (const [label, course] of [
      ['no event matches', 'other'],
      ['every event matches', DEMO],
    ] as const) {
      const without = await run(database, course, false);
      const withLog = await run(database, course, true);
      print(row(`${label}: without a log`, without, bare));
      print(`${row(`${label}: with the log`, withLog, bare)}, ${(withLog / without).toFixed(2)} of without`);
    }
    if (process.env.AMQP_URL) {
      const without = await run(database, 'other', false, true);
      const withLog = await run(database, 'other', true, true);
      print(row('RabbitMQ, none matches: without a log', without, bare));
      print(
        `${row('RabbitMQ, none matches: with the log', withLog, bare)}, ${(withLog / without).toFixed(2)} of without`,
      );
    }
    if (embedded) await printSize(database, join(folder, 'store.lmdb'), print);
  } finally {
    if (server) await database.connection.dropDatabase();
    await database.close();
    await embedded?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns events per second */
async function run(database: Database, course: string, logged: boolean, overRabbit = false): Promise<number> {
  await empty(database);
  const processor = processorOn(database);
  const writer = createEventLogWriter({ log: new MongoEventLog(database.connection), logger: silentLogger });
  const intake = createEventIntake({
    processor,
    writer,
    ruleRevision: () => 1,
    clock: systemClock,
    logger: silentLogger,
  });
  const events = eventsOf(course);
  const take = logged
    ? (event: LmsEvent) => intake.take(event, 'amqp')
    : (event: LmsEvent) => processor.process([event]);
  const speed = await (overRabbit ? timedOverRabbit(events, take) : timed(events, take));
  await writer.stop();
  return speed;
}

/** From the first delivery to the last acknowledgement: the events wait in the queue before the consumer starts. */
async function timedOverRabbit(
  events: readonly LmsEvent[],
  take: (event: LmsEvent) => Promise<unknown>,
): Promise<number> {
  const exchange = `bench-${randomUUID()}`;
  const queue = `${exchange}.events`;
  const url = process.env.AMQP_URL as string;
  const bus = await openBus({ url, exchange, prefix: '', queue, eventTypes: null, logger: silentLogger });
  await bus.ready();
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  for (const event of events) {
    const { content, ...properties } = messageFromEvent(event);
    channel.publish(exchange, event.type, content, { ...properties, persistent: true });
  }
  await channel.waitForConfirms();
  const start = performance.now();
  const consumer = bus.consume({ prefetch: AT_ONCE, handle: async (event) => void (await take(event)) });
  while (consumer.counts().handled < events.length) await new Promise((resolve) => setTimeout(resolve, 5));
  const speed = (events.length / (performance.now() - start)) * 1000;
  await bus.close();
  for (const name of [queue, `${queue}.dead`, `${queue}.suspects`]) await channel.deleteQueue(name);
  await channel.deleteExchange(exchange);
  await connection.close();
  return speed;
}

function processorOn({ connection }: Database): EventProcessor {
  const index = createRuleIndex([courseBadge()]);
  return createEventProcessor({
    learners: new MongoLearnerStore(connection),
    progress: new MongoProgressStore(connection),
    index: () => index,
    definitionVersion: () => 1,
    clock: systemClock,
    logger: silentLogger,
    ids: { uuid: randomUUID },
  });
}

async function insertMany(database: Database, course: string): Promise<number> {
  await empty(database);
  const documents = eventsOf(course).map((event) =>
    toDocument({
      event,
      receivedAt: new Date(),
      door: 'amqp',
      learnerId: null,
      outcome: { kind: 'ignored', reason: 'no-match' },
      ruleRevision: 1,
    }),
  );
  const batches = Array.from({ length: EVENTS / AT_ONCE }, (_, n) => documents.slice(n * AT_ONCE, (n + 1) * AT_ONCE));
  const { collection } = eventModels(database.connection);
  const start = performance.now();
  for (const batch of batches) await collection.insertMany(batch as never, { ordered: false });
  return (EVENTS / (performance.now() - start)) * 1000;
}

async function timed(events: readonly LmsEvent[], take: (event: LmsEvent) => Promise<unknown>): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let event = events[next++]; event !== undefined; event = events[next++]) await take(event);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return (events.length / (performance.now() - start)) * 1000;
}

function eventsOf(course: string): readonly LmsEvent[] {
  return Array.from({ length: EVENTS }, (_, n) =>
    decodeCloudEvent({
      specversion: '1.0',
      id: randomUUID(),
      type: 'org.openedx.learning.course.passing.status.updated.v1',
      source: '/openedx/lms/web',
      time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
      datacontenttype: 'application/json',
      data: {
        course_passing_status: {
          is_passing: true,
          course: {
            course_key: course === DEMO ? DEMO : `course-v1:Org+Other${n % 50}+2026`,
            display_name: 'A course',
          },
          user: {
            id: (n % LEARNERS) + 1,
            is_active: true,
            pii: {
              username: `learner-${n % LEARNERS}`,
              email: `learner-${n % LEARNERS}@example.org`,
              name: 'A Learner',
            },
          },
        },
      },
    }),
  );
}

async function empty({ connection }: Database): Promise<void> {
  for (const model of Object.values(connection.models)) await model.deleteMany({});
}

async function printSize(database: Database, file: string, print: (line: string) => void): Promise<void> {
  const { collection } = eventModels(database.connection);
  const before = statSync(file).size;
  const documents = await collection.countDocuments();
  print(`  on disk: ${before} bytes with ${documents} events, learners and progress`);
}

function row(label: string, speed: number, bare: number): string {
  return `  ${label.padEnd(40)} ${Math.round(speed).toString().padStart(8)} events/s, ${(speed / bare).toFixed(2)} of the bare insertMany`;
}
