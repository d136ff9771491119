/** Shares the shards among the processes that consume them. RabbitMQ gives a queue with a single active consumer to whoever
 *  subscribed first, so the first process would have them all, and the others stand by. Who serves more than its share gives
 *  the rest up and subscribes again, behind those who wait. Nobody is asked, and nothing is kept: how many take part, the
 *  broker says. */

import type { Channel } from 'amqplib';
import type { Topology } from './topology.ts';

type Subscribe = (queue: string) => Promise<{ readonly consumerTag: string }>;

export class ShardShares {
  readonly #channel: Pick<Channel, 'cancel' | 'checkQueue'>;
  readonly #queue: string;
  readonly #shards: readonly string[];
  readonly #subscribe: Subscribe;
  readonly #tags = new Map<string, string>();
  /** Those that have delivered something, which the others do not. */
  readonly #served = new Set<string>();
  #hasEnded = false;

  /** @param topology `queue` is consumed by every process beside the others, so that it tells how many there are: of a
   *  shard RabbitMQ counts the active one alone */
  constructor(
    channel: Pick<Channel, 'cancel' | 'checkQueue'>,
    { queue, shards }: Pick<Topology, 'queue' | 'shards'>,
    subscribe: Subscribe,
  ) {
    this.#channel = channel;
    this.#queue = queue;
    this.#shards = shards;
    this.#subscribe = subscribe;
  }

  async subscribe(queue: string): Promise<void> {
    if (this.#hasEnded) return;
    const { consumerTag } = await this.#subscribe(queue);
    if (this.#hasEnded) await this.#channel.cancel(consumerTag);
    else this.#tags.set(queue, consumerTag);
  }

  /** Ends all subscriptions; those that are being made or exchanged end too. Never rejects: a lost channel has none. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    const tags = [...this.#tags.values()];
    this.#tags.clear();
    await Promise.all(tags.map((tag) => this.#channel.cancel(tag).catch(() => {})));
  }

  /** To be told of every delivery. */
  delivered(queue: string): void {
    this.#served.add(queue);
  }

  /** @returns the shards that were given up: others wait for them, and this process serves more than its share */
  async giveUpMore(): Promise<readonly string[]> {
    const served = this.#shards.filter((queue) => this.#served.has(queue));
    if (served.length < 2) return [];
    const { consumerCount } = await this.#channel.checkQueue(this.#queue);
    const surplus = served.slice(Math.ceil(this.#shards.length / Math.max(1, consumerCount)));
    for (const queue of surplus) await this.#standBehind(queue);
    return surplus;
  }

  async #standBehind(queue: string): Promise<void> {
    const tag = this.#tags.get(queue);
    if (tag === undefined) return;
    this.#tags.delete(queue);
    await this.#channel.cancel(tag);
    this.#served.delete(queue);
    await this.subscribe(queue);
  }
}
