import { expect } from 'chai';
import { ShardShares } from '../../../server/amqp/shard-shares.ts';

const QUEUE = 'events';
const SHARDS = ['s0', 's1', 's2', 's3', 's4', 's5'];

/** Shards that deliver to whoever has waited longest, as RabbitMQ does with a single active consumer, and counts that one alone. */
class Broker {
  readonly waiting = new Map<string, string[]>();
  #subscriptions = 0;

  join(): { readonly shares: ShardShares; readonly leave: () => void } {
    const own = new Map<string, string>();
    const shares = new ShardShares(
      {
        cancel: async (tag: string) => {
          this.#remove(tag);
          return { consumerTag: tag };
        },
        checkQueue: async (queue: string) => ({
          queue,
          messageCount: 0,
          consumerCount: queue === QUEUE ? (this.waiting.get(queue)?.length ?? 0) : 1,
        }),
      },
      { queue: QUEUE, shards: SHARDS },
      async (queue) => {
        const consumerTag = `tag-${++this.#subscriptions}`;
        own.set(consumerTag, queue);
        this.waiting.set(queue, [...(this.waiting.get(queue) ?? []), consumerTag]);
        return { consumerTag };
      },
    );
    this.#members.set(shares, own);
    const leave = (): void => {
      for (const tag of own.keys()) this.#remove(tag);
    };
    return { shares, leave };
  }

  readonly #members = new Map<ShardShares, Map<string, string>>();

  #remove(tag: string): void {
    for (const [queue, tags] of this.waiting)
      this.waiting.set(
        queue,
        tags.filter((one) => one !== tag),
      );
  }

  /** Something comes through every queue. */
  deliver(): void {
    for (const queue of SHARDS)
      for (const [shares, own] of this.#members)
        if (own.has(this.waiting.get(queue)?.[0] ?? '')) shares.delivered(queue);
  }

  /** Subscriptions there are, of everybody. */
  get subscriptions(): number {
    return [...this.waiting.values()].flat().length;
  }

  /** How many queues deliver to it. */
  served(shares: ShardShares): number {
    const own = this.#members.get(shares);
    return SHARDS.filter((queue) => own?.has(this.waiting.get(queue)?.[0] ?? '')).length;
  }
}

async function subscribed(broker: Broker) {
  const member = broker.join();
  for (const queue of [...SHARDS, QUEUE]) await member.shares.subscribe(queue);
  return member;
}

/** Everybody looks, as often as it takes. */
async function settle(broker: Broker, members: readonly { readonly shares: ShardShares }[]): Promise<number[]> {
  for (let round = 0; round < members.length + 1; round++)
    for (const { shares } of members) {
      broker.deliver();
      await shares.giveUpMore();
    }
  return members.map(({ shares }) => broker.served(shares));
}

describe('ShardShares', () => {
  it('leaves all to a process that is alone', async () => {
    const broker = new Broker();
    const only = await subscribed(broker);
    expect(await settle(broker, [only])).to.deep.equal([6]);
    expect(broker.subscriptions).to.equal(7);
  });

  it('gives every process its share, whoever came first', async () => {
    const broker = new Broker();
    const [first, second, third] = [await subscribed(broker), await subscribed(broker), await subscribed(broker)];
    broker.deliver();
    expect(broker.served(first.shares)).to.equal(6);
    expect(await settle(broker, [first, second, third])).to.deep.equal([2, 2, 2]);
  });

  it('gives up nothing more once everybody has a share', async () => {
    const broker = new Broker();
    const members = [await subscribed(broker), await subscribed(broker)];
    expect(await settle(broker, members)).to.deep.equal([3, 3]);
    broker.deliver();
    for (const { shares } of members) expect(await shares.giveUpMore()).to.deep.equal([]);
  });

  it('takes over what a process leaves that ends, and shares again with one that comes', async () => {
    const broker = new Broker();
    const [first, second] = [await subscribed(broker), await subscribed(broker)];
    await settle(broker, [first, second]);
    first.leave();
    expect(await settle(broker, [second])).to.deep.equal([6]);
    const third = await subscribed(broker);
    expect(await settle(broker, [second, third])).to.deep.equal([3, 3]);
  });

  it('ends every subscription, also while it gives some up or has not made all of them', async () => {
    for (let moments = 0; moments < 20; moments += 1) {
      const broker = new Broker();
      const [first] = [await subscribed(broker), await subscribed(broker)];
      broker.deliver();
      const third = broker.join();
      const underWay = [first.shares.giveUpMore(), third.shares.subscribe(QUEUE)];
      for (let n = 0; n < moments; n += 1) await null;
      await Promise.all([first.shares.end(), third.shares.end()]);
      await Promise.all(underWay);
      await third.shares.subscribe('s0');
      expect(broker.subscriptions, `after ${moments} moments`).to.equal(7);
    }
  });

  it('gives up nothing that delivers nothing: it may belong to another already', async () => {
    const broker = new Broker();
    const first = await subscribed(broker);
    await subscribed(broker);
    expect(await first.shares.giveUpMore()).to.deep.equal([]);
  });
});
