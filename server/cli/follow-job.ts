/** A command that asked for a job waits for its end and tells how far it is. */

import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen, type Job } from '../../plugin/ports/job-store.ts';
import type { Services } from '../http/services.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';

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
  shell: Shell,
  services: Pick<Services, 'jobStore'>,
  requested: Job,
  { wait, json }: { readonly wait: boolean; readonly json: boolean },
): Promise<void> {
  const job = wait ? await endOf(shell, { services }, requested, { quiet: json }) : requested;
  if (json) shell.printLine(JSON.stringify(job));
  else {
    const counts = Object.entries(job.counts).map(([word, number]) => `${number} ${word}`);
    shell.printLine([jobState(job), ...counts].join(', '));
    printFailure(shell, job);
  }
  setExitCode(shell, job);
}

export function jobState({ id, state }: Job): string {
  return `job ${id} is ${state}`;
}

export function printFailure(shell: Shell, { error }: Job): void {
  if (error !== null) shell.printError(`${error.code}: ${error.message}`);
}

export function setExitCode(shell: Shell, { state }: Job): void {
  if (state === 'failed' || state === 'cancelled') shell.exitCode = 1;
}

/** @returns the job when it has ended; as it is when nobody takes it up */
export async function endOf(
  shell: Shell,
  { services: { jobStore }, carryOut }: JobFollower,
  requested: Job,
  { quiet }: { readonly quiet: boolean },
): Promise<Job> {
  let job = requested;
  // that nothing is done yet goes without saying
  let told = 0;
  let working: Promise<unknown> | null = null;
  const begun = shell.clock.now().getTime();
  while (isOpen(job.state)) {
    if (carryOut && working === null && job.dueAt <= shell.clock.now()) {
      working = carryOut(job.id).finally(() => {
        working = null;
      });
    }
    if (!carryOut && job.state === 'waiting' && shell.clock.now().getTime() - begun > PATIENCE_MS) {
      shell.printError(
        `no running server has taken up job ${job.id} yet; it begins when one does (\`laurel jobs show ${job.id}\`)`,
      );
      break;
    }
    await soonerOf(working, LOOK_MS);
    job = (await jobStore.get(job.id)) ?? job;
    if (job.done !== told && !quiet && shell.clock.now().getTime() - begun > QUIET_MS) {
      shell.printError(progressOf(job));
      told = job.done;
    }
  }
  await working;
  return job;
}

/** Resolves when the work has ended, or after a while; keeps nothing waiting beyond that. */
async function soonerOf(working: Promise<unknown> | null, ms: number): Promise<void> {
  const enough = new AbortController();
  const passed = sleep(ms, undefined, { signal: enough.signal }).catch(() => {});
  try {
    await Promise.race([passed, ...(working === null ? [] : [working])]);
  } finally {
    enough.abort();
  }
}

function progressOf({ done, total }: Job): string {
  return total === null ? plural(done, 'item') : `${done} of ${plural(total, 'item')}`;
}
