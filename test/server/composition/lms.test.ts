import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { LmsError } from '../../../providers/lms/lms-error.ts';
import { compose } from '../../../server/compose.ts';
import { openLms, watchLms } from '../../../server/composition/lms.ts';
import { readSettings } from '../../../server/config.ts';
import { applyCredentialsSetup } from '../../../server/configuration/credentials-setup.ts';
import { projectPath } from '../../../server/paths.ts';
import { CLIENT } from '../../../server/stand-ins/lms/stand-in-lms.ts';
import { DEMO_COURSE } from '../../contracts/learner-records.ts';
import { COURSE, type LmsWorld, lmsWorld } from '../../support/lms-world.ts';
// Loaded ahead: the PDF library leaves helpers in the global object, which would count as a leak of the test.
import '../../support/pdf.ts';

describe('the LMS of the settings', () => {
  let world: LmsWorld;
  before(async () => {
    world = await lmsWorld();
    world.campus.addCourse(COURSE, { name: 'Trees' });
  });
  after(() => world.close());

  const settings = (more: Record<string, string> = {}) =>
    readSettings({
      LAUREL_LMS_URL: world.server.url,
      LAUREL_LMS_CLIENT_ID: CLIENT.clientId,
      LAUREL_LMS_CLIENT_SECRET: CLIENT.clientSecret,
      ...more,
    });

  it('is none unless an address is set', () => {
    expect(openLms(readSettings({}), silentLogger)).to.equal(null);
  });

  it('is asked for records, from the sources that the settings name', async () => {
    const lms = openLms(settings({ LAUREL_LMS_GRADE_SOURCES: 'progress' }), silentLogger);
    expect(await lms?.records.contextName(COURSE)).to.equal('Trees');
    const lines = (await lms?.check(COURSE)) ?? [];
    expect(lines.map(({ name }) => name).filter((name) => name.startsWith('grades'))).to.deep.equal([
      'grades: progress',
    ]);
  });
});

describe('credentials of learners in an LMS', function () {
  this.timeout(60_000);

  it('are generated for those who are eligible there, under the names that it has', async () => {
    const world = await lmsWorld();
    const folder = mkdtempSync(join(tmpdir(), 'laurel-lms-'));
    const { campus } = world;
    campus.addCourse(DEMO_COURSE, { name: 'Demo & <more>' });
    campus.addUser('ada', { name: 'Ada Lovelace' });
    campus.enrol(DEMO_COURSE, 'ada', { completed: 20, scores: [6, 4, 18] });
    campus.enrol(DEMO_COURSE, 'ben', { completed: 4, scores: [6, 4, 18] });
    campus.enrol(DEMO_COURSE, 'cleo', { completed: 20, scores: [6, 4, 18], odd: { earned: 'much' } });
    const settings = readSettings({
      LAUREL_DATA_DIR: folder,
      LAUREL_LMS_URL: world.server.url,
      LAUREL_LMS_CLIENT_ID: CLIENT.clientId,
      LAUREL_LMS_CLIENT_SECRET: CLIENT.clientSecret,
    });
    const laurel = await compose(settings, { logger: silentLogger, roles: [] });
    try {
      const { credentials: store, files, clock } = laurel.services;
      const setup = { store, files, registry: laurel.registry, now: clock.now() };
      await applyCredentialsSetup(projectPath('examples', 'credentials', 'example.json'), setup);
      const type = await store.type('course-certificate');
      if (!type) throw new Error('the example has the type');
      await store.saveType({ ...type, options: { ...type.options, required_grades: { Exam: 0.9 } } });
      const run = await laurel.runner.wait(await laurel.services.generateNow('demo-course-certificate', 'tests'));
      expect(run).to.deep.include({
        state: 'done-with-errors',
        counts: { seen: 3, eligible: 1, generated: 1, skipped: 0, failed: 1 },
        error: {
          code: 'credential.learner-data',
          message: 'the gradebook of the LMS has figures of a learner that are none; correct them there',
        },
      });
      const { items } = await store.credentials({ limit: 9 });
      expect(items.map(({ learnerName, contextName, status }) => [learnerName, contextName, status])).to.deep.equal([
        ['Ada Lovelace', 'Demo & <more>', 'available'],
      ]);
      expect((await laurel.services.health()).checks.lms).to.deep.equal({
        status: 'ok',
        message: 'answers and knows us',
      });
    } finally {
      await laurel.stop();
      await world.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the health of the LMS', () => {
  const clock = { at: 0, now: () => new Date(clock.at) };

  it('is off without one', async () => {
    expect(await watchLms(null, clock)()).to.deep.equal({
      status: 'off',
      message: 'LAUREL_LMS_URL is not set; imported records are used',
    });
  });

  it('is asked once a minute, however often we are asked', async () => {
    let asked = 0;
    let failure: Error | null = null;
    const health = watchLms(
      {
        async ping() {
          asked += 1;
          if (failure) throw failure;
        },
      },
      clock,
    );
    expect(await health()).to.deep.equal({ status: 'ok', message: 'answers and knows us' });
    failure = new LmsError('unavailable', 'the LMS failed to give the user of our application (502)');
    clock.at += 59_000;
    expect((await health()).status).to.equal('ok');
    expect(asked).to.equal(1);
    clock.at += 1_000;
    expect(await health()).to.deep.equal({
      status: 'degraded',
      message: 'the LMS failed to give the user of our application (502)',
    });
    failure = new Error('secret details');
    clock.at += 60_000;
    expect((await health()).message).to.equal('asking it failed unexpectedly');
  });

  it('does not keep us waiting', async () => {
    const health = watchLms({ ping: () => new Promise(() => {}) }, clock);
    expect(await health()).to.deep.equal({ status: 'ok', message: 'asked, without an answer yet' });
  });
});
