import { expect } from 'chai';
import { demoRules, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('pages', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  async function read(path: string): Promise<string> {
    const answer = await browser.get(path);
    expect(answer.status, path).to.equal(200);
    return textOf(answer.text);
  }

  async function learnerPage(username: string): Promise<string> {
    return `/learners/${(await site.services.learners.findByUsername(username))?.id}`;
  }

  it('answer with headers that allow no inline code, no framing and no caching', async () => {
    const { headers } = await browser.get('/');
    expect(headers['x-frame-options']).to.equal('DENY');
    expect(headers['content-security-policy']).to.equal(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    );
    expect(headers).to.include({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers).not.to.have.property('x-powered-by');
    expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
  });

  describe('dashboard', () => {
    it('counts what there is and names what happened last', async () => {
      const text = await read('/');
      for (const part of [
        'Active badges 3 of 4',
        'Learners 6 seen in events',
        'Awarded 3 standing',
        'Revoked 1 taken back',
        'Credentials 2 PDFs available',
        'Effects failed 1',
        'Credentials with errors 1',
        'margaret Demo course completion 23 Nov 2026, 18:20 UTC',
        'Done with errors 2 made, 1 failed, 20 Nov 2026, 09:00 UTC',
        'dispatcher: 1 effect has failed and waits for a person',
      ]) {
        expect(text).to.include(part);
      }
    });

    it('shows what happened, how far learners are, and what comes in and goes out', async () => {
      const { text: html } = await browser.get('/?period=month');
      expect(html).to.match(
        /<svg class="chart-plot"[^>]* aria-label="Awards in the last 30 days: 4 in all, at most 4 at /,
      );
      const text = textOf(html);
      for (const part of [
        'The same as a table',
        'Demo course completion Begun 4 (100 %) Part done 3 (75 %) Complete 3 (75 %)',
        'Events over RabbitMQ Not set up',
        'Memory No trouble',
      ]) {
        expect(text).to.include(part);
      }
    });

    it('keeps itself up to date only where that was asked for', async () => {
      const { text: still } = await browser.get('/');
      expect(still).not.to.include('live.js');
      expect(still).to.include('<a href="/?live=on">Keep it up to date</a>');
      const { text: live } = await browser.get('/?period=month&live=on');
      expect(live).to.include('<div id="live" data-live="10">').and.to.include('/assets/live.js');
      expect(live).to.include('<a href="/?period=month">Stop updating</a>');
    });

    it('leads on when there is nothing yet', async () => {
      const empty = await makeSite().signIn('administrator');
      const text = textOf((await empty.get('/')).text);
      expect(text).to.include(
        'No event has come in in the last 24 hours. Send a test event , or look on the system page',
      );
      expect(text).to.include('No badge has rules yet. Write the first badge');
      expect(text).to.include('Nobody has been awarded a badge yet.');
      expect(text).to.include('No run yet.');
    });
  });

  describe('badges', () => {
    it('lists each with its state and how many learners are where', async () => {
      const text = await read('/badges');
      expect(text).to.match(/Demo course completion demo-course Active memory:demo-course 0 3 1 /);
      expect(text).to.match(/Mentor of the year mentor Inactive memory:mentor 0 0 0 /);
    });

    it('shows rules as a table and as text, penalties and former versions', async () => {
      const text = await read('/badges/demo-course');
      expect(text).to.include(
        'A ccx ...any CCX run of it except the third. ccx.course.passing.status.updated is_passing = true',
      );
      expect(text).to.include('course.ccx_course_key != "ccx-v1:OpenedX+DemoX+Demo_Course+ccx@3" once');
      expect(text).to.include('failed Falls below the pass mark afterwards.');
      expect(text).to.include(
        'It is taken back when a penalty makes it incomplete again. It cannot be earned again after that.',
      );
      expect(text).to.match(/badge "demo-course" \{/);
      expect(text).to.match(
        /Version 2 in force Compare from version 2 Compare to version 2 Active .* Version 1 .* Active .* Restore version 1/,
      );
      const former = await read('/badges/demo-course/versions/1');
      expect(former).to.include('...any CCX run of it.').and.not.include('ccx@3');
    });

    it('says how often and within what time', async () => {
      const text = await read('/badges/explorer');
      expect(text).to.include(
        '5 different values of course.course_key within 365 days from 2026-01-01T00:00:00Z before 2027-01-01T00:00:00Z',
      );
      expect(text).to.include('badge "demo-course" awarded');
      expect(text).to.include('It can be earned up to 3 times.');
    });

    it('can be written new, and are in force at once', async () => {
      const text = demoRules.replaceAll('demo-course"', 'second"');
      const answer = await submit(browser, '/badges/new', '/badges/new', { version: '0', rules: text, intent: 'save' });
      expect([answer.status, answer.headers.location]).to.deep.equal([303, '/badges/second?done=badge-saved']);
      expect(await read('/badges/second?done=badge-saved')).to.include(
        'The badge was saved and its rules are in force.',
      );
      const { items } = await site.services.access.audit({ object: 'badge:second', limit: 5 });
      expect(items[0]).to.include({ actor: 'administrator', action: 'badge.saved' });
    });

    it('come back with the text kept and the mistake underlined and explained', async () => {
      const wrong = demoRules.replace('is_passing = false', 'is_pasing = false').replaceAll('\n', '\r\n');
      const answer = await submit(browser, '/badges/demo-course/edit', '/badges/demo-course/edit', {
        version: '2',
        rules: wrong,
        intent: 'save',
      });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include('<title>Error: Edit Demo course completion · Laurel</title>');
      expect(answer.text).to.match(/<mark class="">is_pasing<\/mark>/);
      expect(answer.text).to.match(/<a href="#rules">Line 25, column 12: [^<]+<\/a>/);
      expect(textOf(answer.text)).to.match(/Error at line 25, column 12: .*is_pasing.* did you mean .*is_passing/i);
      expect(answer.text).to.include('where  is_pasing = false and course.course_key');
      expect((await site.services.badges.get('demo-course'))?.version).to.equal(2);
    });

    it('can be checked without being saved', async () => {
      const answer = await submit(browser, '/badges/demo-course/edit', '/badges/demo-course/edit', {
        version: '2',
        rules: demoRules,
        intent: 'check',
      });
      expect(answer.status).to.equal(200);
      expect(textOf(answer.text)).to.include('The check found nothing wrong. Save to put the rules in force.');
      expect((await site.services.badges.get('demo-course'))?.version).to.equal(2);
    });

    it('keep their id', async () => {
      const answer = await submit(browser, '/badges/demo-course/edit', '/badges/demo-course/edit', {
        version: '2',
        rules: demoRules.replace('badge "demo-course" {', 'badge "renamed" {'),
      });
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.include(
        'the id of a badge cannot change; keep "demo-course", or make a new badge for "renamed" book.renamed',
      );
    });

    it('show both texts when somebody else saved first, and nothing is overwritten', async () => {
      const mine = demoRules.replace('Falls below', 'Drops below');
      const answer = await submit(browser, '/badges/demo-course/edit', '/badges/demo-course/edit', {
        version: '1',
        rules: mine,
      });
      expect(answer.status).to.equal(409);
      const text = textOf(answer.text);
      expect(text).to.include('You started from version 1; meanwhile administrator saved version 2.');
      expect(text).to.include('Falls below').and.include('Drops below');
      expect((await site.services.badges.get('demo-course'))?.source).to.include('Falls below');
      const second = await browser
        .post('/badges/demo-course/edit')
        .type('form')
        .send({ _csrf: csrfOf(answer.text), version: '2', rules: mine });
      expect(second.status).to.equal(303);
      expect((await site.services.badges.get('demo-course'))?.source).to.include('Drops below');
    });

    it('say so when a new one has the id of another', async () => {
      const answer = await submit(browser, '/badges/new', '/badges/new', { version: '0', rules: demoRules });
      expect(answer.status).to.equal(409);
      expect(textOf(answer.text)).to.include('A badge with this id exists already.');
    });

    it('are switched off and on by a button, as a new version', async () => {
      const off = await submit(browser, '/badges/demo-course', '/badges/demo-course/deactivate', { version: '2' });
      expect(off.headers.location).to.equal('/badges/demo-course?done=badge-deactivated');
      expect(await site.services.badges.get('demo-course')).to.include({ active: false, version: 3 });
      const on = await submit(browser, '/badges/demo-course', '/badges/demo-course/activate', { version: '3' });
      expect(on.status).to.equal(303);
      expect(await site.services.badges.get('demo-course')).to.include({ active: true, version: 4 });
    });

    it('keep comments and tests when they are switched', async () => {
      const edit = '/badges/demo-course/edit';
      const test = '# of the test\ntest "nothing yet" {\n  badge "demo-course"\n  expect not awarded\n}\n';
      await submit(browser, edit, edit, { version: '2', rules: `${demoRules}\n${test}` });
      const source = async () => (await site.services.badges.get('demo-course'))?.source;
      const before = await source();
      expect(before).to.include(test);
      await submit(browser, '/badges/demo-course', '/badges/demo-course/deactivate', { version: '3' });
      expect(await source()).to.equal(before?.replace('active   true', 'active   false'));
    });

    it('keep the reason of a change, show it with the version, and bring it back when the form fails', async () => {
      const edit = '/badges/demo-course/edit';
      const fields = { version: '2', rules: `# new\n${demoRules}`, reason: ' asked for\nby the <dean> ' };
      expect((await submit(browser, edit, edit, fields)).status).to.equal(303);
      expect((await site.services.badges.get('demo-course'))?.reason).to.equal('asked for by the <dean>');
      expect(await read('/badges/demo-course')).to.include('administrator asked for by the <dean>');
      expect(await read('/badges/demo-course/versions/3')).to.include('by administrator: asked for by the <dean>');
      const { items } = await site.services.access.audit({ object: 'badge:demo-course', limit: 1 });
      expect(items[0]?.details).to.include({ version: 3, reason: 'asked for by the <dean>' });

      const long = await submit(browser, edit, edit, { ...fields, version: '3', reason: 'x'.repeat(501) });
      expect(long.status).to.equal(422);
      expect(textOf(long.text)).to.include('the reason is longer than 500 characters; shorten it');
      const wrong = await submit(browser, edit, edit, { version: '3', rules: 'badge', reason: 'kept' });
      expect(wrong.text).to.include('value="kept"');
      const late = await submit(browser, edit, edit, { ...fields, reason: 'kept too' });
      expect(late.status).to.equal(409);
      expect(late.text).to.include('name="reason" value="kept too"');
    });

    it('leave an audit entry for each badge that a plan changes or a restoration brings back', async () => {
      const { services } = site;
      const options = { plan: null, prune: true, actor: 'ada', reason: 'new term' };
      const applied = await services.applyRules([{ name: 'a.rules', text: `# new\n${demoRules}` }], options);
      expect(applied.outcome).to.equal('applied');
      await services.restoreBadge('mentor', 1, { actor: 'ada', reason: 'missed' });
      const { items } = await services.access.audit({ actor: 'ada', limit: 10 });
      expect(
        items.map(({ action, object, details }) => [action, object, details.version, details.reason]),
      ).to.have.deep.members([
        ['badge.saved', 'badge:demo-course', 3, 'new term'],
        ['badge.removed', 'badge:data-track', 2, 'new term'],
        ['badge.removed', 'badge:explorer', 2, 'new term'],
        ['badge.removed', 'badge:mentor', 2, 'new term'],
        ['badge.restored', 'badge:mentor', 3, 'missed'],
      ]);
    });

    it('are not switched by a page that is out of date', async () => {
      const answer = await submit(browser, '/badges/demo-course', '/badges/demo-course/deactivate', { version: '1' });
      expect(answer.status).to.equal(409);
      expect(textOf(answer.text)).to.include('Badge "demo-course" was changed after version 1');
    });
  });

  describe('progress', () => {
    it('filters by badge, by status and by effects, and finds learners', async () => {
      expect(await read('/progress')).to.match(
        /grace Data track In progress .*barbara Demo course completion Awarded|barbara/,
      );
      expect(await read('/progress?status=revoked'))
        .to.include('edsger')
        .and.not.include('barbara');
      expect(await read('/progress?effects=failed'))
        .to.include('barbara')
        .and.not.include('edsger');
      expect(await read('/progress?badge=data-track'))
        .to.include('grace')
        .and.not.include('edsger');
      expect(await read('/progress?search=ADA'))
        .to.include('ada')
        .and.not.include('grace Data');
      expect(await read('/progress?search=nobody')).to.include('Nothing matches');
    });

    it('refuses an unknown filter value, and does not look at parameters that are none of its own', async () => {
      const answer = await browser.get('/progress?status=%24ne&badge=');
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.include(
        'The list has no “$ne” under Status; choose one of in-progress, awarded, revoked, none',
      );
      expect(await read('/progress?badge=&effects[]=failed&status[$ne]=x')).to.include('barbara');
    });

    it('says for every requirement of a learner why it stands where it stands', async () => {
      const text = await read(await learnerPage('grace'));
      expect(text).to.include('Grace Hopper').and.include('grace@example.com');
      expect(text).to.match(/A statistics Statistics for beginners Fulfilled /);
      expect(text).to.match(/B programming Programming in Python Missing /);
      expect(text).to.match(/C project The project, once statistics is passed Fulfilled /);
      expect(text).to.include('67 % of the groups fulfilled');
      expect(text).to.match(/Not begun .*Demo course completion/);
    });

    it('tells a requirement that waits from one that was reset', async () => {
      expect(await read(await learnerPage('linh'))).to.match(/C project .* Waiting /);
      expect(await read(await learnerPage('edsger'))).to.match(/A demo .* Reset /);
    });

    it('shows what failed with its error, and tries it again at a button', async () => {
      const path = await learnerPage('barbara');
      const answer = await browser.get(path);
      expect(textOf(answer.text)).to.include('the provider does not know the badge template; check the template id');
      const action = /action="([^"]+retry)"/.exec(answer.text)?.[1] ?? '';
      const retried = await browser
        .post(action)
        .type('form')
        .send({ _csrf: csrfOf(answer.text) });
      expect(retried.headers.location).to.equal(`${path}?done=effect-retried`);
      await site.dispatcher.runDue();
      expect(await read(path)).to.match(/Award at the provider Done 2 /);
      expect(await read('/progress?effects=failed')).to.include('Nothing matches');
    });

    it('answers 404 for a learner that does not exist', async () => {
      const answer = await browser.get('/learners/nobody');
      expect(answer.status).to.equal(404);
      expect(textOf(answer.text)).to.include('There is no such learner; search for them at the top of the page.');
    });
  });

  describe('credentials', () => {
    const id = (order: number) => `00000000-0000-4000-8000-00000000000${order}`;

    it('filters and searches', async () => {
      expect(await read('/credentials'))
        .to.include('Nguyễn Thị Mai Linh')
        .and.include('Available (2)');
      expect(await read('/credentials?status=error'))
        .to.include('Barbara Liskov')
        .and.not.include('Ada Lovelace');
      expect(await read('/credentials?search=ada'))
        .to.include('Ada Lovelace')
        .and.not.include('Barbara Liskov');
      expect(await read('/credentials?search=zzz')).to.include('Nothing matches');
    });

    it('shows one with its reason and its verification page', async () => {
      expect(await read(`/credentials/${id(2)}`)).to.include(
        'The font "dejavu-serif" has no glyph for U+1F393; choose another font.',
      );
      expect(await read(`/credentials/${id(0)}`)).to.include('/verify/00000000-0000-4000-9000-000000000000');
    });

    it('downloads what is available, as a file that no browser opens in place', async () => {
      const answer = await browser.get(`/credentials/${id(0)}/download`);
      expect(answer.status).to.equal(200);
      expect(answer.headers).to.include({
        'content-type': 'application/pdf',
        'content-disposition': 'attachment; filename=certificate.pdf',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      expect(answer.body.toString()).to.match(/^%PDF-1\.7/);
    });

    it('downloads nothing that is not available', async () => {
      for (const order of [2, 3, 4]) {
        const answer = await browser.get(`/credentials/${id(order)}/download`);
        expect(answer.status).to.equal(404);
        expect(textOf(answer.text)).to.include('This credential has no document to download; its page says why.');
      }
    });

    it('are generated now at a button of their configuration', async () => {
      expect(await read('/configurations')).to.include('Every 10 days 30 Nov 2026, 09:00 UTC Done with errors');
      const answer = await submit(browser, '/configurations', '/configurations/configuration-2/generate');
      expect(answer.headers.location).to.match(/^\/runs\/[0-9a-f-]{36}\?done=run-started$/);
      expect(await read('/runs')).to.match(/course-v1:AcmeX\+STAT101\+2026 Button Running/);
      expect((await submit(browser, '/configurations', '/configurations/nothing/generate')).status).to.equal(404);
    });
  });

  it('list in the audit what was done, and filter it', async () => {
    await submit(browser, '/badges/demo-course', '/badges/demo-course/deactivate', { version: '2' });
    expect(await read('/audit')).to.match(/administrator badge\.deactivated badge:demo-course version 3/);
    expect(await read('/audit?object=session'))
      .to.include('session.started')
      .and.not.include('badge.deactivated');
  });

  it('show the health, the accounts and the tokens, and revoke a token', async () => {
    await site.services.access.createApiToken({
      id: 'token-1',
      tokenHash: 'secret-hash',
      label: 'course site',
      createdAt: new Date('2026-11-02T08:00:00Z'),
      createdBy: 'cli',
      scopes: null,
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    });
    const text = await read('/system');
    expect(text).to.include('Database OK answers');
    expect(text).to.include('broker Off AMQP_URL is not set: events come in by HTTP and from files');
    expect(await read('/accounts')).to.match(/administrator Administrator Active password 1 1 Nov 2026/);
    expect(await read('/tokens'))
      .to.match(/course site badges:read credentials:read Valid never never 2 Nov 2026.* by cli/)
      .and.not.include('secret-hash');
    const answer = await submit(browser, '/tokens/token-1', '/tokens/token-1/revoke');
    expect(answer.headers.location).to.equal('/tokens/token-1?done=token-revoked');
    expect((await submit(browser, '/tokens', '/tokens/token-1/revoke')).status).to.equal(404);
  });

  it('have an error page with the request id and without a stack', async () => {
    const broken = makeSite({
      health: async () => {
        throw new TypeError('secret of the inside');
      },
    });
    const person = await broken.signIn('administrator');
    const answer = await person.get('/');
    expect(answer.status).to.equal(500);
    expect(answer.text).to.include(`<code>${answer.headers['x-request-id']}</code>`);
    expect(answer.text).to.include('<title>Error: Something went wrong · Laurel</title>');
    expect(answer.text).not.to.match(/secret of the inside|TypeError|\.ts:\d/);
  });

  it('answer 404 with a way on where there is nothing', async () => {
    const answer = await browser.get('/nowhere');
    expect(answer.status).to.equal(404);
    expect(textOf(answer.text)).to.include('There is nothing at this address; check it, or start from the dashboard.');
  });

  it('refuse a form that is too large', async () => {
    const answer = await submit(browser, '/badges/new', '/badges/new', { rules: 'x'.repeat(4 * 1024 * 1024) });
    expect(answer.status).to.equal(413);
  });
});
