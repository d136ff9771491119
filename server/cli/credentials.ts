/** `laurel credentials ...` and `laurel records ...`: PDF credentials without the pages. */

import type { Command } from 'commander';
import { reasonOf } from '../../plugin/credentials/eligibility.ts';
import type { RetrievedLearner } from '../../plugin/extensions/retrieval-function.ts';
import { createAudit } from '../http/audit/audit.ts';
import { addCredentialLifeCommands } from './credential-life.ts';
import { addRunCommands } from './credential-runs.ts';
import { addScheduleCommand } from './credential-schedule.ts';
import { addSchedulesCommands } from './credential-schedules.ts';
import { followRun } from './follow-run.ts';
import { readText } from './input.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';
import { withLaurel, withLaurelOrNew } from './with-laurel.ts';

export function addCredentialsCommands(program: Command, shell: Shell): void {
  const credentials = program.command('credentials');

  credentials
    .command('setup')
    .description('add or replace assets, types, configurations and schedules from a JSON file')
    .argument('<file>', 'see examples/credentials/example.json')
    .action((file: string) =>
      withLaurelOrNew(shell, async ({ services, registry }) => {
        const { applyCredentialsSetup } = await import('../configuration/credentials-setup.ts');
        const { credentials: store, files, clock, belongings } = services;
        const made = await applyCredentialsSetup(file, { store, files, registry, belongings, now: clock.now() });
        const { same, ...saved } = made;
        const isChanged = Object.values(saved).some((count) => count > 0);
        if (isChanged) await createAudit(services)('cli', 'credentials.setup', 'credentials', saved);
        shell.printLine(
          isChanged
            ? `saved ${made.assets} assets, ${made.types} types, ${made.configurations} configurations, ${made.schedules} schedules${same > 0 ? `; ${same} others were so already` : ''}`
            : 'nothing to save: everything is as the file says',
        );
      }),
    );

  credentials
    .command('generate')
    .description('make the credentials of one configuration for everybody who is eligible and has none')
    .argument('<configuration>', 'id of the configuration')
    .action((configurationId: string) =>
      withLaurel(shell, async (laurel) => {
        const { services } = laurel;
        const runId = await services.generateNow(configurationId, 'cli');
        await createAudit(services)('cli', 'configuration.run', `configuration:${configurationId}`, { run: runId });
        await followRun(shell, laurel, runId, { json: false });
      }),
    );

  addCredentialLifeCommands(credentials, shell);
  addRunCommands(credentials, shell);
  addScheduleCommand(credentials, shell);
  addSchedulesCommands(credentials, shell);

  const eligible = credentials
    .command('eligible')
    .description('print how learners stand towards the credential of one configuration, without making any')
    .argument('<configuration>', 'id of the configuration')
    .option('--learner <username>', 'this learner only')
    .option('--json', 'print JSON Lines')
    .action((configurationId: string, options: { learner?: string; json?: boolean }) =>
      withLaurel(shell, async ({ services }) => {
        const counts = { seen: 0, eligible: 0, problems: 0 };
        for await (const found of services.eligibility(configurationId, { username: options.learner })) {
          const { learner, courses, problem } = found;
          const reason = reasonOf(found);
          counts.seen += 1;
          if (found.eligible) counts.eligible += 1;
          if (problem !== null) counts.problems += 1;
          shell.printLine(
            options.json
              ? JSON.stringify({ learner: learner.username, eligible: found.eligible, reason, problem, courses })
              : `${wordOf(found)}  ${learner.username}${reason === null ? '' : `  ${reason}`}`,
          );
        }
        const { seen, eligible: reached, problems } = counts;
        shell.printError(`${seen} learners enrolled, ${reached} eligible, ${problems} with unusable data`);
        if (problems > 0) shell.exitCode = 1;
      }),
    );
  explainUsage(eligible, {
    json: 'learner, eligible, reason (why not), problem (why the data could not be used), courses (courseKey, eligible,\nfacts, required, reason, problem): the course itself or every step of a path',
    exits:
      '0 everybody could be decided on, 1 the data of some learner is unusable, 69 the LMS or the database is away',
    examples: [
      'credentials eligible demo-course-certificate',
      'credentials eligible demo-course-certificate --learner ada',
    ],
  });

  program
    .command('records')
    .command('import')
    .description('add or replace learner records from a JSON Lines file; all of it is checked first')
    .argument('<file>', 'see examples/credentials/records.jsonl; - is standard input')
    .action(async (file: string) => {
      const { parseLearnerLines } = await import('../../providers/index.ts');
      const lines = parseLearnerLines(await readText(shell, file));
      await withLaurelOrNew(shell, async ({ services }) => {
        const { contexts, learners, retired } = await services.importRecords(lines);
        await createAudit(services)('cli', 'records.imported', 'records', { contexts, learners, retired });
        const leftOut = retired === 0 ? '' : `; left out ${retired}, of learners who were retired`;
        shell.printLine(`imported ${learners} learner records of ${contexts} named contexts${leftOut}`);
      });
    });
}

/** Of one width. */
function wordOf({ eligible, problem }: RetrievedLearner): string {
  return eligible ? 'eligible' : problem === null ? 'not yet ' : 'problem ';
}
