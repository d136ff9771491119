import { expect } from 'chai';
import { examples } from '../../../server/http/badge-form/examples.ts';
import { fieldsOnPage } from '../../support/page-form.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, textOf } from '../../support/web.ts';

const PASSED = 'org.openedx.learning.course.passing.status.updated.v1';

describe('the form of a new badge', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const stored = async (id: string) => (await site.services.badges.get(id))?.source ?? '';

  it('starts from every example with its courses filled in, and passes the check', async () => {
    const start = await browser.get('/badges/new/start');
    for (const { name, title, keys } of examples) {
      expect(start.text).to.include(`href="/badges/new/examples/${name}"`).and.include(title);
      const id = `my-${name}`;
      const values = keys.map(({ kind }, index) =>
        kind === 'ccx' ? `ccx-v1:Mine+C+${index}+ccx@7` : `course-v1:Mine+C+${index}`,
      );
      const query = new URLSearchParams({ view: 'form', id, name: 'Mine' });
      for (const [index, value] of values.entries()) query.set(`key${index}`, value);
      const chosen = await browser.get(`/badges/new/examples/${name}?${query}`);
      expect(chosen.status, name).to.equal(303);
      const page = await browser.get(chosen.headers.location ?? '');
      const fields = fieldsOnPage(page.text, '/badges/new/form');
      expect(fields).to.include({ id, name: 'Mine', template: id });
      expect(fields).not.to.have.property('active');
      const saved = await browser
        .post('/badges/new/form')
        .type('form')
        .send({ ...fields, intent: 'save' });
      expect([saved.status, saved.headers.location], textOf(saved.text)).to.deep.equal([
        303,
        `/badges/${id}?done=badge-saved-inactive`,
      ]);
      const source = await stored(id);
      for (const value of values) expect(source).to.include(`"${value}"`);
      expect(source).not.to.match(/demo|AcmeX|statistics|spanish/i);
    }
  });

  it('starts from an example as text, too', async () => {
    const chosen = await browser.get('/badges/new/examples/02-any-course?view=text&id=mine&name=Mine');
    const page = await browser.get(chosen.headers.location ?? '');
    expect(fieldsOnPage(page.text, '/badges/new').rules).to.match(/^badge "mine" \{\n {2}name {5}"Mine"\n/);
  });

  it('says that the course it begins with is none, until it is another', async () => {
    const hint = 'course-v1:Organisation+Course+Run stands for a course: before learners are to get the badge';
    const page = await browser.get('/badges/new/form');
    expect(textOf(page.text)).to.include(hint);
    const fields = { ...fieldsOnPage(page.text, '/badges/new/form'), 'r0-row1-value': 'course-v1:Mine+C+1' };
    const checked = await browser
      .post('/badges/new/form')
      .type('form')
      .send({ ...fields, intent: 'check' });
    expect(textOf(checked.text)).not.to.include('stands for a course');
  });

  it('says at once which letters an id takes', async () => {
    const answer = await browser.get('/badges/new/examples/02-any-course?view=form&id=My Badge&name=Mine');
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.include(
      'The id takes letters from a to z, digits, "-", "_" and ".", such as demo-course.',
    );
  });

  it('asks again for what an example still needs', async () => {
    const answer = await browser.get(
      '/badges/new/examples/10-any-ccx-of-a-master-except-one?view=form&id=mentor&key0=x',
    );
    expect(answer.status).to.equal(422);
    expect(
      [...answer.text.matchAll(/<li><a href="#([^"]+)">([^<]+)</g)].map(([, a, b = '']) => `${a}: ${textOf(b)}`),
    ).to.deep.equal([
      'name: Enter the name that people will see.',
      'id: A badge "mentor" exists already: choose another id.',
      'key0: Enter the key of a course, such as course-v1:OpenedX+DemoX+Demo_Course.',
      'key1: Enter the key of a custom course, such as ccx-v1:OpenedX+DemoX+Demo_Course+ccx@1.',
    ]);
    expect(answer.text).to.include('name="key0"').and.include('value="x"');
    expect((await browser.get('/badges/new/examples/12-nothing')).status).to.equal(404);
  });

  it('says beside the id what it may be, with one that was probably meant', async () => {
    const page = await browser.get('/badges/new/form');
    const fields = { ...fieldsOnPage(page.text, '/badges/new/form'), id: 'Not An Id!', 'r0-on': PASSED };
    const answer = await browser
      .post('/badges/new/form')
      .type('form')
      .send({ ...fields, intent: 'save' });
    expect(answer.status).to.equal(422);
    const summary = /<section class="problems"[\s\S]*?<\/section>/.exec(answer.text)?.[0] ?? '';
    expect(
      [...summary.matchAll(/<li><a href="#(\w+)">(.*?)<\/a>/g)].map(([, id, text = '']) => [id, textOf(text)]),
    ).to.deep.equal([
      [
        'id',
        '"Not An Id!" cannot be the id of a new badge; use letters from a to z, digits, "-", "_" and ".", such as "not-an-id".',
      ],
    ]);
    expect(await site.services.badges.get('Not An Id!')).to.equal(null);
  });

  it('says at once when its id is taken', async () => {
    const page = await browser.get('/badges/new/form');
    const fields = { ...fieldsOnPage(page.text, '/badges/new/form'), id: 'mentor' };
    const answer = await browser
      .post('/badges/new/form')
      .type('form')
      .send({ ...fields, intent: 'save' });
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('<a href="#id">A badge &#34;mentor&#34; exists already: choose another id.</a>');
  });

  it('waits for another badge', async () => {
    const page = await browser.get('/badges/new/form');
    const fields = {
      ...fieldsOnPage(page.text, '/badges/new/form'),
      'r0-on': 'badge awarded',
      'r0-badge': 'demo-course',
      'r0-rows': '0',
    };
    const answer = await browser
      .post('/badges/new/form')
      .type('form')
      .send({ ...fields, intent: 'save' });
    expect(answer.status).to.equal(303);
    expect(await stored('my-badge')).to.include('on badge "demo-course" awarded');
  });
});
