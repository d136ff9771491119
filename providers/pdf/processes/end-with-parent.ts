/** A child process that ends with its parent, however that ends, and not before. */

import { Worker } from 'node:worker_threads';

/** A signal to the whole group of processes is none to this one from now on: its parent ends in order and needs it until then. Whatever
 *  keeps this process from noticing that its parent is gone, a thread of its own notices it within a second.
 *  @param parent its process number, since it may be gone already */
export function endWithParent(parent: number): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.once('disconnect', () => process.exit());
  const script = `setInterval(() => { if (process.ppid !== ${parent}) process.kill(process.pid, 'SIGKILL'); }, 1000);`;
  new Worker(script, {
    ...{ eval: true, name: 'parent-watch', execArgv: [], env: {} },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  }).unref();
}
