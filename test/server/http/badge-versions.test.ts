import { expect } from 'chai';
import { fieldsOnPage } from '../../support/page-form.ts';
import { demoRules, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('versions of a badge on the pages', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const read = async (path: string) => textOf((await browser.get(path)).text);
  const badge = (id: string) => site.services.badges.get(id);
  const auditOf = async (id: string) =>
    (await site.services.access.audit({ object: `badge:${id}`, limit: 1 })).items.map(({ action, details }) => [
      action,
      details.version,
      details.reason,
    ])[0];

  describe('compared', () => {
    it('are chosen on the page of the badge, at first the last two', async () => {
      const { text } = await browser.get('/badges/demo-course');
      expect(text).to.include('<form method="get" action="/badges/demo-course/compare">');
      expect(text)
        .to.match(/name="from" value="1" checked/)
        .and.match(/name="to" value="2" checked/);
      expect(await read('/badges/mentor')).not.to.include('Compare');
    });

    it('differ in meaning and in lines, in the direction that was asked for', async () => {
      const text = await read('/badges/demo-course/compare?from=1&to=2');
      expect(text).to.include('Version 1 and version 2').and.include('What it means');
      expect(text).to.include('requirement ccx: the condition is narrower');
      expect(text).to.match(/added: +and course\.ccx_course_key != "ccx-v1:OpenedX\+DemoX\+Demo_Course\+ccx@3"/);
      const back = await read('/badges/demo-course/compare?from=2&to=1');
      expect(back).to.include('requirement ccx: the condition is wider');
      expect(back).to.match(/removed: +and course\.ccx_course_key != /);
      expect(await read('/badges/demo-course/compare')).to.include('Version 1 and version 2');
    });

    it('say when there is no difference, or when one can no longer be read', async () => {
      expect(await read('/badges/demo-course/compare?from=2&to=2')).to.include('The two texts are the same.');
      const source = 'badge "demo-course" {\n  requirement r {\n    on gone.event.v1\n  }\n}\n';
      const draft = { id: 'demo-course', source, active: true, name: null, template: null };
      await site.services.badges.save({ ...draft, updatedAt: new Date(), updatedBy: 'ada' }, 2);
      expect(await read('/badges/demo-course/compare')).to.include(
        'version 3 does not pass the check any more, so only the texts can be compared',
      );
    });

    it('must exist', async () => {
      for (const query of ['from=1&to=9', 'from=x', 'from=1e0', 'to=__proto__', 'from=-1']) {
        const answer = await browser.get(`/badges/demo-course/compare?${query}`);
        expect(answer.status, query).to.equal(404);
        expect(textOf(answer.text)).to.include('The badge has no such version; its page lists those it has.');
      }
      expect((await browser.get('/badges/none/compare')).status).to.equal(404);
    });
  });

  describe('restored', () => {
    const page = '/badges/demo-course/versions/1/restore';
    const restore = { expectedVersion: '2', reason: 'the third run counts' };

    it('become a new version, after a page that shows what changes', async () => {
      const text = await read(page);
      expect(text).to.include('becomes version 3 and is in force at once').and.include('condition is wider');
      expect(fieldsOnPage((await browser.get(page)).text, page)).to.include({ expectedVersion: '2', reason: '' });
      const answer = await submit(browser, page, page, restore);
      expect(answer.headers.location).to.equal('/badges/demo-course?done=badge-restored');
      const [, , first] = await site.services.badges.history('demo-course');
      expect(await badge('demo-course')).to.include({ version: 3, source: first?.source, reason: restore.reason });
      expect(await auditOf('demo-course')).to.deep.equal(['badge.restored', 3, restore.reason]);
    });

    it('ask for a reason', async () => {
      const answer = await submit(browser, page, page, { ...restore, reason: ' ' });
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.include('say why, in a few words; the reason is kept with every version');
      expect((await badge('demo-course'))?.version).to.equal(2);
    });

    it('do not replace what somebody saved meanwhile, and show it', async () => {
      await site.services.saveBadge(`# mine\n${demoRules}`, { expectedVersion: 2, actor: 'grace' });
      const answer = await submit(browser, page, page, restore);
      expect(answer.status).to.equal(409);
      expect(textOf(answer.text)).to.include('Nothing was restored: meanwhile grace saved version 3.');
      expect(fieldsOnPage(answer.text, page)).to.include({ expectedVersion: '3', reason: restore.reason });
      expect((await badge('demo-course'))?.version).to.equal(3);
    });

    it('pass the check again, or stay former', async () => {
      await site.services.saveBadge('badge "alone" { requirement r { on badge "mentor" awarded } }', {
        ...{ expectedVersion: 0, actor: 'ada' },
      });
      const now = 'badge "alone" { requirement r { on badge "explorer" awarded } }';
      await site.services.saveBadge(now, { expectedVersion: 1, actor: 'ada' });
      await site.services.removeBadge('mentor', { actor: 'ada', reason: 'gone', expectedVersion: 1 });
      const action = '/badges/alone/versions/1/restore';
      const answer = await submit(browser, action, action, { ...restore, expectedVersion: '2' });
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.match(/Line 3, column \d+: .*"mentor"/);
      expect((await badge('alone'))?.version).to.equal(2);
    });

    it('are former ones: neither the one in force nor a removal', async () => {
      const answer = await browser.get('/badges/demo-course/versions/2/restore');
      expect(answer.status).to.equal(422);
      expect(textOf(answer.text)).to.include('There is nothing to restore: this text is in force, or a removal.');
      expect((await browser.get('/badges/demo-course/versions/9/restore')).status).to.equal(404);
      const forced = await submit(browser, '/', '/badges/demo-course/versions/2/restore', restore);
      expect(textOf(forced.text)).to.include('The text of version 2 is in force already.');
    });
  });

  describe('removed', () => {
    const page = '/badges/mentor/remove';
    const remove = { version: '1', reason: 'nobody mentors' };

    it('a badge leaves its history behind, and comes back from the list', async () => {
      expect(await read(page))
        .to.include('What follows')
        .and.include('They keep the badge');
      const answer = await submit(browser, page, page, remove);
      expect(answer.headers.location).to.equal('/rules/removed?done=badge-removed');
      expect(await badge('mentor')).to.equal(null);
      expect(await auditOf('mentor')).to.deep.equal(['badge.removed', 2, remove.reason]);
      expect(await read('/rules/removed')).to.match(
        /Mentor of the year mentor .* administrator nobody mentors Restore/,
      );
      expect(await read('/rules')).to.include('Removed badges (1)');
      const gone = await read('/badges/mentor');
      expect(gone).to.include('This badge was removed').and.include('administrator: nobody mentors');
      expect(gone).to.match(/Version 2 .* removed .* Version 1 /);
      expect(await read('/badges/mentor/versions/1')).to.include('badge "mentor"');
      expect(await read('/badges/mentor/compare')).to.include('The two texts are the same.');

      const action = '/badges/mentor/versions/1/restore';
      expect((await browser.get('/rules/removed')).text).to.include(`href="${action}"`);
      const back = await submit(browser, action, action, { expectedVersion: '0', reason: 'missed' });
      expect(back.headers.location).to.equal('/badges/mentor?done=badge-restored');
      expect(await badge('mentor')).to.include({ version: 3, reason: 'missed' });
      expect(await read('/rules/removed')).to.include('No badge was removed');
    });

    it('stays while it is active, and while another waits for it', async () => {
      const active = await submit(browser, '/', '/badges/demo-course/remove', { ...remove, version: '2' });
      expect(active.status).to.equal(422);
      const text = textOf(active.text);
      expect(text).to.include('It cannot be removed now The badge is active. Deactivate it on its page first.');
      expect(text).to.include('Badge explorer waits for it. Change or remove that one first.');
      expect(active.text).not.to.include('action="/badges/demo-course/remove"');
      await submit(browser, '/badges/demo-course', '/badges/demo-course/deactivate', { version: '2' });
      const awaited = await submit(browser, '/', '/badges/demo-course/remove', { ...remove, version: '3' });
      expect(awaited.status).to.equal(422);
      expect(textOf(awaited.text)).to.include('Badge explorer waits for it.').and.not.include('is active');
      expect(await badge('demo-course')).to.include({ version: 3 });
    });

    it('stays without a reason, and when somebody saved it meanwhile', async () => {
      const silent = await submit(browser, page, page, { ...remove, reason: '' });
      expect(silent.status).to.equal(422);
      expect(textOf(silent.text)).to.include('say why, in a few words');
      const { source = '' } = (await badge('mentor')) ?? {};
      await site.services.saveBadge(`# mine\n${source}`, { expectedVersion: 1, actor: 'grace' });
      const late = await submit(browser, page, page, remove);
      expect(late.status).to.equal(409);
      expect(textOf(late.text)).to.include('Nothing was removed: meanwhile grace saved version 2.');
      expect(fieldsOnPage(late.text, page)).to.include({ version: '2', reason: remove.reason });
      expect(await badge('mentor')).to.include({ version: 2 });
    });

    it('is not found twice', async () => {
      await submit(browser, page, page, remove);
      expect((await submit(browser, '/', page, remove)).status).to.equal(404);
      expect((await browser.get(page)).status).to.equal(404);
    });
  });
});
