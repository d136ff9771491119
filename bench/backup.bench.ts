/** A backup of a filled database, its verification and its restore, with the memory they take. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '../plugin/ports/runtime.ts';
import { restoreBackup } from '../server/backup/restore.ts';
import { verifyBackup } from '../server/backup/verify.ts';
import { writeBackup } from '../server/backup/write.ts';
import { GridFsFileStore } from '../server/files/gridfs-file-store.ts';
import { connectDatabase, type Database } from '../server/mongo/connect.ts';
import { formModels } from '../server/mongo/migrations/ledger.ts';
import { MongoProgressStore, progressModels } from '../server/mongo/progress-store.ts';
import { aWorld, courseBadge, passing } from '../test/support/badge-world.ts';
import { StoreProcess } from '../test/support/store-process.ts';

export const name = 'backup and restore, the embedded store in a process of its own';

const PROGRESS = 50_000;
const EVENTS = 100_000;
const DOCUMENTS = 500;
const DOCUMENT_BYTES = 60_000;
const BATCH = 1_000;

export async function measure(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lb-'));
  const stores: StoreProcess[] = [];
  const open = async (named: string): Promise<Database> => {
    const store = new StoreProcess(mkdtempSync(join(folder, named)));
    stores.push(store);
    await store.start();
    return connectDatabase({ uri: store.uri, logger: silentLogger, models: [formModels, progressModels] });
  };
  const source = await open('a');
  const target = await open('b');
  try {
    await fill(source);
    const parts = ({ connection }: Database) => ({ connection, filesDir: null, clock: systemClock, program: 'bench' });
    const to = join(folder, 'backup');
    const manifest = await timed(print, 'write', () => writeBackup(to, parts(source)));
    const bytes = manifest.collections.reduce((sum, collection) => sum + collection.bytes, 0);
    print(
      `  ${manifest.collections.reduce((sum, { documents }) => sum + documents, 0)} documents, ${(bytes / 2 ** 20).toFixed(0)} MiB`,
    );
    const { problems } = await timed(print, 'verify', () => verifyBackup(to));
    if (problems.length > 0) throw new Error(problems.join());
    await timed(print, 'restore', () => restoreBackup(to, parts(target)));
  } finally {
    await source.close();
    await target.close();
    for (const store of stores) await store.kill();
    rmSync(folder, { recursive: true });
  }
}

async function fill({ connection }: Database): Promise<void> {
  const progress = new MongoProgressStore(connection);
  const world = aWorld([courseBadge()], { progress });
  await world.process(passing(true, 1, { username: 'u', lmsUserId: 1 }));
  const [pattern] = await connection.collection('progress').find({}).toArray();
  await insert(connection, 'progress', PROGRESS, (n) => {
    const { _id, ...rest } = pattern ?? {};
    return { ...rest, learnerId: `learner-${n}` };
  });
  await insert(connection, 'events', EVENTS, (n) => ({
    eventId: `event-${n}`,
    payload: 'x'.repeat(600),
    at: new Date(n),
  }));
  const files = new GridFsFileStore(connection);
  for (let n = 0; n < DOCUMENTS; n += 1)
    await files.put(`credential/${n}`, {
      ...{ bytes: Buffer.alloc(DOCUMENT_BYTES, n), contentType: 'application/pdf', fileName: 'a.pdf' },
    });
}

async function insert(
  connection: Database['connection'],
  collection: string,
  count: number,
  make: (n: number) => object,
): Promise<void> {
  for (let from = 0; from < count; from += BATCH)
    await connection
      .collection(collection)
      .insertMany(Array.from({ length: BATCH }, (_, n) => make(from + n)) as never[]);
}

async function timed<Result>(
  print: (line: string) => void,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  const begin = performance.now();
  const result = await work();
  clearInterval(watch);
  const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
  print(
    `  ${what.padEnd(8)} ${seconds.padStart(6)} s, at most ${((most - before) / 2 ** 20).toFixed(0)} MiB more memory`,
  );
  return result;
}
