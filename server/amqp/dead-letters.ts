/** Messages that can never be processed: published to the dead-letter queue with their reason, then acknowledged. */

import { CredentialsError } from '../../plugin/errors.ts';
import { type Clock, type Logger, systemClock } from '../../plugin/ports/runtime.ts';
import type { Backoff } from './backoff.ts';
import type { Delivery } from './delivery.ts';
import { move } from './move.ts';
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
      const { fields, properties } = delivery.message;
      const reason = reasonOf(failure.error);
      const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
      const deliveries = Number(headers['x-delivery-count'] ?? 0) || 0;
      const explained = {
        ...headers,
        [LETTER_HEADERS.reason]: reason.code,
        [LETTER_HEADERS.error]: reason.message,
        [LETTER_HEADERS.attempts]: deliveries + Math.max(1, failure.attempts),
        [LETTER_HEADERS.firstErrorAt]: failure.firstAt.toISOString(),
        [LETTER_HEADERS.diedAt]: clock.now().toISOString(),
        // a suspect has come through an exchange of ours and says where it had been published
        [LETTER_HEADERS.exchange]: headers[LETTER_HEADERS.exchange] ?? fields.exchange,
      };
      await move(delivery, explained, { publisher, exchange, backoff });
      logger.warn('a message became a dead letter', { reason: reason.code, eventType: fields.routingKey });
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
