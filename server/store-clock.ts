/** The clock of the database, which all processes share. A machine whose own clock is wrong does nothing early or late, and takes
 *  over nothing that is alive. */

import type { Clock, Logger } from '../plugin/ports/runtime.ts';

export interface StoreClock extends Clock {
  /** Asks the database again. What it cannot tell now leaves the clock as it is. */
  compare(): Promise<void>;
}

export interface StoreClockParts {
  /** What the database says the time is. */
  readonly ask: () => Promise<Date>;
  readonly own: Clock;
  readonly logger: Logger;
}

/** So much is told apart from the time the answer takes. */
const WORTH_A_WARNING_MS = 30_000;
/** An answer that took longer says too little. */
const SLOWEST_MS = 2_000;

/** As the machine's own until it has been compared. */
export function createStoreClock({ ask, own, logger }: StoreClockParts): StoreClock {
  let aheadMs = 0;
  let warned = false;
  return {
    now: () => new Date(own.now().getTime() - aheadMs),
    async compare() {
      const asked = own.now().getTime();
      const told = (await ask()).getTime();
      const tookMs = own.now().getTime() - asked;
      // a clock that was set meanwhile would look like a long or negative wait
      if (tookMs < 0 || tookMs > SLOWEST_MS) return;
      const ahead = Math.round(asked + tookMs / 2 - told);
      // less than the answer took is no difference at all
      aheadMs = Math.abs(ahead) > tookMs ? ahead : 0;
      const isWrong = Math.abs(aheadMs) > WORTH_A_WARNING_MS;
      if (isWrong && !warned)
        logger.warn('the clock of this machine differs from that of the database, which counts; set it', {
          aheadMs,
        });
      warned = isWrong;
    },
  };
}
