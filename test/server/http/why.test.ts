import { expect } from 'chai';
import supertest from 'supertest';
import { whyText } from '../../../server/cli/why.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { DEMO_COURSE, demoRules, passingEvent, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, textOf } from '../../support/web.ts';

describe('"Why?"', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('viewer');
  });

  async function pathOf(username: string, badge: string): Promise<string> {
    return `/learners/${(await site.services.learners.findByUsername(username))?.id}/badges/${badge}`;
  }
  async function read(path: string): Promise<string> {
    const answer = await browser.get(path);
    expect(answer.status, path).to.equal(200);
    return textOf(answer.text);
  }

  describe('page', () => {
    it('says what was awarded by which event and version, clause by clause, and what the award rested on', async () => {
      const text = await read(await pathOf('ada', 'demo-course'));
      expect(text).to.include('Why? Demo course completion Awarded ada · 100 % of the groups fulfilled');
      expect(text).to.include('Awarded 2 Mar 2026, 10:15 UTC with event event-ada-demo');
      expect(text).to.match(/By version 2 of the rules, saved .* UTC by administrator \(SHA-256 [0-9a-f]{12}… ?\)/);
      expect(text).to.include('event-ada-demo 2 Mar 2026, 10:15 UTC counts is_passing = true holds');
      expect(text).to.match(/A demo event-ada-demo 2 Mar 2026, 10:15 UTC course\.passing/);
      expect(text).to.include(`is_passing = true and course.course_key = "${DEMO_COURSE}"`);
      expect(text).to.include('It is not needed: another requirement of group A is fulfilled.');
      expect(text).to.include('Looked at 2 events of course.passing.status.updated');
    });

    it('says what is missing, and what came nearest with the first condition that failed', async () => {
      const text = await read(await pathOf('linh', 'demo-course'));
      expect(text).to.include('Not awarded.');
      expect(text).to.include('Counted 0 of 1; 1 missing.');
      expect(text).to.include(
        `event-linh-elsewhere 21 May 2026, 08:05 UTC does not count: course.course_key is "course-v1:OtherX+HIST1+2026", but must be "${DEMO_COURSE}"`,
      );
    });

    it('says what took a badge back', async () => {
      const text = await read(await pathOf('edsger', 'demo-course'));
      expect(text).to.match(/taken back 1 Jun 2026, 12:00 UTC with event \S+ ?, which met penalty failed/);
      expect(text).to.include('Penalties met failed , which resets demo');
    });

    it('says what the rules in force say where others decided', async () => {
      const text = demoRules.replace('resets demo', 'resets demo, ccx');
      await site.services.saveBadge(text, { expectedVersion: 2, actor: 'administrator' });
      const shown = await read(await pathOf('ada', 'demo-course'));
      expect(shown).to.include('By version 2 of the rules');
      expect(shown).to.include('Version 3 says this to what is recorded.');
    });

    it('says of a badge that is only evaluated that nothing was issued', async () => {
      const text = demoRules
        .replaceAll('demo-course"', 'trial"')
        .replace('active   true', 'active   true\n  evaluate true');
      const saved = await site.services.saveBadge(text, { expectedVersion: 0, actor: 'administrator' });
      expect(saved).to.include({ ok: true });
      const event = passingEvent({ user: 'linh', at: '2026-06-01T08:05:00Z', id: 'late' });
      await site.services.processEvent(site.services.decodeCloudEvent(event), 'http');
      const shown = await read(await pathOf('linh', 'trial'));
      expect(shown).to.include('Would be awarded linh · 100 % of the groups fulfilled');
      expect(shown).to.include('Would be awarded as of 1 Jun 2026, 08:05 UTC with event late');
      expect(shown).to.include(
        'The badge is only evaluated: it is recorded who would be awarded, and nothing is issued.',
      );
      expect(shown).not.to.include('What each award rested on');
    });

    it('says that an award of before has no record of what it rested on', async () => {
      const learner = await site.services.learners.findByUsername('ada');
      const progress = await site.services.progress.load(learner?.id ?? '', 'demo-course');
      if (!progress) throw new Error('ada has no progress');
      const issued = progress.issued.map((badge) => ({ ...badge, provenance: null }));
      await site.services.progress.save({ ...progress, issued });
      expect(await read(await pathOf('ada', 'demo-course'))).to.include(
        'Not known: it was awarded before this was recorded.',
      );
    });

    it('is linked where learners and badges are shown', async () => {
      const path = await pathOf('ada', 'demo-course');
      const untouched = await pathOf('linh', 'demo-course');
      expect((await browser.get(path.replace(/\/badges.*/, ''))).text).to.include(`href="${path}"`);
      expect((await browser.get(untouched.replace(/\/badges.*/, ''))).text).to.include(`href="${untouched}"`);
      expect((await browser.get('/progress?search=ada')).text).to.include(`href="${path}"`);
    });

    it('leads from the award of another badge to why that was given', async () => {
      const { text } = await browser.get(await pathOf('ada', 'explorer'));
      expect(text).to.include(`href="${await pathOf('ada', 'demo-course')}"`);
      expect(textOf(text)).to.include('Badge demo-course changed with event-ada-demo');
    });

    it('answers 404 for learners and badges that are not there', async () => {
      const unknown = await browser.get(await pathOf('ada', 'nothing'));
      expect(unknown.status).to.equal(404);
      expect(textOf(unknown.text)).to.include('There is no badge with this id; look it up in the list of badges');
      expect((await browser.get('/learners/nobody/badges/demo-course')).status).to.equal(404);
    });
  });

  describe('search', () => {
    it('leads from a username, an e-mail address or an LMS user id to the answer', async () => {
      const path = await pathOf('ada', 'demo-course');
      for (const search of ['ada', 'ADA@example.com', '11', 'ad']) {
        const answer = await browser.get(`/find?badge=demo-course&search=${search}`);
        expect([answer.status, answer.headers.location], search).to.deep.equal([303, path]);
      }
      const all = await browser.get('/find?search=ada');
      expect(all.headers.location).to.equal(path.replace(/\/badges.*/, ''));
      expect((await browser.get('/badges/demo-course')).text).to.include('name="badge" value="demo-course"');
    });

    it('lists several, and says what to do when nobody is found', async () => {
      const pii = { username: 'adam', email: 'adam@example.com', name: 'Adam', lmsUserId: 71, isActive: true };
      await site.services.learners.resolve(pii, '2026-01-01T00:00:00.000000000Z' as never);
      const several = await browser.get('/find?search=a&badge=demo-course');
      expect(several.status).to.equal(200);
      expect(several.text).to.include(`href="${await pathOf('ada', 'demo-course')}"`);
      expect(several.text).to.include(`href="${await pathOf('adam', 'demo-course')}"`);
      expect((await browser.get('/find?search=ada')).status).to.equal(303);
      const nobody = await browser.get('/find?search=noor');
      expect(textOf(nobody.text)).to.include('Nobody found');
      expect(nobody.text).to.include('href="/events?period=all&amp;search=noor"');
      expect(await read('/find')).not.to.include('Nobody found');
    });
  });

  describe('API', () => {
    it('gives the same as JSON, also for somebody of whom nothing has matched yet', async () => {
      const { token } = await createApiToken(site.services, 'tests', 'cli');
      const ask = (path: string) => supertest(site.app).get(path).set('Authorization', `Bearer ${token}`);
      const { body } = await ask('/api/laurel/v1/learners/ada/badges/demo-course').expect(200);
      expect(body).to.deep.include({ learner: 'ada', status: 'awarded', progress: 1, inForce: null });
      expect(body.decided.explanation.requirements[0].contributions[0]).to.include({
        eventId: 'event-ada-demo',
        at: '2026-03-02T10:15:00.25Z',
        text: 'counts',
        inLog: true,
      });
      expect(body.issued[0].provenance.requirements[0]).to.deep.include({
        requirement: 'demo',
        events: [{ eventId: 'event-ada-demo', at: '2026-03-02T10:15:00.25Z' }],
      });
      const unmatched = await ask('/api/laurel/v1/learners/noor/badges/demo-course').expect(200);
      expect(unmatched.body.decided.explanation.requirements[0].nearest[0].text).to.equal(
        'matches, but could not be processed (bug.unexpected); it lies with the dead letters',
      );
      expect(JSON.stringify(unmatched.body)).not.to.match(/@example|Somebody Else/);
      const nobody = await ask('/api/laurel/v1/learners/nobody/badges/demo-course').expect(404);
      expect(nobody.body).to.include({
        code: 'not-found.learner',
        detail: 'no event has told of a learner with this username; check the spelling',
      });
      const noBadge = await ask('/api/laurel/v1/learners/ada/badges/nothing').expect(404);
      expect(noBadge.body).to.include({ code: 'not-found.badge' });
    });

    it('is what the command prints as text', async () => {
      const { token } = await createApiToken(site.services, 'tests', 'cli');
      const path = '/api/laurel/v1/learners/edsger/badges/demo-course';
      const { body } = await supertest(site.app).get(path).set('Authorization', `Bearer ${token}`);
      const text = whyText(body).map((line) =>
        line.replaceAll(/event [\w-]{36}/g, 'event ID').replace(/saved \S+/, 'saved NOW'),
      );
      expect(text).to.deep.equal([
        'badge demo-course, learner edsger: taken back; 0 of 1 group fulfilled',
        '  by version 2 of the rules, saved NOW by administrator',
        '  awarded at 2026-05-05T12:00:00Z with event ID; taken back at 2026-06-01T12:00:00Z with event ID, which met penalty failed',
        '',
        '  requirement demo of group A: reset by penalty failed with event ID at 2026-06-01T12:00:00Z; needs 1 matching event of type org.openedx.learning.course.passing.status.updated.v1',
        '    (Passes the Demo course, or...)',
        '    event ID at 2026-05-05T12:00:00Z was discarded by penalty failed with event ID at 2026-06-01T12:00:00Z',
        '    event ID at 2026-06-01T12:00:00Z does not count: is_passing is false, but must be true',
        '',
        '  requirement ccx of group A: needs 1 matching event of type org.openedx.learning.ccx.course.passing.status.updated.v1',
        '    (...any CCX run of it except the third.)',
        '',
        '  penalty failed, which resets demo: met',
        '    event ID at 2026-06-01T12:00:00Z',
        '',
        '  badge number 1 rested on:',
        '    requirement demo: event ID at 2026-05-05T12:00:00Z',
        '',
        'looked at 2 of org.openedx.learning.course.passing.status.updated.v1',
        'looked at 0 of org.openedx.learning.ccx.course.passing.status.updated.v1',
      ]);
    });
  });

  it('looks at the latest 200 events of a type, and says that there are more', async () => {
    for (let n = 0; n < 201; n++) {
      const event = passingEvent({
        user: 'linh',
        at: '2026-05-22T08:05:00Z',
        course: 'course-v1:A+B+C',
        id: `many-${n}`,
      });
      await site.services.processEvent(site.services.decodeCloudEvent(event), 'http');
    }
    const text = await read(await pathOf('linh', 'demo-course'));
    expect(text).to.include('Looked at the latest 200 events of course.passing.status.updated');
    expect(text).to.include('190 more of this type did not match.');
  });
});
