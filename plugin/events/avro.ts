/** Event data as schemaless Avro, the bytes the Open edX event bus carries: no schema, no framing. */

import avsc from 'avsc';
import type { EventType, Field, FieldType } from '../../dsl/index.ts';
import { EventError } from '../errors.ts';
import { checkAvroBytes } from './avro-bytes.ts';

const codecs = new WeakMap<EventType, avsc.Type>();

/** @returns the whole event data: the one top-level field and its payload, plain objects throughout
 *  @throws EventError `event.malformed` naming the field at which the bytes stop making sense */
export function decodeAvro(type: EventType, bytes: Uint8Array): Record<string, unknown> {
  checkAvroBytes(envelopeFields(type), bytes);
  return plain(codecOf(type).fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) as Record<
    string,
    unknown
  >;
}

/** @param data the whole event data; absent nullable fields become null
 *  @throws EventError `event.malformed` naming the first field that does not fit the event type */
export function encodeAvro(type: EventType, data: unknown): Buffer {
  const codec = codecOf(type);
  const misfits: string[] = [];
  codec.isValid(data, { errorHook: (path) => misfits.push(path.join('.')) });
  if (misfits.length > 0)
    throw new EventError('malformed', `the field ${misfits[0]} does not fit the event type ${type.name}`, {
      details: { type: type.name, path: misfits[0] ?? '' },
    });
  const bytes = codec.toBuffer(data);
  checkAvroBytes(envelopeFields(type), bytes);
  return bytes;
}

function codecOf(type: EventType): avsc.Type {
  let codec = codecs.get(type);
  if (!codec) {
    codec = avsc.Type.forSchema(recordSchema(['CloudEvent'], envelopeFields(type)), {
      omitRecordMethods: true,
      wrapUnions: 'never',
    });
    codecs.set(type, codec);
  }
  return codec;
}

function envelopeFields(type: EventType): readonly Field[] {
  return [{ name: type.payload, type: { kind: 'record', fields: type.fields }, nullable: false }];
}

/** Records are named by their path: Avro wants every name defined once, while `UserData` occurs twice in some types. */
function recordSchema(path: readonly string[], fields: readonly Field[]): avsc.Schema {
  return {
    type: 'record',
    name: path.join('__'),
    fields: fields.map(({ name, type, nullable }) => {
      const schema = schemaOf([...path, name], type);
      return nullable ? { name, type: ['null', schema], default: null } : { name, type: schema };
    }),
  } as avsc.Schema;
}

function schemaOf(path: readonly string[], type: FieldType): avsc.Schema {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'number':
      return type.integer ? 'long' : 'double';
    case 'string':
      return 'string';
    case 'record':
      return recordSchema(path, type.fields);
    case 'list':
      return { type: 'array', items: schemaOf([...path, 'item'], type.items) };
    case 'map':
      return { type: 'map', values: schemaOf([...path, 'value'], type.values) };
  }
}

/** The codec yields instances of classes it generates; stores and comparisons want plain objects. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
