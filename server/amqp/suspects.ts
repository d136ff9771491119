/** Messages whose consumers have died again and again. One of them may be the cause, so they are handled one at a time, in
 *  random order: each time a process dies of one, about half of the others were done before it, and long before the broker
 *  gives up the guilty one the innocent are gone. All at once they would be given up together with it. */

import { setTimeout as pause } from 'node:timers/promises';

/** Deaths after which a message is under suspicion. */
const SUSPECT_AFTER = 2;
/** Deliveries come one by one: without this the first would always be the one at the head of the queue. */
const GATHER_MS = 50;

export interface SuspectsParts {
  /** From 0 to below 1. */
  readonly random?: () => number;
  readonly gather?: () => Promise<unknown>;
}

/** @param headers of the delivered message; quorum queues count in them how often it came back unsettled */
export function isSuspect(headers: Readonly<Record<string, unknown>> | undefined): boolean {
  return Number(headers?.['x-delivery-count'] ?? 0) >= SUSPECT_AFTER;
}

export class Suspects {
  private readonly waiting: (() => Promise<void>)[] = [];
  private readonly random: () => number;
  private readonly gather: () => Promise<unknown>;
  private working = false;

  constructor({ random = Math.random, gather = () => pause(GATHER_MS) }: SuspectsParts = {}) {
    this.random = random;
    this.gather = gather;
  }

  /** @param task must not reject */
  run(task: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(() => task().then(resolve));
      if (!this.working) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.working = true;
    await this.gather();
    while (this.waiting.length > 0) {
      const [next] = this.waiting.splice(Math.floor(this.random() * this.waiting.length), 1);
      await next?.();
    }
    this.working = false;
  }
}
