/** `laurel migrate`: what a start does by itself, in a step of its own. */

import type { Command } from 'commander';
import { createLogger } from '../logger.ts';
import { packageVersion } from '../paths.ts';
import { plural } from './rule-report.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';
import { withDatabaseOnly } from './with-database.ts';

interface MigrateOptions {
  readonly plan?: boolean;
  readonly again?: boolean;
  readonly json?: boolean;
}

export function addMigrateCommand(program: Command, shell: Shell): void {
  explainUsage(
    program
      .command('migrate')
      .option('--plan', 'only print what there is to do')
      .option('--again', 'also repeat what was done before: after the last process of a former version has ended')
      .option('--json', 'print JSON')
      .action((options: MigrateOptions) =>
        withDatabaseOnly(shell, { build: !options.plan, begins: !options.plan }, async ({ database }) => {
          const { migrate, migrateAgain, planMigrations } = await import('../mongo/migrations/migrate.ts');
          const { connection } = database;
          if (options.plan) {
            const plan = await planMigrations({ connection });
            printPlan(shell, { ...plan, missingIndexes: await database.missingIndexes() }, options);
            return;
          }
          const logger = createLogger('warn', shell.stderr);
          const parts = { connection, clock: shell.clock, logger, program: packageVersion() };
          const applied = await migrate(parts);
          if (options.again) await migrateAgain(parts);
          if (options.json) shell.printLine(JSON.stringify({ applied }));
          for (const { number, name, changed } of options.json ? [] : applied)
            shell.printLine(`${number}  ${name}: ${plural(changed, 'document')} changed`);
          if (!options.json) shell.printLine('the database has the form of this version');
        }),
      ),
    {
      json: '{applied: [{number, name, at, changed, by}]}; with --plan {applied, pending: [{number, name, breaking}], missingIndexes}',
      exits: '0 done, 69 the database is away, 78 the database is newer than this program',
      examples: ['migrate --plan', 'migrate', 'migrate --again'],
    },
  );
}

interface Plan {
  readonly applied: readonly { readonly number: number }[];
  readonly pending: readonly { readonly number: number; readonly name: string; readonly breaking: boolean }[];
  readonly missingIndexes: readonly string[];
}

function printPlan(shell: Shell, plan: Plan, { json }: MigrateOptions): void {
  if (json) {
    shell.printLine(JSON.stringify(plan));
    return;
  }
  for (const { number, name, breaking } of plan.pending)
    shell.printLine(`${number}  ${name}${breaking ? '; former versions cannot use the database after it' : ''}`);
  for (const index of plan.missingIndexes) shell.printLine(`index  ${index}`);
  if (plan.pending.length + plan.missingIndexes.length === 0) shell.printLine('nothing to do');
}
