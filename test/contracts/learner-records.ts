/** What every LearnerRecords does; run on the twin and on MongoDB. */

import { expect } from 'chai';
import type { LearnerRecord, LearnerRecords } from '../../plugin/ports/learner-records.ts';

export const DEMO_COURSE = 'course-v1:OpenedX+DemoX+Demo_Course';

export function aLearnerRecord(facts: Partial<LearnerRecord> = {}): LearnerRecord {
  return {
    lmsUserId: 11,
    username: 'ada',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    isActive: true,
    completion: 0.95,
    grades: { 'final exam': 0.8, 'quiz 1.5 $': 1, total: 0.83 },
    ...facts,
  };
}

type Fill = (contextKey: string, name: string, learners: readonly LearnerRecord[]) => Promise<void>;

/** @param open empty records for each test, and how they are filled */
export function learnerRecordsContract(open: () => Promise<{ records: LearnerRecords; fill: Fill }>): void {
  let records: LearnerRecords;
  let fill: Fill;
  beforeEach(async () => {
    ({ records, fill } = await open());
  });

  async function enrolled(contextKey: string): Promise<LearnerRecord[]> {
    const found: LearnerRecord[] = [];
    for await (const record of records.enrolled(contextKey)) found.push(record);
    return found;
  }

  it('knows the name of a context, or that it does not know it', async () => {
    await fill(DEMO_COURSE, 'Demonstration Course', []);
    expect(await records.contextName(DEMO_COURSE)).to.equal('Demonstration Course');
    expect(await records.contextName('course-v1:a+b+c')).to.equal(null);
    expect(await enrolled('course-v1:a+b+c')).to.deep.equal([]);
  });

  it('gives the learners of the context only, whole, in a stable order', async () => {
    const ben = aLearnerRecord({ username: 'ben', lmsUserId: null, completion: null, grades: {} });
    await fill(DEMO_COURSE, 'Demonstration Course', [ben, aLearnerRecord()]);
    await fill('course-v1:a+b+c', 'Another', [aLearnerRecord({ completion: 0.1 })]);
    expect(await enrolled(DEMO_COURSE)).to.deep.equal([aLearnerRecord(), ben]);
  });

  it('replaces a learner who is filled in again', async () => {
    await fill(DEMO_COURSE, 'Demonstration Course', [aLearnerRecord()]);
    await fill(DEMO_COURSE, 'Renamed', [aLearnerRecord({ completion: 1, grades: { total: 0.9 } })]);
    expect(await enrolled(DEMO_COURSE)).to.deep.equal([aLearnerRecord({ completion: 1, grades: { total: 0.9 } })]);
    expect(await records.contextName(DEMO_COURSE)).to.equal('Renamed');
  });

  it('goes through more learners than fit into one page', async () => {
    const many = Array.from({ length: 1_203 }, (_, index) =>
      aLearnerRecord({ username: `learner-${String(index).padStart(5, '0')}`, grades: {} }),
    );
    await fill(DEMO_COURSE, 'Demonstration Course', many);
    expect((await enrolled(DEMO_COURSE)).map(({ username }) => username)).to.deep.equal(
      many.map(({ username }) => username),
    );
  });
}
