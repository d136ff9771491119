import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { deadLetterModels, MongoDeadLetterStore } from '../../../server/mongo/dead-letter-store.ts';
import { aDeadMessage, deadLetterStoreContract } from '../../contracts/dead-letters.ts';
import { testDatabase } from '../../support/database.ts';

describe('dead letters in MongoDB', () => {
  let server: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;

  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [deadLetterModels] });
  });
  after(async () => {
    await database?.close();
    await server?.close();
  });

  const empty = async () => {
    for (const model of Object.values(deadLetterModels(database.connection))) await model.collection.deleteMany({});
    return new MongoDeadLetterStore(database.connection, 90);
  };

  deadLetterStoreContract('MongoDB', empty);

  it('end some time after they are settled, never before', async () => {
    const store = await empty();
    const { letters } = deadLetterModels(database.connection);
    const message = aDeadMessage();
    const endOf = async () => (await letters.findById(message.id).lean())?.expireAt;
    await store.add(message);
    expect(await endOf()).to.equal(null);
    await store.discard({}, { at: new Date('2026-01-01T00:00:00Z'), by: 'Ada', note: 'x' });
    expect(await endOf()).to.deep.equal(new Date('2026-04-01T00:00:00Z'));
    await store.add({ ...message, diedAt: new Date() });
    expect(await endOf()).to.equal(null);
  });
});
