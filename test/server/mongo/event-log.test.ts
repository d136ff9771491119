import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import mongoose from 'mongoose';
import sinon from 'sinon';
import { StoreError } from '../../../plugin/errors.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { eventModels, MongoEventLog } from '../../../server/mongo/event-log.ts';
import { testDatabase } from '../../support/database.ts';
import { anEntry } from '../../support/event-entries.ts';
import { StoreProcess } from '../../support/store-process.ts';

describe('the retention of events', () => {
  let database: Database;
  let log: MongoEventLog;
  let closeServer: () => Promise<void>;

  before(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [eventModels] });
    log = new MongoEventLog(database.connection);
  });
  after(async () => {
    await database.close();
    await closeServer();
  });

  async function expiry(): Promise<readonly unknown[]> {
    const indexes = await eventModels(database.connection).listIndexes();
    return indexes
      .filter((index) => 'expireAfterSeconds' in index)
      .map(({ key, expireAfterSeconds }) => [key, expireAfterSeconds]);
  }

  it('is a TTL index on the time of receipt, which a changed setting replaces', async () => {
    await log.record([anEntry(1)]);
    expect(await expiry()).to.deep.equal([]);
    await log.keepFor(90);
    await log.keepFor(90);
    expect(await expiry()).to.deep.equal([[{ receivedAt: 1 }, 90 * 86_400]]);
    await log.keepFor(7);
    expect(await expiry()).to.deep.equal([[{ receivedAt: 1 }, 7 * 86_400]]);
  });

  it('is the same in the end when several processes set it at the same time', async () => {
    await log.keepFor(7);
    await Promise.all([30, 30, 30, 30].map((days) => new MongoEventLog(database.connection).keepFor(days)));
    expect(await expiry()).to.deep.equal([[{ receivedAt: 1 }, 30 * 86_400]]);
  });

  it('is waited for as long as it takes over many events, and set again where another process has dropped it', async () => {
    const { collection } = eventModels(database.connection);
    const { MongoServerError } = mongoose.mongo;
    const aborted = new MongoServerError({ message: 'Index build aborted', code: 276, codeName: 'IndexBuildAborted' });
    const build = sinon.stub(collection, 'createIndex').onFirstCall().rejects(aborted);
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    build.onSecondCall().callsFake(async () => {
      await clock.tickAsync(600_000);
      return 'receivedAt_1';
    });
    await log.keepFor(11);
    expect(build.callCount).to.equal(2);
    sinon.restore();
    await log.keepFor(12);
    expect(await expiry()).to.deep.equal([[{ receivedAt: 1 }, 12 * 86_400]]);
  });

  it('stands beside the indexes that every start checks', async () => {
    await log.keepFor(30);
    await database.ensureIndexes();
    expect(await expiry()).to.have.length(1);
  });
});

describe('events recorded together', () => {
  it('are sent in several commands where one could be too large for the database', async function () {
    this.timeout(30_000);
    const server = await testDatabase();
    const database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [eventModels] });
    try {
      const log = new MongoEventLog(database.connection);
      const send = sinon.spy(database.connection.db as mongoose.mongo.Db, 'command');
      const entries = [450_000, 450_000, 10, 450_000, 450_000, 2_000_000, 10].map((length, n) => {
        const entry = anEntry(n);
        return { ...entry, event: { ...entry.event, payload: { text: '\u20ac'.repeat(length) } } };
      });
      expect(await log.record(entries)).to.include({ added: 7 });
      expect(send.args.map(([{ documents }]) => documents.length)).to.deep.equal([3, 2, 1, 1]);
      // found again by their places in each command
      expect(await log.record([anEntry(8), ...entries])).to.deep.equal({ added: 1, completed: 0, otherSource: [] });
    } finally {
      await database.close();
      await server.close();
    }
  });
});

describe('a database that dies while it records events', () => {
  it('has recorded nothing, and is never taken to have', async function () {
    this.timeout(30_000);
    const folder = mkdtempSync(join(tmpdir(), 'laurel-e-'));
    const store = new StoreProcess(folder);
    await store.start();
    const database = await connectDatabase({ uri: store.uri, logger: silentLogger, models: [eventModels] });
    try {
      store.freeze();
      const onItsWay = once(database.connection.getClient(), 'connectionCheckedOut');
      const outcome = new MongoEventLog(database.connection).record([anEntry(1), anEntry(2)]).catch((error) => error);
      // before that the driver would find nobody, which is another error
      await onItsWay;
      await new Promise((resolve) => setTimeout(resolve, 200));
      await store.kill();
      expect(await outcome)
        .to.be.instanceOf(StoreError)
        .with.property('code', 'store.unavailable');
    } finally {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
