/** A command that asked for a job waits for its end and tells how far it is. */

import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen, type Job, type JobStore } from '../../plugin/ports/job-store.ts';
import type { Services } from '../http/services.ts';
import { awaitInterruption, FINISHING, InterruptedError } from './interruption.ts';
import { slowly } from './progress-lines.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';

const LOOK_MS = 250;
const PATIENCE_MS = 5_000;

export interface JobFollower {
  readonly services: Pick<Services, 'jobStore'>;
  /** Carries the job out in this process when it is due and nobody else has it; left out: a server does it. */
  carryOut?(jobId: string, until?: AbortSignal): Promise<Job | null>;
}

/** Prints the job when it has ended; exits with 1 when it failed or was cancelled.
 *  @param wait false: only says that the job was recorded */
export async function followJob(
  shell: Shell,
  follower: JobFollower,
  requested: Job,
  { wait, json }: { readonly wait: boolean; readonly json: boolean },
): Promise<void> {
  const job = wait ? await endOf(shell, follower, requested, { quiet: json }) : requested;
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

/** @returns the job when it has ended; as it is when nobody takes it up
 *  @throws InterruptedError when the command is asked to end; the job is given back then */
export async function endOf(
  shell: Shell,
  { services: { jobStore }, carryOut }: JobFollower,
  requested: Job,
  { quiet }: { readonly quiet: boolean },
): Promise<Job> {
  let job = requested;
  const tell = slowly(shell, progressOf);
  const { asked, signal } = awaitInterruption(shell);
  let working: Promise<unknown> | null = null;
  const begun = shell.clock.now().getTime();
  while (isOpen(job.state)) {
    if (carryOut && working === null && job.dueAt <= shell.clock.now()) {
      working = carryOut(job.id, signal).finally(() => {
        working = null;
      });
    }
    if (!carryOut && job.state === 'waiting' && shell.clock.now().getTime() - begun > PATIENCE_MS) {
      shell.printError(
        `no running server has taken up job ${job.id} yet; it begins when one does (\`laurel jobs show ${job.id}\`)`,
      );
      break;
    }
    await soonerOf([asked, ...(working === null ? [] : [working])], LOOK_MS);
    job = (await jobStore.get(job.id)) ?? job;
    if (signal.aborted && isOpen(job.state)) return lastOf(shell, jobStore, job, working);
    // that nothing is done yet goes without saying
    if (job.done > 0 && !quiet) tell(job);
  }
  await working;
  return job;
}

/** @returns the job where its last step was under way */
async function lastOf(
  shell: Shell,
  jobStore: Pick<JobStore, 'get'>,
  { id }: Job,
  working: Promise<unknown> | null,
): Promise<Job> {
  if (working !== null) shell.printError(FINISHING);
  await working;
  const job = await jobStore.get(id);
  if (job !== null && !isOpen(job.state)) return job;
  throw new InterruptedError(
    `job ${id} is not done: a running server goes on with it, or \`laurel jobs wait ${id}\`; \`laurel jobs cancel ${id}\` ends it`,
  );
}

/** Resolves when something of it has come, or after a while; keeps nothing waiting beyond that. */
export async function soonerOf(events: readonly Promise<unknown>[], ms: number): Promise<void> {
  const enough = new AbortController();
  const passed = sleep(ms, undefined, { signal: enough.signal }).catch(() => {});
  try {
    await Promise.race([passed, ...events]);
  } finally {
    enough.abort();
  }
}

function progressOf({ done, total }: Job): string {
  return total === null ? plural(done, 'item') : `${done} of ${plural(total, 'item')}`;
}
