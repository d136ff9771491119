/** Memory after a million events, one of a hundred of which matches a badge: of one consumer process, and of the embedded
 *  store in a process of its own, or MONGODB_URI. LAUREL_BENCH_EVENTS for fewer. Runs when it is named only. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { compose } from '../server/compose.ts';
import { readSettings } from '../server/config.ts';
import { startNode } from '../test/support/rabbitmq-node.ts';
import { StoreProcess } from '../test/support/store-process.ts';
import { endConsumer, environmentOf, fillQueue, newNames, RULE, startConsumer } from './support/pipeline.ts';
import { shownMemory } from './support/processes.ts';

export const name = 'memory after a million events';
export const whenNamedOnly = true;

const EVENTS = Number(process.env.LAUREL_BENCH_EVENTS ?? 1_000_000);
const STEP = Math.min(100_000, EVENTS);
const PERCENT = 1;
/** Events that are published ahead of the consumer. */
const AHEAD = 10_000;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-b-'));
  const { url: amqp, node } = await startNode();
  const store = process.env.MONGODB_URI ? null : new StoreProcess(folder);
  await store?.start();
  try {
    const url = new URL(store?.uri ?? (process.env.MONGODB_URI as string));
    url.pathname = `/laurel-bench-${randomUUID().slice(0, 8)}`;
    const names = newNames();
    const place = { folder, amqp, names, uri: url.href };
    const prepared = await compose(readSettings(environmentOf(place, 0)), { logger: silentLogger, roles: [] });
    await prepared.services.saveBadge(RULE, { expectedVersion: 0, actor: 'bench' });
    const queue = await fillQueue(amqp, names, { to: 0, percent: PERCENT });
    const consumer = await startConsumer(place, 1);
    const report = (events: number): void =>
      print(
        `  ${events.toLocaleString('en').padStart(9)} events  consumer ${shownMemory(consumer.pid).padStart(14)}  store ${shownMemory(store?.pid).padStart(14)}`,
      );
    print('  anonymous memory + mapped pages of files');
    report(0);
    for (let published = 0; published < EVENTS; ) {
      const end = Math.min(EVENTS, published + AHEAD);
      await queue.add(published, end);
      published = end;
      const isStep = published % STEP === 0 || published === EVENTS;
      // at a step everything is waited for, in between half of it goes on
      while ((await queue.depth()) > (isStep ? 0 : AHEAD / 2)) await pause(20);
      if (isStep) report(published);
    }
    const recorded = () => prepared.services.events.records.count([], EVENTS + 1);
    // the last are on their way
    while ((await recorded()) < EVENTS) await pause(20);
    print(`  ${EVENTS.toLocaleString('en')} recorded`);
    await endConsumer(consumer);
    await prepared.stop();
    await queue.remove();
  } finally {
    await node.stop();
    await store?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
