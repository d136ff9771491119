import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { learnerRecordModels, StoredLearnerRecords } from '../../../server/mongo/learner-records.ts';
import { aLearnerRecord, DEMO_COURSE, learnerRecordsContract } from '../../contracts/learner-records.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';

describe('the learner records in MongoDB', () => {
  let server: TestDatabase;
  let database: Database;
  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [learnerRecordModels] });
  });
  after(async () => {
    await database?.close();
    await server?.close();
  });

  async function empty(): Promise<StoredLearnerRecords> {
    const { contexts, enrolled } = learnerRecordModels(database.connection);
    await contexts.deleteMany({});
    await enrolled.deleteMany({});
    return new StoredLearnerRecords(database.connection);
  }

  learnerRecordsContract(async () => {
    const records = await empty();
    return {
      records,
      fill: async (contextKey, name, learners, steps = []) => {
        await records.importLines([
          { kind: 'context', contextKey, name, steps },
          ...learners.map((learner) => ({ kind: 'learner' as const, contextKey, learner })),
        ]);
      },
    };
  });

  it('says how many contexts and learners an import brought', async () => {
    const records = await empty();
    const counts = await records.importLines([
      { kind: 'context', contextKey: DEMO_COURSE, name: 'Demonstration Course', steps: [] },
      { kind: 'learner', contextKey: DEMO_COURSE, learner: aLearnerRecord() },
      { kind: 'learner', contextKey: DEMO_COURSE, learner: aLearnerRecord({ username: 'ben' }) },
    ]);
    expect(counts).to.deep.equal({ contexts: 1, learners: 2, retired: 0 });
  });
});
