import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { activityModels, MongoActivityStore } from '../../../server/mongo/activity-store.ts';
import { badgeModels } from '../../../server/mongo/badge-documents.ts';
import { MongoBadgeStore } from '../../../server/mongo/badge-store.ts';
import { belongingModels, MongoBelongingStore } from '../../../server/mongo/belonging-store.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { eventModels, MongoEventLog } from '../../../server/mongo/event-log.ts';
import { hashKeyModels, MongoHashKeyStore } from '../../../server/mongo/hash-key-store.ts';
import { installationModels, MongoInstallationStore } from '../../../server/mongo/installation-store.ts';
import { jobModels, MongoJobStore } from '../../../server/mongo/job-store.ts';
import { learnerModels, MongoLearnerStore } from '../../../server/mongo/learner-store.ts';
import { MongoProgressStore, progressModels } from '../../../server/mongo/progress-store.ts';
import { MongoProviderStore, providerModels } from '../../../server/mongo/provider-store.ts';
import { MongoRateLimits, rateLimitModels } from '../../../server/mongo/rate-limits.ts';
import { MongoReplayScratch, replayScratchModels } from '../../../server/mongo/replay-scratch.ts';
import { activityStoreContract } from '../../contracts/activity-store.ts';
import { badgeStoreContract } from '../../contracts/badge-store.ts';
import { belongingStoreContract } from '../../contracts/belonging-store.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { hashKeyStoreContract } from '../../contracts/hash-key-store.ts';
import { installationStoreContract } from '../../contracts/installation-store.ts';
import { jobStoreContract } from '../../contracts/job-store.ts';
import { learnerStoreContract } from '../../contracts/learner-store.ts';
import { progressStoreContract } from '../../contracts/progress-store.ts';
import { providerStoreContract } from '../../contracts/provider-store.ts';
import { rateLimitsContract } from '../../contracts/rate-limits.ts';
import { replayScratchContract } from '../../contracts/replay-scratch.ts';
import { testDatabase } from '../../support/database.ts';

describe('MongoDB', () => {
  let database: Database;
  let closeServer: () => Promise<void>;

  before(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    const models = [
      learnerModels,
      badgeModels,
      belongingModels,
      progressModels,
      jobModels,
      eventModels,
      replayScratchModels,
      providerModels,
      rateLimitModels,
      activityModels,
      installationModels,
      hashKeyModels,
    ];
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
  eventLogContract('mongoose', async () => new MongoEventLog(await emptyConnection()));
  progressStoreContract('mongoose', async () => new MongoProgressStore(await emptyConnection()));
  providerStoreContract('mongoose', async () => new MongoProviderStore(await emptyConnection()));
  replayScratchContract('mongoose', async () => new MongoReplayScratch(await emptyConnection()));
  rateLimitsContract('mongoose', async () => {
    const connection = await emptyConnection();
    return [new MongoRateLimits(connection), new MongoRateLimits(connection)];
  });
  activityStoreContract('mongoose', async () => new MongoActivityStore(await emptyConnection()));
  belongingStoreContract('mongoose', async () => new MongoBelongingStore(await emptyConnection()));
  installationStoreContract('mongoose', async () => new MongoInstallationStore(await emptyConnection()));
  hashKeyStoreContract('mongoose', async () => new MongoHashKeyStore(await emptyConnection()));
  jobStoreContract('mongoose', async () => new MongoJobStore(await emptyConnection()));
});
