/** The message contract: AMQP headers, content type and body to an event, and an event to a message. Pure. */

import { isUtf8 } from 'node:buffer';
import { type EventType, formatInstant } from '../../dsl/index.ts';
import { EventError } from '../../plugin/errors.ts';
import { eventCatalogue } from '../../plugin/events/catalogue.ts';
import { decodeCloudEvent, decodeEvent, mediaTypeOf, toCloudEvent } from '../../plugin/events/decode.ts';
import type { LmsEvent } from '../../plugin/events/event.ts';
import type { OutboundEvent } from '../../plugin/ports/outbound.ts';
import { readTrace } from '../../plugin/ports/trace-context.ts';

/** What of a delivered message the contract speaks about. */
export interface IncomingMessage {
  readonly content: Buffer;
  readonly properties: {
    readonly headers?: Readonly<Record<string, unknown>> | undefined;
    readonly contentType?: unknown;
    readonly messageId?: unknown;
  };
}

export interface OutgoingMessage {
  readonly routingKey: string;
  readonly content: Buffer;
  readonly contentType: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bodies above this are refused unread. */
export const MAX_BODY_BYTES = 1_048_576;

/** @throws EventError `event.malformed`, `event.unknown-type`, `event.no-user` */
export function eventFromMessage(
  { content, properties }: IncomingMessage,
  catalogue: ReadonlyMap<string, EventType> = eventCatalogue,
): LmsEvent {
  if (content.length > MAX_BODY_BYTES)
    throw new EventError('malformed', `the message body is larger than ${MAX_BODY_BYTES} bytes`, {
      details: { bytes: content.length },
    });
  const headers = properties.headers ?? {};
  const contentType = asText(properties.contentType) ?? asText(headers['content-type']) ?? '';
  const trace = traceHeaders(headers);
  const decoded = (data: unknown): LmsEvent =>
    decodeEvent(
      {
        type: asText(headers.ce_type),
        id: asText(headers.ce_id) ?? asText(properties.messageId),
        source: asText(headers.ce_source),
        time: asText(headers.ce_time),
        traceparent: trace.traceparent,
        tracestate: trace.tracestate,
        data,
      },
      catalogue,
    );
  switch (mediaTypeOf(contentType)) {
    case 'application/cloudevents+json':
      return nearest(decodeCloudEvent(parseJson(content), catalogue), trace);
    case 'application/json':
      return decoded(parseJson(content));
    case 'application/avro':
      return decoded(content);
    default:
      throw new EventError(
        'malformed',
        'the message has no content type that Laurel reads; use application/json, application/avro or application/cloudevents+json',
      );
  }
}

/** @param event received, or to be published
 *  @param source CloudEvents source of the latter */
export function messageFromEvent(event: LmsEvent | OutboundEvent, source?: string): OutgoingMessage {
  const { id, type, source: origin, data } = toCloudEvent(event, source);
  return {
    routingKey: type,
    content: Buffer.from(JSON.stringify(data)),
    contentType: 'application/json',
    messageId: id,
    headers: {
      ce_type: type,
      ce_id: id,
      ce_source: origin,
      ce_specversion: '1.0',
      ce_time: formatInstant(event.time),
      ce_minorversion: '0',
      sourcelib: 'laurel',
      ...event.trace,
    },
  };
}

function parseJson(content: Buffer): unknown {
  try {
    // checking first is several times faster than a decoder that refuses
    if (isUtf8(content)) return JSON.parse(content.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    // the parser's own message quotes the text, which may hold personal data
  }
  throw new EventError('malformed', 'the message body is not JSON in UTF-8, although its content type says so');
}

/** The message's own headers, or the CloudEvents extension as an attribute. */
function traceHeaders(headers: Readonly<Record<string, unknown>>) {
  return headers.traceparent === undefined
    ? { traceparent: headers.ce_traceparent, tracestate: headers.ce_tracestate }
    : { traceparent: headers.traceparent, tracestate: headers.tracestate };
}

/** Whoever sent the message is nearer than whoever made the event in it. */
function nearest(event: LmsEvent, { traceparent, tracestate }: ReturnType<typeof traceHeaders>): LmsEvent {
  const trace = readTrace(traceparent, tracestate);
  return trace === undefined ? event : { ...event, trace };
}

/** Clients differ in whether header texts arrive as text or as bytes. */
function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('utf8') : undefined;
}
