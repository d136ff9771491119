/** The command line: every command in one tree, every failure one sentence and one exit code. */

import { Command, CommanderError, Help } from 'commander';
import { CredentialsError } from '../../plugin/errors.ts';
import { consequenceOf } from '../error-map.ts';
import { packageVersion } from '../paths.ts';
import { COMMAND_GROUPS } from './command-groups.ts';
import { InterruptedError } from './interruption.ts';
import { Shell, type Surroundings } from './shell.ts';
import { explainExits, UsageError } from './usage.ts';

const USAGE = 2;
/** As shells say it of what Ctrl-C ended. */
const INTERRUPTED = 130;

/** @param asked the words of a command line: commands that they do not name stand in the help, and no more; left out: all are there */
export async function createProgram(shell: Shell, asked?: readonly string[]): Promise<Command> {
  const program = new Command('laurel')
    .description('Credentials for Open edX: badges, Open Badges and PDF credentials, decided by rules')
    .version(packageVersion())
    // A command may have a --version of its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      writeErr: (text) => void shell.stderr.write(text),
    })
    .configureHelp({ subcommandTerm });
  for (const { words, add } of COMMAND_GROUPS) {
    const names = Object.keys(words);
    if (asked === undefined || names.some((name) => asked.includes(name))) await add(program, shell);
    else for (const name of names) program.command(name);
    for (const command of program.commands.slice(-names.length)) command.description(words[command.name()] as string);
  }
  for (const command of allCommands(program)) explainExits(command);
  for (const command of [program, ...allCommands(program)])
    command.exitOverride().showHelpAfterError('(add --help for the options)');
  return program;
}

/** In the list of all commands the name alone: what goes with it may not be known there. */
function subcommandTerm(this: Help, command: Command): string {
  return command.parent?.parent === null ? command.name() : Help.prototype.subcommandTerm.call(this, command);
}

/** Those below it, at any depth. */
export function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

/** Runs one command line; never rejects.
 *  @returns the exit code: 0, 1 (the command's answer is no), 2 (usage), 130 (interrupted), or the code of server/error-map.ts */
export async function runCommandLine({ argv, ...surroundings }: Surroundings): Promise<number> {
  const shell = new Shell(surroundings);
  try {
    const words = argv.length === 0 ? ['serve'] : [...argv];
    await (await createProgram(shell, words)).parseAsync(words, { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof InterruptedError) {
      shell.printError(`laurel: ${error.message}`);
      return INTERRUPTED;
    }
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
