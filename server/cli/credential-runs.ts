/** `laurel credentials runs`: what was made when, and what people do to a run. */

import type { Command } from 'commander';
import { ConflictError } from '../../plugin/errors.ts';
import type { CredentialRun } from '../../plugin/ports/credential-store.ts';
import { createAudit } from '../http/audit/audit.ts';
import { followRun, outcomeText } from './follow-run.ts';
import type { Shell } from './shell.ts';
import { explainUsage, UsageError } from './usage.ts';
import { withLaurel } from './with-laurel.ts';

const MOST_LISTED = 1_000;
const JSON_FIELDS =
  'id, configurationId, trigger, dueAt, state, fence, leaseUntil, startedAt, finishedAt, counts (seen, eligible,\ngenerated, skipped, failed), error, checkpoint';
const FOLLOWED =
  '0 all done, 1 it ended otherwise, 64 it cannot be done now, 66 there is none, 69 the database is away, 130 interrupted; it\ngoes on later then';

export function addRunCommands(credentials: Command, shell: Shell): void {
  const runs = credentials.command('runs').description('runs that made credentials: list, wait, cancel, resume, retry');

  const list = runs
    .command('list')
    .description('print the runs, the newest first')
    .option('--configuration <id>', 'of this configuration only')
    .option('--limit <number>', 'at most so many', '20')
    .option('--json', 'print JSON Lines')
    .action((options: { configuration?: string; limit: string; json?: boolean }) => {
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
        throw new UsageError(`--limit must be a whole number from 1 to ${MOST_LISTED}`);
      return withLaurel(shell, async ({ services }) => {
        const { configuration: configurationId } = options;
        const wanted = configurationId === undefined ? { limit } : { configurationId, limit };
        for (const run of await services.credentials.runs(wanted))
          shell.printLine(options.json ? JSON.stringify(run) : listed(run));
      });
    });
  explainUsage(list, {
    json: JSON_FIELDS,
    exits: '0 done, 2 wrong usage, 69 the database is away',
    examples: ['credentials runs list', 'credentials runs list --configuration demo-course-certificate --json'],
  });

  const cancel = runs
    .command('cancel')
    .description('end a run after the learner it is at; what was made stays')
    .argument('<run>', 'its id')
    .action((runId: string) =>
      withLaurel(shell, async ({ services }) => {
        const { configurationId } = await services.runControl.cancel(runId);
        await createAudit(services)('cli', 'run.cancelled', `run:${runId}`, { configuration: configurationId });
        shell.printLine('cancelled');
      }),
    );
  explainUsage(cancel, {
    exits: '0 done, 64 it has ended already, 66 there is none, 69 the database is away',
    examples: ['credentials runs cancel 6f1c0f9e-6a7b-4a0e-9d59-0b1f1f0c2a11'],
  });

  const resume = runs
    .command('resume')
    .description('let a run that was cancelled or has failed go on where it was, and wait for its end')
    .argument('<run>', 'its id')
    .option('--json', 'print the run as JSON')
    .action((runId: string, options: { json?: boolean }) =>
      withLaurel(shell, async (laurel) => {
        const { configurationId } = await laurel.services.runControl.resume(runId);
        await createAudit(laurel.services)('cli', 'run.resumed', `run:${runId}`, { configuration: configurationId });
        await followRun(shell, laurel, runId, { json: options.json === true });
      }),
    );
  explainUsage(resume, {
    json: JSON_FIELDS,
    exits: FOLLOWED,
    examples: ['credentials runs resume 6f1c0f9e-6a7b-4a0e-9d59-0b1f1f0c2a11'],
  });

  const wait = runs
    .command('wait')
    .description('wait for the end of a run; where no process has it any more, go on with it here')
    .argument('<run>', 'its id')
    .option('--json', 'print the run as JSON')
    .action((runId: string, options: { json?: boolean }) =>
      withLaurel(shell, async (laurel) => {
        await laurel.runner.takeOverAbandoned();
        await followRun(shell, laurel, runId, { json: options.json === true });
      }),
    );
  explainUsage(wait, {
    json: JSON_FIELDS,
    exits: FOLLOWED,
    examples: ['credentials runs wait 6f1c0f9e-6a7b-4a0e-9d59-0b1f1f0c2a11'],
  });

  const retry = runs
    .command('retry')
    .description('run a configuration for those learners only whose last attempt failed, and wait for the end')
    .argument('<configuration>', 'id of the configuration')
    .option('--json', 'print the run as JSON')
    .action((configurationId: string, options: { json?: boolean }) =>
      withLaurel(shell, async (laurel) => {
        const run = await laurel.services.runControl.retryFailed(configurationId).catch(unlessNobodyFailed);
        if (run === null) {
          // for a script that tries again whatever there is, that is well
          shell.printLine(options.json ? 'null' : 'nobody is left whose last attempt failed');
          return;
        }
        await createAudit(laurel.services)('cli', 'configuration.run', `configuration:${configurationId}`, { run });
        await followRun(shell, laurel, run, { json: options.json === true });
      }),
    );
  explainUsage(retry, {
    json: `null where nobody failed, or ${JSON_FIELDS}`,
    exits: FOLLOWED,
    examples: ['credentials runs retry demo-course-certificate'],
  });
}

function unlessNobodyFailed(error: unknown): null {
  if (error instanceof ConflictError && error.code === 'conflict.nothing-failed') return null;
  throw error;
}

function listed(run: CredentialRun): string {
  const { id, startedAt, configurationId, trigger } = run;
  return `${id}  ${startedAt.toISOString().slice(0, 16)}Z  ${configurationId}  ${trigger}  ${outcomeText(run)}`;
}
