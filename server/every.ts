/** Something small that is done again and again, and may fail now and then. */

import type { Logger } from '../plugin/ports/runtime.ts';

/** Never twice at the same time. @returns ends it, after the look under way */
export function every(
  periodMs: number,
  work: () => Promise<unknown>,
  { logger, failed }: { readonly logger: Logger; readonly failed: string },
): () => Promise<void> {
  let running: Promise<unknown> | null = null;
  const timer = setInterval(() => {
    running ??= work()
      .catch((error: unknown) => logger.warn(failed, { error: error instanceof Error ? error.message : String(error) }))
      .finally(() => {
        running = null;
      });
  }, periodMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
