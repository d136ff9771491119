import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger, systemClock } from '../../../plugin/ports/runtime.ts';
import { documentsIn } from '../../../server/backup/format.ts';
import { hold } from '../../../server/backup/hold.ts';
import { restoreBackup } from '../../../server/backup/restore.ts';
import { verifyBackup } from '../../../server/backup/verify.ts';
import { writeBackup } from '../../../server/backup/write.ts';
import { DirectoryFileStore } from '../../../server/files/directory-file-store.ts';
import { GridFsFileStore } from '../../../server/files/gridfs-file-store.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { learnerModels, MongoLearnerStore } from '../../../server/mongo/learner-store.ts';
import { formModels } from '../../../server/mongo/migrations/ledger.ts';
import { migrate } from '../../../server/mongo/migrations/migrate.ts';
import { MongoProgressStore, progressModels } from '../../../server/mongo/progress-store.ts';
import { createSecretBox, keyName } from '../../../server/secret-box.ts';
import { aWorld, courseBadge, passing } from '../../support/badge-world.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';

const NOW = new Date('2026-03-01T10:00:00Z');
const clock = { now: () => NOW };
const models = [formModels, learnerModels, progressModels];

async function arrayOf<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('backups', function () {
  this.timeout(30_000);
  let folder: string;
  const opened: { database: Database; server: TestDatabase }[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-backup-'));
  });
  afterEach(async () => {
    for (const { database, server } of opened.splice(0)) {
      await database.close();
      await server.close();
    }
    rmSync(folder, { recursive: true });
  });

  async function aDatabase(): Promise<Database> {
    const server = await testDatabase();
    const database = await connectDatabase({ uri: server.uri, logger: silentLogger, models });
    opened.push({ database, server });
    return database;
  }

  async function filled(filesDir: string | null = null): Promise<Database> {
    const database = await aDatabase();
    const { connection } = database;
    await migrate({ connection, clock: systemClock, logger: silentLogger, program: '1.0.0' });
    const progress = new MongoProgressStore(connection);
    const world = aWorld([courseBadge()], { progress, learners: new MongoLearnerStore(connection) });
    for (let n = 1; n <= 3; n++) await world.process(passing(true, n, { username: `u${n}`, lmsUserId: n }));
    const files = filesDir === null ? new GridFsFileStore(connection) : new DirectoryFileStore(filesDir);
    await files.put('credential/one', {
      bytes: Buffer.alloc(600_000, 7),
      contentType: 'application/pdf',
      fileName: 'a.pdf',
    });
    const credentials = connection.collection<{ _id: string; fileKey: string; status: string }>('credentials');
    await credentials.insertOne({ _id: 'c1', fileKey: 'credential/one', status: 'available' });
    await connection.collection('sessions').insertOne({ secret: 'of somebody signed in' });
    return database;
  }

  const partsOf = ({ connection }: Database, filesDir: string | null = null) => ({
    ...{ connection, filesDir, clock, program: '1.0.0' },
  });
  const at = (name: string) => join(folder, name);
  const all = async ({ connection }: Database, name: string) =>
    connection.collection(name).find({}).sort({ _id: 1 }).toArray();

  it('are whole, and give the same documents and files back', async () => {
    const source = await filled();
    await writeBackup(at('b'), partsOf(source));
    const report = await verifyBackup(at('b'));
    expect(report).to.deep.include({ problems: [], missing: [], orphans: [] });
    const counts = Object.fromEntries(report.manifest.collections.map(({ name, documents }) => [name, documents]));
    expect(counts).to.deep.equal({
      ...{ database_form: 1, progress: 3, credentials: 1, learners: 3, 'files.files': 1, 'files.chunks': 3 },
    });
    const target = await aDatabase();
    const { documents } = await restoreBackup(at('b'), partsOf(target));
    expect(documents).to.equal(12);
    for (const name of ['learners', 'credentials', 'files.files', 'files.chunks'])
      expect(await all(target, name), name).to.deep.equal(await all(source, name));
    const file = await new GridFsFileStore(target.connection).get('credential/one');
    expect(file?.bytes).to.deep.equal(Buffer.alloc(600_000, 7));
    // it is a database like any other now
    await migrate({ connection: target.connection, clock: systemClock, logger: silentLogger, program: '1.0.0' });
  });

  it('carry out nothing of what was open: it waits for a person', async () => {
    const source = await filled();
    const due = (database: Database) =>
      new MongoProgressStore(database.connection).due(new Date('2100-01-01T00:00:00Z'), 9, { except: [] });
    expect(await due(source)).to.have.length(3);
    await writeBackup(at('b'), partsOf(source));
    const target = await aDatabase();
    const { held } = await restoreBackup(at('b'), partsOf(target));
    expect(held).to.deep.equal({ progress: 3 });
    expect(await due(target)).to.deep.equal([]);
    const groups = await new MongoProgressStore(target.connection).effectGroups();
    expect(groups.every(({ state, error }) => state === 'failed' && error === 'restore.held')).to.equal(true);
  });

  it('take the files of a folder along', async () => {
    const source = await filled(at('files'));
    await writeBackup(at('b'), partsOf(source, at('files')));
    expect(await verifyBackup(at('b'))).to.deep.include({ problems: [], missing: [], orphans: [] });
    const target = await aDatabase();
    const nowhere = await restoreBackup(at('b'), partsOf(target)).catch((error: Error) => error.message);
    expect(nowhere).to.equal('the backup has files of a folder; set LAUREL_FILES_DIR to an empty folder for them');
    await restoreBackup(at('b'), partsOf(target, at('restored')));
    const file = await new DirectoryFileStore(at('restored')).get('credential/one');
    expect(file).to.deep.include({ fileName: 'a.pdf', bytes: Buffer.alloc(600_000, 7) });
  });

  it('tell of documents that are named and not there, and of files that nothing names', async () => {
    const source = await filled();
    const files = new GridFsFileStore(source.connection);
    await files.delete('credential/one');
    await files.put('credential/lost', { bytes: Buffer.from('x'), contentType: 'application/pdf', fileName: 'b.pdf' });
    await writeBackup(at('b'), partsOf(source));
    const { missing, orphans } = await verifyBackup(at('b'));
    expect({ missing, orphans }).to.deep.equal({ missing: ['credential/one'], orphans: ['credential/lost'] });
  });

  it('say under which keys secrets are sealed, and hold none that can be read', async () => {
    const source = await filled();
    const box = createSecretBox('a-secret-key-for-these-tests');
    const accounts = source.connection.collection<{ _id: string; secret: string }>('provider_accounts');
    await accounts.insertOne({ _id: 'a', secret: box.seal('hunter2', 'account:a') });
    const { sealedUnder } = await writeBackup(at('b'), partsOf(source));
    expect(sealedUnder).to.deep.equal([keyName('a-secret-key-for-these-tests')]);
    expect(JSON.stringify(await arrayOf(documentsIn(join(at('b'), 'provider_accounts.jsonl.gz'))))).not.to.contain(
      'hunter2',
    );
    const target = await aDatabase();
    await restoreBackup(at('b'), partsOf(target));
    const [account] = await all(target, 'provider_accounts');
    expect(box.open(String(account?.secret), 'account:a')).to.equal('hunter2');
  });

  it('that were changed are found out, and not restored', async () => {
    await writeBackup(at('b'), partsOf(await filled()));
    appendFileSync(join(at('b'), 'learners.jsonl.gz'), 'x');
    expect((await verifyBackup(at('b'))).problems).to.deep.equal(['learners.jsonl.gz is not as it was written']);
    const failure = await restoreBackup(at('b'), partsOf(await aDatabase())).catch((error: Error) => error.message);
    expect(failure).to.equal('the backup is not whole: learners.jsonl.gz is not as it was written');
  });

  it('cannot write outside of where they are restored', async () => {
    await writeBackup(at('b'), partsOf(await filled(at('files')), at('files')));
    const path = join(at('b'), 'manifest.json');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('files/credential', 'files/../../credential'));
    const failure = await verifyBackup(at('b')).catch((error: Error) => error.message);
    expect(failure).to.match(
      /is no backup of Laurel: it names files\/\.\.\/\.\.\/credential\S+, which lies elsewhere$/,
    );
  });

  it('need an empty folder, and an empty database', async () => {
    const source = await filled();
    await writeBackup(at('b'), partsOf(source));
    const again = await writeBackup(at('b'), partsOf(source)).catch((error: Error) => error.message);
    expect(again).to.equal(`${at('b')} is not empty; name a new folder for each backup`);
    const before = await all(source, 'progress');
    const onto = await restoreBackup(at('b'), partsOf(source)).catch((error: Error) => error.message);
    expect(onto).to.match(/^the database is not empty \(\S+ has documents\); restore into a new one$/);
    expect(await all(source, 'progress')).to.deep.equal(before);
    const none = await verifyBackup(folder).catch((error: Error) => error.message);
    expect(none).to.equal(`${folder} is no finished backup: its manifest.json is missing`);
  });

  it('that were restored halfway are refused until the database is dropped', async () => {
    await writeBackup(at('b'), partsOf(await filled()));
    const target = await aDatabase();
    await restoreBackup(at('b'), {
      ...partsOf(target),
      clock: {
        now() {
          throw new Error('killed');
        },
      },
    }).catch(() => {});
    const parts = { connection: target.connection, clock: systemClock, logger: silentLogger, program: '1.0.0' };
    expect(await migrate(parts).catch((error: Error) => error.message)).to.contain(
      'a backup is being restored into the database, or its restore was interrupted; in the latter case drop the database and restore again',
    );
  });
});

describe('what is held after a restore', () => {
  const held = (collection: string, document: Record<string, unknown>) => hold(collection, document, NOW).document;

  it('are runs, jobs and replays that were going on', () => {
    expect(held('credential_runs', { state: 'running' })).to.deep.equal({ state: 'cancelled', finishedAt: NOW });
    expect(held('jobs', { state: 'waiting' })).to.deep.equal({ state: 'cancelled', finishedAt: NOW });
    expect(held('dead_letter_replays', { state: 'running' })).to.deep.equal({ state: 'cancelled', finishedAt: NOW });
    expect(hold('jobs', { state: 'done' }, NOW).isHeld).to.equal(false);
  });

  it('are mails that were not sent, also those of a reissue', () => {
    const mail = { state: 'pending', dueAt: NOW };
    const credential = held('credentials', { mail, reissue: { made: { mail } } });
    expect(credential.mail).to.deep.include({ state: 'failed', dueAt: null });
    expect(credential.reissue).to.have.nested.property('made.mail.lastError.code', 'restore.held');
    expect(hold('credentials', { mail: { state: 'sent' }, reissue: null }, NOW).isHeld).to.equal(false);
  });

  it('are schedules that came due meanwhile, and no others', () => {
    const past = new Date(NOW.getTime() - 1);
    expect(held('credential_schedules', { enabled: true, nextDueAt: past })).to.deep.equal({
      ...{ enabled: false, nextDueAt: null, lastSkipped: { dueAt: past, reason: 'missed' } },
    });
    const later = { enabled: true, nextDueAt: new Date(NOW.getTime() + 1) };
    expect(hold('credential_schedules', later, NOW).isHeld).to.equal(false);
  });
});
