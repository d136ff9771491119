/** Looks for work again and again, at once when it is told that there is some, and never twice at the same time. */

export interface WorkLoop {
  start(): void;
  /** Resolves when the work under way has ended. */
  stop(): Promise<void>;
  /** Do not wait for the next look. Does nothing unless started. */
  nudge(): void;
}

/** @param work never rejects */
export function createWorkLoop(work: () => Promise<void>, pollMs: number): WorkLoop {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> | null = null;
  let started = false;
  let nudged = false;

  function schedule(delayMs: number): void {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      running = work().finally(() => {
        running = null;
        if (started) schedule(nudged ? 0 : pollMs);
        nudged = false;
      });
    }, delayMs);
  }

  return {
    start() {
      if (started) return;
      started = true;
      schedule(0);
    },
    async stop() {
      started = false;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await running;
    },
    nudge() {
      if (!started) return;
      if (running !== null) nudged = true;
      else schedule(0);
    },
  };
}
