import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { CredentialsError } from '../../../plugin/errors.ts';
import { type Logger, silentLogger } from '../../../plugin/ports/runtime.ts';
import { assertRoom, CompactionError } from '../../../server/store/compaction.ts';
import { type CompactionPolicy, isWorthwhile, NO_COMPACTION } from '../../../server/store/compaction-policy.ts';
import { copyFileOf, dataFileOf, exchangeFiles } from '../../../server/store/data-file.ts';
import { Hold } from '../../../server/store/hold.ts';
import { compactEmbeddedStore, embeddedStoreSpace } from '../../../server/store/offline.ts';
import { openEmbeddedStore } from '../../../server/store/open.ts';
import { startServer } from '../../../server/store/server.ts';
import { temporaryFolder } from './support/folder.ts';

const KEPT = 300;
const compacting = fileURLToPath(new URL('./support/compacting.ts', import.meta.url));
const looking = fileURLToPath(new URL('./support/space.ts', import.meta.url));

const open = (
  dataDir: string,
  { compaction, logger = silentLogger }: { compaction?: CompactionPolicy; logger?: Logger } = {},
) => openEmbeddedStore({ dataDir, logger, ...(compaction && { compaction }) });

async function withStore<Result>(dataDir: string, work: (client: MongoClient) => Promise<Result>): Promise<Result> {
  // without the thread, which would only make each start slower
  const store = await startServer({
    ...{ dataDir, database: 'laurel', expiryIntervalMs: 60_000, compaction: NO_COMPACTION },
    ...{ report: () => {}, tell: () => {}, onBroken: () => {} },
  });
  const client = new MongoClient(store.uri);
  try {
    return await work(client);
  } finally {
    await client.close();
    await store.close();
  }
}

/** A store most of which is free, and what is in it. */
async function sparseStore(): Promise<string> {
  const dataDir = temporaryFolder();
  await withStore(dataDir, async (client) => {
    const collection = client.db().collection<{ _id: number; text: string }>('c');
    const documents = Array.from({ length: 3_000 }, (_, n) => ({ _id: n, text: `${n}`.padEnd(1_000, '.') }));
    await collection.insertMany(documents);
    await collection.createIndex({ text: 1 }, { unique: true });
    await client
      .db('other')
      .collection('d')
      .insertOne({ large: 'x'.repeat(50_000) });
    await collection.deleteMany({ _id: { $gte: KEPT } });
  });
  return dataDir;
}

/** Throws unless everything is there; writes as well. */
async function assertWhole(dataDir: string): Promise<void> {
  await withStore(dataDir, async (client) => {
    const collection = client.db().collection<{ _id: number; text: string }>('c');
    const found = await collection.find().sort({ _id: 1 }).toArray();
    expect(found.map(({ _id, text }) => `${_id} ${text.length}`)).to.deep.equal(
      Array.from({ length: KEPT }, (_, n) => `${n} 1000`),
    );
    expect((await collection.indexes()).map(({ name }) => name)).to.deep.equal(['_id_', 'text_1']);
    expect((await client.db('other').collection('d').findOne())?.large).to.have.length(50_000);
    await collection.insertOne({ _id: 9_999, text: 'later' });
    await collection.deleteOne({ _id: 9_999 });
  });
}

async function failureOf(action: Promise<unknown>): Promise<CredentialsError> {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof CredentialsError) return error;
  throw error ?? new Error('it was done');
}

describe('compacting the embedded store', function () {
  this.timeout(240_000);

  it('gives what is free back to the disk, and keeps every document', async () => {
    const dataDir = await sparseStore();
    const told = await embeddedStoreSpace(dataDir);
    const { before, after } = await compactEmbeddedStore(dataDir);
    expect(before).to.deep.equal(told);
    expect(before.free).to.be.greaterThan(before.used);
    expect(after.file)
      .to.equal(statSync(dataFileOf(dataDir)).size)
      .and.to.be.at.most(before.used);
    expect(after.free).to.equal(0);
    expect(readdirSync(dataDir).sort()).to.deep.equal(['store.lmdb', 'store.lmdb-lock']);
    await assertWhole(dataDir);
    // again, of what was written since
    expect((await compactEmbeddedStore(dataDir)).after.used).to.be.at.most(before.used);
    await assertWhole(dataDir);
  });

  it('tells how far it is', async () => {
    const dataDir = temporaryFolder();
    await withStore(dataDir, (client) =>
      client
        .db()
        .collection('c')
        .insertMany(Array.from({ length: 4_500 }, (_, n) => ({ n }))),
    );
    const steps: string[] = [];
    await compactEmbeddedStore(dataDir, ({ doing, done, total }) => steps.push(`${doing} ${done} of ${total}`));
    // the catalog has its format and one collection
    expect(steps.filter((step) => step.startsWith('comparing'))).to.deep.equal([
      'comparing 2000 of 4502',
      'comparing 4000 of 4502',
    ]);
  });

  it('is refused while a process serves the store, which says how much is free all the same', async () => {
    const dataDir = await sparseStore();
    await withStore(dataDir, async (client) => {
      expect((await failureOf(compactEmbeddedStore(dataDir))).code).to.equal('store.locked');
      const { file, free } = await embeddedStoreSpace(dataDir);
      const stats = await client.db().command({ dbStats: 1, freeStorage: 1 });
      expect({ file: stats.totalSize, free: stats.totalFreeStorageSize }).to.deep.equal({ file, free });
      expect(stats).to.include({ db: 'laurel', collections: 1, objects: KEPT, indexes: 2, scaleFactor: 1 });
      const scaled = await client.db().command({ dbStats: 1, scale: 1024 });
      expect(scaled.storageSize).to.equal(Math.floor(file / 1024));
      expect(scaled).not.to.have.property('freeStorageSize');
    });
  });

  it('goes on being served while another process looks how much is free: its locks are its own still', async () => {
    const dataDir = await sparseStore();
    await withStore(dataDir, async (client) => {
      const collection = client.db().collection<{ _id: number; text: string }>('c');
      const read = () => collection.find().toArray();
      await read();
      const child = spawn(process.execPath, ['--import', 'tsx', looking, dataDir], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      expect(await once(child, 'close')).to.deep.equal([0, null]);
      await collection.insertOne({ _id: 5_000, text: 'afterwards' });
      expect(await read()).to.have.length(KEPT + 1);
    });
  });

  it('makes nothing where there is no store', async () => {
    const dataDir = temporaryFolder();
    const { code, message } = await failureOf(compactEmbeddedStore(dataDir));
    expect(code).to.equal('not-found.store');
    expect(message).to.equal(`there is no embedded store in ${dataDir}: a start of Laurel makes it`);
    expect((await failureOf(embeddedStoreSpace(dataDir))).code).to.equal('not-found.store');
    expect(readdirSync(dataDir)).to.deep.equal([]);
  });

  it('leaves the old or the new file whole wherever it is killed', async () => {
    const dataDir = await sparseStore();
    const original = join(temporaryFolder(), 'copy');
    copyFileSync(dataFileOf(dataDir), original);
    const sizes = new Set<number>();
    let isDone = false;
    for (let point = 1; !isDone; point++) {
      copyFileSync(original, dataFileOf(dataDir));
      const child = spawn(process.execPath, ['--import', 'tsx', compacting, dataDir, String(point)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.once('data', () => {
        isDone = true;
      });
      await once(child, 'close');
      sizes.add(statSync(dataFileOf(dataDir)).size);
      await assertWhole(dataDir);
      // whoever is killed before it holds the directory leaves its socket
      const left = readdirSync(dataDir).filter((name) => !name.endsWith('.sock'));
      expect(left.sort()).to.deep.equal(['store.lmdb', 'store.lmdb-lock']);
    }
    expect(sizes.size).to.equal(2);
  }).timeout(480_000);

  it('ends with the old file when the disk is full, and leaves nothing behind', async () => {
    const dataDir = await sparseStore();
    const { used, file } = await embeddedStoreSpace(dataDir);
    const script = `
      const { compactEmbeddedStore } = await import(${JSON.stringify(new URL('../../../server/store/offline.ts', import.meta.url).href)});
      await compactEmbeddedStore(process.argv[1]).catch((error) => console.log(error.code, error.message));`;
    const child = spawn(
      'prlimit',
      [
        `--fsize=${Math.floor(used / 2)}`,
        process.execPath,
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        script,
        dataDir,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await once(child, 'close');
    expect(said).to.match(/^store.compaction the file of the embedded store was not compacted, and is as it was: /);
    expect(statSync(dataFileOf(dataDir)).size).to.equal(file);
    expect(readdirSync(dataDir).sort()).to.deep.equal(['store.lmdb', 'store.lmdb-lock']);
    await assertWhole(dataDir);
  });

  it('says how much room it needs before it begins', () => {
    expect(() => assertRoom({ used: 100_000_000 }, 200_000_000)).not.to.throw();
    expect(() => assertRoom({ used: 100_000_000 }, 105_000_000)).to.throw(
      CompactionError,
      'the file of the embedded store was not compacted, and is as it was: it needs 108 MB beside the file, and the disk has 105 MB: make room',
    );
  });

  it('is done by a start where much is free, which says so', async () => {
    const dataDir = await sparseStore();
    const told: string[] = [];
    const logger: Logger = { ...silentLogger, info: (message) => told.push(message) };
    const { file } = await embeddedStoreSpace(dataDir);
    await (await open(dataDir, { compaction: { percent: 99, leastBytes: 1 }, logger })).close();
    expect(statSync(dataFileOf(dataDir)).size).to.equal(file);
    await (await open(dataDir, { compaction: { percent: 50, leastBytes: 1 }, logger })).close();
    expect(statSync(dataFileOf(dataDir)).size).to.be.lessThan(file / 2);
    expect(told.join('\n')).to.match(
      /^the file of the embedded store is being compacted: [\d.]+ MB of [\d.]+ MB are free\nthe file of the embedded store takes [\d.]+ MB now$/,
    );
    await assertWhole(dataDir);
  });

  it('is worth its while from a share and a size on', () => {
    const policy = { percent: 50, leastBytes: 1_000 };
    expect(isWorthwhile({ file: 2_000, free: 1_000 }, policy)).to.equal(true);
    expect(isWorthwhile({ file: 2_000, free: 999 }, policy)).to.equal(false);
    expect(isWorthwhile({ file: 2_100, free: 1_000 }, policy)).to.equal(false);
    expect(isWorthwhile({ file: 2_000, free: 2_000 }, { percent: 0, leastBytes: 0 })).to.equal(false);
  });

  it('is not overlooked by a starter that had the former file open already', async () => {
    const dataDir = await sparseStore();
    const parts = { dataDir, onBroken: () => {}, onConnection: () => {} };
    const first = await Hold.take(parts);
    await first.journal.copyCompacted(copyFileOf(dataDir));
    await first.release();
    const taking = Hold.take(parts);
    // it has opened the file, and does not hold the directory yet
    exchangeFiles(dataDir);
    const second = await taking;
    expect(second.journal.isOutdated).to.equal(false);
    expect(second.journal.space().free).to.equal(0);
    await second.release();
    await assertWhole(dataDir);
  });

  it('leaves nothing of an interrupted compaction behind after the next start', async () => {
    const dataDir = await sparseStore();
    writeFileSync(copyFileOf(dataDir), 'half a copy');
    writeFileSync(`${copyFileOf(dataDir)}-lock`, '');
    await assertWhole(dataDir);
    expect(readdirSync(dataDir).sort()).to.deep.equal(['store.lmdb', 'store.lmdb-lock']);
  });
});
