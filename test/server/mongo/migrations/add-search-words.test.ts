import { expect } from 'chai';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../../server/mongo/connect.ts';
import { credentialModels } from '../../../../server/mongo/credential-models.ts';
import { MongoCredentialStore } from '../../../../server/mongo/credential-store.ts';
import { addSearchWords } from '../../../../server/mongo/migrations/add-search-words.ts';
import { testDatabase } from '../../../support/database.ts';
import { aCredential } from '../../../support/seed.ts';

describe('credentials of an earlier form', () => {
  let database: Database;
  let closeServer: () => Promise<void>;

  before(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [credentialModels] });
  });
  after(async () => {
    await database.close();
    await closeServer();
  });

  it('are found by every word of a name afterwards, also when several processes see to it', async () => {
    const { connection } = database;
    const store = new MongoCredentialStore(connection);
    const one = { ...aCredential({ username: 'grace', order: 1 }), learnerName: 'Grace Brewster Hopper' };
    await store.createCredential(one);
    const { credentials } = credentialModels(connection);
    await credentials.updateOne({ _id: one.id }, { $set: { search: ['grace', 'grace brewster hopper'] } });
    const found = () => store.credentialRecords.count([{ field: 'words', startsWith: 'hopper' }], 9);
    expect(await found()).to.equal(0);
    await Promise.all([addSearchWords(connection), addSearchWords(connection)]);
    expect(await found()).to.equal(1);
    expect(await addSearchWords(connection)).to.equal(0);
  });
});
