/** A run over a course of 50,000 learners in an LMS whose process is killed half-way: what the processes that carry it out keep in
 *  memory, and where the second one goes on. The LMS is the stand-in, the database an embedded store, each in a process of its own. */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { silentLogger } from '../plugin/ports/runtime.ts';
import { compose } from '../server/compose.ts';
import { readSettings } from '../server/config.ts';
import { applyCredentialsSetup } from '../server/configuration/credentials-setup.ts';
import { projectPath } from '../server/paths.ts';
import { setSchedule } from '../server/scheduler/set-schedule.ts';
import { BIG_COURSE } from '../server/stand-ins/lms/campus.ts';
import { CLIENT } from '../server/stand-ins/lms/stand-in-lms.ts';
import { buildProgram, Processes } from '../test/chaos/processes.ts';
import { StoreProcess } from '../test/support/store-process.ts';
import { residentMegabytes } from './support/processes.ts';

export const name = 'A run over 50,000 learners of an LMS';
export const whenNamedOnly = true;

const LEARNERS = Number(process.env.BENCH_LEARNERS ?? 50_000);
const CONFIGURATION = 'demo-course-certificate';
/** Some five in a hundred: it is the list that is long. */
const CRITERIA = 'completion >= 0.95 and grades.exam >= 95';

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'laurel-b-'));
  mkdirSync(join(folder, 'data'));
  const store = new StoreProcess(folder);
  const campus = projectPath('server', 'stand-ins', 'lms', 'main.ts');
  const lms = spawn(process.execPath, ['--import', 'tsx', campus, '--port', '0', '--learners', String(LEARNERS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [address] = await Promise.all([addressOf(lms.stdout), store.start(), buildProgram()]);
  const environment = {
    PORT: '0',
    LAUREL_DATA_DIR: join(folder, 'data'),
    LAUREL_FILES_DIR: join(folder, 'files'),
    MONGODB_URI: store.uri,
    LAUREL_LMS_URL: address,
    LAUREL_LMS_CLIENT_ID: CLIENT.clientId,
    LAUREL_LMS_CLIENT_SECRET: CLIENT.clientSecret,
    LAUREL_LOG_LEVEL: 'error',
  };
  const laurel = await compose(readSettings(environment), { logger: silentLogger, roles: [], providers: new Map() });
  const processes = new Processes(environment, { replace: () => null });
  try {
    const { credentials, files } = laurel.stores;
    const example = projectPath('examples', 'credentials', 'example.json');
    await applyCredentialsSetup(example, {
      ...{ store: credentials, files, registry: laurel.registry, now: new Date() },
    });
    const model = await credentials.configuration(CONFIGURATION);
    if (model === null) throw new Error('the example has another configuration now');
    const options = { ...model.options, required_completion: undefined, criteria: CRITERIA };
    await credentials.saveConfiguration({
      ...model,
      contextKey: BIG_COURSE,
      options: JSON.parse(JSON.stringify(options)),
    });
    const rule = { kind: 'clocked', at: new Date() } as const;
    await credentials.saveSchedule(setSchedule(CONFIGURATION, { enabled: true, rule }, null, new Date()));

    const begun = performance.now();
    for (let killed = false; ; ) {
      const worker = processes.start('schedule');
      await worker.ready;
      let peak = 0;
      for (;;) {
        await setTimeout(100);
        peak = Math.max(peak, residentMegabytes(worker.child.pid ?? 0));
        const [run] = await credentials.runs({ configurationId: CONFIGURATION, limit: 1 });
        if (!run) continue;
        const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
        if (run.state !== 'running') {
          print(`${seconds} s: ${run.state} ${JSON.stringify(run.counts)}; resident at most ${peak} MiB`);
          return;
        }
        if (!killed && run.counts.seen > LEARNERS / 2) {
          print(`${seconds} s: killed at ${run.counts.seen} learners, resident at most ${peak} MiB`);
          print(`  the next goes on at ${run.checkpoint?.counts.seen ?? 0}`);
          worker.child.kill('SIGKILL');
          await worker.ended;
          killed = true;
          break;
        }
      }
    }
  } finally {
    await processes.abandon();
    await laurel.stop();
    await store.kill();
    lms.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, address] = /answers at (\S+)\./.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('the stand-in LMS did not start');
}
