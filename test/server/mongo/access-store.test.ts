import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { accessModels } from '../../../server/mongo/access-models.ts';
import { MongoAccessStore } from '../../../server/mongo/access-store.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { accessStoreContract } from '../../contracts/access-store.ts';
import { testDatabase } from '../../support/database.ts';

describe('access in MongoDB', () => {
  let server: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;

  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [accessModels] });
  });
  after(async () => {
    await database?.close();
    await server?.close();
  });

  accessStoreContract('MongoDB', async () => {
    for (const model of Object.values(accessModels(database.connection))) await model.collection.deleteMany({});
    return new MongoAccessStore(database.connection);
  });
});
