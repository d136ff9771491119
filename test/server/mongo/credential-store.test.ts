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
});
