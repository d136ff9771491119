/** One delivered message and its settlement: at most one, and only on the channel that delivered it. */

import type { ConsumeMessage } from 'amqplib';
import type { Settler } from './acknowledgements.ts';

export class Delivery {
  readonly message: ConsumeMessage;
  /** Aborted when the channel is gone or the consumer stops: the broker will deliver the message again, to somebody. */
  readonly giveUp: AbortSignal;
  private readonly channel: Settler;
  private settled = false;

  constructor(channel: Settler, message: ConsumeMessage, giveUp: AbortSignal) {
    this.channel = channel;
    this.message = message;
    this.giveUp = giveUp;
  }

  /** @returns whether this call settled the message; false when it was settled before or it was given up */
  acknowledge(): boolean {
    return this.settle(() => this.channel.ack(this.message));
  }

  /** Hands the message to the broker's own dead-letter exchange. @returns as `acknowledge` */
  reject(): boolean {
    return this.settle(() => this.channel.nack(this.message, false, false));
  }

  private settle(how: () => void): boolean {
    if (this.settled || this.giveUp.aborted) return false;
    this.settled = true;
    try {
      how();
      return true;
    } catch {
      // a channel on its way down throws here; the message comes again
      return false;
    }
  }
}
