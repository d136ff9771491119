import { expect } from 'chai';
import { silentLogger } from '../../plugin/ports/runtime.ts';
import { LmsError } from '../../providers/lms/lms-error.ts';
import { readSettings } from '../../server/config.ts';
import { openLms, watchLms } from '../../server/lms-setup.ts';
import { CLIENT } from '../stand-ins/lms/stand-in-lms.ts';
import { COURSE, type LmsWorld, lmsWorld } from '../support/lms-world.ts';

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
