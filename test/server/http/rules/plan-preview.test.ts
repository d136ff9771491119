import { expect } from 'chai';
import type { LmsEvent } from '../../../../plugin/events/event.ts';
import { fieldsOnPage } from '../../../support/page-form.ts';
import { DEMO_COURSE, demoRules, passingEvent } from '../../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../../support/web.ts';

/** Nobody has passed that one but Edsger. */
const elsewhere = demoRules.replaceAll(DEMO_COURSE, 'course-v1:OpenedX+Other+Run');

describe('what a plan means for learners, on its page', () => {
  let site: Site;
  let administrator: Browser;
  beforeEach(async () => {
    site = makeSite();
    administrator = await site.signIn('administrator');
    await site.services.saveBadge(demoRules, { expectedVersion: 0, actor: 'ada' });
    for (const user of ['ada', 'grace']) await take(passingEvent({ user, at: '2026-03-01T10:00:00Z' }));
    await take(passingEvent({ user: 'edsger', at: '2026-03-02T10:00:00Z', course: 'course-v1:OpenedX+Other+Run' }));
  });

  async function take(cloudEvent: unknown): Promise<void> {
    await site.services.processEvent(site.services.decodeCloudEvent(cloudEvent) as LmsEvent, 'http');
  }
  async function send(path: string, fields: Readonly<Record<string, string>>) {
    const call = administrator.post(path);
    for (const [name, value] of Object.entries(fields)) call.field(name, value);
    return call;
  }
  async function plan(rules: string) {
    const token = csrfOf((await administrator.get('/rules')).text);
    return send('/rules/plan', { _csrf: token, rules });
  }
  const previews = async () => (await site.services.jobStore.list({ kind: 'replay', limit: 9 })).items;

  it('names who would gain and lose, and the calls that would follow, before anything is applied', async () => {
    const page = await plan(elsewhere);
    expect(page.status).to.equal(200);
    const text = textOf(page.text);
    expect(text).to.contain('What it means for learners');
    expect(text).to.contain('Badge Would gain it Would lose it Only progress Demo course completion 1 2 0');
    expect(text).to.contain('What would follow outside Awards at memory 1 Announcements 1 Steps no longer needed 4');
    expect(text).to.contain('ada Demo course completion Awarded Not started');
    expect((await site.services.badges.get('demo-course'))?.version).to.equal(1);
  });

  it('is found once: the same plan shown again looks at the same job', async () => {
    const first = await plan(elsewhere);
    const withoutReason = await send('/rules/apply', { ...fieldsOnPage(first.text, '/rules/apply'), reason: '' });
    expect(withoutReason.status).to.equal(422);
    expect(textOf(withoutReason.text)).to.contain('Demo course completion 1 2 0');
    const again = await send('/rules/plan/preview', fieldsOnPage(withoutReason.text, '/rules/apply'));
    expect(textOf(again.text)).to.contain('Demo course completion 1 2 0');
    expect(await previews()).to.have.length(1);
  });

  it('is found anew when the plan is another one, whatever job the page names', async () => {
    const first = fieldsOnPage((await plan(elsewhere)).text, '/rules/apply');
    const wider = demoRules.replace('is_passing = false and ', '');
    const answer = await send('/rules/plan/preview', { ...first, text0: wider });
    expect(answer.status).to.equal(200);
    expect(textOf(answer.text)).to.not.contain('Demo course completion 1 2 0');
    expect(await previews()).to.have.length(2);
  });

  it('is not looked for where no active badge is added or changed', async () => {
    expect(textOf((await plan(demoRules)).text)).to.not.contain('What it means for learners');
    const inactive = elsewhere.replace('"demo-course"', '"other"').replace(/active\s+true/, 'active false');
    const text = textOf((await plan(inactive)).text);
    expect(text).to.contain('Added 1').and.not.contain('What it means for learners');
    expect(await previews()).to.deep.equal([]);
  });

  it('is not looked for where the sent text has mistakes', async () => {
    const fields = fieldsOnPage((await plan(elsewhere)).text, '/rules/apply');
    const answer = await send('/rules/plan/preview', { ...fields, text0: 'badge "x" {' });
    expect(answer.status).to.equal(422);
    expect(await previews()).to.have.length(1);
  });
});
