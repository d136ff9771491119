/** `laurel progress check`: whether what is stored is what the rules say. */

import type { Command } from 'commander';
import { CHECK_PROGRESS, checkParameters } from '../../plugin/badges/replay/check-progress.ts';
import { resultOf } from '../../plugin/badges/replay/replay-request.ts';
import { createAudit } from '../http/audit/audit.ts';
import { endOf, jobState, printFailure, setExitCode } from './follow-job.ts';
import { impactLines } from './impact-report.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { withLaurel } from './with-laurel.ts';

export function addProgressCommands(program: Command, shell: Shell): void {
  program
    .command('progress')
    .command('check')
    .description(
      'derive all progress anew, without the event log, and tell what differs; exits with 1 when something does',
    )
    .option('--repair', 'put right what differs')
    .option('--json', 'print the job as JSON')
    .action(({ repair = false, json = false }: { repair?: boolean; json?: boolean }) =>
      withLaurel(shell, async (laurel) => {
        const { services } = laurel;
        const requested = await services.jobs.request({
          kind: CHECK_PROGRESS,
          title: repair ? 'Check and repair all progress' : 'Check all progress without repairing it',
          parameters: checkParameters(repair),
          requestedBy: 'cli',
        });
        await createAudit(services)('cli', 'progress.checked', `job:${requested.id}`, { repair });
        const job = await endOf(shell, laurel, requested, { quiet: json });
        setExitCode(shell, job);
        const differing = job.counts['to repair'] ?? 0;
        if (differing > 0) shell.exitCode = 1;
        if (json) return shell.printLine(JSON.stringify(job));
        shell.printLine(`${jobState(job)}, ${plural(job.done, 'learner')} checked`);
        printFailure(shell, job);
        const repaired = job.counts.repaired ?? 0;
        shell.printLine(repair ? `${repaired} repaired` : `${differing} to repair`);
        if (repaired + differing > 0)
          for (const line of impactLines(resultOf(job.result), job.counts, { would: !repair })) shell.printLine(line);
        const outdated = job.counts['made by older rules'] ?? 0;
        if (outdated > 0)
          shell.printLine(`${outdated} made by older rules; \`laurel events replay\` asks their events again`);
      }),
    );
}
