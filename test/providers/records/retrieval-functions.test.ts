import { expect } from 'chai';
import { readOptions } from '../../../plugin/extensions/options.ts';
import type { RetrievalFunction, RetrievedLearner } from '../../../plugin/extensions/retrieval-function.ts';
import { type LearnerRecord, MemoryLearnerRecords } from '../../../plugin/ports/learner-records.ts';
import { completionsAndGrades, courseCompletions, subsectionGrades } from '../../../providers/index.ts';
import { aLearnerRecord, DEMO_COURSE } from '../../contracts/learner-records.ts';

async function retrieve(
  retrieval: RetrievalFunction,
  options: Record<string, unknown>,
  learners: readonly LearnerRecord[],
): Promise<RetrievedLearner[]> {
  const records = new MemoryLearnerRecords().add(DEMO_COURSE, 'Demonstration Course', learners);
  const found: RetrievedLearner[] = [];
  const read = readOptions(retrieval.options, options);
  for await (const learner of retrieval.retrieve(DEMO_COURSE, read, { records })) found.push(learner);
  return found;
}

async function decide(
  retrieval: RetrievalFunction,
  options: Record<string, unknown>,
  facts: Partial<LearnerRecord>,
): Promise<RetrievedLearner> {
  const [learner] = await retrieve(retrieval, options, [aLearnerRecord(facts)]);
  if (!learner) throw new Error('nobody was retrieved');
  return learner;
}

const eligible = async (...args: Parameters<typeof decide>) => (await decide(...args)).eligible;

describe('course-completions', () => {
  it('takes those who have reached the required share, 0.9 unless said otherwise', async () => {
    expect(await eligible(courseCompletions, {}, { completion: 0.9 })).to.equal(true);
    expect(await eligible(courseCompletions, {}, { completion: 0.8999 })).to.equal(false);
    expect(await eligible(courseCompletions, { required_completion: 0.5 }, { completion: 0.5 })).to.equal(true);
    expect(await eligible(courseCompletions, { required_completion: 0 }, { completion: 0 })).to.equal(true);
  });

  it('does not take those of whom nothing is known', async () => {
    expect(await eligible(courseCompletions, { required_completion: 0 }, { completion: null })).to.equal(false);
  });

  it('says what each learner has and needs, of all who are enrolled', async () => {
    const learners = [aLearnerRecord({ completion: 0.95 }), aLearnerRecord({ username: 'ben', completion: null })];
    const found = await retrieve(courseCompletions, { required_completion: 0.8 }, learners);
    expect(found.map(({ learner, current, required }) => [learner.username, current, required])).to.deep.equal([
      ['ada', { completion: 0.95 }, { completion: 0.8 }],
      ['ben', { completion: null }, { completion: 0.8 }],
    ]);
    expect(found[0]?.facts).to.deep.equal({ completion: 0.95 });
  });

  it('refuses a share that is none and a misspelt option', () => {
    expect(() => readOptions(courseCompletions.options, { required_completion: 90 })).to.throw(
      'the options cannot be used: "required_completion" must be a number from 0 to 1 (share of the course)',
    );
    expect(() => readOptions(courseCompletions.options, { required_completions: 0.9 })).to.throw(
      'did you mean "required_completion"?',
    );
  });

  it('L4: reports a learner whose data is no data and goes on', async () => {
    const learners = [
      aLearnerRecord({ username: 'a', completion: Number.NaN }),
      aLearnerRecord({ username: 'b', completion: 1.5 }),
      aLearnerRecord({ username: 'c', completion: 1 }),
    ];
    const found = await retrieve(courseCompletions, {}, learners);
    expect(found.map(({ eligible: is, problem }) => [is, problem])).to.deep.equal([
      [false, 'the completion of a learner is no number from 0 to 1; correct it in the LMS'],
      [false, 'the completion of a learner is no number from 0 to 1; correct it in the LMS'],
      [true, null],
    ]);
  });
});

describe('subsection-grades', () => {
  const options = { required_grades: { 'Final Exam': 0.65, total: 0.8 } };

  it('takes those who have reached every required category, in whatever capital letters', async () => {
    const grades = (exam: number, total: number) => ({ grades: { 'FINAL exam': exam, homework: 0, total } });
    expect(await eligible(subsectionGrades, options, grades(0.65, 0.8))).to.equal(true);
    expect(await eligible(subsectionGrades, options, grades(0.64, 0.8))).to.equal(false);
    expect(await eligible(subsectionGrades, options, grades(0.65, 0.79))).to.equal(false);
  });

  it('does not take those without a grade in a required category', async () => {
    expect(await eligible(subsectionGrades, options, { grades: { total: 1 } })).to.equal(false);
    expect(await eligible(subsectionGrades, { required_grades: { lab: 0 } }, { grades: { total: 1 } })).to.equal(false);
  });

  it('says what each learner has and needs', async () => {
    const found = await decide(subsectionGrades, options, { grades: { 'Final Exam': 0.7, total: 0.75 } });
    expect(found).to.deep.include({
      eligible: false,
      current: { 'grades."final exam"': 0.7, 'grades."total"': 0.75 },
      required: { 'grades."final exam"': 0.65, 'grades."total"': 0.8 },
      facts: { grades: { 'final exam': 0.7, total: 0.75 } },
    });
  });

  it('takes categories of any name', async () => {
    for (const name of ['a "quoted" \\ one', 'Mid.term', 'Übung 1', '1', 'and']) {
      const required = { required_grades: { [name]: 0.5 } };
      expect(await eligible(subsectionGrades, required, { grades: { [name]: 0.5 } }), name).to.equal(true);
      expect(await eligible(subsectionGrades, required, { grades: { [name]: 0.4 } }), name).to.equal(false);
    }
  });

  it('L4: one learner’s grade in a category nobody knows, or one that is no grade, stops nobody', async () => {
    const found = await retrieve(subsectionGrades, { required_grades: { total: 0.5 } }, [
      aLearnerRecord({ username: 'a', grades: { unheard: 1, total: 0.6 } }),
      aLearnerRecord({ username: 'b', grades: { total: -1 } }),
      aLearnerRecord({ username: 'c', grades: { total: 0.6 } }),
    ]);
    expect(found.map(({ eligible: is, problem }) => [is, problem])).to.deep.equal([
      [true, null],
      [false, 'a grade of a learner is no number from 0 to 1; correct it in the LMS'],
      [true, null],
    ]);
  });

  it('wants at least one category, each once', () => {
    const check = (required: Record<string, unknown>) => () =>
      subsectionGrades.check(readOptions(subsectionGrades.options, { required_grades: required }));
    expect(check({})).to.throw(
      '"required_grades" must name at least one category, e.g. { "total": 0.5 }, or "criteria" must take its place',
    );
    expect(check({ Exam: 0.5, exam: 0.6 })).to.throw(
      '"required_grades" names the category "exam" twice; remove one of them',
    );
    expect(check({ exam: 65 })).to.throw('"required_grades.exam" must be a number from 0 to 1 (share of the points)');
    expect(check({ exam: 0.5 })).not.to.throw();
  });
});

describe('completions-and-grades', () => {
  const options = { required_completion: 0.8, required_grades: { total: 0.5 } };

  it('takes those who have reached both', async () => {
    const has = (completion: number | null, total: number) => ({ completion, grades: { total } });
    expect(await eligible(completionsAndGrades, options, has(0.8, 0.5))).to.equal(true);
    expect(await eligible(completionsAndGrades, options, has(0.7, 0.5))).to.equal(false);
    expect(await eligible(completionsAndGrades, options, has(0.8, 0.4))).to.equal(false);
    expect(await eligible(completionsAndGrades, options, has(null, 0.5))).to.equal(false);
  });

  it('lets an expression take the place of the required shares', async () => {
    const criteria = 'completion >= 0.5 and (grades."final exam" >= 0.9 or grades.total >= 0.95)';
    const has = (completion: number, exam: number) => ({ completion, grades: { 'Final Exam': exam, total: 0.9 } });
    expect(await eligible(completionsAndGrades, { ...options, criteria }, has(0.5, 0.9))).to.equal(true);
    expect(await eligible(completionsAndGrades, { ...options, criteria }, has(1, 0.8))).to.equal(false);
    expect((await decide(completionsAndGrades, { criteria }, has(1, 0.8))).required).to.deep.equal({});
  });

  it('shows where an expression is wrong', () => {
    const check = (criteria: string) => () =>
      completionsAndGrades.check(readOptions(completionsAndGrades.options, { criteria }));
    expect(check('completon >= 0.5')).to.throw(/^the criteria cannot be used: 1:1 .*did you mean "completion"\?/);
    expect(check('completion >= ')).to.throw(/^the criteria cannot be used: 1:/);
    expect(check('completion = "much"')).to.throw(/^the criteria cannot be used: 1:/);
    expect(check('')).to.throw(/^the criteria cannot be used: /);
  });
});
