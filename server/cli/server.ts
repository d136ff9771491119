/** The commands that run Laurel: serve, consume, demo. */

import type { Command } from 'commander';
import { ConfigurationError } from '../../plugin/errors.ts';
import type { Laurel, Role } from '../compose.ts';
import { readSettings, type Settings } from '../config.ts';
import { createLogger } from '../logger.ts';
import { unknownSettings } from '../settings/report.ts';
import type { Shell } from './shell.ts';
import { startBanner, stateIn } from './start-banner.ts';

export function addServerCommands(program: Command, shell: Shell): void {
  program.command('serve').action(async () => {
    const settings = readSettings(shell.env);
    const asked = shell.untilAsked();
    const laurel = await start(shell, settings, ['web', 'consumer', 'dispatcher', 'scheduler']);
    shell.printError(`${await startBanner(laurel)}`);
    await serveUntil(asked, laurel);
  });

  program.command('consume').action(async () => {
    const settings = readSettings(shell.env);
    if (settings.amqpUrl === null) {
      throw new ConfigurationError([
        'AMQP_URL is not set, so there is nothing to consume; set it, or run laurel serve',
      ]);
    }
    const asked = shell.untilAsked();
    const laurel = await start(shell, settings, ['consumer', 'dispatcher']);
    shell.printError(`consuming, state in ${stateIn(settings)}; SIGTERM stops after the messages in progress`);
    await serveUntil(asked, laurel);
  });

  program
    .command('demo')
    .option('--exit', 'end after the account instead of serving the pages')
    .action(async (options: { exit?: boolean }) => {
      const { runDemo } = await import('../demo/demo.ts');
      await runDemo(shell, { exit: options.exit === true });
    });
}

/** @throws StoreError when the embedded store can serve no longer: ending is what makes a supervisor start us again */
async function serveUntil(asked: Promise<void>, laurel: Laurel): Promise<void> {
  const broken = await Promise.race([asked, laurel.stores.broken]);
  await laurel.stop();
  if (broken) throw broken;
}

/** Loaded on demand: commands that only look at files start without the server's libraries. */
async function start(shell: Shell, settings: Settings, roles: readonly Role[]): Promise<Laurel> {
  const { compose } = await import('../compose.ts');
  const logger = createLogger(settings.logLevel, shell.stdout);
  for (const problem of unknownSettings(shell.env)) logger.warn('a variable is no setting', { problem });
  return compose(settings, { logger, clock: shell.clock, roles });
}
