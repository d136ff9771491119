/** The pages in a real browser: the way in, every page in every look, accessibility, and the keyboard alone. */

import { expect } from 'chai';
import type { Job } from '../../plugin/ports/job-store.ts';
import { createOneTimeSignIn } from '../../server/http/people/tokens.ts';
import { collectComplaints, faultsOf, LOOKS, picture, tabTo } from '../support/browser.ts';
import { type BrowserSite, openBrowserSite } from '../support/browser-site.ts';
import { countReachable, describeFocus, type Focus, focusedId } from '../support/in-browser.ts';
import { pageViews, SHOW_PLAN } from '../support/page-views.ts';
import { demoRules, seed } from '../support/seed.ts';
import { PASSWORD, type Site } from '../support/web.ts';

describe('the way in, in a browser', function () {
  this.timeout(60_000);
  let place: BrowserSite;
  before(async function () {
    place = await openBrowserSite(this, seed, { signedIn: false });
  });
  after(() => place?.close());

  it('lets the first administrator in by the one-time link, with the keyboard alone', async () => {
    const page = await place.openPage();
    const complaints = collectComplaints(page);
    await page.goto(`${place.address}/sign-in/${await createOneTimeSignIn(place.site.services)}`);
    await tabTo(page, 'Sign in');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${place.address}/setup`);
    await tabTo(page, 'Name');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('short');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    await tabTo(page, 'The password needs at least 12 characters.');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(focusedId)).to.equal('password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${place.address}/?done=account-created`);
    expect((await page.getByRole('status').textContent())?.trim()).to.equal('The account was created.');
    expect(complaints.filter((text) => !/status of 422/.test(text))).to.deep.equal([]);
  });
});

describe('pages in a browser', function () {
  this.timeout(300_000);
  let place: BrowserSite;
  let site: Site;

  before(async function () {
    place = await openBrowserSite(this, async (made) => {
      await seed(made);
      const { saveBadge, removeBadge } = made.services;
      const pioneer = demoRules.replaceAll('demo-course"', 'pioneer"').replace('active   true', 'active   false');
      await saveBadge(pioneer, { expectedVersion: 0, actor: 'ada' });
      await removeBadge('pioneer', { actor: 'ada', reason: 'The pilot has ended', expectedVersion: 1 });
    });
    site = place.site;
  });
  after(() => place?.close());
  afterEach(() => place?.closePages());

  for (const { name, suffix, options } of LOOKS) {
    it(`have no accessibility fault and no sideways scrolling at ${name}`, async () => {
      const page = await place.openPage(options);
      const faults: string[] = [];
      for (const [title, open] of await pageViews(place)) {
        await open(page);
        faults.push(...(await faultsOf(page)).map((fault) => `${title}: ${fault}`));
        await picture(page, `${title}-${suffix}`);
      }
      expect(faults).to.deep.equal([]);
    });
  }

  it('show where the focus is on everything that can be reached by Tab, without complaint of the content policy', async () => {
    const page = await place.openPage();
    const complaints = collectComplaints(page);
    for (const [title, open] of await pageViews(place)) {
      await open(page);
      const expected = await page.evaluate<number>(countReachable);
      const seen = new Set<string>();
      await page.keyboard.press('Tab');
      for (let step = 0; step <= expected; step++) {
        const focus = await page.evaluate<Focus | null>(describeFocus);
        if (focus === null || seen.has(focus.path)) break;
        seen.add(focus.path);
        expect(focus.outlined, `${title}: ${focus.path}`).to.equal(true);
        await page.keyboard.press('Tab');
      }
      expect(seen.size, title).to.be.at.least(Math.min(expected, 3));
    }
    expect(complaints.filter((text) => !/status of (404|409|422)/.test(text))).to.deep.equal([]);
  });

  it('let a failed effect be retried with the keyboard alone', async () => {
    const page = await place.openPage();
    await page.goto(`${place.address}/progress?effects=failed`);
    await tabTo(page, 'barbara');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'barbara', level: 1 }).waitFor();
    await tabTo(page, 'Retry Award at the provider of Demo course completion');
    await page.keyboard.press('Enter');
    await page.getByText('The effect is pending again').waitFor();
  });

  it('lead from "New badge" over an example and a mistake to a badge in force with the keyboard alone', async () => {
    const page = await place.openPage();
    const complaints = collectComplaints(page);
    await page.goto(`${place.address}/badges`);
    await tabTo(page, 'New badge');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${place.address}/badges/new/start`);
    await tabTo(page, 'One specific course', 'startsWith');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${place.address}/badges/new/examples/04-one-course`);
    await tabTo(page, 'Name of the badge');
    await page.keyboard.type('Botany');
    await page.keyboard.press('Tab');
    await page.keyboard.type('botany');
    await tabTo(page, 'Course: its key');
    await page.keyboard.type('course-v1:AcmeX+BOT101+2026');
    await page.keyboard.press('Enter');
    await page.waitForURL(/new\/form/);
    await tabTo(page, 'Active');
    await page.keyboard.press('Space');
    await tabTo(page, 'Add data rule to requirement passed');
    await page.keyboard.press('Enter');
    await page.locator('#r0-row2-path').waitFor();
    expect(await page.evaluate(focusedId)).to.equal('r0-row2-path');
    await page.keyboard.type('is_p');
    await tabTo(page, 'Value of data rule 3 of requirement passed', 'startsWith');
    await page.keyboard.type('perhaps');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    await tabTo(page, 'Requirement 1: This field takes true or false', 'startsWith');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(focusedId)).to.equal('r0-row2-value');
    await tabTo(page, 'Remove data rule 3 of requirement passed');
    await page.keyboard.press('Enter');
    await page.locator('#r0-row2-path').waitFor({ state: 'detached' });
    await tabTo(page, 'Save');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${place.address}/badges/botany?done=badge-saved`);
    expect(await site.services.badges.get('botany')).to.include({ active: true, name: 'Botany' });
    expect(complaints.filter((text) => !/status of 422/.test(text))).to.deep.equal([]);
  });

  it('bring a file in, show its plan, and put exactly that in force, as a browser sends it', async () => {
    const page = await place.openPage();
    const complaints = collectComplaints(page);
    const comment = '# "Grüße" & <b>Küsse</b> &amp; 100 %\r\n\r\n';
    const rules = demoRules.replaceAll('demo-course"', 'as-sent"').replaceAll('\n', '\r\n');
    await page.goto(`${place.address}/rules`);
    const buffer = Buffer.from(comment + rules);
    await page.locator('#files').setInputFiles({ name: 'grüße.rules', mimeType: 'application/octet-stream', buffer });
    await page.getByRole('button', { name: SHOW_PLAN }).click();
    await page.getByText('from grüße.rules, active at once').waitFor();
    await page.locator('#reason').fill('As sent');
    await page.getByRole('button', { name: 'Apply these changes' }).click();
    await page.waitForURL(`${place.address}/rules?done=rules-applied`);
    const saved = await site.services.badges.get('as-sent');
    expect(saved?.source).to.match(/^# "Grüße" & <b>Küsse<\/b> &amp; 100 %\n/);
    expect(saved?.reason).to.equal('As sent');
    expect(complaints).to.deep.equal([]);
  });

  it('keep the progress of a job in step with the server while it runs', async () => {
    const page = await place.openPage();
    const complaints = collectComplaints(page);
    await site.services.jobStore.create({ ...(await aRunningJob()), id: 'job-live' });
    await page.goto(`${place.address}/jobs/job-live`);
    await page.getByText('1,216 of 4,000').waitFor();
    await site.services.jobStore.checkpoint('job-live', 0, { done: 3_999 });
    await page.getByText('3,999 of 4,000').waitFor();
    await site.services.jobStore.checkpoint('job-live', 0, { done: 4_000, state: 'done' });
    await page.getByText('4,000 of 4,000').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel' }).count()).to.equal(0);
    expect(complaints).to.deep.equal([]);
  });

  async function aRunningJob(): Promise<Job> {
    const job = await site.services.jobStore.get('job-running');
    if (job === null) throw new Error('the seed has a running job');
    return job;
  }
});
