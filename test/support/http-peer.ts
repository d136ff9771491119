/** A real HTTP server on this machine that answers as a test says. */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface HttpPeer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly calls: ReceivedCall[];
  /** The answers to the next calls; the last one stays. */
  answers(...answers: readonly Answer[]): void;
  close(): Promise<void>;
}

/** @returns an answer with this status and JSON body */
export function json(status: number, data: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(data));
}

export async function startHttpPeer(): Promise<HttpPeer> {
  const calls: ReceivedCall[] = [];
  let queue: Answer[] = [json(200, {})];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      calls.push({ method, url, headers, body: Buffer.concat(parts).toString() });
      const answer = queue.length > 1 ? queue.shift() : queue[0];
      answer?.(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answers: (...answers) => {
      queue = [...answers];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
