/** The commands that run Laurel: serve, consume, demo. */

import type { Command } from 'commander';
import { ConfigurationError } from '../../plugin/errors.ts';
import type { Laurel, Role } from '../compose.ts';
import { readSettings, type Settings } from '../config.ts';
import { createLogger } from '../logger.ts';
import { unknownSettings } from '../settings/report.ts';
import { waitForSignal } from './signals.ts';
import { startBanner } from './start-banner.ts';

export function addServerCommands(program: Command): void {
  program
    .command('serve')
    .description(
      'run the pages, the API, the consumer, the dispatcher and the scheduler; done when no command is given',
    )
    .action(async () => {
      const settings = readSettings(process.env);
      const asked = waitForSignal();
      const laurel = await start(settings, ['web', 'consumer', 'dispatcher', 'scheduler']);
      process.stderr.write(`${await startBanner(laurel)}\n`);
      await serveUntil(asked, laurel);
    });

  program
    .command('consume')
    .description('run the consumer and the dispatcher only; start as many as needed')
    .action(async () => {
      const settings = readSettings(process.env);
      if (settings.amqpUrl === null) {
        throw new ConfigurationError([
          'AMQP_URL is not set, so there is nothing to consume; set it, or run laurel serve',
        ]);
      }
      const asked = waitForSignal();
      const laurel = await start(settings, ['consumer', 'dispatcher']);
      process.stderr.write('consuming; SIGTERM stops after the messages in progress\n');
      await serveUntil(asked, laurel);
    });

  program
    .command('demo')
    .description('show everything on example data in a fresh temporary folder')
    .option('--exit', 'end after the account instead of serving the pages')
    .action(async (options: { exit?: boolean }) => {
      const { runDemo } = await import('../demo/demo.ts');
      await runDemo({ exit: options.exit === true, write: (line) => process.stdout.write(`${line}\n`) });
    });
}

/** @throws StoreError when the embedded store can serve no longer: ending is what makes a supervisor start us again */
async function serveUntil(asked: Promise<void>, laurel: Laurel): Promise<void> {
  const broken = await Promise.race([asked, laurel.stores.broken]);
  await laurel.stop();
  if (broken) throw broken;
}

/** Loaded on demand: commands that only look at files start without the server's libraries. */
async function start(settings: Settings, roles: readonly Role[]): Promise<Laurel> {
  const { compose } = await import('../compose.ts');
  const logger = createLogger(settings.logLevel);
  for (const problem of unknownSettings(process.env)) logger.warn('a variable is no setting', { problem });
  return compose(settings, { logger, roles });
}
