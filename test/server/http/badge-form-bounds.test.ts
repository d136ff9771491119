/** What the form of a badge does not take: too much, too long, or what no page of ours sends. */

import { expect } from 'chai';
import sinon from 'sinon';
import { formLimits } from '../../../server/http/badge-form/form.ts';
import { type Fields, openForm, sendForm } from '../../support/badge-form.ts';
import { fieldsOnPage } from '../../support/page-form.ts';
import { demoRules, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, textOf } from '../../support/web.ts';

describe('the bounds of the form of a badge', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const open = (id: string) => openForm(browser, id);
  const send = (id: string, fields: Fields, intent: string) => sendForm(browser, id, fields, intent);

  it('holds only so much, and says so', async () => {
    const fields = await open('mentor');
    const many: Record<string, string> = { ...fields, requirements: String(formLimits.requirements) };
    const full = await send('mentor', many, 'add-requirement');
    expect(full.status).to.equal(422);
    expect(textOf(full.text)).to.include('The form holds 40 requirements at most: edit a larger badge as text.');
    const requirements = Array.from(
      { length: formLimits.requirements + 1 },
      (_, index) => `requirement r${index} { on org.openedx.learning.course.passing.status.updated.v1 }`,
    );
    await site.services.saveBadge(`badge "large" { ${requirements.join('\n')} }`, { expectedVersion: 0, actor: 'a' });
    const large = await browser.get('/badges/large/form');
    expect(large.status).to.equal(422);
    expect(textOf(large.text)).to.include(
      'This badge is too large for the form, which holds 40 requirements, 20 penalties and 300 data rules: edit it as text.',
    );
    const flood = Array.from({ length: 7_000 }, (_, index) => `x${index}=`).join('&');
    const answer = await browser.post('/badges/mentor/form').type('form').send(`_csrf=${fields._csrf}&${flood}`);
    expect(answer.status).to.equal(413);
    expect(textOf(answer.text)).to.include('has more fields than any form of ours');
  });

  it('refuses a field that is too long without reading or checking anything, whatever button is pressed', async () => {
    const fields = await open('explorer');
    const fat = '['.repeat(18_000);
    const check = sinon.spy(site.services, 'checkBadge');
    for (const intent of ['check', 'save', 'preview', 'try', 'add-requirement', 'as-rows:r1']) {
      const { status, text } = await send('explorer', { ...fields, name: fat, 'r1-where': fat }, intent);
      expect(status, intent).to.equal(422);
      expect(textOf(text)).to.include('Shorten this: a field holds at most 8 KiB.');
      expect(textOf(text)).to.include(
        'Requirement 2: Shorten this: a condition holds at most 8 KiB. ' +
          'Use "in [...]", or split the requirement into alternatives of one group.',
      );
      expect(textOf(text)).to.include('The text appears again once every field is short enough.');
      expect(fieldsOnPage(text, '/badges/explorer/form')).to.include({ name: fat, 'r1-where': fat });
    }
    expect(check.callCount).to.equal(0);
    expect((await send('explorer', fields, 'check')).status).to.equal(200);
    expect(check.callCount).to.equal(1);
  });

  it('leaves a badge with a longer text to the view as text', async () => {
    const rules = demoRules.replace(/description "[^"]*"/, `description "${'x'.repeat(9_000)}"`);
    expect(rules.length).to.be.above(9_000);
    await site.services.saveBadge(rules, { expectedVersion: 2, actor: 'administrator' });
    const { status, text } = await browser.get('/badges/demo-course/form');
    expect(status).to.equal(422);
    expect(textOf(text)).to.include(
      'This badge is too large for the form, which holds 8 KiB in one field: edit it as text.',
    );
  });

  it('offers the id of another requirement no longer than anybody reads', async () => {
    const long = 'r'.repeat(300);
    const fields = { ...(await open('explorer')), 'r0-id': long };
    const { text } = await send('explorer', fields, 'check');
    expect(text).to.include(`<option value="#0">${'r'.repeat(200)}...</option>`);
    expect(fieldsOnPage(text, '/badges/explorer/form')['r0-id']).to.equal(long);
  });

  it('refuses what no page of ours sends', async () => {
    const fields = await open('mentor');
    for (const base of ['', 'nonsense', 'badge "a" { }\nbadge "b" { }']) {
      const answer = await send('mentor', { ...fields, base }, 'save');
      expect(answer.status, base).to.equal(422);
      expect(textOf(answer.text)).to.include('The form is incomplete');
    }
    const renamed = await send(
      'mentor',
      { ...fields, id: 'other', base: fields.base?.replace('mentor', 'x') ?? '' },
      'save',
    );
    expect(renamed.headers.location).to.equal('/badges/mentor?done=badge-saved-inactive');
  });
});
