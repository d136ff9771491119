import { expect } from 'chai';
import { readOptions } from '../../../plugin/extensions/options.ts';
import type { RetrievedLearner } from '../../../plugin/extensions/retrieval-function.ts';
import { completionsAndGrades } from '../../../providers/index.ts';
import { COURSE, type LmsWorld, lmsWorld, OTHER, PATH } from '../../support/lms-world.ts';

describe('learner records of an LMS, of a learning path', () => {
  let world: LmsWorld;
  beforeEach(async () => {
    world = await lmsWorld();
    world.campus.addCourse(COURSE);
    world.campus.addCourse(OTHER);
  });
  afterEach(() => world.close());

  const asked = (path: string) => world.server.requests.filter((request) => request.includes(path));
  const done = { completed: 20, scores: [6, 4, 20] };

  /** Ada has done both, Ben one, Cleo is enrolled in the path alone; Dan has left the path, Eve was never in it. */
  function enrolAll(path = PATH) {
    for (const key of [COURSE, OTHER]) for (const name of ['ada', 'dan', 'eve']) world.campus.enrol(key, name, done);
    world.campus.enrol(COURSE, 'ben', done);
    world.campus.enrol(OTHER, 'ben', { ...done, isActive: false });
    world.campus.addUser('cleo');
    world.campus.addPath(path, [COURSE, OTHER], ['ada', 'ben', 'cleo', 'dan']).members.set('dan', false);
  }

  async function retrieve(path = PATH, username?: string) {
    const found: RetrievedLearner[] = [];
    const options = readOptions(completionsAndGrades.options, { required_grades: { total: 0.5 } });
    const context = { records: world.lms().records, ...(username === undefined ? {} : { username }) };
    for await (const one of completionsAndGrades.retrieve(path, options, context)) found.push(one);
    return Object.fromEntries(found.map((one) => [one.learner.username, one]));
  }

  it('gives the learners of the path with every course that they are enrolled in', async () => {
    enrolAll();
    const found = await world.enrolled(PATH);
    expect(Object.fromEntries(found.map((one) => [one.learner.username, [...one.courses.keys()]]))).to.deep.equal({
      ada: [COURSE, OTHER],
      ben: [COURSE],
      cleo: [],
    });
    expect(found[0]?.learner).to.deep.include({ name: 'Learner ada', email: 'ada@example.com' });
  });

  it('has its name and its courses in order', async () => {
    enrolAll();
    world.campus.paths.set(PATH, {
      key: PATH,
      name: 'Data Science',
      steps: [
        { courseKey: 'course-v1:A+last+1', order: null },
        { courseKey: OTHER, order: 2 },
        { courseKey: COURSE, order: 1 },
      ],
      members: new Map(),
    });
    const { records } = world.lms();
    expect(await records.contextName(PATH)).to.equal('Data Science');
    expect(await records.courses(PATH)).to.deep.equal([COURSE, OTHER, 'course-v1:A+last+1']);
    expect(await records.courses(COURSE)).to.deep.equal([COURSE]);
  });

  it('wants every course met, and says how each stands', async () => {
    enrolAll();
    const { ada, ben, cleo, ...others } = await retrieve();
    expect(others).to.deep.equal({});
    expect([ada?.eligible, ben?.eligible, cleo?.eligible]).to.deep.equal([true, false, false]);
    expect(ben?.courses.map(({ eligible, reason }) => [eligible, reason])).to.deep.equal([
      [true, null],
      [false, 'not enrolled in this course'],
    ]);
    expect(Object.keys(await retrieve(PATH, 'ben'))).to.deep.equal(['ben']);
    expect(await retrieve(PATH, 'dan')).to.deep.equal({});
  });

  it('finds a path whose key the address of one path does not match', async () => {
    const dotted = 'path-v1:Acme+DS 1.5+2026+main';
    enrolAll(dotted);
    for (let n = 0; n < 25; n++) world.campus.addPath(`path-v1:Acme+Other${n}+2026+main`, [], []);
    world.campus.paths.set(dotted, { ...world.campus.paths.get(dotted), key: dotted } as never);
    expect((await retrieve(dotted)).ada?.eligible).to.equal(true);
    const after = 'path-v1:Acme+last.one+2026+main';
    world.campus.addPath(after, [COURSE], ['ada']);
    expect((await retrieve(after)).ada?.eligible).to.equal(true);
    expect(asked('learning-paths/?page=3')).not.to.deep.equal([]);
  });

  it('says that there is no such path', async () => {
    const message = await retrieve().catch((error: Error) => error.message);
    expect(message).to.equal(
      `the LMS has no learning path ${PATH}, or not the Learning Paths plugin; "laurel lms check" tells which`,
    );
    expect(await world.lms().records.contextName(PATH)).to.equal(null);
  });

  it('has nobody eligible on a path without courses', async () => {
    world.campus.addPath(PATH, [], ['ada']);
    expect(await retrieve()).to.deep.equal({});
  });

  describe('with many learners', () => {
    /** 120 members of whom the last 20 are in no course, among 60 others in the courses. */
    beforeEach(() => {
      const names = Array.from({ length: 180 }, (_, n) => `learner${n}`);
      for (const key of [COURSE, OTHER]) for (const name of names.slice(0, 160)) world.campus.enrol(key, name, done);
      for (const name of names.slice(160)) world.campus.addUser(name);
      world.campus.addPath(PATH, [COURSE, OTHER], names.slice(60));
    });

    it('looks the members up among the learners of the courses, a hundred at a time', async () => {
      const found = await retrieve();
      expect(Object.keys(found)).to.have.length(120);
      expect(Object.values(found).filter(({ eligible }) => eligible)).to.have.length(100);
      expect(asked('accounts?username=')).to.have.length(2);
      expect(asked('accounts?lms_user_id=')).to.have.length(20);
      expect(asked('gradebook/').every((request) => !request.includes('username='))).to.equal(true);
    });

    it('L4: keeps a member without an account to itself', async () => {
      world.server.switches.hiddenAccounts.add('learner60');
      world.server.switches.hiddenAccounts.add('learner179');
      expect((await world.enrolled(PATH)).filter(({ problem }) => problem !== null)).to.have.length(2);
      expect(Object.values(await retrieve()).filter(({ eligible }) => eligible)).to.have.length(99);
    });

    it('L4: keeps bad figures in one course to that learner and that course', async () => {
      world.campus.enrol(OTHER, 'learner100', { ...done, odd: { earned: -1 } });
      const found = await retrieve();
      expect(found.learner100?.problem).to.equal(
        'the gradebook of the LMS has figures of a learner that are none; correct them there',
      );
      expect(found.learner100?.courses.map(({ eligible }) => eligible)).to.deep.equal([true, false]);
      expect(Object.values(found).filter(({ eligible }) => eligible)).to.have.length(99);
    });
  });
});
