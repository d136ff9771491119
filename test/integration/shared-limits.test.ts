/** One limit for a guesser, however many servers there are to guess at. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { type LaurelProcess, serveLaurelProcess } from '../support/command-process.ts';
import { StoreProcess } from '../support/store-process.ts';

/** Calls with a wrong token that one address may make in a minute. */
const ALLOWED = 60;
const TRIES = 90;
const MINUTE_MS = 60_000;

describe('two servers on one database', function () {
  this.timeout(150_000);
  let folder: string;
  let store: StoreProcess;
  let servers: readonly LaurelProcess[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-l-'));
    store = new StoreProcess(folder);
    await store.start();
    const env = {
      LAUREL_DATA_DIR: join(folder, 'data'),
      MONGODB_URI: store.uri,
      LAUREL_INGEST_TOKEN: 'the-right-token-of-the-event-door',
      LAUREL_SECRET_KEY: 'the-same-key-for-both-of-these-servers',
    };
    servers = [await serveLaurelProcess(env), await serveLaurelProcess(env)];
  });
  afterEach(async () => {
    for (const server of servers) await server.stop('SIGKILL');
    await store.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function guess(n: number, token = `a-wrong-token-${n}`): Promise<number> {
    const answer = await fetch(`${servers[n % servers.length]?.url}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents-batch+json' },
      body: '[]',
    });
    await answer.text();
    return answer.status;
  }

  it('count the wrong tokens of one address together, and slow nobody down who has a right one', async () => {
    // within one period, which begins with the minute everywhere
    const intoMinute = Date.now() % MINUTE_MS;
    if (intoMinute > MINUTE_MS / 2) await pause(MINUTE_MS - intoMinute + 500);
    const answers = await Promise.all(Array.from({ length: TRIES }, (_, n) => guess(n)));
    const times = (status: number) => answers.filter((one) => one === status).length;
    expect({ refused: times(401), tooMany: times(429) }).to.deep.equal({ refused: ALLOWED, tooMany: TRIES - ALLOWED });
    for (const n of [0, 1]) {
      expect(await guess(n)).to.equal(429);
      expect(await guess(n, 'the-right-token-of-the-event-door')).not.to.be.oneOf([401, 429]);
    }
  });
});
