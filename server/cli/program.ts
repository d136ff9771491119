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
import { Shell, type Surroundings } from './shell.ts';
import { addStoreCommands } from './store.ts';
import { addTemplatesCommands } from './templates.ts';
import { UsageError } from './usage.ts';
import { addWhyCommand } from './why.ts';

const USAGE = 2;

export function createProgram(shell: Shell): Command {
  const program = new Command('laurel')
    .description('Credentials for Open edX: badges, Open Badges and PDF credentials, decided by rules')
    .version(packageVersion())
    // A command may have a --version of its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      writeErr: (text) => void shell.stderr.write(text),
    });
  addServerCommands(program, shell);
  addSettingsCommand(program, shell);
  addCheckCommand(program, shell);
  addMigrateCommand(program, shell);
  addBackupCommands(program, shell);
  addStoreCommands(program, shell);
  addRulesCommands(program, shell);
  addWhyCommand(program, shell);
  addEventsCommands(program, shell);
  addDeadLettersCommands(program, shell);
  addConfigCommands(program, shell);
  addCredentialsCommands(program, shell);
  addLmsCommands(program, shell);
  addTemplatesCommands(program, shell);
  addProgressCommands(program, shell);
  addLearnersCommands(program, shell);
  addEffectsCommands(program, shell);
  addMailsCommands(program, shell);
  addJobsCommands(program, shell);
  addProvidersCommands(program, shell);
  addIssuerCommands(program, shell);
  addAccountsCommands(program, shell);
  addAccessCommands(program, shell);
  for (const command of [program, ...allCommands(program)])
    command.exitOverride().showHelpAfterError('(add --help for the options)');
  return program;
}

/** Those below it, at any depth. */
export function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

/** Runs one command line; never rejects.
 *  @returns the exit code: 0, 1 (the command's answer is no), 2 (usage), or the code of server/error-map.ts */
export async function runCommandLine({ argv, ...surroundings }: Surroundings): Promise<number> {
  const shell = new Shell(surroundings);
  try {
    await createProgram(shell).parseAsync(argv.length === 0 ? ['serve'] : [...argv], { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof CredentialsError) {
      shell.printError(`laurel: ${error.message}`);
      if (error instanceof UsageError) return USAGE;
      return consequenceOf(error).exitCode;
    }
    const trace = error instanceof Error ? error.stack : String(error);
    shell.printError(`laurel: this is a defect of Laurel, please report it: ${trace}`);
    return consequenceOf(error).exitCode;
  }
}
