/** Payloads without personal data: what is not known to be harmless is hidden. */

import type { Discretion, Environment, EventType, Field, FieldType } from '../../dsl/index.ts';
import { isObject } from './payload.ts';

export const HIDDEN = '[hidden]';

/** Plain texts that say something of a course, a state or a role, never of a person. Names, addresses, posts and every
 *  text that is not here may. Texts with a format (keys, dates, UUIDs) need no place in the list. */
const HARMLESS: ReadonlySet<string> = new Set([
  'app_name',
  'block_type',
  'current_status',
  'display_name',
  'exam_type',
  'fulfillment_type',
  'grading_policy_hash',
  'letter_grade',
  'mode',
  'notification_type',
  'operation',
  'org_key',
  'pacing',
  'previous_status',
  'program_type',
  'provider_type',
  'role',
  'state',
  'status',
  'thread_type',
]);

/** The payload with everything hidden that may be personal: what `UserData` tells of anybody, free texts, and every field
 *  that the event type does not know. Numbers stay, LMS user ids among them: they tell nothing without the LMS.
 *  @param type undefined: not in the catalogue, so that nothing of the payload is known */
export function maskPayload(
  type: EventType | undefined,
  payload: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return maskRecord(type?.fields ?? [], payload);
}

const LONGEST = 20_000;

/** The data of an event as it came, e.g. of one that could not be processed: one name with the payload below it.
 *  @returns indented JSON, masked as `maskPayload` does; null for bytes that are no JSON object */
export function maskBody(type: EventType | undefined, body: Uint8Array): string | null {
  const value = parsed(body);
  if (!isObject(value)) return null;
  const masked = Object.entries(value).map(([name, payload]) => {
    const isPayload = name === type?.payload && isObject(payload);
    return [name, isPayload ? maskPayload(type, payload) : isBlank(payload) ? payload : HIDDEN];
  });
  const text = JSON.stringify(Object.fromEntries(masked), null, 2);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n…` : text;
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}

/** Whether `maskPayload` hides what stands there.
 *  @param segments of a path that rules may use */
export function isHidden(type: EventType | undefined, segments: readonly string[]): boolean {
  let fields = type?.fields ?? [];
  for (const segment of segments) {
    const field = fields.find(({ name }) => name === segment);
    if (field?.type.kind !== 'record') return field === undefined || hidesLeaf(field.type, field.name);
    fields = field.type.fields;
  }
  return false;
}

function hidesLeaf(type: FieldType, name: string): boolean {
  if (type.kind === 'string') return type.format === null && !HARMLESS.has(name);
  return type.kind === 'list' ? hidesLeaf(type.items, name) : type.kind === 'map';
}

function maskRecord(fields: readonly Field[], value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = new Map(fields.map((field) => [field.name, field]));
  const entries = Object.entries(value).map(([name, item]) => {
    const field = known.get(name);
    return [name, isBlank(item) ? item : field ? maskValue(field.type, field.name, item) : HIDDEN];
  });
  return Object.fromEntries(entries);
}

function maskValue(type: FieldType, name: string, value: unknown): unknown {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : HIDDEN;
    case 'number':
      return typeof value === 'number' ? value : HIDDEN;
    case 'string':
      return typeof value === 'string' && !hidesLeaf(type, name) ? value : HIDDEN;
    case 'record':
      return isObject(value) ? maskRecord(type.fields, value) : HIDDEN;
    case 'list':
      return Array.isArray(value)
        ? value.map((item) => (isBlank(item) ? item : maskValue(type.items, name, item)))
        : HIDDEN;
    // The keys of a map come with the event.
    case 'map':
      return HIDDEN;
  }
}

function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

/** For explanations: what `maskPayload` hides, they do not tell. */
export function createDiscretion({ eventTypes }: Pick<Environment, 'eventTypes'>): Discretion {
  return ({ root, segments }, eventType) => root === 'payload' && isHidden(eventTypes.get(eventType), segments);
}
