/** The clock that everything here goes by: that of the database, compared with it as long as the process runs. */

import { type Clock, systemClock } from '../../plugin/ports/runtime.ts';
import { every } from '../every.ts';
import { createStoreClock } from '../store-clock.ts';
import type { Beginning } from './foundation.ts';
import type { Stores } from './stores.ts';

/** How often the clock of the machine is compared with that of the database. */
const POLL_MS = 60_000;

/** A clock that was handed in is meant to count as it is. @throws StoreError */
export async function openStoreClock(
  { roles, clock, logger, lifecycle }: Beginning,
  { database }: Pick<Stores, 'database'>,
): Promise<Clock> {
  if (clock !== systemClock) return clock;
  const storeClock = createStoreClock({ ask: () => database.time(), own: clock, logger });
  await storeClock.compare();
  const failed = 'the clock of the database could not be asked';
  if (roles.length > 0) lifecycle.onStop('clock', every(POLL_MS, storeClock.compare, { logger, failed }));
  return storeClock;
}
