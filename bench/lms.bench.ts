/** Who is eligible among 50,000 learners of an LMS: time and memory of the asking process. The LMS is the stand-in in another
 *  process, so it is our part that is measured, not how fast an LMS is. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BIG_COURSE, BIG_PATH } from '../server/stand-ins/lms/campus.ts';

export const name = 'retrieval from an LMS';

const LEARNERS = 50_000;

export async function measure(print: (line: string) => void): Promise<void> {
  const lms = run('../server/stand-ins/lms/main.ts', '--port', '0', '--learners', String(LEARNERS));
  try {
    const address = await lineWith(lms, /answers at (\S+)\./);
    for (const [what, key] of [
      ['a course', BIG_COURSE],
      ['a path of two such courses', BIG_PATH],
    ] as const) {
      const client = run('./lms-client.ts', address, key);
      const { seen, eligible, seconds, before, peak } = JSON.parse(await lineWith(client, /^(\{.*\})$/));
      print(
        `${what}: ${seen} learners seen, ${eligible} eligible, ${seconds.toFixed(1)} s, ` +
          `resident at most ${mib(peak)} MiB (${mib(before)} before the first request)`,
      );
    }
  } finally {
    lms.kill();
  }
}

function run(file: string, ...args: string[]) {
  const path = new URL(file, import.meta.url).pathname;
  return spawn(process.execPath, ['--import', 'tsx', path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function lineWith(child: ReturnType<typeof run>, form: RegExp): Promise<string> {
  const ended = once(child, 'exit').then(() => null);
  const found = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const [, part] = form.exec(line) ?? [];
      if (part !== undefined) return part;
    }
    return null;
  })();
  const line = await found;
  if (line === null) throw new Error(`the process ended without its line (${await ended})`);
  return line;
}

function mib(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
