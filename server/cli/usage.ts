/** How commands explain themselves, and what is wrong with how one was called. */

import type { Command } from 'commander';
import { InputError } from '../../plugin/errors.ts';

/** Options or arguments that do not go together: exit code 2. */
export class UsageError extends InputError {
  constructor(message: string) {
    super('usage', message);
  }
}

/** @param names of files, `-` being standard input, which can be read once */
export function requireOneStandardInput(...names: readonly (string | undefined)[]): void {
  if (names.filter((name) => name === '-').length > 1)
    throw new UsageError('standard input can be read only once; name a file in place of one -');
}

export interface HelpFacts {
  /** What `--json` prints: every field that others may rely on. */
  readonly json?: string;
  readonly exits: string;
  /** Command lines without the program's name. */
  readonly examples: readonly string[];
}

const explained = new WeakSet<Command>();

/** What holds of every command, for those that say nothing else. */
export function explainExits(command: Command): void {
  if (explained.has(command) || command.commands.length > 0) return;
  command.addHelpText(
    'after',
    [
      '',
      'Exit code:',
      ...indented(
        '0 done, 1 the answer is no or some of the work failed, 2 the command line is not understood, 64 the input cannot be\n' +
          'used, 66 there is no such thing, or no store here, 69 a service is away, 78 the settings have problems, 130 interrupted',
      ),
    ].join('\n'),
  );
}

/** Lines below the options. */
export function explainUsage(command: Command, { json, exits, examples }: HelpFacts): Command {
  explained.add(command);
  return command.addHelpText(
    'after',
    [
      '',
      ...(json === undefined ? [] : ['With --json:', ...indented(json), '']),
      'Exit code:',
      ...indented(exits),
      '',
      'Examples:',
      ...examples.map((example) => `  laurel ${example}`),
    ].join('\n'),
  );
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

/** What every command over rule files says of its arguments. */
export const RULE_FILES =
  'rule files; a folder stands for its *.rules files in the order of their names; - is standard input';
