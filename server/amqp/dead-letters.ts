/** Messages that can never be processed: published to the dead-letter queue with their reason, then acknowledged. */

import { setTimeout as pause } from 'node:timers/promises';
import { CredentialsError } from '../../plugin/errors.ts';
import { type Clock, type Logger, systemClock } from '../../plugin/ports/runtime.ts';
import { atLeastHalf, type Backoff } from './backoff.ts';
import type { Delivery } from './delivery.ts';
import type { Publisher } from './publisher.ts';

/** Why an event can never be processed, and what had been tried. */
export interface Failure {
  readonly error: Error;
  /** Of handling; 0: the message was refused unhandled. */
  readonly attempts: number;
  readonly firstAt: Date;
}

/** Headers that Laurel adds to a dead letter. */
export const LETTER_HEADERS = {
  reason: 'laurel-reason',
  error: 'laurel-error',
  attempts: 'laurel-attempts',
  firstErrorAt: 'laurel-first-error-at',
  diedAt: 'laurel-dead-at',
  exchange: 'laurel-exchange',
} as const;

export interface DeadLetters {
  /** Resolves when the dead-letter queue has the message and the original is settled.
   *  @throws when the delivery is given up; it is then left unsettled */
  take(delivery: Delivery, failure: Failure): Promise<void>;
}

export function deadLettersTo({
  publisher,
  exchange,
  logger,
  clock = systemClock,
  backoff = { firstMs: 500, longestMs: 15_000 },
}: {
  readonly publisher: Pick<Publisher, 'send'>;
  readonly exchange: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly backoff?: Backoff;
}): DeadLetters {
  return {
    async take(delivery, failure) {
      const { content, fields, properties } = delivery.message;
      const reason = reasonOf(failure.error);
      const deliveries = Number(properties.headers?.['x-delivery-count'] ?? 0) || 0;
      const message = {
        exchange,
        routingKey: fields.routingKey,
        content,
        contentType: textOrUndefined(properties.contentType),
        messageId: textOrUndefined(properties.messageId),
        headers: {
          ...properties.headers,
          [LETTER_HEADERS.reason]: reason.code,
          [LETTER_HEADERS.error]: reason.message,
          [LETTER_HEADERS.attempts]: deliveries + Math.max(1, failure.attempts),
          [LETTER_HEADERS.firstErrorAt]: failure.firstAt.toISOString(),
          [LETTER_HEADERS.diedAt]: clock.now().toISOString(),
          [LETTER_HEADERS.exchange]: fields.exchange,
        },
      };
      for (let attempt = 1; ; attempt += 1) {
        try {
          await publisher.send(message);
          delivery.acknowledge();
          logger.warn('a message became a dead letter', { reason: reason.code, eventType: fields.routingKey });
          return;
        } catch (error) {
          delivery.giveUp.throwIfAborted();
          if (!(error instanceof CredentialsError)) throw error;
          await pause(atLeastHalf(attempt, backoff), undefined, { signal: delivery.giveUp });
        }
      }
    },
  };
}

/** Messages of our own errors hold no personal data; those of others may, so only their kind is told. */
function reasonOf(failure: Error): { readonly code: string; readonly message: string } {
  if (failure instanceof CredentialsError) return { code: failure.code, message: failure.message };
  return {
    code: 'bug.unexpected',
    message: `handling the event failed with an unexpected ${failure.name}; see the log`,
  };
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
