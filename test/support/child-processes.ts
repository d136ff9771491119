/** The child processes of this one, as Linux tells them: for tests that treat one badly behind the back of who started it. */

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** @param of a process @returns their numbers, those that have ended and not been waited for left out */
export async function childProcesses(of = process.pid): Promise<readonly number[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(numbers.map(async (pid) => [pid, await parentOf(pid)] as const));
  return parents.filter(([, parent]) => parent === of).map(([pid]) => pid);
}

/** @returns null: it has ended */
async function parentOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // the name before them may hold spaces and brackets
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return parent === undefined || state === 'Z' ? null : Number(parent);
}

/** The next child process that is none of these. */
export async function nextChildProcess(known: readonly number[], of = process.pid): Promise<number> {
  for (;;) {
    const pid = (await childProcesses(of)).find((pid) => !known.includes(pid));
    if (pid !== undefined) return pid;
    await setTimeout(10);
  }
}

export async function untilEnded(pid: number): Promise<void> {
  while ((await parentOf(pid)) !== null) await setTimeout(20);
}
