/** A command that changed rules waits until learners are up to date, and tells what that changed. */

import { resultOf } from '../../plugin/badges/replay/replay-request.ts';
import type { Job } from '../../plugin/ports/job-store.ts';
import type { Laurel } from '../compose.ts';
import { endOf, jobState, printFailure, setExitCode } from './follow-job.ts';
import { impactLines } from './impact-report.ts';
import type { Shell } from './shell.ts';

export const NO_WAIT = 'do not wait until learners are up to date: a running server sees to it';

/** @returns the job that brings learners up to date; null: nobody's progress can change */
export async function followReplay(
  shell: Shell,
  laurel: Laurel,
  id: string | null,
  { wait, json = false }: { readonly wait: boolean; readonly json?: boolean },
): Promise<Job | null> {
  const requested = id === null ? null : await laurel.services.jobStore.get(id);
  if (requested === null) return null;
  const job = wait ? await endOf(shell, laurel, requested, { quiet: json }) : requested;
  setExitCode(shell, job);
  if (json) return job;
  shell.printLine(`learners are brought up to date: ${jobState(job)}`);
  printFailure(shell, job);
  if (wait) for (const line of impactLines(resultOf(job.result), job.counts, { would: false })) shell.printLine(line);
  return job;
}
