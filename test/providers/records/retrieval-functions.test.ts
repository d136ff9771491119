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
    const shared = { courseKey: DEMO_COURSE, required: { completion: 0.8 }, problem: null };
    expect(found.map(({ learner, courses }) => [learner.username, courses])).to.deep.equal([
      ['ada', [{ ...shared, eligible: true, facts: { completion: 0.95 }, reason: null }]],
      [
        'ben',
        [
          {
            ...shared,
            eligible: false,
            facts: { completion: null },
            reason: 'completion is absent, but must be at least 0.8',
          },
        ],
      ],
    ]);
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
    expect(found.courses).to.deep.equal([
      {
        courseKey: DEMO_COURSE,
        eligible: false,
        facts: { grades: { 'final exam': 70, total: 75 } },
        required: { grades: { 'final exam': 65, total: 80 } },
        reason: 'grades.total is 75, but must be at least 80',
        problem: null,
      },
    ]);
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
      [false, 'a grade of a learner is negative or no number at all; correct it in the LMS'],
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
    const criteria = 'completion >= 0.5 and (grades."final exam" >= 90 or grades.total >= 95)';
    const has = (completion: number, exam: number) => ({ completion, grades: { 'Final Exam': exam, total: 0.9 } });
    expect(await eligible(completionsAndGrades, { ...options, criteria }, has(0.5, 0.9))).to.equal(true);
    expect(await eligible(completionsAndGrades, { ...options, criteria }, has(1, 0.8))).to.equal(false);
    const [course] = (await decide(completionsAndGrades, { criteria }, has(1, 0.8))).courses;
    expect(course?.required).to.deep.equal({});
    expect(course?.reason).to.equal(
      'no alternative is met: grades."final exam" is 80, but must be at least 90; grades.total is 90, but must be at least 95',
    );
  });

  it('shows where an expression is wrong', () => {
    const check = (criteria: string) => () =>
      completionsAndGrades.check(readOptions(completionsAndGrades.options, { criteria }));
    expect(check('completon >= 0.5')).to.throw(/^the criteria cannot be used: 1:1 .*did you mean "completion"\?/);
    expect(check('completion >= ')).to.throw(/^the criteria cannot be used: 1:/);
    expect(check('completion = "much"')).to.throw(/^the criteria cannot be used: 1:/);
    expect(check('')).to.throw(/^the criteria cannot be used: /);
  });

  it('refuses figures of the wrong scale', () => {
    const check = (criteria: string) => () =>
      completionsAndGrades.check(readOptions(completionsAndGrades.options, { criteria }));
    expect(check('completion >= 80 or grades.total > 10')).to.throw(
      'the criteria cannot be used: completion goes from 0 to 1, so it cannot be compared with 80; write 0.8 for 80 per cent',
    );
    expect(check('not (completion >= 0.8 and grades.exam < 0.65)')).to.throw(
      'the criteria cannot be used: grades are per cent here, so 0.65 would be next to nothing; write 65 for 65 per cent',
    );
    expect(check('completion >= 0.8 and grades.exam >= 65 and grades.lab > 0')).not.to.throw();
  });

  it('counts a grade that is just reached, whatever the arithmetic of shares makes of it', async () => {
    for (let per = 2; per <= 100; per++) {
      const facts = { grades: { total: per / 100 } };
      expect(await eligible(subsectionGrades, { criteria: `grades.total >= ${per}` }, facts), `${per}`).to.equal(true);
      expect(await eligible(subsectionGrades, { required_grades: { total: per / 100 } }, facts)).to.equal(true);
    }
  });

  it('makes nothing out to a learner without a name, and says so of those only who would get something', async () => {
    const none = { name: ' ', completion: 1, grades: { total: 1 } };
    expect(await decide(completionsAndGrades, options, none)).to.deep.include({
      eligible: false,
      problem: 'a learner has no full name in the profile, and a credential needs one',
    });
    expect((await decide(completionsAndGrades, options, { ...none, completion: 0 })).problem).to.equal(null);
  });
});

describe('retrieval in a learning path', () => {
  const PATH = 'path-v1:Acme+DS+2026+main';
  const ONE = 'course-v1:Acme+CS1+2026';
  const TWO = 'course-v1:Acme+CS2+2026';
  const learner = (username: string, completion = 0, total = 0) =>
    aLearnerRecord({ username, completion, grades: { total } });

  async function inPath(options: Record<string, unknown>, retrieval = completionsAndGrades) {
    const records = new MemoryLearnerRecords()
      .add(ONE, 'One', [learner('ada', 1, 0.9), learner('ben', 1, 0.6), learner('cleo', 1, 0.9), learner('eve', 1, 1)])
      .add(TWO, 'Two', [learner('ada', 0.9, 0.7), learner('ben', 0.9, 0.7), learner('eve', 1, 1)])
      .add(PATH, 'Data Science', [learner('ada'), learner('ben'), learner('cleo')], [ONE, TWO]);
    const found: RetrievedLearner[] = [];
    const read = readOptions(retrieval.options, options);
    for await (const one of retrieval.retrieve(PATH, read, { records })) found.push(one);
    return found;
  }
  const eligibleOf = (found: readonly RetrievedLearner[]) =>
    found.filter(({ eligible: is }) => is).map((one) => one.learner.username);

  it('wants every course met, of the learners of the path only', async () => {
    const found = await inPath({ required_grades: { total: 0.7 } });
    expect(found.map((one) => one.learner.username)).to.deep.equal(['ada', 'ben', 'cleo']);
    expect(eligibleOf(found)).to.deep.equal(['ada']);
  });

  it('says how a learner stands in each course', async () => {
    const cleo = (await inPath({ required_grades: { total: 0.7 } }))[2];
    const required = { completion: 0.9, grades: { total: 70 } };
    expect(cleo?.courses).to.deep.equal([
      {
        courseKey: ONE,
        eligible: true,
        facts: { completion: 1, grades: { total: 90 } },
        required,
        reason: null,
        problem: null,
      },
      {
        courseKey: TWO,
        eligible: false,
        facts: {},
        required,
        reason: 'not enrolled in this course',
        problem: null,
      },
    ]);
  });

  it('takes the options of a course in place of all others', async () => {
    const steps = { [ONE]: { criteria: 'grades.total >= 60' }, [TWO]: { required_grades: { total: 0.7 } } };
    expect(eligibleOf(await inPath({ steps }))).to.deep.equal(['ada', 'ben']);
    const replaced = { required_completion: 1, required_grades: { total: 1 }, steps };
    expect(eligibleOf(await inPath(replaced))).to.deep.equal(['ada', 'ben']);
    const onlyOne = { required_grades: { total: 0.7 }, steps: { [ONE]: { required_grades: { total: 0.6 } } } };
    expect(eligibleOf(await inPath(onlyOne))).to.deep.equal(['ada', 'ben']);
  });

  it('refuses options for a course that the path does not have, misspelt ones and none at all', async () => {
    const failure = async (options: Record<string, unknown>) => {
      try {
        await inPath(options);
      } catch (error) {
        return (error as Error).message;
      }
      return 'accepted';
    };
    const wanted = { required_grades: { total: 0.7 } };
    expect(await failure({ ...wanted, steps: { 'course-v1:Acme+CS3+2026': wanted } })).to.equal(
      `"steps" has options for course-v1:Acme+CS3+2026, which is no course of this learning path; there are ${ONE}, ${TWO}`,
    );
    expect(await failure({ steps: { [ONE]: { required_grade: {} } } })).to.equal(
      `the options cannot be used: there is no option "steps.${ONE}.required_grade"; did you mean "required_grades"?`,
    );
    expect(await failure({ steps: { [ONE]: wanted } })).to.match(/^"required_grades" must name at least one category/);
  });
});
