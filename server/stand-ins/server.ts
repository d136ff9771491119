/** A stand-in for Accredible: a real HTTP server with the documented answers, errors and traps. What it does is steered and
 *  looked at through `state` or, from outside, by `GET` and `POST /stand-in`. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupPage, searchPage, singleCredential } from './shapes.ts';
import { AccredibleWorld, aGroup, Refusal, type WorldOptions } from './world.ts';

export interface AccredibleStandInOptions extends WorldOptions {
  /** 0: any that is free. */
  readonly port?: number;
  readonly host?: string;
  /** API keys, and the department each may see; null: the whole account. An EU host knows the keys of the EU only. */
  readonly keys?: Readonly<Record<string, number | null>>;
  /** Calls allowed in ten periods of 30 seconds; null: any number. */
  readonly callsPerFiveMinutes?: number | null;
  /** How long the search does not know what was created. */
  readonly indexLagMs?: number;
}

/** What happens to the calls that come next. */
export interface Fault {
  /** Of which calls, e.g. `POST /v1/credentials`; left out: of any. */
  readonly call?: string;
  /** Answer this. */
  readonly status?: number;
  readonly body?: unknown;
  /** Break the connection; `after`: when it has taken effect. */
  readonly drop?: 'before' | 'after';
  readonly delayMs?: number;
  readonly times?: number;
}

export interface RecordedCall {
  readonly call: string;
  readonly body: unknown;
}

export interface AccredibleStandIn {
  readonly url: string;
  readonly world: AccredibleWorld;
  /** Every call that was answered or dropped, oldest first; the last ten thousand. */
  readonly calls: readonly RecordedCall[];
  fail(fault: Fault): void;
  setIndexLag(ms: number): void;
  stop(): Promise<void>;
}

export const DEMO_KEY = 'demo-accredible-key';

const PERIOD_MS = 30_000;
const PERIODS = 10;
const MAX_BODY = 1_000_000;

export async function startAccredibleStandIn(options: AccredibleStandInOptions = {}): Promise<AccredibleStandIn> {
  const { keys = { [DEMO_KEY]: null }, callsPerFiveMinutes = 2_000 } = options;
  const world = new AccredibleWorld(options);
  const calls: RecordedCall[] = [];
  const faults: (Fault & { times: number })[] = [];
  const periods = new Map<number, number>();
  let indexLagMs = options.indexLagMs ?? 0;

  function fail(fault: Fault): void {
    faults.push({ ...fault, times: fault.times ?? 1 });
  }

  function faultOf(call: string): Fault | null {
    const fault = faults.find((one) => one.times > 0 && (one.call === undefined || call.startsWith(one.call)));
    if (fault) fault.times -= 1;
    return fault ?? null;
  }

  function isTooOften(): boolean {
    const period = Math.floor(world.now() / PERIOD_MS);
    for (const old of periods.keys()) if (old <= period - PERIODS) periods.delete(old);
    periods.set(period, (periods.get(period) ?? 0) + 1);
    const made = [...periods.values()].reduce((sum, count) => sum + count, 0);
    return callsPerFiveMinutes !== null && made > callsPerFiveMinutes;
  }

  function departmentOf(request: IncomingMessage): number | null {
    const header = request.headers.authorization ?? '';
    const key = /^(?:Token token="?|Token |Bearer )([^"]+)"?$/.exec(header)?.[1] ?? '';
    const department = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (department === undefined) throw new Refusal(401, 'HTTP Token: Access denied.');
    return department;
  }

  function answerTo(method: string, path: string, body: unknown, query: URLSearchParams, key: number | null): object {
    const fields = (body ?? {}) as Record<string, unknown>;
    const [, id = ''] = /^\/v1\/(?:credentials|designs|issuer\/groups)\/([^/]+)$/.exec(path) ?? [];
    const route = `${method} ${id === '' ? path : path.replace(/[^/]+$/, ':id')}`;
    const sent = (fields.credential ?? {}) as Record<string, unknown>;
    switch (id === 'search' ? `${method} ${path}` : route) {
      case 'GET /v1/issuer/details':
        return {
          issuer: { id: 4897, name: 'Example University', email: 'dev@example.edu', certificate_left: world.credits },
        };
      case 'POST /v1/issuer/groups/search':
        return groupPage(world.visibleGroups(key), Number(fields.page ?? 1), Number(fields.page_size ?? 50));
      case 'GET /v1/issuer/all_groups':
        return groupPage(
          world.visibleGroups(key),
          Number(query.get('page') ?? 1),
          Number(query.get('page_size') ?? 50),
        );
      case 'GET /v1/issuer/groups/:id':
        return { group: world.group(Number(id), key) };
      case 'GET /v1/designs/:id':
        return { design: designOf(Number(id)) };
      case 'POST /v1/credentials':
        return singleCredential(world.create(sent, key), world);
      case 'GET /v1/credentials/:id':
        return singleCredential(world.credential(decodeURIComponent(id), key), world);
      case 'PUT /v1/credentials/:id':
        return singleCredential(world.update(world.credential(decodeURIComponent(id), key), sent), world);
      case 'DELETE /v1/credentials/:id': {
        const credential = world.credential(decodeURIComponent(id), key);
        world.remove(credential);
        return singleCredential(credential, world);
      }
      case 'POST /v2/credentials/search': {
        const groups = new Set(world.visibleGroups(key).map((group) => group.id));
        const known = world.now() - indexLagMs;
        const visible = world.credentials.filter((one) => groups.has(one.groupId) && one.createdAt <= known);
        return searchPage(fields, visible, world);
      }
      default:
        throw new Refusal(404, { error: 'Not found' });
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const body = await bodyOf(request);
    if (url.pathname === '/stand-in') return control(request.method ?? 'GET', body, response);
    const call = `${request.method} ${url.pathname}`;
    calls.push({ call, body });
    if (calls.length > 10_000) calls.shift();
    const fault = faultOf(call);
    if (fault?.delayMs) await sleep(fault.delayMs);
    if (fault?.drop === 'before') return void request.socket.destroy();
    if (fault?.status !== undefined)
      return send(response, fault.status, fault.body ?? { errors: 'Internal server error' });
    try {
      if (isTooOften()) throw new Refusal(429, '');
      const answer = answerTo(request.method ?? 'GET', url.pathname, body, url.searchParams, departmentOf(request));
      if (fault?.drop === 'after') return void request.socket.destroy();
      send(response, 200, answer);
    } catch (error) {
      if (error instanceof Refusal) send(response, error.status, error.body);
      else send(response, 500, { errors: 'Internal server error' });
    }
  }

  function control(method: string, body: unknown, response: ServerResponse): void {
    if (method === 'POST') {
      const order = (body ?? {}) as {
        credits?: number | null;
        indexLagMs?: number;
        fault?: Fault;
        addGroup?: { id: number };
        removeGroup?: number;
      };
      if (order.credits !== undefined) world.credits = order.credits;
      if (order.indexLagMs !== undefined) indexLagMs = order.indexLagMs;
      if (order.fault) fail(order.fault);
      if (order.addGroup) world.groups.push(aGroup(order.addGroup));
      const gone = world.groups.findIndex(({ id }) => id === order.removeGroup);
      if (gone >= 0) world.groups.splice(gone, 1);
    }
    const { groups, credentials, credits } = world;
    send(response, 200, {
      keys: Object.keys(keys),
      groups,
      credentials,
      credits,
      indexLagMs,
      faults,
      calls: calls.length,
    });
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  const { port = 0, host = '127.0.0.1' } = options;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    world,
    calls,
    fail,
    setIndexLag: (ms) => {
      indexLagMs = ms;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function designOf(id: number): object {
  if (id >= 900) throw new Refusal(404, { error: 'Not found' });
  return {
    id,
    name: `Design ${id}`,
    kind: 'badge',
    rasterized_content_url: id >= 500 ? null : `https://images.example.edu/designs/${id}.png`,
    encoded_content: 'x'.repeat(20_000),
    groups: [],
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error('too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? null : (JSON.parse(text) as unknown);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
  });
  response.end(isText ? body : JSON.stringify(body));
}
