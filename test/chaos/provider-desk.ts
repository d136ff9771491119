/** A badge provider in the harness's own process, so that it survives whatever is killed: it records every call and, like
 *  the real ones, issues a second badge to whoever asks twice. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Note } from './history.ts';

export type Mood =
  | 'well'
  /** 503 to everything. */
  | 'down'
  /** 429 with Retry-After to everything. */
  | 'busy'
  /** Does what it is asked, and the answer is lost on its way; every third call. */
  | 'lossy';

export interface Issue {
  readonly uuid: string;
  readonly badge: string;
  readonly username: string;
  readonly awardedAt: string;
}

export class ProviderDesk {
  mood: Mood = 'well';
  delayMs = 0;
  /** In the order in which they were made. */
  readonly issued: Issue[] = [];
  readonly revoked: string[] = [];
  refusals = 0;
  url = '';
  #calls = 0;
  readonly #note: Note;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(note: Note = () => {}) {
    this.#note = note;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (this.mood === 'down' || this.mood === 'busy') {
      this.refusals += 1;
      response.writeHead(this.mood === 'down' ? 503 : 429, this.mood === 'busy' ? { 'retry-after': '1' } : {}).end();
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Issue;
    const status = this.#act(request.url ?? '', body);
    this.#calls += 1;
    if (this.mood === 'lossy' && this.#calls % 3 === 0) {
      this.refusals += 1;
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `desk-${body.uuid}` }));
  }

  #act(path: string, body: Issue): number {
    const isKnown = this.issued.some(({ uuid }) => uuid === body.uuid);
    if (path === '/find') return isKnown ? 200 : 404;
    const { uuid, badge, username, awardedAt } = body;
    if (path === '/award') {
      this.issued.push(body);
      this.#note({ op: 'issued', uuid, badge, username, awardedAt });
    } else if (!isKnown) return 404;
    else {
      this.revoked.push(uuid);
      this.#note({ op: 'revoked', uuid });
    }
    return 200;
  }
}
