import { expect } from 'chai';
import { readOptions } from '../../../plugin/extensions/options.ts';
import type { RetrievalFunction, RetrievedLearner } from '../../../plugin/extensions/retrieval-function.ts';
import type { EnrolledLearner } from '../../../plugin/ports/learner-records.ts';
import { completionsAndGrades, courseCompletions, subsectionGrades } from '../../../providers/index.ts';
import type { LmsOptions } from '../../../providers/lms/lms.ts';
import { rejection } from '../../contracts/credential-store.ts';
import { COURSE, type LmsWorld, lmsWorld } from '../../support/lms-world.ts';

const CCX = 'ccx-v1:Acme+CS1+2026+ccx@3';

describe('learner records of an LMS, of a course', () => {
  let world: LmsWorld;
  beforeEach(async () => {
    world = await lmsWorld();
    world.campus.addCourse(COURSE, { name: 'Trees <b>& graphs</b>' });
  });
  afterEach(() => world.close());

  /** Ada has done everything, Ben nothing but half of the first homework, Cleo has left. */
  function enrolThree(key = COURSE) {
    world.campus.enrol(key, 'ada', { completed: 18, scores: [6, 3, 13] });
    world.campus.enrol(key, 'ben', { completed: 5, scores: [3, null, null] });
    world.campus.enrol(key, 'cleo', { completed: 20, scores: [6, 4, 20], isActive: false });
  }
  const figures = (found: readonly EnrolledLearner[], key = COURSE) =>
    Object.fromEntries(found.map(({ learner, courses }) => [learner.username, courses.get(key)]));
  const asked = (path: string) => world.server.requests.filter((request) => request.includes(path));

  const ADA = { completion: 0.9, grades: { homework: 0.9, exam: 0.65, total: 0.4 * 0.9 + 0.6 * 0.65 }, problem: null };
  const BEN = { completion: 0.25, grades: { homework: 0.3, exam: 0, total: 0.4 * 0.3 + 0.6 * 0 }, problem: null };

  it('gives those actively enrolled, with who they are and what they have', async () => {
    enrolThree();
    const found = await world.enrolled(COURSE);
    expect(found.map(({ learner }) => learner)).to.deep.equal([
      { username: 'ben', lmsUserId: 3, name: 'Learner ben', email: 'ben@example.com', isActive: true },
      { username: 'ada', lmsUserId: 2, name: 'Learner ada', email: 'ada@example.com', isActive: true },
    ]);
    expect(figures(found)).to.deep.equal({ ada: ADA, ben: BEN });
  });

  it('knows the name of a course, with the letters that the LMS escapes, also of one that is hidden', async () => {
    expect(await world.lms().records.contextName(COURSE)).to.equal('Trees <b>& graphs</b>');
    expect(await world.lms().records.contextName('course-v1:Acme+None+2026')).to.equal(null);
  });

  it('asks for nothing that is not wanted', async () => {
    enrolThree();
    const completions = await world.enrolled(COURSE, { grades: false });
    expect(figures(completions).ada).to.deep.equal({ completion: 0.9, grades: {}, problem: null });
    expect(asked('/api/grades/')).to.deep.equal([]);
    world.server.requests.length = 0;
    const grades = await world.enrolled(COURSE, { completion: false });
    expect(figures(grades).ada).to.deep.equal({ ...ADA, completion: null });
    expect(asked('/completion-aggregator/')).to.deep.equal([]);
  });

  const gradeSources: readonly (readonly [string, Partial<LmsOptions>, string])[] = [
    ['gradebook', { gradeSources: ['gradebook'] }, '/api/grades/v1/gradebook/'],
    ['progress page', { gradeSources: ['progress'] }, '/api/course_home/progress/'],
    ['subsection grades', { gradeSources: ['subsections'] }, '/api/grades/v1/subsection/'],
  ];
  for (const [name, options, path] of gradeSources) {
    it(`has the same grades from the ${name}`, async () => {
      enrolThree();
      const found = await world.enrolled(COURSE, { completion: false }, world.lms(options));
      expect(figures(found)).to.deep.equal({ ada: { ...ADA, completion: null }, ben: { ...BEN, completion: null } });
      expect(asked(path)).not.to.deep.equal([]);
      const alone = await world.enrolled(COURSE, { completion: false, username: 'ben' }, world.lms(options));
      expect(figures(alone)).to.deep.equal({ ben: { ...BEN, completion: null } });
    });
  }

  it('counts a subsection that nobody has attempted with the points it really has', async () => {
    world.campus.enrol(COURSE, 'ada', { scores: [6, null, null] });
    const found = await world.enrolled(COURSE, { completion: false });
    expect(figures(found).ada?.grades).to.deep.equal({ homework: 0.6, exam: 0, total: 0.24 });
  });

  const completionSources: readonly (readonly [string, Partial<LmsOptions>, number])[] = [
    ['the completion aggregator', { completionSources: ['aggregator'] }, 0.9],
    ['the Blocks API', { completionSources: ['blocks'] }, 0.9],
    ['the progress page, coarser', { completionSources: ['progress'] }, 0.8],
  ];
  for (const [name, options, share] of completionSources) {
    it(`has completions from ${name}`, async () => {
      enrolThree();
      const found = await world.enrolled(COURSE, { grades: false }, world.lms(options));
      expect(figures(found).ada?.completion).to.equal(share);
      const alone = await world.enrolled(COURSE, { grades: false, username: 'ada' }, world.lms(options));
      expect(figures(alone).ada?.completion).to.equal(share);
    });
  }

  it('takes the next source where a plugin or a flag is missing', async () => {
    enrolThree();
    world.server.switches.aggregator = false;
    world.server.switches.gradebook = false;
    expect(figures(await world.enrolled(COURSE))).to.deep.equal({ ada: ADA, ben: BEN });
    expect(asked('/api/course_home/progress/')).not.to.deep.equal([]);
    world.server.switches.progress = false;
    world.server.requests.length = 0;
    expect(figures(await world.enrolled(COURSE))).to.deep.equal({ ada: ADA, ben: BEN });
    expect(asked('/api/grades/v1/subsection/')).not.to.deep.equal([]);
  });

  it('takes the next source for custom courses, of which the gradebook says nothing', async () => {
    world.campus.addCourse(CCX);
    enrolThree(CCX);
    expect(figures(await world.enrolled(CCX), CCX)).to.deep.equal({ ada: ADA, ben: BEN });
    const blocks = world.lms({ completionSources: ['blocks'] });
    expect(figures(await world.enrolled(CCX, {}, blocks), CCX).ada).to.deep.equal(ADA);
  });

  it('says why when the LMS offers no source at all', async () => {
    enrolThree();
    world.server.switches.gradebook = false;
    world.server.switches.progress = false;
    const lms = world.lms({ gradeSources: ['gradebook', 'progress'] });
    const message = await world.enrolled(COURSE, {}, lms).catch((error: Error) => error.message);
    expect(message).to.equal(
      `the LMS offers no source of grades for ${COURSE} (gradebook: the waffle flag grades.writable_gradebook is off for this course; progress: the waffle flag course_home.course_home_mfe_progress_tab is off for this course); "laurel lms check" tells more`,
    );
  });

  it('looks in the next source for learners whom the gradebook leaves out', async () => {
    enrolThree();
    world.server.switches.ungraded.add('ada');
    expect(figures(await world.enrolled(COURSE))).to.deep.equal({ ada: ADA, ben: BEN });
    expect(asked('/api/course_home/progress/').length).to.equal(2);
  });

  it('L4: keeps bad figures of one learner to that learner, whatever they are', async () => {
    enrolThree();
    for (const [index, earned] of [-1, 'many', null, Number.MAX_VALUE * 2, {}].entries())
      world.campus.enrol(COURSE, `odd${index}`, { scores: [1, 1, 1], odd: { earned } });
    for (const [index, percent] of [1.5, '0.9', null].entries())
      world.campus.enrol(COURSE, `off${index}`, { scores: [1, 1, 1], odd: { percent } });
    const found = figures(await world.enrolled(COURSE));
    expect(found.ada).to.deep.equal(ADA);
    expect(found.ben).to.deep.equal(BEN);
    for (const index of [0, 1, 2, 3, 4])
      expect(found[`odd${index}`]?.problem, `odd${index}`).to.equal(
        'the gradebook of the LMS has figures of a learner that are none; correct them there',
      );
    for (const index of [0, 1, 2])
      expect(found[`off${index}`]?.problem, `off${index}`).to.equal(
        'the completion aggregator of the LMS has figures of a learner that are none; correct them there',
      );
    const byPage = figures(await world.enrolled(COURSE, {}, world.lms({ gradeSources: ['progress'] })));
    expect(byPage.odd1?.problem).to.equal(
      'the progress page of the LMS has figures of a learner that are none; correct them there',
    );
    expect(byPage.ada).to.deep.equal(ADA);
  });

  it('L4: a category that is not in the grading policy stops nobody and takes no part in the total', async () => {
    const subsections = [
      { id: 'block-v1:Acme+CS1+2026+type@sequential+block@a', type: 'Exam', possible: 10 },
      { id: 'block-v1:Acme+CS1+2026+type@sequential+block@b', type: 'Lab', possible: 10 },
    ];
    world.campus.addCourse(COURSE, { subsections, policy: [{ type: 'Exam', weight: 1, dropped: 0 }] });
    world.campus.enrol(COURSE, 'ada', { scores: [8, 5] });
    expect(figures(await world.enrolled(COURSE, { completion: false })).ada).to.deep.equal({
      completion: null,
      grades: { exam: 0.8, lab: 0.5, total: 0.8 },
      problem: null,
    });
  });

  it('L4: a learner on whom every source fails is one learner’s problem; when all fail, the LMS does', async () => {
    enrolThree();
    world.server.switches.gradebook = false;
    world.server.failNext('/api/course_home/progress/course-v1%3AAcme%2BCS1%2B2026/2', 500, 9);
    const lms = world.lms({ gradeSources: ['progress'] });
    const found = figures(await world.enrolled(COURSE, {}, lms));
    expect(found.ben).to.deep.equal(BEN);
    expect(found.ada?.problem).to.equal(
      'the figures of a learner cannot be read: the LMS failed to give the progress of a learner (500)',
    );
    for (let n = 0; n < 30; n++) world.campus.enrol(COURSE, `learner${n}`);
    world.server.failNext('/api/grades/v1/subsection/', 500, 999);
    const message = await world
      .enrolled(COURSE, {}, world.lms({ gradeSources: ['subsections'] }))
      .catch((error: Error) => error.message);
    expect(message).to.equal('the LMS failed to give the grade of a learner in a subsection (500)');
  });

  it('says of learners without an account that they have none', async () => {
    enrolThree();
    world.server.switches.hiddenAccounts.add('ada');
    const [, ada] = await world.enrolled(COURSE);
    expect(ada?.problem).to.equal('the LMS shows no account of a learner who is enrolled; it may be retired');
    expect(ada?.courses.get(COURSE)).to.deep.equal(ADA);
    world.server.switches.hiddenAccounts.add('ben');
    expect((await world.enrolled(COURSE)).map(({ problem }) => problem !== null)).to.deep.equal([true, true]);
  });

  it('finds one learner, only while enrolled, and freshly', async () => {
    enrolThree();
    const wanted = { username: 'ada' };
    expect(figures(await world.enrolled(COURSE, wanted))).to.deep.equal({ ada: ADA });
    expect(asked('page_size=1000')).to.deep.equal([]);
    for (const username of ['cleo', 'nobody', 'a b+c/d?e'])
      expect(await world.enrolled(COURSE, { username }), username).to.deep.equal([]);
  });

  it('goes on with a page that it told of, and says so when the LMS knows the page no more', async () => {
    for (let number = 0; number < 250; number++)
      world.campus.enrol(COURSE, `learner-${number}`, { completed: 20, scores: [6, 4, 20] });
    const { records } = world.lms();
    const wanted = { completion: true, grades: true, username: null };
    const places: { position: string; behind: number }[] = [];
    const all: string[] = [];
    const reached = (position: string) => places.push({ position, behind: all.length });
    for await (const { learner } of records.enrolled(COURSE, { ...wanted, reached })) all.push(learner.username);
    expect(places.map(({ behind }) => behind)).to.deep.equal([100, 200]);
    const rest: string[] = [];
    for await (const { learner } of records.enrolled(COURSE, { ...wanted, from: places[0]?.position ?? '' }))
      rest.push(learner.username);
    expect(rest).to.deep.equal(all.slice(100));
    const gone = records
      .enrolled(COURSE, { ...wanted, from: 'eA' })
      [Symbol.asyncIterator]()
      .next();
    expect((await rejection(gone)).code).to.equal('conflict.position');
  });

  it('goes through all pages', async () => {
    for (let n = 0; n < 250; n++) world.campus.enrol(COURSE, `learner${n}`, { completed: n % 21, scores: [1, 1, 1] });
    const found = figures(await world.enrolled(COURSE));
    expect(Object.keys(found)).to.have.length(250);
    expect(found.learner20?.completion).to.equal(1);
    expect(asked('GET /api/enrollment/v1/enrollments')).to.have.length(3);
    expect(asked('GET /api/user/v1/accounts')).to.have.length(3);
  });

  it('ends soon when it is told to', async () => {
    enrolThree();
    const stop = new AbortController();
    stop.abort();
    const message = await world.enrolled(COURSE, { signal: stop.signal }).catch((error: Error) => error.message);
    expect(message).to.equal('the server is stopping and does not wait for the completions of a course any more');
  });

  describe('in the retrieval functions', () => {
    async function retrieve(retrieval: RetrievalFunction, options: Record<string, unknown>) {
      const found: RetrievedLearner[] = [];
      const { records } = world.lms();
      for await (const one of retrieval.retrieve(COURSE, readOptions(retrieval.options, options), { records }))
        found.push(one);
      return found;
    }
    const eligible = (found: readonly RetrievedLearner[]) =>
      found.filter((one) => one.eligible).map(({ learner }) => learner.username);

    it('decide on completions, grades or both', async () => {
      enrolThree();
      expect(eligible(await retrieve(courseCompletions, {}))).to.deep.equal(['ada']);
      expect(eligible(await retrieve(courseCompletions, { required_completion: 0.25 }))).to.deep.equal(['ben', 'ada']);
      expect(eligible(await retrieve(subsectionGrades, { required_grades: { Exam: 0.65 } }))).to.deep.equal(['ada']);
      expect(eligible(await retrieve(subsectionGrades, { required_grades: { Lab: 0 } }))).to.deep.equal([]);
      const criteria = 'completion >= 0.8 and grades.exam >= 65';
      expect(eligible(await retrieve(completionsAndGrades, { criteria }))).to.deep.equal(['ada']);
    });

    it('explain each learner with the value that was there', async () => {
      enrolThree();
      const found = await retrieve(completionsAndGrades, { criteria: 'completion >= 0.2 and grades.exam >= 65' });
      expect(found.map(({ courses }) => courses[0]?.reason)).to.deep.equal([
        'grades.exam is 0, but must be at least 65',
        null,
      ]);
    });

    it('make nothing out to an account that is gone', async () => {
      enrolThree();
      world.server.switches.hiddenAccounts.add('ada');
      const [, ada] = await retrieve(courseCompletions, {});
      expect(ada).to.deep.include({
        eligible: false,
        problem: 'the LMS shows no account of a learner who is enrolled; it may be retired',
      });
    });
  });
});
