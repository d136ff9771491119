/** A command that asked for a job waits for its end and tells how far it is. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../../plugin/ports/job-store.ts';
import type { Services } from '../http/services.ts';
import { plural, printError, printLine } from './rule-report.ts';

const LOOK_MS = 250;
const PATIENCE_MS = 5_000;

/** Prints the job when it has ended; exits with 1 when it failed or was cancelled.
 *  @param wait false: only says that the job was recorded */
export async function followJob(
  { jobStore }: Pick<Services, 'jobStore'>,
  requested: Job,
  { wait, json }: { readonly wait: boolean; readonly json: boolean },
): Promise<void> {
  let job: Job = requested;
  let told = -1;
  const begun = Date.now();
  while (wait && (job.state === 'waiting' || job.state === 'running')) {
    if (job.state === 'waiting' && Date.now() - begun > PATIENCE_MS) {
      printError(
        `no running server has taken up job ${job.id} yet; it begins when one does (\`laurel jobs show ${job.id}\`)`,
      );
      break;
    }
    await sleep(LOOK_MS);
    job = (await jobStore.get(job.id)) ?? job;
    if (job.done !== told && !json) printError(progressOf(job));
    told = job.done;
  }
  if (json) printLine(JSON.stringify(job));
  else {
    const counts = Object.entries(job.counts).map(([word, number]) => `${number} ${word}`);
    printLine([`job ${job.id} is ${job.state}`, ...counts].join(', '));
    if (job.error !== null) printError(`${job.error.code}: ${job.error.message}`);
  }
  if (job.state === 'failed' || job.state === 'cancelled') process.exitCode = 1;
}

function progressOf({ done, total }: Job): string {
  return total === null ? plural(done, 'item') : `${done} of ${plural(total, 'item')}`;
}
