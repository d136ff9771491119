/** What every LearnerRecords does; run on the twin and on MongoDB. */

import { expect } from 'chai';
import {
  type EnrolledLearner,
  type LearnerRecord,
  type LearnerRecords,
  toEnrolled,
} from '../../plugin/ports/learner-records.ts';
import { rejection } from './credential-store.ts';

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

type Fill = (
  contextKey: string,
  name: string,
  learners: readonly LearnerRecord[],
  steps?: readonly string[],
) => Promise<void>;

const PATH = 'path-v1:OpenedX+Path+2026+main';
const OTHER_COURSE = 'course-v1:a+b+c';

/** @param open empty records for each test, and how they are filled */
export function learnerRecordsContract(open: () => Promise<{ records: LearnerRecords; fill: Fill }>): void {
  let records: LearnerRecords;
  let fill: Fill;
  beforeEach(async () => {
    ({ records, fill } = await open());
  });

  async function enrolled(contextKey: string, username: string | null = null): Promise<EnrolledLearner[]> {
    const found: EnrolledLearner[] = [];
    const wanted = { completion: true, grades: true, username };
    for await (const learner of records.enrolled(contextKey, wanted)) found.push(learner);
    return found;
  }
  const inCourse = (record: LearnerRecord, key = DEMO_COURSE) => toEnrolled(record, new Map([[key, record]]));

  it('knows the name of a context, or that it does not know it', async () => {
    await fill(DEMO_COURSE, 'Demonstration Course', []);
    expect(await records.contextName(DEMO_COURSE)).to.equal('Demonstration Course');
    expect(await records.contextName(OTHER_COURSE)).to.equal(null);
    expect(await enrolled(OTHER_COURSE)).to.deep.equal([]);
  });

  it('gives the learners of the context only, whole, in a stable order', async () => {
    const ben = aLearnerRecord({ username: 'ben', lmsUserId: null, completion: null, grades: {} });
    await fill(DEMO_COURSE, 'Demonstration Course', [ben, aLearnerRecord()]);
    await fill(OTHER_COURSE, 'Another', [aLearnerRecord({ completion: 0.1 })]);
    expect(await enrolled(DEMO_COURSE)).to.deep.equal([inCourse(aLearnerRecord()), inCourse(ben)]);
    expect(await enrolled(DEMO_COURSE, 'ben')).to.deep.equal([inCourse(ben)]);
    expect(await enrolled(DEMO_COURSE, 'nobody')).to.deep.equal([]);
    expect(await records.courses(DEMO_COURSE)).to.deep.equal([DEMO_COURSE]);
  });

  it('replaces a learner who is filled in again', async () => {
    await fill(DEMO_COURSE, 'Demonstration Course', [aLearnerRecord()]);
    await fill(DEMO_COURSE, 'Renamed', [aLearnerRecord({ completion: 1, grades: { total: 0.9 } })]);
    const again = aLearnerRecord({ completion: 1, grades: { total: 0.9 } });
    expect(await enrolled(DEMO_COURSE)).to.deep.equal([inCourse(again)]);
    expect(await records.contextName(DEMO_COURSE)).to.equal('Renamed');
  });

  it('goes through more learners than fit into one page, and on behind a place that it told of as long as that is there', async () => {
    const many = Array.from({ length: 603 }, (_, index) =>
      aLearnerRecord({ username: `learner-${String(index).padStart(5, '0')}`, grades: {} }),
    );
    await fill(DEMO_COURSE, 'Demonstration Course', many);
    const wanted = { completion: true, grades: true, username: null };
    const places: { position: string; behind: number }[] = [];
    const seen: string[] = [];
    const reached = (position: string) => places.push({ position, behind: seen.length });
    for await (const { learner } of records.enrolled(DEMO_COURSE, { ...wanted, reached })) seen.push(learner.username);
    expect(seen).to.deep.equal(many.map(({ username }) => username));
    expect(places).not.to.deep.equal([]);
    for (const { position, behind } of [places[0], places.at(-1)].flatMap((place) => place ?? [])) {
      expect(position, 'names nobody').not.to.include('learner');
      const rest: string[] = [];
      for await (const { learner } of records.enrolled(DEMO_COURSE, { ...wanted, from: position }))
        rest.push(learner.username);
      expect(rest).to.deep.equal(many.slice(behind).map(({ username }) => username));
    }
    const gone = await rejection(
      (async () => {
        for await (const _ of records.enrolled(DEMO_COURSE, { ...wanted, from: 'gone' })) expect.fail('nobody');
      })(),
    );
    expect(gone.code).to.equal('conflict.position');
    expect(gone.message).to.equal('the list of learners cannot be gone on with from there; begin with the first');
  }).timeout(60_000);

  it('gives the learners of a path with what each of its courses has of them', async () => {
    const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((username) => aLearnerRecord({ username }));
    if (!ada || !ben || !cleo) throw new Error('three learners');
    const adaElsewhere = aLearnerRecord({ completion: 0.2, grades: {} });
    await fill(DEMO_COURSE, 'Demonstration Course', [ada, cleo]);
    await fill(OTHER_COURSE, 'Another', [adaElsewhere]);
    await fill(PATH, 'The path', [ada, ben], [DEMO_COURSE, OTHER_COURSE]);
    expect(await records.contextName(PATH)).to.equal('The path');
    expect(await records.courses(PATH)).to.deep.equal([DEMO_COURSE, OTHER_COURSE]);
    const both = new Map([
      [DEMO_COURSE, ada],
      [OTHER_COURSE, adaElsewhere],
    ]);
    expect(await enrolled(PATH)).to.deep.equal([toEnrolled(ada, both), toEnrolled(ben, new Map())]);
    expect(await enrolled(PATH, 'cleo')).to.deep.equal([]);
  });
}
