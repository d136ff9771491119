/** What 10,000 schedules cost while nothing is due, and when a hundred are: a look of the scheduler, which every process takes
 *  each second, on the embedded store. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CredentialRunner } from '../plugin/credentials/credential-runner.ts';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { connectDatabase } from '../server/mongo/connect.ts';
import { credentialModels } from '../server/mongo/credential-models.ts';
import { MongoCredentialStore } from '../server/mongo/credential-store.ts';
import { createScheduler } from '../server/scheduler/scheduler.ts';
import { setSchedule } from '../server/scheduler/set-schedule.ts';
import { openEmbeddedStore } from '../server/store/index.ts';
import { cpuMs } from './race.ts';

export const name = 'Schedules';
export const whenNamedOnly = true;

const SCHEDULES = 10_000;
const DUE = 100;
const LOOKS = 100;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-bench-'));
  const embedded = await openEmbeddedStore({ dataDir: folder, logger: silentLogger });
  const database = await connectDatabase({ uri: embedded.uri, logger: silentLogger, models: [credentialModels] });
  try {
    const store = new MongoCredentialStore(database.connection);
    const now = new Date();
    const rule = { kind: 'crontab', expression: '0 6 * * mon', timeZone: 'Europe/Kyiv' } as const;
    for (let from = 0; from < SCHEDULES; from += 500)
      await Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          store.saveSchedule(setSchedule(`schedule-${from + index}`, { enabled: true, rule }, null, now)),
        ),
      );
    const idle = await looks(store, now, LOOKS);
    print(`${SCHEDULES} schedules, none due: ${report(idle)}`);
    for (let number = 0; number < DUE; number++)
      await store.saveSchedule({
        ...setSchedule(`schedule-${number}`, { enabled: true, rule }, null, now),
        nextDueAt: now,
      });
    const held = monitorEventLoopDelay({ resolution: 1 });
    held.enable();
    const cpu = cpuMs();
    const [busy = 0] = await looks(store, now, 1);
    held.disable();
    print(
      `${DUE} of them due at once: one look of ${busy.toFixed(0)} ms, ${(cpuMs() - cpu).toFixed(0)} ms of processor time with the store's, ` +
        `begins their runs and moves them on, ` +
        `and holds the event loop up for ${(held.max / 1e6).toFixed(0)} ms at a time at most`,
    );
  } finally {
    await database.close();
    await embedded.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the milliseconds of each look */
async function looks(store: MongoCredentialStore, now: Date, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let look = 0; look < count; look++) {
    let looked = () => {};
    const done = new Promise<void>((resolve) => {
      looked = resolve;
    });
    const runner: CredentialRunner = {
      runNow: async (configurationId) => configurationId,
      wait: () => Promise.reject(new Error('nobody waits')),
      takeOverAbandoned: async () => {
        looked();
        return 0;
      },
      stop: async () => {},
    };
    const scheduler = createScheduler({ store, runner, clock: { now: () => now }, logger: silentLogger });
    const begun = performance.now();
    scheduler.start();
    await done;
    times.push(performance.now() - begun);
    await scheduler.stop();
  }
  return times;
}

function report(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `a look takes ${at(0.5)} ms, in the worst of twenty ${at(0.95)} ms`;
}
