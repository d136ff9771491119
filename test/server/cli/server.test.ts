import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type LaurelProcess, runLaurelProcess, serveLaurelProcess } from '../../support/command-process.ts';

const TOKEN = 'a-token-for-the-event-door';

describe('laurel serve', function () {
  this.timeout(240_000);
  let dataDir: string;
  let running: LaurelProcess;
  const env = () => ({ LAUREL_DATA_DIR: dataDir, LAUREL_INGEST_TOKEN: TOKEN });

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-serve-'));
    running = await serveLaurelProcess(env());
  });
  after(async () => {
    await running.stop();
    rmSync(dataDir, { recursive: true });
  });

  it('says where it is, how to get in and what is not configured, without a secret', () => {
    expect(running.banner).to.contain(`state   embedded store in ${dataDir}`);
    expect(running.banner).to.match(
      /No administrator exists yet\. Create one within a day at\n {2}http:\/\/localhost:\d+\/sign-in\/\S+/,
    );
    expect(running.banner).to.contain('AMQP_URL: events do not come through RabbitMQ');
    expect(running.banner).not.to.contain(TOKEN);
  });

  it('answers the health questions', async () => {
    expect((await fetch(`${running.url}/healthz`)).status).to.equal(200);
    const ready = await fetch(`${running.url}/readyz`);
    expect(ready.status).to.equal(200);
    expect(await ready.json()).to.have.property('status', 'ok');
  });

  it('refuses a second process on the data directory and says who holds it', async () => {
    const { code, stderr } = await runLaurelProcess(['serve'], { env: { ...env(), PORT: '0' } });
    expect(code).to.equal(69);
    expect(stderr).to.match(/^laurel: .*process \d+.*\n$/);
  });

  it('takes events from a file, knows a repeated one, and serves the outcome to a token', async () => {
    const token = (await runLaurelProcess(['token', 'create', '--label', 'test'], { env: env() })).stdout.trim();
    expect(token).to.match(/^laurel_\S{40,}$/);
    const sending = ['events', 'send', 'examples/events/demo.jsonl', '--to', running.url];
    for (let time = 1; time <= 2; time += 1) {
      const sent = await runLaurelProcess(sending, { env: env() });
      expect(sent).to.deep.equal({
        code: 0,
        stdout: `11 events accepted by ${new URL(running.url).host}\n`,
        stderr: '',
      });
    }
    const answer = await fetch(`${running.url}/api/laurel/v1/badges`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).to.equal(200);
    expect((await fetch(`${running.url}/api/laurel/v1/badges`)).status).to.equal(401);

    const listed = (await runLaurelProcess(['token', 'list', '--json'], { env: env() })).stdout;
    const { id } = JSON.parse(listed) as { id: string };
    expect((await runLaurelProcess(['token', 'revoke', id], { env: env() })).code).to.equal(0);
    const after = await fetch(`${running.url}/api/laurel/v1/badges`, { headers: { authorization: `Bearer ${token}` } });
    expect(after.status).to.equal(401);
    expect((await runLaurelProcess(['token', 'revoke', id], { env: env() })).code).to.equal(66);
  });

  it('refuses events without the right token', async () => {
    const { code, stderr } = await runLaurelProcess(
      ['events', 'send', 'examples/events/demo.jsonl', '--to', running.url],
      {
        env: { LAUREL_INGEST_TOKEN: 'a-token-that-is-wrong' },
      },
    );
    expect(code).to.equal(64);
    expect(stderr).to.match(
      /^laurel: http:\/\/localhost:\d+ answered 401: .*; 0 events were accepted before; sending the file again is safe\n$/,
    );
  });

  it('ends with 0 on SIGTERM, and starts again on what it kept', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'laurel-again-'));
    const first = await serveLaurelProcess({ LAUREL_DATA_DIR: folder });
    expect(await first.stop()).to.equal(0);
    const second = await serveLaurelProcess({ LAUREL_DATA_DIR: folder });
    expect(await second.stop('SIGINT')).to.equal(0);
    rmSync(folder, { recursive: true });
  });
});

describe('laurel serve, when something is wrong', function () {
  this.timeout(240_000);
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'laurel-wrong-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  const freePort = async (hold: boolean): Promise<{ port: number; server: Server }> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    if (!hold) await new Promise((resolve) => server.close(resolve));
    return { port, server };
  };

  it('lists every problem of the settings and exits with 78', async () => {
    expect(
      await runLaurelProcess(['serve'], { env: { PORT: 'web', LAUREL_MAIL_LANGUAGE: '?', LAUREL_DATA_DIR: dataDir } }),
    ).to.deep.equal({
      code: 78,
      stdout: '',
      stderr:
        'laurel: the configuration has problems:\n' +
        '  - PORT must be a whole number from 0 to 65535\n' +
        '  - LAUREL_MAIL_LANGUAGE must be a language tag like es or pt-BR\n',
    });
  });

  it('names the port that is in use', async () => {
    const { port, server } = await freePort(true);
    const result = await runLaurelProcess(['serve'], { env: { PORT: String(port), LAUREL_DATA_DIR: dataDir } });
    server.close();
    expect(result).to.deep.equal({
      code: 69,
      stdout: '',
      stderr: `laurel: port ${port} is in use by another program; stop it, or set PORT to a free one\n`,
    });
  });

  it('says that MongoDB is away, and exits', async () => {
    const { port } = await freePort(false);
    const uri = `mongodb://someone:hunter2@127.0.0.1:${port}/laurel`;
    const { code, stderr } = await runLaurelProcess(['serve'], {
      env: { PORT: '0', LAUREL_DATA_DIR: dataDir, MONGODB_URI: uri },
    });
    expect(code).to.equal(69);
    expect(stderr).to.contain(
      'laurel: no MongoDB server answers at MONGODB_URI; start it or mend the address, or unset MONGODB_URI to use the embedded store\n',
    );
    expect(stderr).not.to.contain('hunter2');
  });

  it('goes on without RabbitMQ and says so', async () => {
    const { port } = await freePort(false);
    const running = await serveLaurelProcess({
      LAUREL_DATA_DIR: dataDir,
      AMQP_URL: `amqp://someone:hunter2@127.0.0.1:${port}`,
    });
    const answer = await fetch(`${running.url}/readyz`);
    const text = await answer.text();
    expect(await running.stop()).to.equal(0);
    expect(answer.status).to.equal(200);
    expect(JSON.parse(text)).to.have.property('status', 'degraded');
    expect(text + running.banner).not.to.contain('hunter2');
  });

  it('says that no server answers where events are sent', async () => {
    const { port } = await freePort(false);
    const { code, stderr } = await runLaurelProcess(
      ['events', 'send', 'examples/events/demo.jsonl', '--to', `http://127.0.0.1:${port}`],
      { env: { LAUREL_INGEST_TOKEN: TOKEN } },
    );
    expect(code).to.equal(69);
    expect(stderr).to.equal(
      `laurel: no answer from http://127.0.0.1:${port} (ECONNREFUSED); is the server running there? 0 events were accepted before; sending the file again is safe\n`,
    );
  });
});
