/** A command that works on the database itself, and not on what Laurel makes of it. */

import type { OpenedDatabase } from '../composition/stores.ts';
import { readSettings, type Settings } from '../config.ts';
import { Lifecycle } from '../lifecycle.ts';
import { createLogger } from '../logger.ts';
import type { Shell } from './shell.ts';

/** @param how join: beside a running server that holds the embedded store; build: indexes are built */
export async function withDatabaseOnly(
  shell: Shell,
  { join = true, build }: { readonly join?: boolean; readonly build: boolean },
  work: (opened: OpenedDatabase, settings: Settings) => Promise<void>,
): Promise<void> {
  const settings = readSettings(shell.env);
  const logger = createLogger('warn', shell.stderr);
  const lifecycle = new Lifecycle(logger);
  try {
    const { openDatabase } = await import('../composition/stores.ts');
    await work(await openDatabase(settings, { logger, lifecycle, join }, { build }), settings);
  } finally {
    await lifecycle.stop();
  }
}
