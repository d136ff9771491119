/** RabbitMQ as one thing: two connections, the topology, a publisher and, where wanted, a consumer. */

import type { DeadMessage } from '../../plugin/ports/dead-letters.ts';
import type { EventPublisher } from '../../plugin/ports/outbound.ts';
import type { Logger } from '../../plugin/ports/runtime.ts';
import { type BrokerStatus, openConnection } from './connection.ts';
import { type Consumer, type ConsumerOptions, startConsumer } from './consumer.ts';
import { type Drain, drainDeadLetters } from './dead-letter-drain.ts';
import { deadLettersTo } from './dead-letters.ts';
import type { ConsumerCounts } from './processing.ts';
import { createPublisher, type PublisherCounts } from './publisher.ts';
import { suspectsTo } from './suspects.ts';
import { type QueueDepth, queueDepths, type TopologyOptions, topologyOf } from './topology.ts';

export interface BusOptions extends TopologyOptions {
  readonly url: string;
  readonly logger: Logger;
  /** CloudEvents source of what Laurel publishes. */
  readonly source?: string;
}

export interface BusStatus {
  readonly publishing: BrokerStatus;
  readonly consuming: BrokerStatus;
  /** Whether events are being received; null: nobody has asked for them. */
  readonly subscribed: boolean | null;
  readonly published: PublisherCounts;
  readonly consumed: ConsumerCounts | null;
  /** The last thing that went wrong with a connection or a channel; null: nothing did. */
  readonly lastError: string | null;
}

export interface Bus {
  readonly publisher: EventPublisher;
  /** What it publishes to. */
  readonly exchange: string;
  /** Resolves when publishing first became possible; a broker that is away delays it. @throws ConfigurationError */
  ready(): Promise<void>;
  /** Starts receiving; at most once. */
  consume(options: Pick<ConsumerOptions, 'handle' | 'group' | 'onDeadEvent'> & { readonly prefetch: number }): Consumer;
  /** Starts moving dead letters to where `keep` puts them; at most once. */
  drain(keep: (message: DeadMessage) => Promise<unknown>): Drain;
  status(): BusStatus;
  /** Messages that wait in each queue of ours; null: RabbitMQ does not say, e.g. because it is away. */
  depths(): Promise<readonly QueueDepth[] | null>;
  close(limitMs?: number): Promise<void>;
}

export async function openBus({ url, logger, source, ...wanted }: BusOptions): Promise<Bus> {
  const topology = topologyOf(wanted);
  const publishing = await openConnection({ url, name: 'laurel publishing', logger });
  const consuming = await openConnection({ url, name: 'laurel consuming', logger });
  const publisher = createPublisher({ connection: publishing, topology, logger, ...(source && { source }) });
  let consumer: Consumer | null = null;
  let drain: Drain | null = null;

  return {
    publisher,
    exchange: topology.exchange,
    ready: () => publisher.ready(),
    consume(options) {
      const deadLetters = deadLettersTo({ publisher, exchange: topology.deadLetters, logger });
      const suspects = suspectsTo({ publisher, exchange: topology.suspects, logger });
      consumer = startConsumer({ connection: consuming, topology, deadLetters, suspects, logger, ...options });
      return consumer;
    },
    drain(keep) {
      drain = drainDeadLetters({ connection: consuming, topology, keep, logger });
      return drain;
    },
    status: () => ({
      publishing: publishing.status(),
      consuming: consuming.status(),
      subscribed: consumer?.subscribed() ?? null,
      published: publisher.counts(),
      consumed: consumer?.counts() ?? null,
      lastError: consumer?.lastError() ?? consuming.status().lastError ?? publishing.status().lastError,
    }),
    depths: () => queueDepths(publishing, topology).catch(() => null),
    async close(limitMs) {
      await Promise.all([consumer?.stop(limitMs), drain?.stop()]);
      await publisher.close();
      await Promise.all([consuming.close(), publishing.close()]);
    },
  };
}
