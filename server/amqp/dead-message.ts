/** What a message in the dead-letter queue says of itself. Nothing of it is trusted, and none of it can be refused. Pure. */

import { createHash } from 'node:crypto';
import type { ConsumeMessage } from 'amqplib';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { DeadLetter, DeadMessage } from '../../plugin/ports/dead-letters.ts';
import { LETTER_HEADERS } from './dead-letters.ts';
import { eventFromMessage, MAX_BODY_BYTES } from './envelope.ts';

const MAX_TEXT = 1_000;
const MAX_HEADERS_TEXT = 65_536;

/** The broker's own reasons, as its x-death header names them, in words. */
const BROKER_REASONS: ReadonlyMap<string, string> = new Map([
  ['delivery_limit', 'its consumers ended too often before they had settled it; a process may have died of it'],
  ['rejected', 'it could be neither processed nor published as a dead letter'],
  ['expired', 'it had waited longer than its queue or its publisher allows'],
  ['maxlen', 'the queue was full'],
]);

/** @param queue it died in, unless it says so itself
 *  @param now for what does not say when it died */
export function deadMessageOf(
  { content, fields, properties }: Pick<ConsumeMessage, 'content' | 'fields' | 'properties'>,
  queue: string,
  now: Date,
): DeadMessage {
  const headers: Readonly<Record<string, unknown>> = properties.headers ?? {};
  const death = brokerDeath(headers);
  const own = headers[LETTER_HEADERS.reason] !== undefined;
  const diedAt = dateOf(headers[LETTER_HEADERS.diedAt]) ?? (own ? null : death.at) ?? now;
  const contentType = textOf(properties.contentType);
  const messageId = textOf(properties.messageId);
  const eventType = textOf(headers.ce_type) ?? textOf(fields.routingKey);
  const eventId = textOf(headers.ce_id) ?? messageId;
  const source = textOf(headers.ce_source);
  return {
    id: digest(fields.routingKey, eventType, eventId, source, contentType, content),
    reason: own
      ? {
          code: textOf(headers[LETTER_HEADERS.reason]) ?? 'unknown',
          message: textOf(headers[LETTER_HEADERS.error]) ?? '',
        }
      : brokerReason(death.reason),
    eventType,
    eventId,
    source,
    exchange: textOf(headers[LETTER_HEADERS.exchange]) ?? death.exchange ?? fields.exchange,
    routingKey: fields.routingKey,
    queue: death.queue ?? queue,
    contentType,
    messageId,
    headers: originalHeaders(headers),
    body: content.subarray(0, MAX_BODY_BYTES),
    bodyBytes: content.length,
    attempts: countOf(headers[LETTER_HEADERS.attempts]) ?? countOf(headers['x-delivery-count']) ?? 1,
    firstErrorAt: dateOf(headers[LETTER_HEADERS.firstErrorAt]) ?? diedAt,
    diedAt,
  };
}

/** The event of a dead letter, as its message would be read now. @throws EventError */
export function eventFromDeadLetter({ body, bodyBytes, headers, contentType, messageId }: DeadLetter): LmsEvent {
  // only the beginning is kept of what is too large to be read; its size is what refuses it
  const content = bodyBytes > body.length ? Buffer.alloc(bodyBytes) : Buffer.from(body);
  return eventFromMessage({ content, properties: { headers, contentType, messageId } });
}

interface BrokerDeath {
  readonly reason: string | null;
  readonly queue: string | null;
  readonly exchange: string | null;
  readonly at: Date | null;
}

/** The newest entry of x-death; nothing where there is none. */
function brokerDeath(headers: Readonly<Record<string, unknown>>): BrokerDeath {
  const deaths = headers['x-death'];
  const latest = (Array.isArray(deaths) ? deaths[0] : null) as Readonly<Record<string, unknown>> | null;
  const time = latest?.time as { readonly value?: unknown } | undefined;
  return {
    reason: textOf(latest?.reason),
    queue: textOf(latest?.queue),
    exchange: textOf(latest?.exchange),
    // AMQP timestamps count seconds
    at: typeof time?.value === 'number' ? dateOf(time.value * 1_000) : null,
  };
}

function brokerReason(reason: string | null): DeadMessage['reason'] {
  if (reason === null) return { code: 'unknown', message: 'the message says nothing of why it is here' };
  const message = BROKER_REASONS.get(reason) ?? 'RabbitMQ took the message out of its queue';
  return { code: `rabbitmq.${reason.replaceAll('_', '-')}`, message };
}

/** Without what was added on the way here: a message that dies a second time is still the same. */
function originalHeaders(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const added = new Set<string>(Object.values(LETTER_HEADERS));
  const kept = Object.entries(headers).filter(
    ([name]) => !added.has(name) && !/^x-(death|first-|last-|delivery-)/.test(name),
  );
  const values = Object.fromEntries(
    kept.map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('utf8') : value]),
  );
  const text = JSON.stringify(values);
  if (text.length <= MAX_HEADERS_TEXT) return JSON.parse(text) as Record<string, unknown>;
  // what the contract asks for is enough to read the message again
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => /^ce_\w+$/.test(name) && textOf(value) !== null),
  );
}

function digest(...parts: readonly (string | null | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part === null ? '\u0000-' : typeof part === 'string' ? `\u0000${part}` : part);
  return hash.digest('hex').slice(0, 32);
}

function textOf(value: unknown): string | null {
  const text = Buffer.isBuffer(value) ? value.toString('utf8') : value;
  return typeof text === 'string' && text !== '' ? text.slice(0, MAX_TEXT) : null;
}

function dateOf(value: unknown): Date | null {
  const date = new Date(typeof value === 'number' ? value : (textOf(value) ?? Number.NaN));
  return Number.isNaN(date.getTime()) ? null : date;
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
