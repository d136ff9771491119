/** The clock of the database in this process, compared with it as long as the process runs. */

import { createStoreClock, type StoreClock } from '../store-clock.ts';
import type { Foundation } from './foundation.ts';

/** How often the clock of the machine is compared with that of the database. */
const POLL_MS = 60_000;

/** @param given the clock was handed in, and is meant to count as it is
 *  @throws StoreError */
export async function openStoreClock(foundation: Foundation, given: boolean): Promise<StoreClock> {
  const { stores, roles, clock, logger, repeat } = foundation;
  const storeClock = createStoreClock({ ask: () => stores.database.time(), own: clock, logger });
  if (roles.length > 0 && !given) {
    await storeClock.compare();
    repeat('clock', POLL_MS, () => storeClock.compare(), 'the clock of the database could not be asked');
  }
  return storeClock;
}
