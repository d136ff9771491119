/** A message goes to another exchange and is acknowledged where it was: in this order, so that it is never nowhere. */

import { setTimeout as pause } from 'node:timers/promises';
import { CredentialsError } from '../../plugin/errors.ts';
import { atLeastHalf, type Backoff } from './backoff.ts';
import type { Delivery } from './delivery.ts';
import type { Publisher } from './publisher.ts';

export interface Move {
  readonly publisher: Pick<Publisher, 'send'>;
  readonly exchange: string;
  /** Pauses while the broker takes no messages. */
  readonly backoff: Backoff;
}

/** Body and routing key stay. Resolves when the other queue has the message.
 *  @throws when the delivery is given up, which leaves it unsettled, or the message cannot be published at all */
export async function move(
  delivery: Delivery,
  headers: Readonly<Record<string, unknown>>,
  { publisher, exchange, backoff }: Move,
): Promise<void> {
  const { content, fields, properties } = delivery.message;
  const message = {
    exchange,
    routingKey: fields.routingKey,
    content,
    contentType: textOrUndefined(properties.contentType),
    messageId: textOrUndefined(properties.messageId),
    headers,
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await publisher.send(message);
      delivery.acknowledge();
      return;
    } catch (error) {
      delivery.giveUp.throwIfAborted();
      if (!(error instanceof CredentialsError)) throw error;
      await pause(atLeastHalf(attempt, backoff), undefined, { signal: delivery.giveUp });
    }
  }
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
