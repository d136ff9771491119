import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { MongoRetirementStore, retirementModels } from '../../../server/mongo/retirement-store.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';

describe('retirements in MongoDB', () => {
  let server: TestDatabase;
  let database: Database;
  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [retirementModels] });
  });
  after(async () => {
    await database.close();
    await server.close();
  });

  it('are sealed anew only where nobody has changed them', async () => {
    const store = new MongoRetirementStore(database.connection);
    const facts = { keys: ['k'], badgesThere: 'leave', requestedBy: 'ann', awards: [] } as const;
    await store.add({ ...facts, id: 'a', sealedPerson: 's1.old', requestedAt: new Date(0), finishedAt: null });
    expect(await store.reseal('a', 's1.other', 's1.new')).to.equal(false);
    expect(await store.reseal('a', 's1.old', 's1.new')).to.equal(true);
    expect((await store.get('a'))?.sealedPerson).to.equal('s1.new');
    await store.change('a', { sealedPerson: null, finishedAt: new Date(1) });
    expect(await store.reseal('a', 's1.new', 's1.newer')).to.equal(false);
    expect((await store.get('a'))?.sealedPerson).to.equal(null);
  });
});
