/** The framing of MongoDB's wire protocol: OP_MSG, and OP_QUERY for the first greeting of a driver.
 *  Source: MongoDB documentation, "Wire Protocol" */

import { type BsonDocument, decodeDocument, decodeValue, Elements, type Encodable, encodeDocument } from './bson.ts';
import { assertValid, TYPE, tooShort, wrongLength } from './field-finder.ts';

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
  const sequences = new Map<string, readonly Buffer[]>();
  let command: BsonDocument | null = null;
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const section = message.readUInt8(at);
    const sectionEnd = at + 1 + message.readInt32LE(at + 1);
    if (section === 0) command = parseBody(message, at + 1, sequences);
    else if (section === 1) {
      const nameEnd = message.indexOf(0, at + 5);
      // One that ends where it began, or before, would be read for ever.
      if (nameEnd < 0 || nameEnd >= sectionEnd || sectionEnd > end)
        throw new WireError('a sequence of documents of an impossible length');
      sequences.set(message.toString('utf8', at + 5, nameEnd), parseSequence(message, nameEnd + 1, sectionEnd));
    } else throw new WireError(`a section of the unknown kind ${section}`);
    at = sectionEnd;
  }
  if (!command) throw new WireError('a message without a command');
  const wantsReply = (flags & MORE_TO_COME) === 0;
  return { requestId, legacy: false, command, sequences, wantsReply };
}

/** Drivers send a single document within the command. */
const SEQUENCE_NAMES: ReadonlySet<string> = new Set(['documents', 'updates', 'deletes']);

/** @param sequences takes what is sent within the command and may come in a sequence of its own, as it came */
function parseBody(message: Buffer, start: number, sequences: Map<string, readonly Buffer[]>): BsonDocument {
  const command: BsonDocument = new Map();
  const fields = new Elements(message, start);
  try {
    while (fields.next()) {
      const { name, type } = fields;
      const isSequence = type === TYPE.array && SEQUENCE_NAMES.has(name);
      const documents = isSequence ? documentsIn(message, fields.start, fields.end) : null;
      if (documents) sequences.set(name, documents);
      else command.set(name, decodeValue(message, type, fields.start));
    }
    if (fields.end + 1 !== start + message.readInt32LE(start)) throw wrongLength();
  } catch (error) {
    throw error instanceof RangeError ? tooShort() : error;
  }
  return command;
}

/** @returns null: something else is among them */
function documentsIn(message: Buffer, start: number, end: number): readonly Buffer[] | null {
  const bytes = copied(message, start, end);
  const documents: Buffer[] = [];
  const items = new Elements(bytes);
  while (items.next()) {
    if (items.type !== TYPE.document) return null;
    const document = bytes.subarray(items.start, items.end);
    assertValid(document);
    documents.push(document);
  }
  if (items.end + 1 !== bytes.length) throw wrongLength();
  return documents;
}

/** The documents are one copy: one that is kept must not hold on to all that came through the socket with it. */
function parseSequence(message: Buffer, from: number, end: number): readonly Buffer[] {
  const bytes = copied(message, from, end);
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

function copied(message: Buffer, from: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, end - from));
  message.copy(bytes, 0, from, end);
  return bytes;
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
  const name = Buffer.from(`${namespace}\x00`, 'utf8');
  const batchLength = lengthOfArray(bodies);
  const cursorLength = 4 + lengthOfName(batchName) + batchLength + ID_BYTES + NAMESPACE_BYTES + name.length + 1;
  const reply = Buffer.allocUnsafe(4 + lengthOfName('cursor') + cursorLength + OK_BYTES + 1);
  let at = reply.writeInt32LE(reply.length, 0);
  at = writeName(reply, at, TYPE.document, 'cursor');
  at = reply.writeInt32LE(cursorLength, at);
  at = writeName(reply, at, TYPE.array, batchName);
  at = writeArray(reply, at, batchLength, bodies);
  at = writeName(reply, at, TYPE.int64, 'id');
  at = reply.writeBigInt64LE(cursorId, at);
  at = writeName(reply, at, TYPE.string, 'ns');
  at = reply.writeInt32LE(name.length, at);
  at += name.copy(reply, at);
  reply[at++] = 0;
  at = writeName(reply, at, TYPE.double, 'ok');
  at = reply.writeDoubleLE(1, at);
  reply[at] = 0;
  return reply;
}

/** With their names. */
const ID_BYTES = lengthOfName('id') + 8;
const OK_BYTES = lengthOfName('ok') + 8;
/** Without the text. */
const NAMESPACE_BYTES = lengthOfName('ns') + 4;

/** A type, a name, a zero. */
function lengthOfName(name: string): number {
  return name.length + 2;
}

function writeName(bytes: Buffer, start: number, type: number, name: string): number {
  bytes[start] = type;
  const at = start + 1 + bytes.write(name, start + 1, 'latin1');
  bytes[at] = 0;
  return at + 1;
}

function lengthOfArray(bodies: readonly Buffer[]): number {
  let length = 5;
  for (let n = 0; n < bodies.length; n++) length += lengthOfName(String(n)) + (bodies[n] as Buffer).length;
  return length;
}

function writeArray(bytes: Buffer, start: number, length: number, bodies: readonly Buffer[]): number {
  let at = bytes.writeInt32LE(length, start);
  for (let n = 0; n < bodies.length; n++) {
    at = writeName(bytes, at, TYPE.document, String(n));
    at += (bodies[n] as Buffer).copy(bytes, at);
  }
  bytes[at] = 0;
  return at + 1;
}
