/** What becomes of one message: handled and acknowledged, ignored, a dead letter, or left to the broker. */

import { setTimeout as pause } from 'node:timers/promises';
import type { EventType } from '../../dsl/index.ts';
import { CredentialsError, EventError } from '../../plugin/errors.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { Clock, Logger } from '../../plugin/ports/runtime.ts';
import { atLeastHalf, type Backoff } from './backoff.ts';
import type { DeadLetters, Failure } from './dead-letters.ts';
import type { Delivery } from './delivery.ts';
import { eventFromMessage } from './envelope.ts';
import type { Gate } from './gate.ts';

export interface ConsumerCounts {
  readonly received: number;
  /** Of those, the ones that the broker had handed out before. */
  readonly redelivered: number;
  readonly handled: number;
  /** Of a type that the catalogue does not know. */
  readonly ignored: number;
  readonly deadLettered: number;
  /** Attempts after the first. */
  readonly retried: number;
  /** Given up because the channel was lost or the consumer stopped; the broker delivers them again. */
  readonly abandoned: number;
  readonly inFlight: number;
}

export interface RetryPolicy {
  /** Attempts at an event whose handling fails for a reason of its own. */
  readonly attempts: number;
  readonly pauses: Backoff;
}

export interface ProcessingOptions {
  readonly handle: (event: LmsEvent) => Promise<void>;
  readonly deadLetters: DeadLetters;
  /** Told of an event that has become a dead letter. Never rejects. */
  readonly onDeadEvent?: (event: LmsEvent, failure: Error) => Promise<void>;
  readonly gate: Gate;
  readonly retry: RetryPolicy;
  readonly catalogue: ReadonlyMap<string, EventType>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly counts: { -readonly [Name in keyof ConsumerCounts]: number };
}

/** Never throws: a throw in a consumer callback would cost the channel.
 *  @returns the event, or what is wrong with the message */
export function readMessage(delivery: Delivery, catalogue: ReadonlyMap<string, EventType>): LmsEvent | Error {
  try {
    return eventFromMessage(delivery.message, catalogue);
  } catch (error) {
    return error as Error;
  }
}

/** Sees a delivery through to its one settlement. Never rejects. */
export async function settleDelivery(
  delivery: Delivery,
  read: LmsEvent | Error,
  options: ProcessingOptions,
): Promise<void> {
  const { deadLetters, counts, logger } = options;
  const { giveUp } = delivery;
  counts.inFlight += 1;
  try {
    giveUp.throwIfAborted();
    const failure = read instanceof Error ? refused(read, options) : await handled(read, giveUp, options);
    if (failure === null) {
      delivery.acknowledge();
      counts.handled += 1;
    } else if (failure.error instanceof EventError && failure.error.code === 'event.unknown-type') {
      // newer platforms publish types that did not exist when this was written; no fault of anybody's
      delivery.acknowledge();
      counts.ignored += 1;
      logger.debug('ignored an event of an unknown type', failure.error.details);
    } else {
      await deadLetters.take(delivery, failure);
      counts.deadLettered += 1;
      if (!(read instanceof Error)) await options.onDeadEvent?.(read, failure.error);
    }
  } catch (error) {
    counts.abandoned += 1;
    if (!giveUp.aborted) {
      // neither acknowledged nor a dead letter: rejecting is what is left, and the broker keeps it for us
      delivery.reject();
      logger.error('a message could not be settled properly; the broker took it as a dead letter', {
        reason: error instanceof CredentialsError ? error.code : (error as Error).name,
      });
    }
  } finally {
    counts.inFlight -= 1;
  }
}

function refused(error: Error, { clock }: ProcessingOptions): Failure {
  return { error, attempts: 0, firstAt: clock.now() };
}

/** Failures of the database at one event, each while it served others, after which the event is to blame. */
const PATIENCE = 10;

/** @returns null when the event's effect is durable, else why it never will be
 *  @throws the signal's reason when it is given up */
async function handled(
  event: LmsEvent,
  giveUp: AbortSignal,
  { handle, gate, retry, counts, logger, clock }: ProcessingOptions,
): Promise<Failure | null> {
  let ownFailures = 0;
  let firstAt: Date | null = null;
  let openings = gate.openings;
  for (let attempts = 1; ; attempts += 1) {
    if (!gate.isOpen) await gate.pass(giveUp);
    try {
      await handle(event);
      gate.succeeded();
      return null;
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      const infrastructure = failure instanceof CredentialsError && failure.retry === 'later';
      // trouble that others do not share is the event's own
      if (!infrastructure || openings !== gate.openings) ownFailures += 1;
      if (infrastructure) gate.failed();
      else gate.succeeded();
      openings = gate.openings;
      giveUp.throwIfAborted();
      firstAt ??= clock.now();
      if (failure instanceof EventError || ownFailures >= (infrastructure ? PATIENCE : retry.attempts))
        return { error: failure, attempts, firstAt };
      counts.retried += 1;
      logger.warn('handling an event failed; it will be tried again', {
        eventId: event.id,
        eventType: event.type,
        code: failure instanceof CredentialsError ? failure.code : failure.name,
      });
      if (!infrastructure) await pause(atLeastHalf(ownFailures, retry.pauses), undefined, { signal: giveUp });
    }
  }
}
