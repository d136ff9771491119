/** Events of the LMS from the forms in which they arrive, and back. */

import { type EventType, formatInstant, type RuleEvent, suggest, toInstant } from '../../dsl/index.ts';
import { EventError } from '../errors.ts';
import type { OutboundEvent } from '../ports/outbound.ts';
import { readTrace } from '../ports/trace-context.ts';
import { decodeAvro } from './avro.ts';
import { eventCatalogue } from './catalogue.ts';
import type { EventUser, LmsEvent } from './event.ts';
import { isObject, payloadOf, wrong } from './payload.ts';

/** Metadata and event data that some transport has taken apart already. Nothing of it is trusted. */
export interface RawEvent {
  readonly type: unknown;
  readonly id: unknown;
  readonly source: unknown;
  readonly time: unknown;
  /** The whole event data: as schemaless Avro when bytes, else as the JSON object. */
  readonly data: unknown;
  /** W3C Trace Context. What is none is ignored. */
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
}

/** A structured CloudEvent 1.0 in JSON. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Readonly<Record<string, unknown>>;
}

const AVRO = 'application/avro';
const MAX_ATTRIBUTE = 512;

/** @param catalogue event types that may occur; extensions may add to the built-in ones
 *  @throws EventError `event.malformed`, `event.unknown-type`, `event.no-user` */
export function decodeEvent(raw: RawEvent, catalogue: ReadonlyMap<string, EventType> = eventCatalogue): LmsEvent {
  const name = attribute('type', raw.type);
  const id = attribute('id', raw.id);
  const source = attribute('source', raw.source);
  const time = toInstant(attribute('time', raw.time));
  if (time === null) throw wrong('time', 'must be a date and time such as 2026-03-01T10:00:00Z');
  const type = catalogue.get(name);
  if (!type) throw unknownType(name, catalogue);
  const data = raw.data instanceof Uint8Array ? decodeAvro(type, raw.data) : raw.data;
  const payload = payloadOf(type, data);
  const user = type.learner === null ? null : userAt(type.learner, payload);
  const trace = readTrace(raw.traceparent, raw.tracestate);
  const event = { id, type: name, source, time, payload, user };
  return trace === undefined ? event : { ...event, trace };
}

/** @param value a parsed structured CloudEvent; Avro data comes as `data_base64` with `datacontenttype` application/avro
 *  @throws EventError `event.malformed`, `event.unknown-type`, `event.no-user` */
export function decodeCloudEvent(value: unknown, catalogue: ReadonlyMap<string, EventType> = eventCatalogue): LmsEvent {
  if (!isObject(value)) throw new EventError('malformed', 'the event must be a JSON object in CloudEvents 1.0 form');
  if (value.specversion !== '1.0') throw wrong('specversion', 'must be "1.0"');
  const { type, id, source, time, traceparent, tracestate } = value;
  return decodeEvent({ type, id, source, time, traceparent, tracestate, data: cloudEventData(value) }, catalogue);
}

function cloudEventData(value: Readonly<Record<string, unknown>>): unknown {
  const { data, data_base64: base64, datacontenttype = 'application/json' } = value;
  const mediaType = typeof datacontenttype === 'string' ? mediaTypeOf(datacontenttype) : '';
  if (base64 !== undefined) {
    if (data !== undefined) throw wrong('data_base64', 'must not stand beside data; keep one');
    if (mediaType !== AVRO) throw wrong('datacontenttype', `must be ${AVRO} beside data_base64`);
    if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0)
      throw wrong('data_base64', 'must be base64 text');
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  }
  if (mediaType !== 'application/json') throw wrong('datacontenttype', 'must be application/json beside data');
  return data;
}

/** `application/json; charset=utf-8` is `application/json`. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/** @param event an event received, or one to be published: the latter carries its data whole and no source
 *  @param source of the latter */
export function toCloudEvent(event: LmsEvent | OutboundEvent, source = '/laurel'): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    type: event.type,
    source: 'source' in event ? event.source : source,
    time: formatInstant(event.time),
    datacontenttype: 'application/json',
    data: 'data' in event ? event.data : { [payloadName(event.type)]: event.payload },
  };
}

function payloadName(type: string): string {
  return eventCatalogue.get(type)?.payload ?? 'data';
}

/** What rules see of an event. */
export function toRuleEvent({ id, type, source, time, payload }: LmsEvent): RuleEvent {
  return { id, type, source, time, payload };
}

function attribute(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw wrong(name, 'is missing; every event carries it as text');
  if (value.length > MAX_ATTRIBUTE) throw wrong(name, `must not be longer than ${MAX_ATTRIBUTE} characters`);
  // CloudEvents 1.0 allows none; in lists and logs they would pass for lines of ours.
  if (/\p{Cc}/u.test(value)) throw wrong(name, 'must not hold line ends or other control characters');
  return value;
}

function unknownType(name: string, catalogue: ReadonlyMap<string, EventType>): EventError {
  // a name that does not look like an event type may be anything, so it is not repeated
  const shown = /^[\w.-]{1,200}$/.test(name) ? name : 'with an unreadable name';
  const near = suggest(name, catalogue.keys());
  return new EventError(
    'unknown-type',
    `the event type ${shown} is not in the catalogue${near === null ? '' : `; did you mean ${near}?`}`,
    { details: { type: shown } },
  );
}

function userAt(path: string, payload: Readonly<Record<string, unknown>>): EventUser {
  const data = path === '' ? payload : own(payload, path);
  const pii = isObject(data) ? own(data, 'pii') : undefined;
  const username = isObject(pii) ? own(pii, 'username') : undefined;
  if (!isObject(data) || !isObject(pii) || typeof username !== 'string' || username.trim() === '')
    throw new EventError(
      'no-user',
      `the event names no learner: ${path === '' ? 'pii' : `${path}.pii`}.username is missing`,
      {
        details: { path },
      },
    );
  const id = own(data, 'id');
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    lmsUserId: typeof id === 'number' && id > 0 ? id : null,
    username,
    email: text(own(pii, 'email')),
    name: text(own(pii, 'name')),
    isActive: own(data, 'is_active') !== false,
  };
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
