/** A command that began a run of credentials waits for its end and tells how far it is. */

import type { CredentialRun } from '../../plugin/ports/credential-store.ts';
import type { Laurel } from '../compose.ts';
import { soonerOf } from './follow-job.ts';
import { awaitInterruption, FINISHING, InterruptedError } from './interruption.ts';
import { slowly } from './progress-lines.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';

const LOOK_MS = 1_000;

/** Prints the run when it has ended; exits with 1 when anything was left undone.
 *  @throws InterruptedError when the command is asked to end; the run is given back then */
export async function followRun(
  shell: Shell,
  laurel: Laurel,
  runId: string,
  { json }: { readonly json: boolean },
): Promise<void> {
  const run = await endOfRun(shell, laurel, runId, { quiet: json });
  shell.printLine(json ? JSON.stringify(run) : outcomeText(run));
  if (run.error !== null) shell.printError(`${run.error.code}: ${run.error.message}`);
  if (run.state !== 'done') shell.exitCode = 1;
}

async function endOfRun(
  shell: Shell,
  { runner, services }: Laurel,
  runId: string,
  { quiet }: { readonly quiet: boolean },
): Promise<CredentialRun> {
  const tell = slowly(shell, progressOf);
  const { asked, signal } = awaitInterruption(shell);
  let ended: CredentialRun | null = null;
  const end = runner.wait(runId).then((run) => {
    ended = run;
  });
  for (;;) {
    await soonerOf([end, asked], LOOK_MS);
    if (ended !== null) return ended;
    if (signal.aborted) {
      shell.printError(FINISHING);
      await runner.stop();
    }
    const run = await services.credentials.run(runId);
    if (signal.aborted && run?.state === 'running') throw interrupted(runId);
    if (run !== null && run.counts.seen > 0 && !quiet) tell(run);
  }
}

function interrupted(runId: string): InterruptedError {
  return new InterruptedError(
    `run ${runId} is not done: a running server goes on with it, or \`laurel credentials runs wait ${runId}\`; \`laurel credentials runs cancel ${runId}\` ends it`,
  );
}

function progressOf({ counts }: CredentialRun): string {
  return `${plural(counts.seen, 'learner')} seen, ${counts.generated} generated`;
}

/** `done: 8 learners seen, 6 eligible, ...` */
export function outcomeText({ state, counts }: CredentialRun): string {
  return (
    `${state}: ${counts.seen} learners seen, ${counts.eligible} eligible, ${counts.generated} generated, ` +
    `${counts.skipped} skipped, ${counts.failed} failed`
  );
}
