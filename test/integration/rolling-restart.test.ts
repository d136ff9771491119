/** Two servers behind a balancer that asks `/readyz`, replaced one after the other while people and an LMS go on. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import mongoose from 'mongoose';
import { type LaurelProcess, serveLaurelProcess } from '../support/command-process.ts';
import { StoreProcess } from '../support/store-process.ts';
import { eventually } from './amqp-support.ts';

const TOKEN = 'a-token-for-the-event-door';
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/cloudevents+json' };

function passed(id: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    type: 'org.openedx.learning.course.passing.status.updated.v1',
    source: 'openedx/lms/web',
    time: '2026-03-01T10:00:00Z',
    data: {
      course_passing_status: {
        is_passing: true,
        course: { course_key: 'course-v1:OpenedX+DemoX+Demo_Course', display_name: 'Demo' },
        user: {
          id: 7,
          is_active: true,
          pii: { username: 'ada', email: 'ada@example.org', name: 'Ada' },
        },
      },
    },
  });
}

let folder: string;
let store: StoreProcess;
let env: Record<string, string>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'laurel-r-'));
  store = new StoreProcess(folder);
  await store.start();
  env = {
    LAUREL_DATA_DIR: join(folder, 'data'),
    MONGODB_URI: store.uri,
    LAUREL_INGEST_TOKEN: TOKEN,
    LAUREL_SECRET_KEY: 'the-same-key-for-both-of-these-servers',
    LAUREL_STOP_DELAY_SECONDS: '2',
  };
});
afterEach(async () => {
  await store.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function recorded(): Promise<ReadonlySet<string>> {
  const connection = await mongoose.createConnection(store.uri).asPromise();
  try {
    const all = await connection.collection('events').find({}).toArray();
    return new Set(all.map(({ eventId, _id }) => String(eventId ?? _id)));
  } finally {
    await connection.close();
  }
}

/** Sends to servers in turn that said at its last question that they are ready. */
class Balancer {
  readonly failures: string[] = [];
  readonly accepted: string[] = [];
  pages = 0;
  #ready: LaurelProcess[] = [];
  #turn = 0;
  #ended = false;
  readonly #work: Promise<unknown>[] = [];

  constructor(servers: () => readonly LaurelProcess[]) {
    this.#work.push(
      this.#again(100, async () => {
        const answers = await Promise.all(
          servers().map(async (server) => {
            const answer = await fetch(`${server.url}/readyz`).catch(() => null);
            return answer?.ok ? [server] : [];
          }),
        );
        this.#ready = answers.flat();
      }),
    );
  }

  start(): void {
    for (let sender = 0; sender < 4; sender++) this.#work.push(this.#again(40, () => this.#send()));
    for (let reader = 0; reader < 2; reader++) this.#work.push(this.#again(40, () => this.#read()));
  }

  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#work);
  }

  get ready(): number {
    return this.#ready.length;
  }

  #next(): string {
    return this.#ready[this.#turn++ % this.#ready.length]?.url ?? 'http://nobody.invalid';
  }

  async #send(): Promise<void> {
    const id = randomUUID();
    const answer = await this.#ask('/events', { method: 'POST', headers, body: passed(id) });
    if (answer === 202) this.accepted.push(id);
    else this.failures.push(`POST /events: ${answer}`);
  }

  async #read(): Promise<void> {
    const answer = await this.#ask('/verify', {});
    if (answer === 200) this.pages += 1;
    else this.failures.push(`GET /verify: ${answer}`);
  }

  async #ask(path: string, init: RequestInit): Promise<number | string> {
    try {
      const answer = await fetch(`${this.#next()}${path}`, init);
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      return String((error as Error).cause ?? error);
    }
  }

  async #again(pauseMs: number, work: () => Promise<void>): Promise<void> {
    while (!this.#ended) {
      await work();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

describe('servers that are replaced one after the other', () => {
  it('fail no request, and keep every event that they accepted', async () => {
    const servers = [await serveLaurelProcess(env), await serveLaurelProcess(env)];
    const balancer = new Balancer(() => servers);
    await eventually(async () => balancer.ready === 2);
    balancer.start();
    for (const _ of ['first', 'second']) {
      const leaving = servers[0] as LaurelProcess;
      expect(await leaving.stop()).to.equal(0);
      servers.shift();
      servers.push(await serveLaurelProcess(env));
      await eventually(async () => balancer.ready === 2);
    }
    await balancer.end();
    expect(balancer.failures).to.deep.equal([]);
    expect(balancer.pages).to.be.greaterThan(20);
    expect(balancer.accepted.length).to.be.greaterThan(20);
    const kept = await recorded();
    expect(balancer.accepted.filter((id) => !kept.has(id))).to.deep.equal([]);
    for (const server of servers) expect(await server.stop()).to.equal(0);
  });
});

describe('a server that was told to stop', () => {
  it('says 503 while it still takes requests, and finishes the one in progress after its port is closed', async () => {
    const server = await serveLaurelProcess(env);
    const id = randomUUID();
    const body = passed(id);
    const slow = request(`${server.url}/events`, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    const answered = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      slow.once('error', reject);
      slow.once('response', (response) => {
        response.resume();
        resolve({ status: response.statusCode, connection: response.headers.connection });
      });
    });
    slow.write(body.slice(0, 40));
    await new Promise((resolve) => setTimeout(resolve, 100));

    const stopped = server.stop();
    await eventually(async () => (await fetch(`${server.url}/readyz`)).status === 503);
    expect((await fetch(`${server.url}/healthz`)).status).to.equal(200);
    const page = await fetch(`${server.url}/verify`);
    expect([page.status, page.headers.get('connection')]).to.deep.equal([200, 'close']);

    await eventually(async () => (await fetch(`${server.url}/healthz`).catch(() => null)) === null);
    slow.end(body.slice(40));
    expect(await answered).to.deep.equal({ status: 202, connection: 'close' });
    expect(await stopped).to.equal(0);
    expect([...(await recorded())]).to.deep.equal([id]);
  });
});
