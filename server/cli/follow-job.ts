/** A command that asked for a job waits for its end and tells how far it is. */

import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen, type Job } from '../../plugin/ports/job-store.ts';
import type { Services } from '../http/services.ts';
import { plural, printError, printLine } from './rule-report.ts';

const LOOK_MS = 250;
const PATIENCE_MS = 5_000;
/** What is done sooner needs no account of its progress. */
const QUIET_MS = 1_000;

export interface JobFollower {
  readonly services: Pick<Services, 'jobStore'>;
  /** Carries the job out in this process when it is due and nobody else has it; left out: a server does it. */
  carryOut?(jobId: string): Promise<Job | null>;
}

/** Prints the job when it has ended; exits with 1 when it failed or was cancelled.
 *  @param wait false: only says that the job was recorded */
export async function followJob(
  services: Pick<Services, 'jobStore'>,
  requested: Job,
  { wait, json }: { readonly wait: boolean; readonly json: boolean },
): Promise<void> {
  const job = wait ? await endOf({ services }, requested, { quiet: json }) : requested;
  if (json) printLine(JSON.stringify(job));
  else {
    const counts = Object.entries(job.counts).map(([word, number]) => `${number} ${word}`);
    printLine([jobState(job), ...counts].join(', '));
    printFailure(job);
  }
  setExitCode(job);
}

export function jobState({ id, state }: Job): string {
  return `job ${id} is ${state}`;
}

export function printFailure({ error }: Job): void {
  if (error !== null) printError(`${error.code}: ${error.message}`);
}

export function setExitCode({ state }: Job): void {
  if (state === 'failed' || state === 'cancelled') process.exitCode = 1;
}

/** @returns the job when it has ended; as it is when nobody takes it up */
export async function endOf(
  { services: { jobStore }, carryOut }: JobFollower,
  requested: Job,
  { quiet }: { readonly quiet: boolean },
): Promise<Job> {
  let job = requested;
  let told = -1;
  let working: Promise<unknown> | null = null;
  const begun = Date.now();
  while (isOpen(job.state)) {
    if (carryOut && working === null && job.dueAt <= new Date()) {
      working = carryOut(job.id).finally(() => {
        working = null;
      });
    }
    if (!carryOut && job.state === 'waiting' && Date.now() - begun > PATIENCE_MS) {
      printError(
        `no running server has taken up job ${job.id} yet; it begins when one does (\`laurel jobs show ${job.id}\`)`,
      );
      break;
    }
    await Promise.race([sleep(LOOK_MS), ...(working === null ? [] : [working])]);
    job = (await jobStore.get(job.id)) ?? job;
    if (job.done !== told && !quiet && Date.now() - begun > QUIET_MS) {
      printError(progressOf(job));
      told = job.done;
    }
  }
  await working;
  return job;
}

function progressOf({ done, total }: Job): string {
  return total === null ? plural(done, 'item') : `${done} of ${plural(total, 'item')}`;
}
