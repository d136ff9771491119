import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { eventModels, MongoEventLog } from '../../../server/mongo/event-log.ts';
import { testDatabase } from '../../support/database.ts';
import { anEntry } from '../../support/event-entries.ts';

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

  it('stands beside the indexes that every start checks', async () => {
    await log.keepFor(30);
    await database.ensureIndexes();
    expect(await expiry()).to.have.length(1);
  });
});
