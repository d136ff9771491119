/** Acknowledgements in as few frames as can be: one for everything up to the first message that is not finished. What is
 *  finished behind a message in progress waits a little for it, because a frame of its own costs RabbitMQ about as much as
 *  one for a hundred messages. Only what was handed in here is ever acknowledged. */

import type { Channel, ConsumeMessage } from 'amqplib';

/** What settling a message takes. */
export type Settler = Pick<Channel, 'ack' | 'nack'>;

/** How time passes; the system's unless given. */
export interface Pace {
  /** Milliseconds since whenever. */
  now(): number;
  /** Runs a task when what ends in this moment has ended. */
  soon(task: () => void): void;
  /** Runs a task after so many milliseconds. */
  later(task: () => void, ms: number): void;
}

const systemPace: Pace = {
  now: () => performance.now(),
  soon: (task) => setImmediate(task),
  later: (task, ms) => setTimeout(task, ms).unref(),
};

/** Nobody waits longer than this for a message before it: one that is tried again and again holds up nothing. */
const PATIENCE_MS = 1_000;

export class Acknowledgements implements Settler {
  readonly #channel: Settler;
  readonly #pace: Pace;
  /** When what is not settled was delivered, in the order of delivery. */
  readonly #open = new Map<number, number>();
  readonly #finished = new Map<number, ConsumeMessage>();
  #soon = false;
  #later = false;

  constructor(channel: Settler, pace: Pace = systemPace) {
    this.#channel = channel;
    this.#pace = pace;
  }

  /** To be called with every message of the channel, in the order in which they come: one that is not known here would be
   *  acknowledged along with those behind it. */
  delivered({ fields }: ConsumeMessage): void {
    this.#open.set(fields.deliveryTag, this.#pace.now());
  }

  ack(message: ConsumeMessage): void {
    this.#finished.set(message.fields.deliveryTag, message);
    if (this.#soon) return;
    this.#soon = true;
    this.#pace.soon(() => {
      this.#soon = false;
      this.#send(PATIENCE_MS);
    });
  }

  nack(message: ConsumeMessage, allUpTo: boolean, requeue: boolean): void {
    this.#open.delete(message.fields.deliveryTag);
    this.#channel.nack(message, allUpTo, requeue);
  }

  /** Sends all that waits. A channel on its way down takes nothing any more: then the messages come again. */
  flush(): void {
    this.#send(0);
  }

  #send(patience: number): void {
    const row: ConsumeMessage[] = [];
    let blockedSince: number | null = null;
    for (const [tag, deliveredAt] of this.#open) {
      const message = this.#finished.get(tag);
      if (!message) {
        blockedSince = deliveredAt;
        break;
      }
      row.push(message);
    }
    const last = row.at(-1);
    if (last) this.#acknowledge(row, () => this.#channel.ack(last, true));
    if (blockedSince === null || this.#finished.size === 0) return;
    const left = blockedSince + patience - this.#pace.now();
    if (left > 0) this.#sendLater(left);
    else for (const message of this.#finished.values()) this.#acknowledge([message], () => this.#channel.ack(message));
  }

  #acknowledge(messages: readonly ConsumeMessage[], send: () => void): void {
    for (const { fields } of messages) {
      this.#open.delete(fields.deliveryTag);
      this.#finished.delete(fields.deliveryTag);
    }
    try {
      send();
    } catch {
      // the broker delivers to somebody else what it was not told about
    }
  }

  #sendLater(ms: number): void {
    if (this.#later) return;
    this.#later = true;
    this.#pace.later(() => {
      this.#later = false;
      this.#send(PATIENCE_MS);
    }, ms);
  }
}
