/** `laurel lms check`: can the LMS be asked, and what for. */

import type { Command } from 'commander';
import { ConfigurationError } from '../../plugin/errors.ts';
import { readSettings } from '../config.ts';
import { readCourse } from '../http/credentials/lms-course.ts';
import { createLogger } from '../logger.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';

const FAILED = 1;

export function addLmsCommands(program: Command, shell: Shell): void {
  const lms = program.command('lms');

  const check = lms
    .command('check')
    .description('sign in to the LMS and say which sources of completions and grades it offers')
    .argument('[course]', 'course key to try on; left out: one that our user can see')
    .option('--json', 'print a JSON array')
    .action(async (course: string | undefined, options: { json?: boolean }) => {
      const courseKey = readCourse(course);
      const settings = readSettings(shell.env);
      const { openLms } = await import('../composition/lms.ts');
      const opened = openLms(settings, createLogger('warn', shell.stderr));
      if (opened === null) {
        throw new ConfigurationError([
          'LAUREL_LMS_URL is not set, so there is no LMS to check; docs/how-to/connect-an-lms.md says what it needs',
        ]);
      }
      const lines = await opened.check(courseKey);
      if (options.json)
        shell.printLine(JSON.stringify(lines.map(({ name, state, message }) => ({ name, state, message }))));
      else for (const { state, name, message } of lines) shell.printLine(`${state.padEnd(6)}  ${name}: ${message}`);
      if (lines.some(({ state }) => state === 'failed')) shell.exitCode = FAILED;
    });
  explainUsage(check, {
    json: 'name, state (ok, used: the source asked first, off: not offered, failed: something must be done), message',
    exits: '0 everything needed works, 1 something failed, 78 LAUREL_LMS_URL is not set',
    examples: ['lms check', 'lms check course-v1:OpenedX+DemoX+Demo_Course --json'],
  });
}
