import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { checkClock, checkSecrets, checkSpace, clockSkew } from '../../../server/check/database.ts';
import { attempt, type CheckLine, PATIENCE_MS } from '../../../server/check/line.ts';
import { checkChoices, checkFolders, checkFonts } from '../../../server/check/machine.ts';
import { runChecks } from '../../../server/check/run.ts';
import { othersToAsk } from '../../../server/check/state.ts';
import type { Laurel } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { createSecretBox } from '../../../server/secret-box.ts';
import { runLaurel } from '../../support/command.ts';

const KEY = 'a-secret-key-for-these-tests';

describe('laurel check', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-check-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const check = async (env: Record<string, string> = {}, args: readonly string[] = []) => {
    const result = await runLaurel(['check', '--json', ...args], {
      env: { LAUREL_DATA_DIR: join(folder, 'data'), ...env },
    });
    return { code: result.code, lines: JSON.parse(result.stdout) as CheckLine[] };
  };
  const of = (lines: readonly CheckLine[], name: string) =>
    lines.filter((line) => line.name === name).map(({ status, message }) => `${status}: ${message}`);

  it('lists every problem of the settings and exits with 78', async () => {
    const { code, lines } = await check({ PORT: 'web', LAUREL_MAIL_LANGUAGE: '?' });
    expect(code).to.equal(78);
    expect(of(lines, 'settings')).to.deep.equal([
      'problem: PORT must be a whole number from 0 to 65535',
      'problem: LAUREL_MAIL_LANGUAGE must be a language tag like es or pt-BR',
    ]);
  });

  it('tells within its time what does not answer, and goes on with the rest', async () => {
    const waiting: Socket[] = [];
    // Takes connections and never says anything, as a database does that hangs.
    const silent = createServer((socket) => waiting.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    try {
      const env = { LAUREL_DATA_DIR: join(folder, 'data'), MONGODB_URI: `mongodb://127.0.0.1:${port}/laurel` };
      const settings = readSettings({ ...env, LAUREL_SECRET_KEY: KEY });
      const began = Date.now();
      const lines = await runChecks({ settings, logger: silentLogger, connect: false, patienceMs: 2_000 });
      expect(Date.now() - began).to.be.lessThan(PATIENCE_MS);
      expect(lines.filter(({ name }) => name === 'database')).to.deep.equal([
        {
          ...{ name: 'database', status: 'problem', message: 'did not answer within 2 s' },
          todo: 'bring the database back, or mend its address; the log of the server, or of MongoDB, may say more',
        },
      ]);
      expect(of(lines, 'fonts')).to.deep.equal(['ok: are there']);
    } finally {
      for (const socket of waiting) socket.destroy();
      silent.close();
    }
  });

  it('makes of work that hangs a problem, and of work that fails later nothing', async () => {
    const hangs = () => new Promise<never>(() => {});
    expect(await attempt('keys', hangs, 'look', 20)).to.deep.equal([
      { name: 'keys', status: 'problem', message: 'did not answer within 0.02 s', todo: 'look' },
    ]);
    const failsLate = () => new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 40));
    expect((await attempt('keys', failsLate, 'look', 20)).map(({ message }) => message)).to.deep.equal([
      'did not answer within 0.02 s',
    ]);
    expect(PATIENCE_MS).to.equal(30_000);
  });

  it('makes nothing where Laurel was never started, and says how to begin', async () => {
    const { code, lines } = await check({ LAUREL_COLOUR: 'green' });
    expect(code).to.equal(0);
    expect(lines).to.deep.include({
      ...{ name: 'database', status: 'warning', message: `there is none in ${join(folder, 'data')}` },
      todo: 'start Laurel once: it makes the embedded store; where it runs already, give this command the settings of the server',
    });
    expect(of(lines, 'settings')).to.deep.equal([
      'warning: LAUREL_COLOUR is not a setting; remove it, or see docs/reference/settings.md',
    ]);
    expect(existsSync(join(folder, 'data'))).to.equal(false);
  });

  it('looks at the database and at what is in it', async () => {
    const env = { LAUREL_DATA_DIR: join(folder, 'data') };
    expect((await runLaurel(['migrate'], { env })).code).to.equal(0);
    const { code, lines } = await check();
    expect(code).to.equal(0);
    expect(of(lines, 'form')).to.deep.equal(['ok: the database has the form of this version']);
    expect(of(lines, 'clock')).to.deep.equal(['ok: agrees with that of the database']);
    expect(of(lines, 'keys')).to.deep.equal(['ok: open every secret in the database']);
    expect(of(lines, 'space').join()).to.match(
      /^ok: takes [\d.]+ MB on disk: [\d.]+ MB in use, [\d.]+ MB free for what comes$/,
    );
    expect(of(lines, 'badges')).to.deep.equal(['ok: every active badge has its template']);
    expect(of(lines, 'people')).to.deep.equal(['warning: nobody can sign in yet']);
    expect(of(lines, 'schedules')).to.deep.equal(['ok: none']);
    expect(of(lines, 'dead-letters')).to.deep.equal(['ok: none']);
  });

  it('warns when much of the file of the embedded store is free, and says how to give it back', () => {
    const space = { size: 400_000_000, free: 250_000_000 };
    const settings = { mongodbUri: null, storeCompactPercent: 50 };
    const message = 'takes 400 MB on disk: 150 MB in use, 250 MB free for what comes';
    const warned = { name: 'space', status: 'warning', message };
    expect(checkSpace(space, settings)).to.deep.equal([
      {
        ...warned,
        todo: 'start the server again, which gives it back to the disk, or run `laurel store compact` while the server is stopped',
      },
    ]);
    expect(checkSpace(space, { ...settings, storeCompactPercent: 0 })).to.deep.equal([
      { ...warned, todo: 'run `laurel store compact` while the server is stopped' },
    ]);
    const fine = [{ name: 'space', status: 'ok', message, todo: null }];
    expect(checkSpace(space, { ...settings, storeCompactPercent: 80 })).to.deep.equal(fine);
    expect(checkSpace(space, { ...settings, mongodbUri: 'mongodb://db' })).to.deep.equal(fine);
    expect(checkSpace(null, settings)).to.deep.equal([]);
  });

  it('says what is away, and exits with 1', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const { code, lines } = await check(
      {
        MONGODB_URI: `mongodb://me:hunter2@127.0.0.1:${port}/laurel`,
        AMQP_URL: `amqp://me:hunter2@127.0.0.1:${port}`,
        LAUREL_SECRET_KEY: KEY,
        LAUREL_SMTP_URL: `smtp://127.0.0.1:${port}`,
        LAUREL_MAIL_FROM: 'a@example.org',
      },
      ['--connect'],
    );
    expect(code).to.equal(1);
    expect(of(lines, 'database').join()).to.match(/^problem: no MongoDB server answers at MONGODB_URI/);
    expect(of(lines, 'rabbitmq')).to.deep.equal(['problem: does not answer at AMQP_URL (ECONNREFUSED)']);
    expect(of(lines, 'mail server').join()).to.match(/^problem: /);
    expect(JSON.stringify(lines)).not.to.contain('hunter2');
  });

  it('tells every problem what to do', async () => {
    const { lines } = await check({ PORT: 'web' });
    expect(lines.every(({ status, todo }) => status !== 'problem' || todo !== null)).to.equal(true);
    const { stdout } = await runLaurel(['check'], { env: { PORT: 'web' } });
    expect(stdout).to.equal(
      'problem  settings: PORT must be a whole number from 0 to 65535\n         docs/reference/settings.md has all of them\n',
    );
  });
});

describe('what laurel check asks', () => {
  it('not the account that stands for badges issued here', async () => {
    const account = { id: 'own', provider: 'openbadges', slug: 'own', enabled: true };
    const services = {
      providerStore: { accounts: async () => [account] },
      providers: new Map([['openbadges', { capabilities: { accounts: null } }]]),
      accounts: { check: () => Promise.reject(new Error('asked')) },
      lms: null,
    };
    expect(await othersToAsk({ services } as unknown as Laurel)).to.deep.equal([]);
  });

  it('the clock of the database', async () => {
    const answering = (ms: number) =>
      ({ db: { command: async () => ({ localTime: new Date(ms) }) } }) as unknown as Parameters<typeof clockSkew>[0];
    expect(await clockSkew(answering(5_000), () => 2_000)).to.equal(3_000);
    expect(checkClock(null)).to.deep.equal([]);
    expect(checkClock(-900)[0]?.status).to.equal('ok');
    expect(checkClock(3_000)[0]).to.deep.include({
      status: 'warning',
      message: 'is 3.0 s behind that of the database',
      todo: 'synchronise the clocks (NTP): Laurel goes by that of the database, logs and other programs by that of this machine',
    });
    expect(checkClock(-11_000)[0]).to.deep.include({
      ...{ status: 'problem', message: 'is 11.0 s ahead of that of the database' },
    });
  });

  it('whether secrets can be opened', async () => {
    const settings = (env: Record<string, string>) => readSettings({ LAUREL_DATA_DIR: '/nowhere', ...env });
    const sealed = createSecretBox(KEY).seal('token', 'account:1');
    const connection = {
      collection: () => ({ find: () => ({ toArray: async () => [{ secret: sealed }] }) }),
    } as unknown as Parameters<typeof checkSecrets>[0];
    const status = async (env: Record<string, string>) => (await checkSecrets(connection, settings(env)))[0]?.status;
    expect(await status({ LAUREL_SECRET_KEY: KEY })).to.equal('ok');
    const other = 'another-secret-key-than-that';
    expect(await status({ LAUREL_SECRET_KEY: other, LAUREL_FORMER_SECRET_KEYS: KEY })).to.equal('warning');
    expect(await status({ LAUREL_SECRET_KEY: other })).to.equal('problem');
  });

  it('the machine', async () => {
    const settings = readSettings({ MONGODB_URI: 'mongodb://db/laurel', LAUREL_FILES_DIR: '/proc/nothing' });
    expect(checkChoices(settings).find(({ name }) => name === 'keys')?.status).to.equal('problem');
    const [data, files] = await checkFolders(settings);
    expect([data?.name, files?.name]).to.deep.equal(['LAUREL_DATA_DIR', 'LAUREL_FILES_DIR']);
    expect(data?.message).to.match(/^\.\/data can be written to, \d+\.\d GiB are free$/);
    expect((await checkFonts())[0]?.status).to.equal('ok');
  });
});
