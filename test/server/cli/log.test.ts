import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLaurel, serveLaurel } from '../../support/command.ts';

const TOKEN = 'a-token-for-the-event-door';

interface Line {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

describe('the log of a whole run', function () {
  this.timeout(180_000);
  let folder: string;
  let text: string;
  let lines: readonly Line[];
  let metrics: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-log-'));
    const watch = `127.0.0.1:${await freePort()}`;
    const env = {
      LAUREL_DATA_DIR: join(folder, 'data'),
      LAUREL_INGEST_TOKEN: TOKEN,
      LAUREL_LOG_LEVEL: 'debug',
      LAUREL_COLOUR: 'green',
      LAUREL_METRICS_ADDRESS: watch,
    };
    const running = await serveLaurel(env);
    const sent = await runLaurel(['events', 'send', 'examples/events/demo.jsonl', '--to', running.url], { env });
    expect(sent.code).to.equal(0);
    await fetch(`${running.url}/verify/ada?name=Ada%20Lovelace`);
    await fetch(`${running.url}/healthz`);
    const form = new URLSearchParams({ name: 'ada', password: 'hunter2-hunter2' });
    await fetch(`${running.url}/sign-in`, { method: 'POST', body: form });
    const backup = join(folder, 'backup');
    const made = await runLaurel(['backup', backup], { env });
    expect([made.code, made.stderr]).to.deep.equal([0, '']);
    expect((await runLaurel(['backup', 'verify', backup], { env })).code).to.equal(0);
    metrics = await (await fetch(`http://${watch}/metrics`)).text();
    expect((await fetch(`http://${watch}/readyz`)).status).to.equal(200);
    // metrics are nothing for the public
    expect((await fetch(`${running.url}/metrics`, { redirect: 'manual' })).status).not.to.equal(200);
    expect(await running.stop()).to.equal(0);
    text = running.log();
    lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is one JSON object a line with the time in UTC, the level and a sentence', () => {
    expect(lines.length).to.be.greaterThan(11);
    for (const line of lines) {
      expect(line.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(line.level).to.match(/^(debug|info|warn|error)$/);
      expect(line.msg).to.match(/^\S.*\S$/);
    }
  });

  it('names requests and events by their ids', () => {
    const taken = lines.filter(({ msg }) => msg === 'an event was taken');
    expect(taken).to.have.length(11);
    expect(taken.every(({ eventId }) => typeof eventId === 'string')).to.equal(true);
    const answered = lines.filter(({ msg }) => msg === 'request answered');
    expect(answered.every(({ requestId }) => /^[0-9a-f-]{36}$/.test(String(requestId)))).to.equal(true);
    expect(answered.map(({ route }) => route))
      .to.include('/events')
      .and.not.to.include('/healthz');
  });

  it('names no learner, no secret and no stack', () => {
    // by itself: an id may hold the three letters
    expect(text).to.not.match(/\bada\b/i);
    for (const private_ of ['Lovelace', 'example.com', TOKEN, 'hunter2', '\\n    at '])
      expect(text.toLowerCase(), private_).not.to.contain(private_.toLowerCase());
  });

  it('warns of what is no setting', () => {
    expect(lines.filter(({ level }) => level === 'warn').map(({ problem }) => problem)).to.include(
      'LAUREL_COLOUR is not a setting; remove it, or see docs/reference/settings.md',
    );
  });

  it('goes with numbers of the same run', () => {
    expect(metrics)
      .to.contain('laurel_store_up 1\n')
      .and.to.match(/^laurel_events_total\{.*outcome="ignored"\} \d+$/m);
    expect(metrics).to.match(/^laurel_http_seconds_count\{method="POST",status="2xx"\} \d+$/m);
    expect(metrics).not.to.match(/ada|Lovelace|DemoX/);
  });
});
