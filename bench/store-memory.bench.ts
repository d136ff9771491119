/** Memory of the embedded store, in a process of its own, while its event log grows: what is anonymous, and what are pages of
 *  files that the system may take back. Then its start with what is there, as after a crash. LAUREL_BENCH_EVENTS for other
 *  than 200,000. Runs when it is named only. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { connectDatabase } from '../server/mongo/connect.ts';
import { eventModels, MongoEventLog } from '../server/mongo/event-log.ts';
import { anEntry } from '../test/support/event-entries.ts';
import { StoreProcess } from '../test/support/store-process.ts';
import { cpuOf, shownMemory } from './support/processes.ts';

export const name = 'memory of the embedded store';
export const whenNamedOnly = true;

const EVENTS = Number(process.env.LAUREL_BENCH_EVENTS ?? 200_000);
const STEPS = 4;
const BATCH = 200;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-b-'));
  const store = new StoreProcess(folder);
  await store.start();
  const database = await connectDatabase({ uri: store.uri, logger: silentLogger, models: [eventModels] });
  try {
    const log = new MongoEventLog(database.connection);
    const pid = store.pid ?? 0;
    let cpu = cpuOf(pid);
    print(`  ${'0'.padStart(9)} events  ${shownMemory(pid).padStart(14)}, anonymous + mapped`);
    for (let n = 0; n < EVENTS; ) {
      const end = Math.min(EVENTS, n + BATCH);
      await log.record(Array.from({ length: end - n }, (_, at) => anEntry(n + at, {}, { payload: payload(n + at) })));
      n = end;
      if (n % Math.ceil(EVENTS / STEPS) !== 0 && n !== EVENTS) continue;
      const perEvent = ((cpuOf(pid) - cpu) / (EVENTS / STEPS)).toFixed(1);
      print(
        `  ${n.toLocaleString('en').padStart(9)} events  ${shownMemory(pid).padStart(14)}, ${perEvent} us of processor time an event`,
      );
      cpu = cpuOf(pid);
    }
    await database.close();
    await store.kill();
    const start = performance.now();
    await store.start();
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    const used = (cpuOf(store.pid ?? 0) / 1_000_000).toFixed(1);
    print(`  started again in ${seconds} s, of ${used} s of processor time; ${shownMemory(store.pid)}`);
  } finally {
    await database.close();
    await store.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function payload(n: number) {
  const course = {
    course_key: `course-v1:Acme+C${n % 500}+2026`,
    display_name: `Course ${n % 500}`,
    start: null,
    end: null,
  };
  return { course_passing_status: { is_passing: n % 2 === 0, course } };
}
