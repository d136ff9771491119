/** Acknowledgements of the same moment, in as few frames as can be: one for everything up to the first message that is not
 *  finished, and one each for what is finished behind it. Only what was handed in here is ever acknowledged. */

import type { Channel, ConsumeMessage } from 'amqplib';

/** What settling a message takes. */
export type Settler = Pick<Channel, 'ack' | 'nack'>;

export class Acknowledgements implements Settler {
  readonly #channel: Settler;
  readonly #soon: (task: () => void) => void;
  /** Delivered and not settled, in the order of delivery. */
  readonly #open = new Set<number>();
  #finished = new Map<number, ConsumeMessage>();

  /** @param soon runs a task when what ends in this moment has ended */
  constructor(channel: Settler, soon: (task: () => void) => void = setImmediate) {
    this.#channel = channel;
    this.#soon = soon;
  }

  /** To be called with every message of the channel, in the order in which they come: one that is not known here would be
   *  acknowledged along with those behind it. */
  delivered({ fields }: ConsumeMessage): void {
    this.#open.add(fields.deliveryTag);
  }

  ack(message: ConsumeMessage): void {
    if (this.#finished.size === 0) this.#soon(() => this.flush());
    this.#finished.set(message.fields.deliveryTag, message);
  }

  nack(message: ConsumeMessage, allUpTo: boolean, requeue: boolean): void {
    this.#open.delete(message.fields.deliveryTag);
    this.#channel.nack(message, allUpTo, requeue);
  }

  /** Sends what waits. A channel on its way down takes nothing any more: then the messages come again. */
  flush(): void {
    const finished = this.#finished;
    this.#finished = new Map();
    let upTo: ConsumeMessage | undefined;
    for (const tag of this.#open) {
      const message = finished.get(tag);
      if (!message) break;
      upTo = message;
      this.#open.delete(tag);
      finished.delete(tag);
    }
    try {
      if (upTo) this.#channel.ack(upTo, true);
      for (const [tag, message] of finished) {
        this.#open.delete(tag);
        this.#channel.ack(message, false);
      }
    } catch {
      // the broker delivers to somebody else what it was not told about
    }
  }
}
