import { expect } from 'chai';
import { COURSE, type LmsWorld, lmsWorld } from '../../support/lms-world.ts';

describe('the connection test of the LMS', () => {
  let world: LmsWorld;
  beforeEach(async () => {
    world = await lmsWorld();
    world.campus.addCourse(COURSE, { name: 'Trees' });
    world.campus.enrol(COURSE, 'ada');
  });
  afterEach(() => world.close());

  const check = async (...args: Parameters<LmsWorld['lms']>) =>
    (await world.lms(...args).check(null)).map(({ name, state, message }) => `${name} ${state}: ${message}`);

  it('says who we are, what can be read and which sources there are', async () => {
    expect(await check()).to.deep.equal([
      'sign-in ok: as the user issuer of the LMS',
      `course ok: ${COURSE}, Trees`,
      'staff ok: our user is staff',
      'enrollments ok: readable, 1 active on the first page',
      'completion: aggregator used: Completion aggregator, everybody at once',
      'completion: blocks ok: Blocks API, for learners whom the others leave out',
      'grades: gradebook used: Gradebook, everybody at once',
      'grades: progress ok: Progress page, for learners whom the others leave out',
      'grades: subsections ok: Subsection grades, one by one, for learners whom the others leave out',
      'learning paths ok: 0 in the LMS',
    ]);
  });

  it('says what is switched off, and what would change that', async () => {
    Object.assign(world.server.switches, {
      aggregator: false,
      gradebook: false,
      progress: false,
      learningPaths: false,
    });
    expect((await check()).slice(4)).to.deep.equal([
      'completion: aggregator off: openedx-completion-aggregator is not installed in the LMS',
      'completion: blocks used: Blocks API, one learner at a time',
      'grades: gradebook off: the waffle flag grades.writable_gradebook is off for this course',
      'grades: progress off: the waffle flag course_home.course_home_mfe_progress_tab is off for this course',
      'grades: subsections used: Subsection grades, one by one, one learner at a time',
      'learning paths off: the Learning Paths plugin is not installed; courses work without it',
    ]);
  });

  it('says what must be done when nothing is left', async () => {
    Object.assign(world.server.switches, { gradebook: false, aggregator: false });
    const lines = await check({ gradeSources: ['gradebook'], completionSources: ['aggregator'] });
    expect(lines).to.include('grades failed: no source of grades: change one of the reasons above in the LMS');
    expect(lines).to.include('completion failed: no source of completion: change one of the reasons above in the LMS');
  });

  it('says that our user is not staff', async () => {
    world.server.switches.staff = false;
    const lines = await check();
    expect(lines).to.include('staff failed: our user is not staff; set is_staff in the Django admin of the LMS');
    expect(lines).to.include(
      'enrollments failed: the LMS does not let us read the enrollments of a course; the user of our application must be staff ("laurel lms check" tells more)',
    );
    expect(lines).to.include('grades: gradebook off: the user of our application is not staff');
  });

  it('ends at the first step when we cannot sign in, without the secret', async () => {
    expect(await check({ clientSecret: 'a wrong secret' })).to.deep.equal([
      'sign-in failed: the LMS does not know LAUREL_LMS_CLIENT_ID with LAUREL_LMS_CLIENT_SECRET; compare them with the application in its Django admin',
    ]);
    await world.close();
    expect(await check()).to.deep.equal([
      'sign-in failed: the LMS cannot be reached for an access token (ECONNREFUSED); LAUREL_LMS_URL says where it is',
    ]);
    world = await lmsWorld();
  });

  it('says that there is no such course', async () => {
    const lines = await world.lms().check('course-v1:Acme+None+2026');
    expect(lines.at(-1)).to.include({
      name: 'course',
      state: 'failed',
      message: 'the LMS does not show course-v1:Acme+None+2026 to our user',
    });
    world.campus.courses.clear();
    expect((await check()).at(-1)).to.equal(
      'course failed: our user sees no course; give it is_staff, or name a course',
    );
  });
});
