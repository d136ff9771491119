/** Holds the work back while what it needs is away: one task at a time tries, after ever longer pauses, and the first
 *  success lets everybody through. */

import { atLeastHalf, type Backoff } from './backoff.ts';

export class Gate {
  /** How often it was opened again; tells a task whether others have succeeded since it failed. */
  openings = 0;
  private readonly backoff: Backoff;
  private waiting: (() => void)[] = [];
  private attempt = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(backoff: Backoff) {
    this.backoff = backoff;
  }

  get isOpen(): boolean {
    return this.attempt === 0;
  }

  /** Resolves when the caller may try; in the order of asking. @throws the signal's reason when it is aborted first */
  async pass(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.isOpen) return;
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.waiting = this.waiting.filter((waiter) => waiter !== enter);
        reject(signal.reason);
      };
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(enter);
    });
  }

  failed(): void {
    if (this.timer) return;
    this.attempt += 1;
    this.timer = setTimeout(
      () => {
        this.timer = null;
        const next = this.waiting.shift();
        if (next) next();
        else this.open();
      },
      atLeastHalf(this.attempt, this.backoff),
    );
  }

  succeeded(): void {
    if (!this.isOpen) this.open();
  }

  /** Drops the pending pause; whoever waits is to be released through their signals. */
  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private open(): void {
    this.attempt = 0;
    this.openings += 1;
    this.stop();
    const released = this.waiting;
    this.waiting = [];
    for (const enter of released) enter();
  }
}
