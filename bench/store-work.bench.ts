/** Processor time that the embedded store, in a process of its own, spends on an event: without a broker, so that it can be
 *  read by itself and often. Events recorded in batches, written one by one, and all of them matching a badge. Then the
 *  time of its start with what is there. LAUREL_BENCH_EVENTS for other than 15,000, LAUREL_BENCH_ROUNDS for other than 3. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type mongoose from 'mongoose';
import { createRuleIndex } from '../dsl/index.ts';
import { createEventProcessor } from '../plugin/badges/process-event.ts';
import { createEventIntake } from '../plugin/badges/take-event.ts';
import { createEventLogWriter } from '../plugin/events/event-log-writer.ts';
import type { EventEntry } from '../plugin/ports/event-log.ts';
import { silentLogger, systemClock } from '../plugin/ports/runtime.ts';
import { connectDatabase } from '../server/mongo/connect.ts';
import { toDocument } from '../server/mongo/event-document.ts';
import { eventModels, MongoEventLog } from '../server/mongo/event-log.ts';
import { learnerModels, MongoLearnerStore } from '../server/mongo/learner-store.ts';
import { MongoProgressStore, progressModels } from '../server/mongo/progress-store.ts';
import { aBadge, aRequirement, passedCourse } from '../test/support/rule-values.ts';
import { StoreProcess } from '../test/support/store-process.ts';
import { median } from './race.ts';
import { anEvent, PREFETCH } from './support/pipeline.ts';
import { cpuOf } from './support/processes.ts';

export const name = 'what the embedded store spends on an event';

const EVENTS = Number(process.env.LAUREL_BENCH_EVENTS ?? 15_000);
const ROUNDS = Number(process.env.LAUREL_BENCH_ROUNDS ?? 3);
const BATCH = 50;

/** Never fulfilled. */
const BADGE = aBadge({
  template: { provider: 'memory', id: 'bench' },
  active: true,
  requirements: [aRequirement({ where: passedCourse('course-v1:A+Match+R'), count: 1_000_000 })],
});

type Work = (connection: mongoose.Connection, from: number, to: number) => Promise<void>;

const WORKLOADS: Readonly<Record<string, Work>> = {
  'recorded in batches of 50': recordInBatches,
  [`insertOne, ${PREFETCH} under way`]: insertOneByOne,
  [`all match, ${PREFETCH} under way`]: processAll,
};

export async function measure(print: (line: string) => void): Promise<void> {
  for (const [label, work] of Object.entries(WORKLOADS)) {
    const spent: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) spent.push(await spentOn(work));
    print(`  ${label.padEnd(32)} ${median(spent).toFixed(1).padStart(7)} us of processor time an event`);
  }
}

async function spentOn(work: Work): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-b-'));
  const store = new StoreProcess(folder);
  await store.start();
  const models = [eventModels, learnerModels, progressModels];
  const database = await connectDatabase({ uri: store.uri, logger: silentLogger, models });
  const pid = store.pid ?? 0;
  try {
    // the first only warm up
    await work(database.connection, 0, EVENTS / 5);
    const before = cpuOf(pid);
    await work(database.connection, EVENTS / 5, EVENTS);
    return (cpuOf(pid) - before) / (EVENTS * 0.8);
  } finally {
    await database.close();
    await store.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function anEntry(n: number): EventEntry {
  return {
    event: anEvent(n, 0),
    receivedAt: new Date(),
    door: 'amqp',
    learnerId: null,
    outcome: { kind: 'ignored', reason: 'no-match' },
    ruleRevision: 1,
  };
}

async function recordInBatches(connection: mongoose.Connection, from: number, to: number): Promise<void> {
  const log = new MongoEventLog(connection);
  for (let n = from; n < to; n += BATCH) await log.record(Array.from({ length: BATCH }, (_, at) => anEntry(n + at)));
}

async function insertOneByOne(connection: mongoose.Connection, from: number, to: number): Promise<void> {
  const collection = eventModels(connection).collection;
  await atOnce(from, to, (n) => collection.insertOne(toDocument(anEntry(n)) as never));
}

async function processAll(connection: mongoose.Connection, from: number, to: number): Promise<void> {
  const index = createRuleIndex([BADGE]);
  const processor = createEventProcessor({
    learners: new MongoLearnerStore(connection),
    progress: new MongoProgressStore(connection),
    index: () => index,
    definitionVersion: () => 1,
    clock: systemClock,
    logger: silentLogger,
    ids: { uuid: randomUUID },
  });
  const writer = createEventLogWriter({ log: new MongoEventLog(connection), logger: silentLogger });
  const shared = { clock: systemClock, logger: silentLogger };
  const intake = createEventIntake({ processor, writer, ruleRevision: () => 1, ...shared });
  await atOnce(from, to, (n) => intake.take(anEvent(n, 100), 'amqp'));
  await writer.stop();
}

async function atOnce(from: number, to: number, run: (n: number) => Promise<unknown>): Promise<void> {
  let next = from;
  const worker = async (): Promise<void> => {
    for (let n = next++; n < to; n = next++) await run(n);
  };
  await Promise.all(Array.from({ length: PREFETCH }, worker));
}
