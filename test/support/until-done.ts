/** What tests of crashes do like a queue. */

import { StoreError } from '../../plugin/errors.ts';

/** What a queue does with a message that was not acknowledged: delivers it again. */
export async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (let delivery = 0; delivery < 400; delivery++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }
  throw new Error('delivering it again and again does not help');
}
