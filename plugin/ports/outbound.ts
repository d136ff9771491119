/** The event bus, outgoing. */

import type { Instant } from '../../dsl/index.ts';
import type { TraceContext } from './trace-context.ts';

/** A CloudEvent of a type of the catalogue. */
export interface OutboundEvent {
  /** The same on every repetition. */
  readonly id: string;
  readonly type: string;
  readonly time: Instant;
  /** The whole event data: the one top-level field and its payload. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The work that publishes it. */
  readonly trace?: TraceContext;
}

export interface EventPublisher {
  /** Resolves once the bus has confirmed that a queue has taken the event.
   *  @throws StoreError `store.publish-unconfirmed`, `store.publish-returned`, `store.bus-unavailable` */
  publish(event: OutboundEvent): Promise<void>;
}

/** In-memory twin; also what serves when no bus is configured: it keeps the last events for the pages and for tests. */
export class MemoryPublisher implements EventPublisher {
  readonly published: OutboundEvent[] = [];
  async publish(event: OutboundEvent): Promise<void> {
    this.published.push(event);
    if (this.published.length > 10_000) this.published.shift();
  }
}
