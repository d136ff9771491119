/** The framing of MongoDB's wire protocol: OP_MSG, and OP_QUERY for the first greeting of a driver.
 *  Source: MongoDB documentation, "Wire Protocol" */

import { type BsonDocument, decodeDocument, type Encodable, encodeDocument } from './bson.ts';
import { assertValid, TYPE } from './field-finder.ts';

export const MAX_MESSAGE_BYTES = 48_000_000;
const HEADER_BYTES = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
/** Flags and the kind of the only section. */
const MESSAGE_BYTES = 5;
/** Flags, cursor, the number of the first document, how many documents. */
const LEGACY_BYTES = 20;
const AWAITABLE = 8;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

export interface Request {
  readonly requestId: number;
  readonly legacy: boolean;
  readonly command: BsonDocument;
  /** By the name of the field that they belong to: documents that came in a sequence of their own, as they came. */
  readonly sequences: Sequences;
  /** False: the sender does not listen for an answer. */
  readonly wantsReply: boolean;
}

export type Sequences = ReadonlyMap<string, readonly Buffer[]>;

export const NO_SEQUENCES: Sequences = new Map();

/** The peer speaks something else: the connection is of no use any more. */
export class WireError extends Error {}

/** Cuts a stream of bytes into messages. */
export class Framing {
  #chunks: Buffer[] = [];
  #length = 0;

  /** @returns the messages that are complete now @throws WireError */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const messages: Buffer[] = [];
    for (let wanted = this.#nextLength(); wanted !== null && this.#length >= wanted; wanted = this.#nextLength()) {
      const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#length);
      messages.push(all.subarray(0, wanted));
      const rest = all.subarray(wanted);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#length = rest.length;
    }
    return messages;
  }

  #nextLength(): number | null {
    if (this.#length < 4) return null;
    let first = this.#chunks[0]!;
    if (first.length < 4) {
      first = Buffer.concat(this.#chunks, this.#length);
      this.#chunks = [first];
    }
    const length = first.readInt32LE(0);
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) throw new WireError('a message of an impossible length');
    return length;
  }
}

/** @throws WireError for another kind of message, CommandError for a broken document */
export function parseRequest(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const kind = message.readInt32LE(12);
  if (kind === OP_MSG) return parseMessage(message, requestId);
  if (kind === OP_QUERY) {
    const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
    const command = decodeDocument(message, nameEnd + 1 + 8);
    return { requestId, legacy: true, command: command.set('$db', 'admin'), sequences: NO_SEQUENCES, wantsReply: true };
  }
  throw new WireError(`a message of the unknown kind ${kind}`);
}

function parseMessage(message: Buffer, requestId: number): Request {
  const flags = message.readUInt32LE(HEADER_BYTES);
  const end = flags & CHECKSUM_PRESENT ? message.length - 4 : message.length;
  let sequences: Map<string, readonly Buffer[]> | null = null;
  let command: BsonDocument | null = null;
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const section = message.readUInt8(at);
    const sectionEnd = at + 1 + message.readInt32LE(at + 1);
    if (section === 0) command = decodeDocument(message, at + 1);
    else if (section === 1) {
      const nameEnd = message.indexOf(0, at + 5);
      // One that ends where it began, or before, would be read for ever.
      if (nameEnd < 0 || nameEnd >= sectionEnd || sectionEnd > end)
        throw new WireError('a sequence of documents of an impossible length');
      sequences ??= new Map();
      sequences.set(message.toString('utf8', at + 5, nameEnd), parseSequence(message, nameEnd + 1, sectionEnd));
    } else throw new WireError(`a section of the unknown kind ${section}`);
    at = sectionEnd;
  }
  if (!command) throw new WireError('a message without a command');
  const wantsReply = (flags & MORE_TO_COME) === 0;
  return { requestId, legacy: false, command, sequences: sequences ?? NO_SEQUENCES, wantsReply };
}

/** The documents are one copy: one that is kept must not hold on to all that came through the socket with it. */
function parseSequence(message: Buffer, from: number, end: number): readonly Buffer[] {
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, end - from));
  message.copy(bytes, 0, from, end);
  const documents: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = at + bytes.readInt32LE(at);
    const document = bytes.subarray(at, next);
    assertValid(document);
    documents.push(document);
    at = next;
  }
  return documents;
}

export function formatReply(request: Request, body: Buffer, replyId: number): Buffer {
  const start = HEADER_BYTES + (request.legacy ? LEGACY_BYTES : MESSAGE_BYTES);
  const reply = Buffer.allocUnsafe(start + body.length).fill(0, 0, start);
  reply.writeInt32LE(reply.length, 0);
  reply.writeInt32LE(replyId, 4);
  reply.writeInt32LE(request.requestId, 8);
  reply.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12);
  if (request.legacy) {
    reply.writeInt32LE(AWAITABLE, HEADER_BYTES);
    reply.writeInt32LE(1, start - 4);
  }
  body.copy(reply, start);
  return reply;
}

/** An OP_MSG that asks for a command: what a probe sends. */
export function formatCommand(command: Encodable, requestId: number): Buffer {
  const body = encodeDocument(command);
  const message = Buffer.alloc(HEADER_BYTES + 5);
  message.writeInt32LE(message.length + body.length, 0);
  message.writeInt32LE(requestId, 4);
  message.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([message, body]);
}

/** `{ cursor: { <batchName>: [bodies], id, ns }, ok: 1 }` around documents that are encoded already. */
export function encodeCursorReply(
  batchName: 'firstBatch' | 'nextBatch',
  bodies: readonly Buffer[],
  cursorId: bigint,
  namespace: string,
): Buffer {
  const array = arrayOf(bodies);
  const id = Buffer.alloc(8);
  id.writeBigInt64LE(cursorId);
  const name = Buffer.from(`${namespace}\x00`, 'utf8');
  const nameLength = Buffer.alloc(4);
  nameLength.writeInt32LE(name.length);
  const cursor = wrap(
    Buffer.concat([element(0x04, batchName), array, element(0x12, 'id'), id, element(0x02, 'ns'), nameLength, name]),
  );
  const ok = Buffer.alloc(8);
  ok.writeDoubleLE(1);
  return wrap(Buffer.concat([element(0x03, 'cursor'), cursor, element(0x01, 'ok'), ok]));
}

function arrayOf(bodies: readonly Buffer[]): Buffer {
  let length = 5;
  for (let at = 0; at < bodies.length; at++) length += 2 + String(at).length + (bodies[at] as Buffer).length;
  const array = Buffer.allocUnsafe(length);
  array.writeInt32LE(length, 0);
  let to = 4;
  for (let at = 0; at < bodies.length; at++) {
    array[to++] = TYPE.document;
    to += array.write(String(at), to, 'latin1');
    array[to++] = 0;
    to += (bodies[at] as Buffer).copy(array, to);
  }
  array[to] = 0;
  return array;
}

function element(type: number, name: string): Buffer {
  return Buffer.from(`${String.fromCharCode(type)}${name}\x00`, 'latin1');
}

function wrap(fields: Buffer): Buffer {
  const whole = Buffer.alloc(fields.length + 5);
  whole.writeInt32LE(whole.length, 0);
  fields.copy(whole, 4);
  return whole;
}
