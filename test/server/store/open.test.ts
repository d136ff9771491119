import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { StoreError } from '../../../plugin/errors.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { type EmbeddedStore, joinEmbeddedStore, openEmbeddedStore } from '../../../server/store/index.ts';
import { temporaryFolder } from './support/folder.ts';

const open = (dataDir: string, expiryIntervalMs?: number) =>
  openEmbeddedStore({ dataDir, logger: silentLogger, ...(expiryIntervalMs ? { expiryIntervalMs } : {}) });

const holderScript = fileURLToPath(new URL('./support/holder.ts', import.meta.url));

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** In a process of its own: lmdb leaves global variables behind. */
const WRITE_FORMAT_99 = `
  import { serialize } from 'bson';
  import { open } from 'lmdb';
  const root = open({ path: process.argv[1], encoding: 'binary', noSubdir: true, maxDbs: 4 });
  await root.openDB({ name: 'catalog', encoding: 'binary' }).put('format', Buffer.from(serialize({ version: 99 })));
  await root.close();`;

interface Child {
  readonly process: ChildProcess;
  /** The store's address, or the code of the error. */
  readonly outcome: Promise<string>;
}

function startHolder(dataDir: string): Child {
  const child = spawn(process.execPath, ['--import', 'tsx', holderScript, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const outcome = new Promise<string>((done) => child.stdout?.once('data', (line) => done(String(line).trim())));
  return { process: child, outcome };
}

async function kill({ process }: Child): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const gone = new Promise((done) => process.once('exit', done));
  process.kill('SIGKILL');
  await gone;
}

async function refusalOf(opening: Promise<EmbeddedStore>): Promise<StoreError> {
  try {
    await (await opening).close();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('the store was opened');
}

async function withClient<Result>(uri: string, work: (client: MongoClient) => Promise<Result>): Promise<Result> {
  const client = new MongoClient(uri);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

describe('opening the embedded store', function () {
  this.timeout(120_000);

  it('gives an address only this user can reach, and keeps what was written', async () => {
    const dataDir = join(temporaryFolder(), 'new', 'data');
    const first = await open(dataDir);
    const [socket = ''] = readdirSync(dataDir).filter((name) => name.endsWith('.sock'));
    expect(statSync(join(dataDir, socket)).mode & 0o777).to.equal(0o600);
    expect(statSync(dataDir).mode & 0o777).to.equal(0o700);
    await withClient(first.uri, async (client) => {
      await client
        .db()
        .collection('c')
        .insertMany([{ _id: 1 as never, text: 'x'.repeat(100_000) }, { _id: 2 as never }]);
      await client.db().collection('c').createIndex({ a: 1 }, { unique: true, sparse: true });
    });
    await first.close();
    expect(readdirSync(dataDir).sort()).to.deep.equal(['store.lmdb', 'store.lmdb-lock']);
    const second = await open(dataDir);
    await withClient(second.uri, async (client) => {
      const found = await client.db().collection('c').find().toArray();
      expect(found.map(({ _id, text }) => [_id, text?.length])).to.deep.equal([
        [1, 100_000],
        [2, undefined],
      ]);
      expect((await client.db().collection('c').indexes()).at(1)).to.include({
        name: 'a_1',
        unique: true,
        sparse: true,
      });
    });
    await second.close();
  });

  it('refuses a second opening and says who holds the directory, since when, and what to do', async () => {
    const dataDir = temporaryFolder();
    const store = await open(dataDir);
    const { since } = JSON.parse(readFileSync(join(dataDir, 'holder.json'), 'utf8'));
    const error = await refusalOf(open(dataDir));
    expect(error.code).to.equal('store.locked');
    expect(error.message).to.equal(
      `the data directory ${dataDir} is in use by process ${process.pid} since ${since}: stop that process, use its pages or commands, or choose another directory with LAUREL_DATA_DIR`,
    );
    await store.close();
    await (await open(dataDir)).close();
  });

  it('lets another process of the machine join while it runs', async () => {
    const dataDir = temporaryFolder();
    expect(await joinEmbeddedStore({ dataDir })).to.equal(null);
    const holder = startHolder(dataDir);
    const uri = await holder.outcome;
    expect(await joinEmbeddedStore({ dataDir })).to.deep.equal({ uri });
    await withClient(uri, (client) => client.db().collection('c').insertOne({ a: 1 }));
    await kill(holder);
    expect(await joinEmbeddedStore({ dataDir })).to.equal(null);
  });

  it('is refused while another process holds the directory, also when that one is stopped, and not after its death', async () => {
    const dataDir = temporaryFolder();
    const holder = startHolder(dataDir);
    await holder.outcome;
    holder.process.kill('SIGSTOP');
    expect((await refusalOf(open(dataDir))).details.pid).to.equal(holder.process.pid);
    await kill(holder);
    const store = await open(dataDir);
    // What the killed process left behind is gone as well.
    expect(readdirSync(dataDir).filter((name) => name.endsWith('.sock'))).to.have.length(1);
    await store.close();
  });

  it('is not deceived by a process id that is used again', async () => {
    const dataDir = temporaryFolder();
    const address = { kind: 'socket', path: join(dataDir, 'store-dead.sock'), ownFolder: false };
    const stale = { token: 'dead', pid: process.pid, since: new Date(0), address };
    writeFileSync(join(dataDir, 'holder.json'), JSON.stringify(stale));
    await (await open(dataDir)).close();
    writeFileSync(join(dataDir, 'holder.json'), '{ "half');
    await (await open(dataDir)).close();
  });

  it('is not deceived by another program on the port of a dead holder', async () => {
    const dataDir = temporaryFolder();
    const stranger = createServer((socket) => socket.end('who are you?')).listen(0, '127.0.0.1');
    await new Promise((done) => stranger.once('listening', done));
    const bound = stranger.address();
    const port = typeof bound === 'object' ? bound?.port : 0;
    const stale = { token: 'dead', pid: 1, since: new Date(0), address: { kind: 'loopback', port } };
    writeFileSync(join(dataDir, 'holder.json'), JSON.stringify(stale));
    await (await open(dataDir)).close();
    stranger.close();
  });

  it('lets exactly one of several simultaneous starters through, also over a stale holder', async () => {
    const dataDir = temporaryFolder();
    const dead = startHolder(dataDir);
    await dead.outcome;
    await kill(dead);
    const starters = Array.from({ length: 3 }, () => startHolder(dataDir));
    const outcomes = await Promise.all(starters.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome.startsWith('mongodb://'))).to.have.length(1);
    expect(outcomes.filter((outcome) => outcome === 'store.locked')).to.have.length(2);
    await Promise.all(starters.map(kill));
  });

  it('serves a data directory whose path is too long for a socket', async () => {
    const dataDir = join(temporaryFolder(), 'd'.repeat(120));
    const store = await open(dataDir);
    const { address } = JSON.parse(readFileSync(join(dataDir, 'holder.json'), 'utf8'));
    expect(Buffer.byteLength(address.path)).to.be.lessThan(104);
    expect(statSync(join(address.path, '..')).mode & 0o777).to.equal(0o700);
    await withClient(store.uri, (client) => client.db().command({ ping: 1 }));
    expect(await joinEmbeddedStore({ dataDir })).to.deep.equal({ uri: store.uri });
    await store.close();
    expect(existsSync(join(address.path, '..'))).to.equal(false);
  });

  it('refuses files of another format', async () => {
    const dataDir = temporaryFolder();
    await (await open(dataDir)).close();
    execFileSync(process.execPath, ['--input-type=module', '-e', WRITE_FORMAT_99, join(dataDir, 'store.lmdb')], {
      cwd: root,
    });
    const error = await refusalOf(open(dataDir));
    expect(error.code).to.equal('store.format');
    expect(error.message).to.equal(
      'the data directory has the format 99 and this program reads the format 1: start the version of Laurel that wrote it, or use another data directory',
    );
    expect(existsSync(join(dataDir, 'holder.json'))).to.equal(false);
  });

  it('says that a directory cannot be used', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'd'));
    const error = await refusalOf(open(join(folder, 'file')));
    expect(error.code).to.equal('store.unavailable');
    expect(error.message).to.match(
      /^the embedded store in .*file could not be opened \(.*\): check that the directory is on a local disk, writable and not full$/,
    );
  });

  it('removes documents when their TTL index says so', async () => {
    const store = await open(temporaryFolder(), 50);
    await withClient(store.uri, async (client) => {
      const collection = client.db().collection('tokens');
      await collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
      await collection.insertMany([
        { name: 'expired', expiresAt: new Date(Date.now() - 1000) },
        { name: 'later', expiresAt: new Date(Date.now() + 60_000) },
        { name: 'never' },
        { name: 'no date', expiresAt: 5 },
      ]);
      const names = async () => (await collection.find().toArray()).map(({ name }) => name);
      for (let i = 0; i < 100 && (await names()).length > 3; i++) await new Promise((done) => setTimeout(done, 20));
      expect(await names()).to.deep.equal(['later', 'never', 'no date']);
    });
    await store.close();
  });

  it('removes more than one slice of expired documents without waiting for the next look', async () => {
    const store = await open(temporaryFolder(), 500);
    await withClient(store.uri, async (client) => {
      const collection = client.db().collection('events');
      await collection.insertMany(Array.from({ length: 2_500 }, (_, n) => ({ n, at: new Date(0) })));
      await collection.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
      const seen = new Set<number>();
      let left = await collection.countDocuments();
      for (let i = 0; i < 500 && left > 0; i++) {
        await new Promise((done) => setTimeout(done, 5));
        left = await collection.countDocuments();
        seen.add(left);
      }
      expect(left).to.equal(0);
      // Others are served between the slices.
      expect([...seen].some((count) => count > 0 && count < 2_500)).to.equal(true);
    });
    await store.close();
  });

  it('stops writing when another process has taken the directory over', async () => {
    const dataDir = temporaryFolder();
    const store = await open(dataDir, 20);
    const held = JSON.parse(readFileSync(join(dataDir, 'holder.json'), 'utf8'));
    writeFileSync(join(dataDir, 'holder.json'), JSON.stringify({ ...held, token: 'other' }));
    await withClient(store.uri, async (client) => {
      let message = '';
      for (let i = 0; i < 100 && message === ''; i++) {
        await new Promise((done) => setTimeout(done, 20));
        await client
          .db()
          .collection('c')
          .insertOne({ i })
          .catch((error: Error) => {
            message = error.message;
          });
      }
      expect(message).to.equal(
        'the embedded store takes no more writes (another process has taken the data directory over): remove the cause, then restart',
      );
    });
    await store.close();
  });
});
