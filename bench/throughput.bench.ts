/** Events a second from RabbitMQ to the acknowledged effect, where none, a tenth and all of them match a badge, with one and
 *  two consumer processes, and with two that share shards; beside a bare amqplib consumer that parses and acknowledges (a),
 *  and one write of the same document per event through the driver, as many under way at the same time (b).
 *
 *  Everybody takes turns, and what is printed is the median of the rounds: read the ratios, which are those within a round.
 *  Where others use the machine too, read the processor time: microseconds an event, by whose they are. One embedded store
 *  in a process of its own, or MONGODB_URI. LAUREL_BENCH_EVENTS a round (20,000), LAUREL_BENCH_ROUNDS (3),
 *  LAUREL_BENCH_ONLY the percentages (0,10,100). */

import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { compose } from '../server/compose.ts';
import { readSettings } from '../server/config.ts';
import { toDocument } from '../server/mongo/event-document.ts';
import { startNode } from '../test/support/rabbitmq-node.ts';
import { StoreProcess } from '../test/support/store-process.ts';
import { median } from './race.ts';
import {
  anEvent,
  endConsumer,
  environmentOf,
  type FilledQueue,
  fillQueue,
  newNames,
  PREFETCH,
  RULE,
  startConsumer,
} from './support/pipeline.ts';
import { cpuOf, residentMegabytes } from './support/processes.ts';

export const name = 'throughput: from RabbitMQ to the acknowledged effect';

const EVENTS = Number(process.env.LAUREL_BENCH_EVENTS ?? 20_000);
const ROUNDS = Number(process.env.LAUREL_BENCH_ROUNDS ?? 3);
const PERCENTAGES = (process.env.LAUREL_BENCH_ONLY ?? '0,10,100').split(',').map(Number);
/** The first of every run only warm up. */
const WARM_UP = Math.floor(EVENTS / 5);

const SHARDS = 4;
/** Until the shards are shared: some seconds, in which something must come through each. */
const TRICKLES = 16;
const TRICKLE = 100;

/** What one run came to: microseconds of the processor an event. */
interface Run {
  readonly perSecond: number;
  readonly program: number;
  readonly store: number;
  readonly broker: number;
  readonly megabytes: number;
}

interface World {
  readonly folder: string;
  readonly amqp: string;
  readonly brokerPid: number;
  readonly store: StoreProcess | null;
}

interface Contender {
  readonly label: string;
  run(world: World): Promise<Run>;
}

const contenders: readonly Contender[] = [
  { label: '(a) bare amqplib, parse and acknowledge', run: bare },
  { label: `(b) one insertOne an event, ${PREFETCH} under way`, run: writes },
  ...PERCENTAGES.flatMap((percent) =>
    [
      { processes: 1, shards: 0, label: '1 process' },
      { processes: 2, shards: 0, label: '2 processes' },
      { processes: 2, shards: SHARDS, label: `2 processes, ${SHARDS} shards` },
    ].map(({ label, ...how }) => ({
      label: `${percent} % match, ${label}`,
      run: (world: World) => laurel(world, percent, how),
    })),
  ),
];

export async function measure(print: (line: string) => void): Promise<void> {
  const { url: amqp, node } = await startNode(['rabbitmq_consistent_hash_exchange']);
  const brokerPid = Number(/\d+/.exec(await node.management('eval', 'os:getpid().'))?.[0]);
  const rounds: Run[][] = [];
  print(
    `  ${ROUNDS} rounds of ${EVENTS} events, prefetch ${PREFETCH}, ${process.env.MONGODB_URI ? 'MongoDB server' : 'embedded store'}`,
  );
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      // each round on a store of its own, so that nobody carries what was there before
      const folder = mkdtempSync(join(tmpdir(), 'laurel-b-'));
      const store = process.env.MONGODB_URI ? null : new StoreProcess(folder);
      await store?.start();
      const runs: Run[] = [];
      try {
        for (const contender of contenders) runs.push(await contender.run({ folder, amqp, brokerPid, store }));
      } finally {
        await store?.kill();
        rmSync(folder, { recursive: true, force: true });
      }
      rounds.push(runs);
      if (ROUNDS > 1)
        print(`  round ${round + 1} of ${ROUNDS}: ${runs.map((run) => Math.round(run.perSecond)).join(', ')} events/s`);
    }
  } finally {
    await node.stop();
  }
  report(rounds, print);
}

function report(rounds: readonly (readonly Run[])[], print: (line: string) => void): void {
  const middle = (of: (runs: readonly Run[]) => number): number => median(rounds.map(of));
  print(`  ${''.padEnd(42)}  events/s  of (a)  of (b)   CPU us/event: program + store + broker   CPU (a)/, (b)/   MB`);
  for (const [at, { label }] of contenders.entries()) {
    const own = (what: (run: Run) => number) => middle((runs) => what(runs[at] as Run));
    const against = (peer: number, of: (mine: Run, other: Run) => number) =>
      middle((runs) => of(runs[at] as Run, runs[peer] as Run)).toFixed(2);
    const speed = (mine: Run, other: Run): number => mine.perSecond / other.perSecond;
    const work = (mine: Run, other: Run): number => total(other) / total(mine);
    const parts = [own(({ program }) => program), own(({ store }) => store), own(({ broker }) => broker)];
    print(
      [
        `  ${label.padEnd(42)}`,
        Math.round(own(({ perSecond }) => perSecond))
          .toLocaleString('en')
          .padStart(8),
        against(0, speed).padStart(6),
        against(1, speed).padStart(6),
        `${Math.round(own(total))} = ${parts.map(Math.round).join(' + ')}`.padStart(38),
        `${against(0, work)}, ${against(1, work)}`.padStart(16),
        String(own(({ megabytes }) => megabytes)).padStart(5),
      ].join('  '),
    );
  }
}

function total({ program, store, broker }: Run): number {
  return program + store + broker;
}

/** @param pids whose work is the program's */
function startMeter({ store, brokerPid }: World, pids: readonly number[]) {
  const used = () => [
    pids.reduce((sum, pid) => sum + cpuOf(pid), 0),
    store?.pid ? cpuOf(store.pid) : 0,
    cpuOf(brokerPid),
  ];
  const before = used();
  const start = performance.now();
  return (events: number): Run => {
    const elapsed = performance.now() - start;
    const [program = 0, storeTime = 0, broker = 0] = used().map((now, at) => (now - (before[at] as number)) / events);
    const megabytes = Math.max(...pids.map(residentMegabytes));
    return { perSecond: (events / elapsed) * 1_000, program, store: storeTime, broker, megabytes };
  };
}

function databaseOf({ store }: World, name: string): string {
  const url = new URL(store?.uri ?? (process.env.MONGODB_URI as string));
  url.pathname = `/laurel-bench-${name}-${randomUUID().slice(0, 8)}`;
  return url.href;
}

async function bare(world: World): Promise<Run> {
  const names = newNames();
  const queue = await fillQueue(world.amqp, names, { to: EVENTS, percent: 0 });
  const connection = await connect(world.amqp);
  const channel = await connection.createChannel();
  await channel.prefetch(PREFETCH);
  let seen = 0;
  let read: ReturnType<typeof startMeter> | undefined;
  await new Promise<void>((resolve) => {
    void channel.consume(names.queue, (message) => {
      if (message === null) return;
      JSON.parse(message.content.toString());
      channel.ack(message);
      seen += 1;
      if (seen === WARM_UP) read = startMeter(world, [process.pid]);
      if (seen === EVENTS) resolve();
    });
  });
  const run = read?.(EVENTS - WARM_UP) as Run;
  await connection.close();
  await queue.remove();
  return run;
}

async function writes(world: World): Promise<Run> {
  const client = new MongoClient(databaseOf(world, 'writes'), { maxPoolSize: 100 });
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
  const documents = Array.from({ length: EVENTS }, (_, n) =>
    toDocument({
      event: anEvent(n, 0),
      receivedAt: new Date(),
      door: 'amqp',
      learnerId: null,
      outcome: { kind: 'ignored', reason: 'no-match' },
      ruleRevision: 1,
    }),
  );
  let next = 0;
  let read: ReturnType<typeof startMeter> | undefined;
  const writer = async (): Promise<void> => {
    for (let n = next++; n < EVENTS; n = next++) {
      if (n === WARM_UP) read = startMeter(world, [process.pid]);
      await events.insertOne(documents[n] as never);
    }
  };
  await Promise.all(Array.from({ length: PREFETCH }, writer));
  const run = read?.(EVENTS - WARM_UP) as Run;
  await client.close();
  return run;
}

interface How {
  readonly processes: number;
  readonly shards: number;
}

/** The events wait in the queue before the consumers take the first. Measured is between two moments at which all of them
 *  have their hands full, so what went out of the queue in between is what they finished; then everything must be recorded. */
async function laurel(world: World, percent: number, { processes, shards }: How): Promise<Run> {
  const names = newNames(shards);
  const place = { ...world, names, uri: databaseOf(world, `e${percent}p${processes}s${shards}`) };
  const prepared = await compose(readSettings(environmentOf(place, 0)), { logger: silentLogger, roles: [] });
  await prepared.services.saveBadge(RULE, { expectedVersion: 0, actor: 'bench' });
  const queue = await fillQueue(world.amqp, names, { to: shards > 0 ? 0 : EVENTS, percent });
  const children = await Promise.all(Array.from({ length: processes }, (_, n) => startConsumer(place, n + 1)));
  const before = shards > 0 ? await spread(queue, children) : 0;
  const from = await depthAtMost(queue, EVENTS - WARM_UP);
  const read = startMeter(world, pidsOf(children));
  await depthAtMost(queue, 0);
  const run = read(from);
  const recorded = async () => (await prepared.services.events.counts()).reduce((sum, { count }) => sum + count, 0);
  while ((await recorded()) < before + EVENTS) await pause(20);
  await Promise.all(children.map(endConsumer));
  await prepared.stop();
  await queue.remove();
  return run;
}

/** Lets every process take its share of the shards, and fills them while all stand still. @returns events before */
async function spread(queue: FilledQueue, children: readonly ChildProcess[]): Promise<number> {
  for (let n = 0; n < TRICKLES; n += 1) {
    await queue.add(n * TRICKLE, (n + 1) * TRICKLE);
    await pause(500);
  }
  const before = TRICKLES * TRICKLE;
  await depthAtMost(queue, 0);
  for (const child of children) child.kill('SIGSTOP');
  await queue.add(before, before + EVENTS);
  for (const child of children) child.kill('SIGCONT');
  return before;
}

async function depthAtMost(queue: { depth(): Promise<number> }, most: number): Promise<number> {
  for (;;) {
    const depth = await queue.depth();
    if (depth <= most) return depth;
    await pause(20);
  }
}

function pidsOf(children: readonly ChildProcess[]): number[] {
  return children.map(({ pid }) => pid as number);
}
