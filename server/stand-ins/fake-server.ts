/** What every stand-in for a provider has in common: a real HTTP server that fails on command and remembers what it was asked. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed where it is JSON or a form; undefined: there was none, or it was neither. */
  readonly body: unknown;
  /** Where this server answers, as the caller reached it. */
  readonly origin: string;
}

export interface FakeReply {
  readonly status: number;
  /** Sent as JSON, unless it is text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something that goes wrong. Entered with `fail`, or by `POST /stand-in/faults`. */
export interface Fault {
  /** `GET`, `POST /v1/organizations`, `/badges`, ...: what the request begins with or its path holds. Left out: every request. */
  readonly match?: string;
  /** `status`: answers that; `drop`: ends the connection without an answer; `delay`: waits first; `html`: a page of a proxy. */
  readonly kind: 'status' | 'drop' | 'delay' | 'html';
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  /** `after`: it does what it was asked first, as when an answer is lost on its way. */
  readonly when?: 'before' | 'after';
  /** How often; left out: once. */
  readonly times?: number;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: unknown;
  readonly authorization: string | null;
  readonly traceparent: string | null;
}

const LONGEST_BODY = 2 * 1024 * 1024;
const REMEMBERED_CALLS = 1_000;

export class FakeServer {
  url = '';
  readonly #answer: (request: FakeRequest) => FakeReply | Promise<FakeReply>;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #calls: Call[] = [];
  #faults: (Fault & { readonly left: number })[] = [];

  constructor(answer: (request: FakeRequest) => FakeReply | Promise<FakeReply>) {
    this.#answer = answer;
  }

  /** What it was asked, oldest first; not the questions about itself. */
  get calls(): readonly Call[] {
    return this.#calls;
  }

  fail(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  recover(): void {
    this.#faults = [];
  }

  forgetCalls(): void {
    this.#calls.length = 0;
  }

  /** @param port 0: a free one
   *  @param host another one where others than this machine shall reach it, as between containers */
  async open(port = 0, host = '127.0.0.1'): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const request = await this.#read(incoming);
      if (request.path.startsWith('/stand-in/') || request.path === '/') {
        send(outgoing, this.#control(request) ?? (await this.#answer(request)));
        return;
      }
      this.#remember(request);
      const fault = this.#takeFault(request);
      if (fault?.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      const isLate = fault === null || fault.kind === 'delay' || fault.when === 'after';
      const reply = isLate ? await this.#answer(request) : null;
      if (fault?.kind === 'drop') incoming.socket.destroy();
      else send(outgoing, fault === null || fault.kind === 'delay' ? (reply as FakeReply) : replyOf(fault));
    } catch (error) {
      if (!outgoing.headersSent) send(outgoing, { status: 500, body: `the stand-in itself failed: ${String(error)}` });
    }
  }

  async #read(incoming: IncomingMessage): Promise<FakeRequest> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= LONGEST_BODY) chunks.push(chunk);
    }
    const origin = `http://${incoming.headers.host ?? '127.0.0.1'}`;
    const { pathname, searchParams } = new URL(incoming.url ?? '/', origin);
    return {
      method: incoming.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers: incoming.headers as Readonly<Record<string, string | undefined>>,
      body: parseBody(Buffer.concat(chunks).toString('utf8'), incoming.headers['content-type'] ?? ''),
      origin,
    };
  }

  #control({ method, path, body }: FakeRequest): FakeReply | null {
    if (path === '/stand-in/calls') return { status: 200, body: this.#calls };
    if (path !== '/stand-in/faults') return null;
    if (method === 'DELETE') this.recover();
    if (method === 'POST') this.fail(body as Fault);
    return { status: 200, body: this.#faults };
  }

  #remember({ method, path, query, body, headers }: FakeRequest): void {
    const authorization = headers.authorization ?? null;
    this.#calls.push({
      method,
      path,
      query: query.toString(),
      body,
      authorization,
      traceparent: headers.traceparent ?? null,
    });
    if (this.#calls.length > REMEMBERED_CALLS) this.#calls.shift();
  }

  #takeFault({ method, path }: FakeRequest): Fault | null {
    const fault = this.#faults.find(({ match = '' }) => `${method} ${path}`.startsWith(match) || path.includes(match));
    if (!fault) return null;
    this.#faults = this.#faults.flatMap((one) =>
      one !== fault ? [one] : one.left > 1 ? [{ ...one, left: one.left - 1 }] : [],
    );
    return fault;
  }
}

function replyOf({ kind, status = 503, body, headers }: Fault): FakeReply {
  if (kind === 'html')
    return {
      status,
      body: '<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>',
      headers: { 'content-type': 'text/html', ...headers },
    };
  return { status, body, headers };
}

function send(outgoing: ServerResponse, { status, body, headers }: FakeReply): void {
  const isText = typeof body === 'string';
  const type = body === undefined ? {} : { 'content-type': isText ? 'text/plain' : 'application/json; charset=utf-8' };
  outgoing.writeHead(status, { ...type, ...headers });
  outgoing.end(body === undefined ? undefined : isText ? body : JSON.stringify(body, null, 2));
}

function parseBody(text: string, type: string): unknown {
  if (text === '') return undefined;
  if (type.includes('urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
