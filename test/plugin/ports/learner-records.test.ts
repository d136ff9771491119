import { MemoryLearnerRecords } from '../../../plugin/ports/learner-records.ts';
import { learnerRecordsContract } from '../../contracts/learner-records.ts';

describe('the in-memory learner records', () => {
  learnerRecordsContract(async () => {
    const records = new MemoryLearnerRecords();
    return {
      records,
      fill: async (contextKey, name, learners, steps) => {
        records.add(contextKey, name, learners, steps);
      },
    };
  });
});
