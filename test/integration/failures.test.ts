import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LaurelProcess, runLaurelProcess, serveLaurelProcess } from '../support/command-process.ts';
import { privateRabbitmq } from '../support/rabbitmq.ts';
import { StoreProcess } from '../support/store-process.ts';
import { eventually } from './amqp-support.ts';

const TOKEN = 'a-token-for-the-event-door';
const DEMO = 'examples/events/demo.jsonl';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'laurel-f-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function badgesOf(username: string, { url }: LaurelProcess, env: Readonly<Record<string, string>>) {
  const token = (await runLaurelProcess(['token', 'create'], { env })).stdout.trim();
  const answer = await fetch(`${url}/api/laurel/v1/learners/${username}/badges`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).to.equal(200);
  return (await answer.json()) as { badge: string; status: string }[];
}

describe('a database that goes away while the server runs', () => {
  it('stops nothing for good: 503 while it is away, the same events and pages when it is back', async () => {
    const store = new StoreProcess(folder);
    await store.start();
    const env = { LAUREL_DATA_DIR: join(folder, 'data'), LAUREL_INGEST_TOKEN: TOKEN, MONGODB_URI: store.uri };
    const loaded = await runLaurelProcess(['rules', 'load', 'examples/rules/04-one-course.rules'], { env });
    expect(loaded.code, loaded.stderr).to.equal(0);
    const running = await serveLaurelProcess({ ...env, LAUREL_LOG_LEVEL: 'silent' });
    const ready = async () => {
      const answer = await fetch(`${running.url}/readyz`);
      return { code: answer.status, ...((await answer.json()) as { status: string }) };
    };
    try {
      expect(await ready()).to.include({ code: 200, status: 'ok' });

      await store.kill();
      expect(await ready()).to.include({ code: 503, status: 'down' });
      expect((await fetch(`${running.url}/healthz`)).status).to.equal(200);
      const refused = await runLaurelProcess(['events', 'send', DEMO, '--to', running.url], { env });
      expect(refused.code).to.equal(69);
      expect(refused.stderr).to.contain('answered 503: the database does not answer; check that MongoDB is running');
      const event = readFileSync(DEMO, 'utf8').split('\n')[0];
      const answer = await fetch(`${running.url}/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/cloudevents+json' },
        body: event ?? '',
      });
      expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([503, '10']);
      const page = await fetch(`${running.url}/sign-in`);
      expect(page.status).to.equal(503);
      expect(await page.text()).to.contain(
        'The database does not answer; check that MongoDB is running and that MONGODB_URI leads to it.',
      );

      await store.start();
      await eventually(async () => (await ready()).status === 'ok');
      expect((await runLaurelProcess(['events', 'send', DEMO, '--to', running.url], { env })).code).to.equal(0);
      const lines = await badgesOf('ada', running, env);
      expect(lines.some(({ status }) => status === 'awarded')).to.equal(true);
    } finally {
      expect(await running.stop()).to.equal(0);
      await store.kill();
    }
  });
});

describe('a RabbitMQ that goes away while the server runs', () => {
  it('leaves pages and HTTP working, degraded, and is found again when it is back', async function () {
    const { url, node } = await privateRabbitmq(this as unknown as Mocha.Context);
    const env = { LAUREL_DATA_DIR: join(folder, 'data'), LAUREL_INGEST_TOKEN: TOKEN, LAUREL_LOG_LEVEL: 'silent' };
    const running = await serveLaurelProcess({ ...env, AMQP_URL: url });
    const status = async () => {
      const answer = await fetch(`${running.url}/readyz`);
      return `${answer.status} ${((await answer.json()) as { status: string }).status}`;
    };
    try {
      await eventually(async () => (await status()) === '200 ok');
      await node.kill();
      await eventually(async () => (await status()) === '200 degraded');
      expect((await runLaurelProcess(['events', 'send', DEMO, '--to', running.url], { env })).code).to.equal(0);
      await node.start();
      await eventually(async () => (await status()) === '200 ok', 60_000);
    } finally {
      expect(await running.stop()).to.equal(0);
      await node.stop();
    }
  });
});

describe('a server that is killed', () => {
  it('starts again at once on its data directory, with every event it had accepted', async () => {
    const env = { LAUREL_DATA_DIR: join(folder, 'data'), LAUREL_INGEST_TOKEN: TOKEN };
    expect((await runLaurelProcess(['rules', 'load', 'examples/rules/04-one-course.rules'], { env })).code).to.equal(0);
    const first = await serveLaurelProcess(env);
    expect((await runLaurelProcess(['events', 'send', DEMO, '--to', first.url], { env })).code).to.equal(0);
    const before = await badgesOf('ada', first, env);
    await first.stop('SIGKILL');
    const second = await serveLaurelProcess(env);
    try {
      expect(await badgesOf('ada', second, env)).to.deep.equal(before);
      expect(before.some(({ status }) => status === 'awarded')).to.equal(true);
    } finally {
      expect(await second.stop()).to.equal(0);
    }
  });
});

describe('a folder for files that cannot be used', () => {
  it('fails the run with what to look at, and the next run makes what is missing', async () => {
    const env = { LAUREL_DATA_DIR: join(folder, 'data'), LAUREL_FILES_DIR: join(folder, 'files') };
    const setup = ['credentials', 'setup', 'examples/credentials/example.json'];
    const blocked = { ...env, LAUREL_FILES_DIR: join(folder, 'blocked') };
    appendFileSync(blocked.LAUREL_FILES_DIR, '');
    const refused = await runLaurelProcess(setup, { env: blocked });
    expect(refused.code).to.equal(69);
    expect(refused.stderr).to.match(/^laurel: the folder for files cannot be used \(\w+\); see that LAUREL_FILES_DIR/m);

    expect((await runLaurelProcess(setup, { env })).code).to.equal(0);
    expect(
      (await runLaurelProcess(['records', 'import', 'examples/credentials/records.jsonl'], { env })).code,
    ).to.equal(0);
    const generate = ['credentials', 'generate', 'demo-course-certificate'];
    appendFileSync(join(folder, 'files', 'credential'), '');
    const failed = await runLaurelProcess(generate, { env });
    expect(failed.code).to.equal(1);
    expect(failed.stderr).to.match(/^store\.files: the folder for files cannot be used \(\w+\);/m);
    rmSync(join(folder, 'files', 'credential'));
    const made = await runLaurelProcess(generate, { env });
    expect(made.stdout).to.equal('done: 8 learners seen, 6 eligible, 6 generated, 0 skipped, 0 failed\n');
  });
});
