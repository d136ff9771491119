/** A receiver of traces (OTLP over HTTP, protobuf) that reads what it is sent by the field numbers of the published schema, and
 *  not with the library that wrote it. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it begins its trace. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Trace ids. */
  readonly links: readonly string[];
  readonly resource: Readonly<Record<string, string | number | boolean>>;
}

export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  readonly requests: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[];
  /** Everything it was sent. */
  bytes(): Buffer;
  close(): Promise<void>;
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  const requests: OtlpReceiver['requests'] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      bodies.push(body);
      requests.push({ path: request.url ?? '', headers: request.headers });
      spans.push(...spansIn(body));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    bytes: () => Buffer.concat(bodies),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Field = Buffer | bigint;
type Message = ReadonlyMap<number, readonly Field[]>;

function spansIn(request: Buffer): ReceivedSpan[] {
  return messages(read(request), 1).flatMap((resourceSpans) => {
    const resource = Object.assign({}, ...messages(resourceSpans, 1).map((one) => attributesOf(one, 1)));
    return messages(resourceSpans, 2).flatMap((scope) => messages(scope, 2).map((span) => spanOf(span, resource)));
  });
}

function spanOf(span: Message, resource: ReceivedSpan['resource']): ReceivedSpan {
  return {
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    parentId: hex(span, 4),
    name: String(span.get(5)?.[0] ?? ''),
    kind: KINDS[Number(span.get(6)?.[0] ?? 0)] ?? '',
    attributes: attributesOf(span, 9),
    links: messages(span, 13).map((link) => hex(link, 1)),
    resource,
  };
}

function attributesOf(message: Message, field: number): ReceivedSpan['attributes'] {
  return Object.fromEntries(
    messages(message, field).map((pair) => [
      String(pair.get(1)?.[0] ?? ''),
      scalarOf(messages(pair, 2)[0] ?? new Map()),
    ]),
  );
}

function scalarOf(value: Message): string | number | boolean {
  const [text] = value.get(1) ?? [];
  if (text !== undefined) return String(text);
  if (value.has(2)) return value.get(2)?.[0] === 1n;
  const [whole] = value.get(3) ?? [];
  return whole === undefined ? Number.NaN : Number(whole);
}

function hex(message: Message, field: number): string {
  const [bytes] = message.get(field) ?? [];
  return Buffer.isBuffer(bytes) ? bytes.toString('hex') : '';
}

function messages(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).flatMap((bytes) => (Buffer.isBuffer(bytes) ? [read(bytes)] : []));
}

/** The wire format: a tag with number and kind, then a varint (0), eight bytes (1), bytes with their length (2) or four (5). */
function read(bytes: Buffer): Message {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const taken = (length: number): Buffer => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const kind = tag & 7;
    const value = kind === 0 ? varint() : taken(kind === 1 ? 8 : kind === 5 ? 4 : Number(varint()));
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}
