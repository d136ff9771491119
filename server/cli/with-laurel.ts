/** A command that works on the state: beside a running server on the same machine, or alone. */

import type { Laurel } from '../compose.ts';
import { readSettings } from '../config.ts';
import { createLogger } from '../logger.ts';
import { hasStore, newStoreLine, requireStore } from '../present-store.ts';
import type { Shell } from './shell.ts';

/** @throws NotFoundError `not-found.store` before anything is made */
export async function withLaurel(shell: Shell, work: (laurel: Laurel) => Promise<void>): Promise<void> {
  requireStore(readSettings(shell.env));
  return withLaurelOrNew(shell, work);
}

/** Of a command that sets something up: where there is no store it begins one, and says where. */
export async function withLaurelOrNew(shell: Shell, work: (laurel: Laurel) => Promise<void>): Promise<void> {
  const settings = readSettings(shell.env);
  if (!hasStore(settings)) shell.printError(`laurel: ${newStoreLine(settings)}`);
  const level = settings.logLevel === 'info' ? 'warn' : settings.logLevel;
  // On demand: commands that only look at files start without the server's libraries.
  const { compose } = await import('../compose.ts');
  const laurel = await compose(settings, {
    logger: createLogger(level, shell.stderr),
    clock: shell.clock,
    roles: [],
    join: true,
  });
  try {
    await work(laurel);
  } finally {
    await laurel.stop();
  }
}
