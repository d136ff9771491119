/** `laurel check`: is everything as it must be to go live? */

import type { Command } from 'commander';
import { ConfigurationError } from '../../plugin/errors.ts';
import type { CheckLine } from '../check/line.ts';
import { readSettings, type Settings } from '../config.ts';
import { createLogger } from '../logger.ts';
import { unknownSettings } from '../settings/report.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';

const FAILED = 1;
const CONFIGURATION = 78;

interface CheckOptions {
  readonly connect?: boolean;
  readonly json?: boolean;
}

export function addCheckCommand(program: Command, shell: Shell): void {
  explainUsage(
    program
      .command('check')
      .option('--connect', 'also call badge providers, the LMS and the mail server')
      .option('--json', 'print JSON')
      .action(async (options: CheckOptions) => {
        const settings = settingsOrProblems(shell);
        if (Array.isArray(settings)) {
          print(shell, settings, options);
          shell.exitCode = CONFIGURATION;
          return;
        }
        // On demand: it brings the libraries of the server.
        const { runChecks } = await import('../check/run.ts');
        const parts = { settings, logger: createLogger('silent', shell.stderr), connect: options.connect === true };
        const lines = [...warningsOfNames(shell), ...(await runChecks(parts))];
        print(shell, lines, options);
        if (lines.some(({ status }) => status === 'problem')) shell.exitCode = FAILED;
        // What did not answer may never do so.
        shell.letGo();
      }),
    {
      json: '[{name, status: ok | warning | problem, message, todo}]',
      exits: '0 no problems, 1 there are problems, 2 usage, 78 settings have problems',
      examples: ['check', 'check --connect', 'check --json'],
    },
  );
}

function settingsOrProblems(shell: Shell): Settings | CheckLine[] {
  try {
    return readSettings(shell.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map((message) => {
      return { name: 'settings', status: 'problem', message, todo: 'docs/reference/settings.md has all of them' };
    });
  }
}

function warningsOfNames(shell: Shell): CheckLine[] {
  return unknownSettings(shell.env).map((message) => {
    return { name: 'settings', status: 'warning', message, todo: null };
  });
}

function print(shell: Shell, lines: readonly CheckLine[], { json }: CheckOptions): void {
  if (json) {
    shell.printLine(JSON.stringify(lines));
    return;
  }
  for (const { name, status, message, todo } of lines) {
    shell.printLine(`${status.padEnd(7)}  ${name}: ${message}`);
    if (todo !== null) shell.printLine(`         ${todo}`);
  }
}
