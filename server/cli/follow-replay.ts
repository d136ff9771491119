/** A command that changed rules waits until learners are up to date, and tells what that changed. */

import { resultOf } from '../../plugin/badges/replay/replay-request.ts';
import type { Job } from '../../plugin/ports/job-store.ts';
import type { Laurel } from '../compose.ts';
import { endOf, jobState, printFailure, setExitCode } from './follow-job.ts';
import { impactLines } from './impact-report.ts';
import { printLine } from './rule-report.ts';

export const NO_WAIT = 'do not wait until learners are up to date: a running server sees to it';

/** @returns the job that brings learners up to date; null: nobody's progress can change */
export async function followReplay(
  laurel: Laurel,
  id: string | null,
  { wait, json = false }: { readonly wait: boolean; readonly json?: boolean },
): Promise<Job | null> {
  const requested = id === null ? null : await laurel.services.jobStore.get(id);
  if (requested === null) return null;
  const job = wait ? await endOf(laurel, requested, { quiet: json }) : requested;
  setExitCode(job);
  if (json) return job;
  printLine(`learners are brought up to date: ${jobState(job)}`);
  printFailure(job);
  if (wait) for (const line of impactLines(resultOf(job.result), job.counts, { would: false })) printLine(line);
  return job;
}
