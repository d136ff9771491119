/** Event data that came as JSON, held against the catalogue: strict about the type of what is known, lenient about what is
 *  missing or new, so that a newer or older LMS is still understood. */

import type { EventType, Field, FieldType } from '../../dsl/index.ts';
import { EventError } from '../errors.ts';

const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;
/** Names and texts together: an event has to fit into one document of the event log. */
const MAX_CHARACTERS = 1_048_576;

/** @param data the whole event data
 *  @returns the object under the one top-level field, unknown fields included
 *  @throws EventError `event.malformed` naming the first field that is wrong */
export function payloadOf(type: EventType, data: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(data)) throw wrong('data', 'must be an object');
  const payload = Object.hasOwn(data, type.payload) ? data[type.payload] : undefined;
  if (!isObject(payload)) throw wrong(`data.${type.payload}`, 'must be an object');
  assertBounded(data);
  checkFields(type.fields, payload, '');
  return payload;
}

function checkFields(fields: readonly Field[], value: Readonly<Record<string, unknown>>, path: string): void {
  for (const { name, type } of fields) {
    if (!Object.hasOwn(value, name)) continue;
    const item = value[name];
    // to a rule null and absent are the same, so null is no reason to refuse, whatever the schema says
    if (item === null || item === undefined) continue;
    checkValue(type, item, path === '' ? name : `${path}.${name}`);
  }
}

function checkValue(type: FieldType, value: unknown, path: string): void {
  switch (type.kind) {
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(path, 'must be true or false');
      return;
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(path, 'must be a number');
      if (type.integer && !Number.isSafeInteger(value)) throw wrong(path, 'must be a whole number below 2^53');
      return;
    case 'string':
      if (typeof value !== 'string') throw wrong(path, 'must be text');
      return;
    case 'record':
      if (!isObject(value)) throw wrong(path, 'must be an object');
      checkFields(type.fields, value, path);
      return;
    case 'list':
      if (!Array.isArray(value)) throw wrong(path, 'must be a list');
      for (const item of value) if (item !== null) checkValue(type.items, item, `${path}[]`);
      return;
    case 'map':
      if (!isObject(value)) throw wrong(path, 'must be an object');
      for (const item of Object.values(value)) if (item !== null) checkValue(type.values, item, `${path}.*`);
  }
}

/** Unknown fields are kept and stored, so their size matters too. */
function assertBounded(data: object): void {
  countParts(data, 1, { values: 0, characters: 0 });
}

/** Deep enough to refuse comes long before too deep to walk. */
function countParts(data: object, depth: number, count: { values: number; characters: number }): void {
  if (depth > MAX_DEPTH) throw wrong('data', `must not be nested deeper than ${MAX_DEPTH} levels`);
  for (const key of Object.keys(data)) {
    const value = (data as Readonly<Record<string, unknown>>)[key];
    count.values += 1;
    if (count.values > MAX_VALUES) throw wrong('data', `must not hold more than ${MAX_VALUES} values`);
    count.characters += key.length + (typeof value === 'string' ? value.length : 0);
    if (count.characters > MAX_CHARACTERS)
      throw wrong('data', `must not hold more than ${MAX_CHARACTERS} characters of text`);
    if (key === '__proto__') throw wrong('data', 'must not hold a field named __proto__');
    if (typeof value === 'object' && value !== null) countParts(value, depth + 1, count);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param path where, in names of the catalogue or of CloudEvents only: never a name that came with the event */
export function wrong(path: string, rule: string): EventError {
  return new EventError('malformed', `the event's field ${path} ${rule}`, { details: { path } });
}
