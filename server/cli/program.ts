/** The command line: every command in one tree, every failure one sentence and one exit code. */

import { Command, CommanderError } from 'commander';
import { CredentialsError } from '../../plugin/errors.ts';
import { consequenceOf } from '../error-map.ts';
import { packageVersion } from '../paths.ts';
import { addAccessCommands } from './access.ts';
import { addAccountsCommands } from './accounts.ts';
import { addBackupCommands } from './backup.ts';
import { addCheckCommand } from './check.ts';
import { addConfigCommands } from './config.ts';
import { addCredentialsCommands } from './credentials.ts';
import { addDeadLettersCommands } from './dead-letters.ts';
import { addEffectsCommands } from './effects.ts';
import { addEventsCommands } from './events.ts';
import { addIssuerCommands } from './issuer.ts';
import { addJobsCommands } from './jobs.ts';
import { addLearnersCommands } from './learners.ts';
import { addLmsCommands } from './lms.ts';
import { addMailsCommands } from './mails.ts';
import { addMigrateCommand } from './migrate.ts';
import { addProgressCommands } from './progress.ts';
import { addProvidersCommands } from './providers.ts';
import { addRulesCommands } from './rules.ts';
import { addServerCommands } from './server.ts';
import { addSettingsCommand } from './settings.ts';
import { addStoreCommands } from './store.ts';
import { addTemplatesCommands } from './templates.ts';
import { UsageError } from './usage.ts';
import { addWhyCommand } from './why.ts';

const USAGE = 2;

export function createProgram(): Command {
  const program = new Command('laurel')
    .description('Credentials for Open edX: badges, Open Badges and PDF credentials, decided by rules')
    .version(packageVersion())
    // A command may have a --version of its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });
  addServerCommands(program);
  addSettingsCommand(program);
  addCheckCommand(program);
  addMigrateCommand(program);
  addBackupCommands(program);
  addStoreCommands(program);
  addRulesCommands(program);
  addWhyCommand(program);
  addEventsCommands(program);
  addDeadLettersCommands(program);
  addConfigCommands(program);
  addCredentialsCommands(program);
  addLmsCommands(program);
  addTemplatesCommands(program);
  addProgressCommands(program);
  addLearnersCommands(program);
  addEffectsCommands(program);
  addMailsCommands(program);
  addJobsCommands(program);
  addProvidersCommands(program);
  addIssuerCommands(program);
  addAccountsCommands(program);
  addAccessCommands(program);
  for (const command of [program, ...allCommands(program)])
    command.exitOverride().showHelpAfterError('(add --help for the options)');
  return program;
}

/** Those below it, at any depth. */
export function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

/** Runs one command line; never rejects. @param argv the arguments after the program's name; none: `serve`
 *  @returns the exit code: 0, 1 (the command's answer is no), 2 (usage), or the code of server/error-map.ts */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv.length === 0 ? ['serve'] : [...argv], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof CredentialsError) {
      process.stderr.write(`laurel: ${error.message}\n`);
      if (error instanceof UsageError) return USAGE;
      return consequenceOf(error).exitCode;
    }
    process.stderr.write(
      `laurel: this is a defect of Laurel, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    return consequenceOf(error).exitCode;
  }
}
