/** Signing in with the LMS in a real browser, over HTTP on both sides: as learner and as administrator, and the learner's own page in
 *  every look. */

import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { closePages, collectComplaints, faultsOf, LOOKS, openBrowser, openPage, picture } from '../support/browser.ts';
import { aRequest } from '../support/issuer-world.ts';
import { type LmsSite, lmsSite } from '../support/lms-sign-in.ts';
import { aCredential, seed } from '../support/seed.ts';
import { type Served, serve } from '../support/serve.ts';

/** That Laurel issued itself. */
const BADGE = 'c0ffee00-0000-4000-8000-00000000000a';

describe('signing in with the LMS in a browser', function () {
  this.timeout(180_000);
  let browser: Browser;
  let served: Served;
  let world: LmsSite;
  let address: string;

  before(async function () {
    browser = await openBrowser(this);
    // The address is part of the application in the LMS, so it must be known before the site is made.
    served = await serve((request, response) => world.site.app(request, response));
    address = served.address;
    world = await lmsSite({}, { publicUrl: address });
    await seed(world.site);
    await giveAda(world);
  });

  after(async () => {
    await browser?.close();
    await served?.close();
    await world?.close();
  });
  afterEach(async () => {
    if (browser) await closePages(browser);
  });

  it('leads a learner from the page asked for over the LMS to it, and out again', async () => {
    const page = await openPage(browser);
    const complaints = collectComplaints(page, address);
    await page.goto(`${address}/my`);
    await page.getByRole('heading', { name: 'Sign in to the stand-in LMS as' }).waitFor();
    await page.getByRole('link', { name: /ada/ }).click();
    await page.waitForURL(`${address}/my`);
    await page.getByRole('heading', { name: 'My badges and credentials', level: 1 }).waitFor();
    await page.goto(`${address}/badges`);
    await page.getByText('This page is for the people who run this site').waitFor();
    await page.getByRole('link', { name: 'Go to my badges and credentials' }).click();
    await page.waitForURL(`${address}/my`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You have signed out' }).waitFor();
    await page.getByRole('link', { name: 'Sign out of the LMS too' }).click();
    await page.getByRole('heading', { name: 'You have signed out.' }).waitFor();
    await page.getByRole('link', { name: /Go on to/ }).click();
    await page.waitForURL(`${address}/sign-in`);
    expect(complaints.filter((text) => !/status of (403|404)/.test(text))).to.deep.equal([]);
  });

  it('makes an administrator of who is one in the LMS, whom it does not ask twice', async () => {
    const page = await openPage(browser);
    await page.goto(`${address}/audit`);
    await page.getByRole('link', { name: 'Sign in with the LMS' }).click();
    await page.getByRole('link', { name: /principal/ }).click();
    await page.waitForURL(`${address}/audit`);
    await page.getByRole('link', { name: 'My badges' }).click();
    await page.getByText('You have no badges yet.').waitFor();
    world.site.advance(31 * 60_000);
    await page.goto(`${address}/badges`);
    await page.waitForURL(`${address}/badges`);
    await page.getByRole('heading', { name: 'Badges', level: 1 }).waitFor();
  });

  it('says what to do when it was refused', async () => {
    const page = await openPage(browser);
    await page.goto(`${address}/sign-in`);
    await page.getByRole('link', { name: 'Sign in with the LMS' }).click();
    await page.getByRole('link', { name: /refuse/ }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    await page.getByRole('link', { name: 'Sign in with the LMS' }).click();
    await page.getByRole('heading', { name: 'Sign in to the stand-in LMS as' }).waitFor();
  });

  for (const { name, suffix, options } of LOOKS) {
    it(`has no accessibility fault and no sideways scrolling at ${name}`, async () => {
      const faults: string[] = [];
      const views: readonly (readonly [title: string, open: (page: Page) => Promise<unknown>])[] = [
        ['sign-in-lms', (page) => page.goto(`${address}/sign-in`)],
        ['my', (page) => enter(page, 'ada', '/my')],
        ['my-empty', (page) => enter(page, 'newcomer', '/my')],
        ['my-taken-back', (page) => enter(page, 'edsger', '/my')],
        ['my-forbidden', (page) => enter(page, 'ada', '/my').then(() => page.goto(`${address}/badges`))],
        ['my-of-staff', (page) => enter(page, 'principal', '/my')],
        ['sign-in-problem', (page) => enter(page, '', '/my')],
        ['sign-in-unknown', (page) => page.goto(`${address}/sign-in/lms/done?state=x&code=y`)],
        ['signed-out', (page) => page.goto(`${address}/sign-in/lms/end`)],
      ];
      for (const [title, open] of views) {
        const page = await openPage(browser, options);
        await open(page);
        faults.push(...(await faultsOf(page)).map((fault) => `${title}: ${fault}`));
        await picture(page, `${title}-${suffix}`);
      }
      expect(faults).to.deep.equal([]);
    });
  }

  // From right to left, and with the longest words.
  for (const locale of ['ar', 'de', 'uk', 'fr', 'es']) {
    for (const { name, suffix, options } of locale === 'ar' ? LOOKS : LOOKS.slice(2, 3)) {
      it(`has none in ${locale} either, at ${name}`, async () => {
        const faults: string[] = [];
        const check = async (page: Page, title: string): Promise<void> => {
          faults.push(...(await faultsOf(page)).map((fault) => `${title}: ${fault}`));
          await picture(page, `${title}-${locale}-${suffix}`);
        };
        const ada = await openPage(browser, { ...options, locale });
        for (const path of ['sign-in', 'verify', `verify/${BADGE}`, `open-badges/${BADGE}`, 'nothing/here']) {
          await ada.goto(`${address}/${path}`);
          expect(await ada.evaluate('document.documentElement.lang')).to.equal(locale);
          await check(ada, path.replaceAll(/\/.*/g, '-one'));
        }
        await enter(ada, 'ada', '/my');
        await check(ada, 'my');
        const principal = await openPage(browser, { ...options, locale });
        await enter(principal, 'principal', '/');
        for (const path of ['', 'badges', 'events?done=account-created']) {
          await principal.goto(`${address}/${path}`);
          await check(principal, `admin-${path.replace(/\?.*/, '')}`);
        }
        expect(faults).to.deep.equal([]);
      });
    }
  }

  async function enter(page: Page, username: string, to: string): Promise<void> {
    await page.goto(`${address}/sign-in/lms?to=${encodeURIComponent(to)}`);
    const url = new URL(page.url());
    url.searchParams.set('as', username);
    await page.goto(url.href);
  }
});

/** Something of everything, so that one page shows it all. */
async function giveAda({ site, lms }: LmsSite): Promise<void> {
  const { learners, progress, providers, providerStore, credentials } = site.services;
  lms.campus.addUser('edsger', { id: 13 });
  const id = (await learners.findByUsername('ada'))?.id ?? '';
  const stored = await progress.load(id, 'demo-course');
  const [first] = stored?.issued ?? [];
  if (!stored || !first) throw new Error('ada has a badge');
  const own = { ...first, number: 2, uuid: BADGE, externalId: 'own' };
  await providers.get('openbadges')?.award(aRequest({ uuid: own.uuid }));
  const [held] = await providerStore.templatesById('hall', 't1');
  if (held) await providerStore.saveTemplate({ ...held, imageUrl: null });
  const template = { provider: 'hall', id: 't1' };
  const externalUrl = 'https://www.credly.com/badges/1';
  const pending = { ...first, template, externalId: 'x', externalState: 'pending', externalUrl };
  const issued = [pending, { ...own, template: { provider: 'openbadges', id: 'course-completer' } }];
  await progress.save({ ...stored, issued });
  const of = (order: number, facts: Parameters<typeof aCredential>[0]) =>
    credentials.createCredential(aCredential({ ...facts, order, configurationId: `other-${order}` }));
  await of(6, { username: 'ada', order: 6, status: 'error', contextName: 'Statistics for beginners' });
  await of(7, { username: 'ada', order: 7, status: 'generating', contextName: 'Programming in Python' });
}
