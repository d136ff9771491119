import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { answerModels, MongoAnswerStore } from '../../../server/mongo/answer-store.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { answerStoreContract } from '../../contracts/answer-store.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { openSecretBox } from '../../support/secret-box.ts';

describe('MongoDB', () => {
  let server: TestDatabase;
  let database: Database;

  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [answerModels] });
  });
  after(async () => {
    await database.close();
    await server.close();
  });

  answerStoreContract('mongoose', async () => {
    for (const model of Object.values(database.connection.models)) await model.deleteMany({});
    const make = () => new MongoAnswerStore(database.connection, openSecretBox());
    return [make(), make()];
  });
});
