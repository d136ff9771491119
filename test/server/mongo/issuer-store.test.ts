import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { issuerModels, MongoIssuerStore } from '../../../server/mongo/issuer-store.ts';
import { issuerStoreContract } from '../../contracts/issuer-store.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';

describe('MongoDB', () => {
  let server: TestDatabase;
  let database: Database;

  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [issuerModels] });
  });
  after(async () => {
    await database.close();
    await server.close();
  });

  issuerStoreContract('mongoose', async () => {
    for (const model of Object.values(database.connection.models)) await model.deleteMany({});
    return new MongoIssuerStore(database.connection);
  });
});
