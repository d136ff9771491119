/** `laurel credentials ...` and `laurel records ...`: PDF credentials without the pages. */

import type { Command } from 'commander';
import { createAudit } from '../http/audit.ts';
import { readText } from './input.ts';
import { withLaurel } from './with-laurel.ts';

export function addCredentialsCommands(program: Command): void {
  const credentials = program.command('credentials').description('PDF credentials');

  credentials
    .command('setup')
    .description('add or replace assets, types, configurations and schedules from a JSON file')
    .argument('<file>', 'see examples/credentials/example.json')
    .action((file: string) =>
      withLaurel(async ({ services, registry }) => {
        const { applyCredentialsSetup } = await import('../credentials-setup.ts');
        const { credentials: store, files, clock } = services;
        const made = await applyCredentialsSetup(file, { store, files, registry, now: clock.now() });
        await createAudit(services)('cli', 'credentials.setup', 'credentials', { ...made });
        process.stdout.write(
          `saved ${made.assets} assets, ${made.types} types, ${made.configurations} configurations, ${made.schedules} schedules\n`,
        );
      }),
    );

  credentials
    .command('generate')
    .description('make the credentials of one configuration for everybody who is eligible and has none')
    .argument('<configuration>', 'id of the configuration')
    .action((configurationId: string) =>
      withLaurel(async ({ services, runner }) => {
        const runId = await services.generateNow(configurationId, 'cli');
        await createAudit(services)('cli', 'configuration.run', `configuration:${configurationId}`, { run: runId });
        const { counts, state, error } = await runner.wait(runId);
        process.stdout.write(
          `${state}: ${counts.seen} learners seen, ${counts.eligible} eligible, ${counts.generated} generated, ` +
            `${counts.skipped} had one, ${counts.failed} failed\n`,
        );
        if (error !== null) process.stderr.write(`${error.code}: ${error.message}\n`);
        if (state !== 'done') process.exitCode = 1;
      }),
    );

  program
    .command('records')
    .description('what courses know of their learners')
    .command('import')
    .description('add or replace learner records from a JSON Lines file; all of it is checked first')
    .argument('<file>', 'see examples/credentials/records.jsonl; - is standard input')
    .action(async (file: string) => {
      const { parseLearnerLines } = await import('../../providers/index.ts');
      const lines = parseLearnerLines(await readText(file));
      await withLaurel(async ({ services, stores }) => {
        const { contexts, learners } = await stores.records.importLines(lines);
        await createAudit(services)('cli', 'records.imported', 'records', { contexts, learners });
        process.stdout.write(`imported ${learners} learner records of ${contexts} named contexts\n`);
      });
    });
}
