/** Deliveries whose events are taken together, settled together. A group that fails is taken apart: then each is settled
 *  by itself, so that one event's trouble is no other's. */

import type { EventGroup } from '../../plugin/badges/take-event.ts';
import { CredentialsError } from '../../plugin/errors.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { Delivery } from './delivery.ts';
import { type ProcessingOptions, settleDelivery } from './processing.ts';

/** A delivery and the event in it. */
export interface Received {
  readonly delivery: Delivery;
  readonly event: LmsEvent;
}

/** Sees each of the deliveries through to its one settlement. Never rejects. */
export async function settleGroup(
  group: Pick<EventGroup, 'learner' | 'take'>,
  received: readonly Received[],
  options: ProcessingOptions,
): Promise<void> {
  if (received.length > 1 && (await areTaken(group, received, options))) {
    for (const { delivery } of received) delivery.acknowledge();
    options.counts.handled += received.length;
    return;
  }
  if (group.learner === null) {
    await Promise.all(received.map(({ delivery, event }) => settleDelivery(delivery, event, options)));
  } else for (const { delivery, event } of received) await settleDelivery(delivery, event, options);
}

async function areTaken(
  { take }: Pick<EventGroup, 'take'>,
  received: readonly Received[],
  { gate, counts, logger }: ProcessingOptions,
): Promise<boolean> {
  if (!gate.isOpen || received.some(({ delivery }) => delivery.giveUp.aborted)) return false;
  counts.inFlight += received.length;
  try {
    await take();
    gate.succeeded();
    return true;
  } catch (error) {
    const isAway = error instanceof CredentialsError && error.retry === 'later';
    if (isAway) gate.failed();
    counts.retried += received.length;
    logger.warn('handling events together failed; each will be tried by itself', {
      events: received.length,
      code: error instanceof CredentialsError ? error.code : (error as Error).name,
    });
    return false;
  } finally {
    counts.inFlight -= received.length;
  }
}
