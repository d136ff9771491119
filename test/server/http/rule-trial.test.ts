import { expect } from 'chai';
import { fieldsOnPage } from '../../support/page-form.ts';
import { DEMO_COURSE, demoRules, passingEvent, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../support/web.ts';

describe('"Test against recent events"', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  async function tryText(rules: string, fields: Readonly<Record<string, string>> = {}, status = 200): Promise<string> {
    const action = '/badges/demo-course/edit';
    const token = csrfOf((await browser.get(action)).text);
    const answer = await browser
      .post(action)
      .type('form')
      .send({ _csrf: token, version: '2', rules, intent: 'try', last: '200', sample: '', ...fields });
    expect(answer.status).to.equal(status);
    return answer.text;
  }

  /** Everything that is stored, but for sessions. */
  async function stored(): Promise<string> {
    const { services } = site;
    const learners = (await services.learners.list({ limit: 99 })).items;
    return JSON.stringify([
      await services.badges.list(),
      await services.badges.history('demo-course'),
      await services.badges.revision(),
      learners,
      await Promise.all(learners.map(({ id }) => services.progress.ofLearner(id))),
      (await services.events.list({ limit: 99 })).items,
      await services.access.audit({ limit: 99 }),
      (await services.jobStore.list({ limit: 99 })).items,
      await services.deadLetters.count({}),
      site.processed.length,
    ]);
  }

  it('says what matched, what failed first and how often, clause by clause, and writes nothing', async () => {
    const before = await stored();
    const html = await tryText(demoRules);
    const text = textOf(html);
    expect(text).to.include('Tested against the latest 200 events of each type');
    expect(text).to.include('5 of 11 events of type course.passing.status.updated matched, 6 did not.');
    expect(text).to.include('is_passing = true failed 1 time');
    expect(text).to.include(`course.course_key = "${DEMO_COURSE}" failed 5 times`);
    expect(text).to.include('event-barbara-demo 9 Jul 2026, 14:30 UTC Matches is_passing = true holds');
    expect(html).to.include('href="/events/event-barbara-demo"');
    expect(text).not.to.match(/example\.com|Lovelace/);
    expect(await stored()).to.equal(before);
    expect(fieldsOnPage(html, '/badges/demo-course/edit').rules).to.equal(demoRules);
  });

  it('tells no stored events of the type from none that matched', async () => {
    const text = textOf(
      await tryText(
        demoRules.replace(
          'is_passing = true\n      and course.course_key =',
          'course.course_key = "nothing"\n      and course.course_key =',
        ),
      ),
    );
    expect(text).to.include('None of 11 events of type course.passing.status.updated matched.');
    expect(text).to.include(
      'No stored events of type ccx.course.passing.status.updated, so this says nothing about the condition. Does the LMS send them?',
    );
  });

  it('looks at as many as asked for, and refuses what is no number', async () => {
    expect(textOf(await tryText(demoRules, { last: '3' }))).to.include('of 3 events of type');
    for (const last of ['0', '1001', 'many', '-1'])
      expect(textOf(await tryText(demoRules, { last }, 422)), last).to.include('Write a whole number from 1 to 1000.');
  });

  it('looks only at pasted events, and says which cannot be read', async () => {
    const event = passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z', id: 'pasted' });
    const lines = [JSON.stringify(event), 'not JSON', '', JSON.stringify({ ...event, type: 'nothing.v1' })].join(
      '\r\n',
    );
    const before = await stored();
    const html = await tryText(demoRules, { sample: lines });
    const text = textOf(html);
    expect(text).to.include('Tested against your events');
    expect(text).to.include('2 events could not be read');
    expect(text).to.include('Line 2: this is not JSON.');
    expect(text).to.include('Line 4: the event type nothing.v1 is not in the catalogue');
    expect(text).to.include('1 of 1 event of type course.passing.status.updated matched, 0 did not.');
    expect(text).to.include('None of your events is of type ccx.course.passing.status.updated');
    expect(html).not.to.include('href="/events/pasted"');
    expect(await stored()).to.equal(before);
    const whole = textOf(await tryText(demoRules, { sample: JSON.stringify(event, null, 2) }));
    expect(whole).to.include('1 of 1 event of type');
    const several = textOf(await tryText(demoRules, { sample: JSON.stringify([event, { ...event, id: 'b' }]) }));
    expect(several).to.include('2 of 2 events of type');
  });

  it('says what waits for another badge', async () => {
    const waiting = demoRules.replace(
      /requirement ccx[^}]*}/,
      'requirement ccx in group A { on badge "mentor" awarded }',
    );
    expect(textOf(await tryText(waiting))).to.include(
      'Waits for badge mentor being awarded; no event of the LMS decides that by itself.',
    );
  });

  it('shows what the check finds where the text cannot be read', async () => {
    const text = textOf(await tryText(demoRules.replace('is_passing = false', 'is_pasing = false'), {}, 422));
    expect(text).to.include('What the check found');
    expect(text).not.to.include('Tested against');
  });

  it('escapes what was pasted', async () => {
    const evil = '"><script>alert(1)</script>';
    const event = passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z', id: evil, course: evil });
    const html = await tryText(demoRules, { sample: `${JSON.stringify(event)}\n${evil}`, last: evil });
    expect(html).to.include('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.to.include('<script>alert');
  });

  it('works in the form as well, and keeps what was typed', async () => {
    const action = '/badges/explorer/form';
    const fields = fieldsOnPage((await browser.get(action)).text, action);
    const before = await stored();
    const typed = { ...fields, name: 'Explorers', last: '5', intent: 'try' };
    const answer = await browser.post(action).type('form').send(typed);
    expect(answer.status).to.equal(200);
    expect(textOf(answer.text)).to.include('Tested against the latest 5 events of each type');
    const after = fieldsOnPage(answer.text, action);
    expect([after.name, after.last]).to.deep.equal(['Explorers', '5']);
    const refused = await browser
      .post(action)
      .type('form')
      .send({ ...typed, last: 'x' });
    expect(refused.status).to.equal(422);
    expect(await stored()).to.equal(before);
  });
});
