import { expect } from 'chai';
import { type Fields, openForm, sendForm } from '../../support/badge-form.ts';
import { fieldsOnPage } from '../../support/page-form.ts';
import { DEMO_COURSE, demoRules, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../support/web.ts';

describe('the form of a badge', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const open = (id: string) => openForm(browser, id);
  const send = (id: string, fields: Fields, intent: string) => sendForm(browser, id, fields, intent);

  /** Presses a button of the page that came back. */
  async function press(id: string, fields: Fields, intent: string): Promise<Fields & { readonly html: string }> {
    const { text, status } = await send(id, fields, intent);
    expect(status, textOf(text)).to.equal(200);
    return { ...fieldsOnPage(text, `/badges/${id}/form`), html: text };
  }

  const stored = async (id: string) => (await site.services.badges.get(id))?.source ?? '';

  it('saves what it shows, untouched, as the same text', async () => {
    for (const id of ['demo-course', 'data-track', 'explorer', 'mentor']) {
      const before = await stored(id);
      const answer = await send(id, await open(id), 'save');
      const done = id === 'mentor' ? 'badge-saved-inactive' : 'badge-saved';
      expect([answer.status, answer.headers.location]).to.deep.equal([303, `/badges/${id}?done=${done}`]);
      expect(await stored(id)).to.equal(before);
    }
    const { items } = await site.services.access.audit({ object: 'badge:mentor', limit: 5 });
    expect(items[0]).to.include({ actor: 'administrator', action: 'badge.saved' });
  });

  it('changes the clause that was changed and keeps the rest, comments included', async () => {
    const commented = demoRules
      .replace('  requirement demo', '  # The course itself.\n  requirement demo')
      .replace('resets demo', 'resets demo # not ccx');
    await site.services.saveBadge(commented, { expectedVersion: 2, actor: 'administrator' });
    const before = await stored('demo-course');
    const fields = await open('demo-course');
    await send('demo-course', { ...fields, 'r0-description': 'Passes it.', 'p0-row0-value': 'no' }, 'save');
    expect(await stored('demo-course')).to.equal(before.replace('"Passes the Demo course, or..."', '"Passes it."'));
  });

  it('adds a requirement in the next free group and goes on there', async () => {
    const fields = await press('data-track', await open('data-track'), 'add-requirement');
    expect(fields).to.include({ 'r3-id': 'requirement-4', 'r3-group': 'D', 'r3-on': '', 'r3-rows': '1' });
    expect(fields.html).to.match(/<input id="r3-id" name="r3-id" autofocus/);
    const filled = {
      ...fields,
      'r3-id': 'exam',
      'r3-on': 'org.openedx.learning.course.passing.status.updated.v1',
      'r3-row0-path': 'course.course_key',
      'r3-row0-operator': '!=',
      'r3-row0-value': ` ${DEMO_COURSE} `,
      'r3-count': '2',
      'r3-after': '#0',
    };
    expect((await send('data-track', filled, 'save')).status).to.equal(303);
    expect(await stored('data-track')).to.include(`  requirement exam in group D {
    on    org.openedx.learning.course.passing.status.updated.v1
    where course.course_key != "${DEMO_COURSE}"
    count 2
    after statistics
  }
`);
  });

  it('keeps everything typed, valid or not, whichever button is pressed', async () => {
    const typed = {
      ...(await open('demo-course')),
      'r0-id': 'not an id',
      'r0-row0-value': 'maybe',
      'r1-count': 'many',
      'r1-from': 'soon',
      name: '',
      template: '<b>',
    };
    const kept = Object.keys(typed).filter((name) => name !== 'base' && name !== '_csrf');
    for (const intent of ['add-requirement', 'add-penalty', 'add-row:r0', 'fields:r1', 'nonsense', 'save', 'check']) {
      const { text } = await send('demo-course', typed, intent);
      const fields = fieldsOnPage(text, '/badges/demo-course/form');
      for (const name of kept.filter((one) => !['requirements', 'penalties', 'r0-rows'].includes(one)))
        expect(fields[name], `${intent}: ${name}`).to.equal(typed[name as keyof typeof typed]);
    }
  });

  it('adds, removes and moves, and puts the focus where the person was', async () => {
    let fields = await press('demo-course', await open('demo-course'), 'add-row:r0');
    expect(fields['r0-rows']).to.equal('3');
    expect(fields.html).to.match(/name="r0-row2-path" autofocus/);
    fields = await press('demo-course', fields, 'remove-row:r0:0');
    expect(fields).to.include({ 'r0-rows': '2', 'r0-row0-path': 'course.course_key' });
    expect(fields.html).to.match(/name="r0-row0-path" autofocus/);
    fields = await press('demo-course', fields, 'down:r0');
    expect([fields['r0-id'], fields['r1-id']]).to.deep.equal(['ccx', 'demo']);
    expect(fields.html).to.match(/id="r1-up" autofocus/);
    fields = await press('demo-course', fields, 'remove:r0');
    expect(fields).to.include({ requirements: '1', 'r0-id': 'demo', 'p0-resets-0': 'yes' });
    expect((await send('demo-course', fields, 'save')).status).to.equal(303);
    expect(await stored('demo-course')).not.to.include('ccx');
  });

  it('lets what refers to a requirement follow when it is renamed', async () => {
    const fields = { ...(await open('data-track')), 'r0-id': 'maths' };
    expect((await send('data-track', fields, 'save')).status).to.equal(303);
    expect(await stored('data-track')).to.include('after maths');
  });

  it('shows a condition as rows or as an expression, and says why it must be one', async () => {
    let fields = await press('demo-course', await open('demo-course'), 'as-expression:r1');
    expect(fields['r1-where']).to.equal(
      `is_passing = true\nand course.master_course_key = "${DEMO_COURSE}"\nand course.ccx_course_key != "ccx-v1:OpenedX+DemoX+Demo_Course+ccx@3"`,
    );
    expect(fields.html).to.match(
      /<textarea id="r1-where"[^>]* data-rules="expression" data-event-type="org\.openedx[^"]+"/,
    );
    expect(fields.html).to.match(/name="r1-where"[^>]* autofocus/);
    const before = await stored('demo-course');
    fields = await press('demo-course', fields, 'as-rows:r1');
    expect(fields).to.include({ 'r1-rows': '3', 'r1-row0-path': 'is_passing', 'r1-row0-value': 'true' });
    await send('demo-course', fields, 'save');
    expect(await stored('demo-course')).to.equal(before);

    const explorer = await browser.get('/badges/explorer/form');
    expect(textOf(explorer.text)).to.include(
      'This condition cannot be shown as rows. It uses "in", and rows have only "=" and "!=".',
    );
    const refused = await send('explorer', await open('explorer'), 'as-rows:r1');
    expect(refused.status).to.equal(422);
    expect(fieldsOnPage(refused.text, '/badges/explorer/form')['r1-where']).to.equal(
      'is_passing and course.course_key.org in ["OpenedX", "AcmeX"]',
    );
  });

  it('takes true and false in every spelling, and refuses anything else', async () => {
    const fields = await open('demo-course');
    for (const [typed, value] of [
      ...['True', 'true', 'Yes', 'yes', '+'].map((text) => [text, 'true'] as const),
      ...['False', 'false', 'No', 'no', '-'].map((text) => [text, 'false'] as const),
    ]) {
      const { text } = await send('demo-course', { ...fields, 'r0-row0-value': typed }, 'check');
      expect(textOf(text), typed).to.include(`where is_passing = ${value} and course.course_key`);
    }
    const refused = await send('demo-course', { ...fields, 'r0-row0-value': 'TRUE' }, 'save');
    expect(refused.status).to.equal(422);
    expect(refused.text).to.match(/<title>Error: Edit Demo course completion/);
    const message = 'This field takes true or false; write true, yes or +, or false, no or -.';
    expect(refused.text).to.include(`<a href="#r0-row0-value">Requirement 1: ${message}</a>`);
    expect(refused.text).to.match(
      /id="r0-row0-value" name="r0-row0-value" aria-invalid="true" aria-describedby="r0-row0-value-error"/,
    );
    expect((await site.services.badges.get('demo-course'))?.version).to.equal(2);
  });

  it('puts what the checker finds beside the field it is about', async () => {
    const fields = {
      ...(await open('demo-course')),
      provider: 'nowhere',
      'r0-id': 'ccx',
      'r0-row1-path': 'course.nothing',
      'r1-from': '2026-05-01',
      'r1-until': '2026-01-01',
      'r1-count': '0',
      'r1-row2-path': '',
      'p0-on': '',
    };
    const answer = await send('demo-course', fields, 'save');
    const found = [...answer.text.matchAll(/<li><a href="#([^"]+)">([^<]+)<\/a>/g)].map(
      ([, field, message = '']) => `${field}: ${textOf(message)}`,
    );
    expect(found).to.deep.equal([
      'provider: "nowhere" is not a badge provider; known: memory, openbadges, credly, hall.',
      'r0-row1-path: Requirement 1: "course.nothing" is not a field in org.openedx.learning.course.passing.status.updated.v1.',
      'r1-row2-path: Requirement 2: Choose the field to compare.',
      'r1-id: Requirement 2: There are two requirements "ccx" in this badge; rename one of them.',
      'r1-count: Requirement 2: "count" takes a whole number of at least 1; write 1 or more.',
      'r1-until: Requirement 2: This interval is empty: "from" is not earlier than "until"; let "from" be earlier than "until".',
      'p0-on: Penalty 1: Choose the event that counts.',
    ]);
    for (const [, field] of answer.text.matchAll(/<li><a href="#([^"]+)">/g))
      expect(answer.text).to.include(`id="${field}"`);
  });

  it('refuses the same data rule twice', async () => {
    const fields = await press('data-track', await open('data-track'), 'add-row:r0');
    const twice = { ...fields, 'r0-row2-path': 'is_passing', 'r0-row2-value': 'true' };
    const answer = await send('data-track', twice, 'save');
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include(
      '<a href="#r0-row2-path">Requirement 1: This data rule is there twice: change it or remove one of the two.</a>',
    );
  });

  it('checks without saving, and shows warnings beside their field', async () => {
    const fields = await open('demo-course');
    const right = await send('demo-course', fields, 'check');
    expect(textOf(right.text)).to.include('The check found nothing wrong. Save to put the rules in force.');
    const doubtful = await press('demo-course', fields, 'as-expression:r0');
    const warned = await send('demo-course', { ...doubtful, 'r0-where': 'is_passing and not is_passing' }, 'check');
    expect(warned.status).to.equal(200);
    expect(warned.text).to.match(/class="field-warning" id="r0-where-warning"/);
    expect(textOf(warned.text)).to.include('The check found no mistake, but something to look at. You can save.');
    expect((await site.services.badges.get('demo-course'))?.version).to.equal(2);
  });

  it('says that the template is none that is known: the badge would be saved, active, and never issued', async () => {
    const fields = { ...(await open('demo-course')), provider: 'openbadges', template: 'no-such' };
    const checked = await send('demo-course', fields, 'check');
    const doubt = 'It cannot be issued: Open Badges has no template "no-such" here; make it, or correct the rule.';
    expect(checked.text).to.match(/class="field-warning" id="template-warning"/);
    expect(textOf(checked.text)).to.include(doubt).and.not.include('found nothing wrong');
    const saved = await send('demo-course', { ...fields, active: '' }, 'save');
    const page = await browser.get(saved.headers.location as string);
    expect(textOf(page.text)).to.include(`${doubt} Make the template`);
    const make = /href="(\/open-badge-templates\/new[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') as string;
    const form = fieldsOnPage((await browser.get(make)).text, '/open-badge-templates/new');
    expect(form).to.include({ id: 'no-such', name: 'Demo course completion' });
  });

  it('offers the templates that can be issued', async () => {
    const page = await browser.get('/badges/demo-course/form');
    expect(page.text).to.match(/name="template"[^>]* list="templates"/);
    expect(/<datalist id="templates">(.*?)<\/datalist>/s.exec(page.text)?.[1]).to.match(
      /<option value="[^"]+">[^<]+, Open Badges<\/option>/,
    );
  });

  it('does not say of an inactive badge that its rules are in force', async () => {
    const fields = { ...(await open('demo-course')), active: '' };
    expect(textOf((await send('demo-course', fields, 'check')).text)).to.include(
      'The check found nothing wrong. You can save, and activate it later.',
    );
    const saved = await send('demo-course', fields, 'save');
    expect(textOf((await browser.get(saved.headers.location as string)).text))
      .to.include('The badge was saved. It is inactive: events count once it is activated.')
      .and.not.include('in force.');
  });

  it('shows both texts when somebody else saved first', async () => {
    const fields = await open('demo-course');
    await site.services.saveBadge(demoRules.replace('Falls', 'Drops'), { expectedVersion: 2, actor: 'grace' });
    const answer = await send('demo-course', { ...fields, name: 'Mine' }, 'save');
    expect(answer.status).to.equal(409);
    const text = textOf(answer.text);
    expect(text).to.include('You started from version 2; meanwhile grace saved version 3.');
    expect(text).to.include('Drops below').and.include('name "Mine"');
    expect(await stored('demo-course'))
      .to.include('Drops below')
      .and.not.include('Mine');
  });

  it('goes on as text and comes back with everything that was not saved', async () => {
    const fields = { ...(await open('demo-course')), name: 'Unsaved', 'r0-count': 'some', 'r0-id': 'to do' };
    const asText = await browser
      .post('/badges/demo-course/edit')
      .type('form')
      .send({ ...fields, intent: 'open' });
    expect(asText.status).to.equal(200);
    const { rules = '', version } = fieldsOnPage(asText.text, '/badges/demo-course/edit');
    expect(version).to.equal('2');
    expect(rules)
      .to.include('name     "Unsaved"')
      .and.include('requirement to do in group A {')
      .and.include('count some');
    expect(rules).to.match(/^# Passing the Demo course/);
    const mended = rules.replaceAll('to do', 'todo').replace('count some', 'count 3').replaceAll('\n', '\r\n');
    const back = await browser
      .post('/badges/demo-course/form')
      .type('form')
      .send({ _csrf: csrfOf(asText.text), version, rules: mended, intent: 'open' });
    expect(back.status).to.equal(200);
    expect(fieldsOnPage(back.text, '/badges/demo-course/form')).to.include({
      name: 'Unsaved',
      'r0-id': 'todo',
      'r0-count': '3',
      version: '2',
    });
    const broken = await browser
      .post('/badges/demo-course/form')
      .type('form')
      .send({ _csrf: csrfOf(asText.text), version, rules, intent: 'open' });
    expect(broken.status).to.equal(422);
    expect(textOf(broken.text)).to.include(
      'The form can show this text once its syntax is right: mend what is marked, then try again.',
    );
    expect(fieldsOnPage(broken.text, '/badges/demo-course/edit').rules).to.equal(rules);
  });

  it('carries tests that stand beside the badge along', async () => {
    const rules = `${demoRules}\ntest "passing earns it" {\n  badge "demo-course"\n  expect not awarded\n}\n`;
    const { _csrf, version } = (await open('demo-course')) as { _csrf: string; version: string };
    const opened = await browser
      .post('/badges/demo-course/form')
      .type('form')
      .send({ _csrf, version, rules, intent: 'open' });
    const fields = { ...fieldsOnPage(opened.text, '/badges/demo-course/form'), name: 'Another' };
    const asText = await browser
      .post('/badges/demo-course/edit')
      .type('form')
      .send({ ...fields, intent: 'open' });
    const text = fieldsOnPage(asText.text, '/badges/demo-course/edit').rules;
    expect(text).to.equal(
      rules.replace('"Demo course completion"', '"Another"').replace('true\n      and', 'true and'),
    );
  });

  it('offers the key paths that the settings do not hide, and keeps a hidden one that is in use', async () => {
    const { text } = await browser.get('/badges/demo-course/form');
    const offered = (html: string): string[] =>
      [...(/<select id="r0-row0-path"[\s\S]*?<\/select>/.exec(html)?.[0] ?? '').matchAll(/value="([^"]*)"/g)].map(
        ([, value = '']) => value,
      );
    expect(offered(text)).to.deep.equal([
      '',
      'is_passing',
      'course.course_key',
      'course.course_key.org',
      'course.course_key.course',
      'course.course_key.run',
    ]);
    const rules = demoRules.replace('where is_passing = true\n      and', 'where user.pii.username = "ada" and');
    await site.services.saveBadge(rules, { expectedVersion: 2, actor: 'administrator' });
    const page = await browser.get('/badges/demo-course/form');
    expect(offered(page.text)).to.include('user.pii.username');
    expect(page.text).to.include('user.pii.username (hidden by the settings)');
    const before = await stored('demo-course');
    await send('demo-course', await open('demo-course'), 'save');
    expect(await stored('demo-course')).to.equal(before);
  });
});
