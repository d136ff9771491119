import { expect } from 'chai';
import { CLIENT } from '../../../server/stand-ins/lms/stand-in-lms.ts';
import { runLaurel } from '../../support/command.ts';
import { COURSE, type LmsWorld, lmsWorld } from '../../support/lms-world.ts';

describe('laurel lms check', () => {
  let world: LmsWorld;
  let env: Record<string, string>;
  beforeEach(async () => {
    world = await lmsWorld();
    world.campus.addCourse(COURSE, { name: 'Trees' });
    env = {
      LAUREL_LMS_URL: world.server.url,
      LAUREL_LMS_CLIENT_ID: CLIENT.clientId,
      LAUREL_LMS_CLIENT_SECRET: CLIENT.clientSecret,
    };
  });
  afterEach(() => world.close());

  it('prints what works and which sources there are', async () => {
    world.server.switches.gradebook = false;
    const { code, stdout, stderr } = await runLaurel(['lms', 'check'], { env });
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, 2)).to.deep.equal([
      'ok      sign-in: as the user issuer of the LMS',
      `ok      course: ${COURSE}, Trees`,
    ]);
    expect(stdout).to.contain(
      'off     grades: gradebook: the waffle flag grades.writable_gradebook is off for this course\n',
    );
    expect(stdout).to.contain('used    grades: progress: Progress page, one learner at a time\n');
  });

  it('prints JSON, and exits with 1 when something must be done', async () => {
    world.server.switches.staff = false;
    const { code, stdout } = await runLaurel(['lms', 'check', COURSE, '--json'], { env });
    expect(code).to.equal(1);
    expect(JSON.parse(stdout)).to.deep.include({
      name: 'staff',
      state: 'failed',
      message: 'our user is not staff; set is_staff in the Django admin of the LMS',
    });
  });

  it('wants a course and an LMS', async () => {
    expect((await runLaurel(['lms', 'check', 'CS1'])).stderr).to.equal(
      'laurel: the key must be that of a course, like course-v1:org+course+run; copy it from the address of the course\n',
    );
    const { code, stderr } = await runLaurel(['lms', 'check']);
    expect(code).to.equal(78);
    expect(stderr).to.equal(
      'laurel: the configuration has problems:\n  - LAUREL_LMS_URL is not set, so there is no LMS to check; docs/how-to/connect-an-lms.md says what it needs\n',
    );
  });
});
