import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { badgeModels, MongoBadgeStore } from '../../../server/mongo/badge-store.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { jobModels, MongoJobStore } from '../../../server/mongo/job-store.ts';
import { learnerModels, MongoLearnerStore } from '../../../server/mongo/learner-store.ts';
import { MongoProgressStore, progressModels } from '../../../server/mongo/progress-store.ts';
import { badgeStoreContract } from '../../contracts/badge-store.ts';
import { jobStoreContract } from '../../contracts/job-store.ts';
import { learnerStoreContract } from '../../contracts/learner-store.ts';
import { progressStoreContract } from '../../contracts/progress-store.ts';
import { testDatabase } from '../../support/database.ts';

describe('MongoDB', () => {
  let database: Database;
  let closeServer: () => Promise<void>;

  before(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    const models = [learnerModels, badgeModels, progressModels, jobModels];
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models });
  });
  after(async () => {
    await database.close();
    await closeServer();
  });

  async function emptyConnection(): Promise<Database['connection']> {
    for (const model of Object.values(database.connection.models)) await model.deleteMany({});
    return database.connection;
  }

  learnerStoreContract('mongoose', async () => new MongoLearnerStore(await emptyConnection()));
  badgeStoreContract('mongoose', async () => new MongoBadgeStore(await emptyConnection()));
  progressStoreContract('mongoose', async () => new MongoProgressStore(await emptyConnection()));
  jobStoreContract('mongoose', async () => new MongoJobStore(await emptyConnection()));
});
