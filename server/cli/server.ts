/** The commands that run Laurel: serve, consume, demo, settings. */

import type { Command } from 'commander';
import { compose } from '../compose.ts';
import { readSettings, settingsTable } from '../config.ts';
import { runDemo } from '../demo/demo.ts';
import { createLogger } from '../logger.ts';
import { waitForSignal } from './signals.ts';
import { startBanner } from './start-banner.ts';

export function addServerCommands(program: Command): void {
  program
    .command('serve', { isDefault: true })
    .description('run the pages, the API, the consumer, the dispatcher and the scheduler')
    .action(async () => {
      const settings = readSettings(process.env);
      const laurel = await compose(settings, {
        logger: createLogger(settings.logLevel),
        roles: ['web', 'consumer', 'dispatcher', 'scheduler'],
      });
      process.stderr.write(`${await startBanner(laurel)}\n`);
      await waitForSignal();
      await laurel.stop();
    });

  program
    .command('consume')
    .description('run the consumer and the dispatcher only; start as many as needed')
    .action(async () => {
      const settings = readSettings(process.env);
      const laurel = await compose(settings, {
        logger: createLogger(settings.logLevel),
        roles: ['consumer', 'dispatcher'],
      });
      process.stderr.write('consuming; SIGTERM stops after the messages in progress\n');
      await waitForSignal();
      await laurel.stop();
    });

  program
    .command('demo')
    .description('show everything on example data in a fresh temporary folder')
    .option('--exit', 'end after the account instead of serving the pages')
    .action(async (options: { exit?: boolean }) => {
      await runDemo({ exit: options.exit === true, write: (line) => process.stdout.write(`${line}\n`) });
    });

  program
    .command('settings')
    .description('print the settings in force; secrets are shown as set or unset only')
    .action(() => {
      const settings = readSettings(process.env) as Readonly<Record<string, unknown>>;
      for (const [key, setting] of Object.entries(settingsTable)) {
        const value = settings[key];
        const shown = setting.secret
          ? value === null
            ? '(unset)'
            : '(set)'
          : value === null
            ? '(unset)'
            : String(value);
        process.stdout.write(`${setting.env}=${shown}\n`);
      }
    });
}
