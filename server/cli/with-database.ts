/** A command that works on the database itself, and not on what Laurel makes of it. */

import type { OpenedDatabase } from '../composition/stores.ts';
import { readSettings, type Settings } from '../config.ts';
import { Lifecycle } from '../lifecycle.ts';
import { createLogger } from '../logger.ts';
import { hasStore, newStoreLine, requireStore } from '../present-store.ts';
import type { Shell } from './shell.ts';

/** @param how join: beside a running server that holds the embedded store; build: indexes are built; begins: where there is no
 *  store, one is begun, and that is said
 *  @throws NotFoundError `not-found.store` before anything is made */
export async function withDatabaseOnly(
  shell: Shell,
  {
    join = true,
    build,
    begins = false,
  }: { readonly join?: boolean; readonly build: boolean; readonly begins?: boolean },
  work: (opened: OpenedDatabase, settings: Settings) => Promise<void>,
): Promise<void> {
  const settings = readSettings(shell.env);
  if (!begins) requireStore(settings);
  else if (!hasStore(settings)) shell.printError(`laurel: ${newStoreLine(settings)}`);
  const logger = createLogger('warn', shell.stderr);
  const lifecycle = new Lifecycle(logger);
  try {
    const { openDatabase } = await import('../composition/stores.ts');
    await work(await openDatabase(settings, { logger, lifecycle, join }, { build }), settings);
  } finally {
    await lifecycle.stop();
  }
}
