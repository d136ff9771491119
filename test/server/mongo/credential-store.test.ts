import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { credentialModels } from '../../../server/mongo/credential-models.ts';
import { MongoCredentialStore } from '../../../server/mongo/credential-store.ts';
import { credentialStoreContract } from '../../contracts/credential-store.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';

describe('the credential store in MongoDB', () => {
  let server: TestDatabase;
  let database: Database;
  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [credentialModels] });
  });
  after(async () => {
    await database?.close();
    await server?.close();
  });

  credentialStoreContract(async () => {
    for (const model of Object.values(credentialModels(database.connection))) await model.deleteMany({});
    return new MongoCredentialStore(database.connection);
  });

  it('reads a schedule from before there were limits and policies, and replaces it', async () => {
    const models = credentialModels(database.connection);
    await models.schedules.deleteMany({});
    const rule = { kind: 'interval', everyMs: 60_000 } as const;
    const former = { enabled: true, rule, nextDueAt: new Date(60_000), lastRunAt: null, totalRuns: 4 };
    // past the schema, which knows the new fields
    await models.schedules.collection.insertOne({ _id: 'old', ...former } as never);
    const store = new MongoCredentialStore(database.connection);
    const read = await store.schedule('old');
    if (read === null) throw new Error('the schedule is gone');
    expect(read).to.deep.include({ ...former, oneOff: false, overlap: 'skip', catchUp: 'one', startAt: null });
    const changed = { ...read, enabled: false, updatedAt: new Date(90_000) };
    expect(await store.replaceSchedule(changed, read)).to.equal(true);
    expect(await store.schedule('old')).to.deep.equal(changed);
  });
});
