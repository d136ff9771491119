/** Messages whose consumers have died again and again. One of them may be the cause, but all that a process has in hand when
 *  it dies come back with one more delivery counted, the innocent too. So they are set aside, in a queue of which every
 *  process takes one at a time: there, a death is counted against the message that was handled and no other. */

import type { Logger } from '../../plugin/ports/runtime.ts';
import type { Backoff } from './backoff.ts';
import { LETTER_HEADERS } from './dead-letters.ts';
import type { Delivery } from './delivery.ts';
import { move } from './move.ts';
import type { Publisher } from './publisher.ts';

/** Deaths after which a message is under suspicion. */
const SUSPECT_AFTER = 2;

export interface Suspects {
  /** Resolves when the message is set aside and settled. @returns false: it cannot be, and is to be handled where it is
   *  @throws when the delivery is given up; it is then left unsettled */
  setAside(delivery: Delivery): Promise<boolean>;
}

/** @param headers of the delivered message; quorum queues count in them how often it came back unsettled */
export function isSuspect(headers: Readonly<Record<string, unknown>> | undefined): boolean {
  return Number(headers?.['x-delivery-count'] ?? 0) >= SUSPECT_AFTER;
}

export function suspectsTo({
  publisher,
  exchange,
  logger,
  backoff = { firstMs: 500, longestMs: 15_000 },
}: {
  readonly publisher: Pick<Publisher, 'send'>;
  readonly exchange: string;
  readonly logger: Logger;
  readonly backoff?: Backoff;
}): Suspects {
  return {
    async setAside(delivery) {
      const { fields, properties } = delivery.message;
      // the other queue counts anew
      const { 'x-delivery-count': deliveries, ...headers } = properties.headers ?? {};
      try {
        await move(
          delivery,
          { ...headers, [LETTER_HEADERS.exchange]: fields.exchange },
          { publisher, exchange, backoff },
        );
        logger.info('a message whose consumers died is set aside, to be handled alone', {
          eventType: fields.routingKey,
          deliveries: Number(deliveries),
        });
        return true;
      } catch {
        delivery.giveUp.throwIfAborted();
        return false;
      }
    },
  };
}
