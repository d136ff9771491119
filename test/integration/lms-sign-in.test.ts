/** Signing in with the LMS in a real browser, over HTTP on both sides: as learner and as administrator, and the learner's own page in
 *  every look. LAUREL_TEST_SCREENSHOTS names a folder to keep pictures in. */

import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import axe from 'axe-core';
import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { accessibilityFaults, sidewaysScroll } from '../support/in-browser.ts';
import { aRequest } from '../support/issuer-world.ts';
import { type LmsSite, lmsSite } from '../support/lms-sign-in.ts';
import { aCredential, seed } from '../support/seed.ts';

const executablePath = process.env.LAUREL_CHROMIUM ?? '/usr/bin/chromium';
const pictures = process.env.LAUREL_TEST_SCREENSHOTS ?? null;
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** That Laurel issued itself. */
const BADGE = 'c0ffee00-0000-4000-8000-00000000000a';
const LOOKS = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 1280, height: 900, colorScheme: 'dark' },
  { width: 320, height: 720, colorScheme: 'light' },
  { width: 320, height: 720, colorScheme: 'dark' },
] as const;

describe('signing in with the LMS in a browser', function () {
  this.timeout(180_000);
  let browser: Browser;
  let server: Server;
  let world: LmsSite;
  let address: string;

  before(async function () {
    if (!existsSync(executablePath)) {
      if (process.env.CI) throw new Error(`there is no browser at ${executablePath}; set LAUREL_CHROMIUM`);
      console.log(`      no browser at ${executablePath}; set LAUREL_CHROMIUM to run these tests`);
      this.skip();
    }
    if (pictures) mkdirSync(pictures, { recursive: true });
    browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    // The address is part of the application in the LMS, so it must be known before the site is made.
    server = createServer((request, response) => world.site.app(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    world = await lmsSite({}, { publicUrl: address });
    await seed(world.site);
    await giveAda(world);
  });

  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
    await world?.close();
  });

  it('leads a learner from the page asked for over the LMS to it, and out again', async () => {
    const page = await openPage({});
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
    await page.context().close();
  });

  it('makes an administrator of who is one in the LMS, whom it does not ask twice', async () => {
    const page = await openPage({});
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
    await page.context().close();
  });

  it('says what to do when it was refused', async () => {
    const page = await openPage({});
    await page.goto(`${address}/sign-in`);
    await page.getByRole('link', { name: 'Sign in with the LMS' }).click();
    await page.getByRole('link', { name: /refuse/ }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    await page.getByRole('link', { name: 'Sign in with the LMS' }).click();
    await page.getByRole('heading', { name: 'Sign in to the stand-in LMS as' }).waitFor();
    await page.context().close();
  });

  for (const look of LOOKS) {
    it(`has no accessibility fault and no sideways scrolling at ${look.width} px, ${look.colorScheme}`, async () => {
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
        const page = await openPage({ ...look, bypassCSP: true });
        await open(page);
        await page.evaluate(axe.source);
        faults.push(...(await faultsOf(page)).map((fault) => `${title}: ${fault}`));
        if (pictures)
          await page.screenshot({
            path: join(pictures, `${title}-${look.width}-${look.colorScheme}.png`),
            fullPage: true,
          });
        await page.context().close();
      }
      expect(faults).to.deep.equal([]);
    });
  }

  // From right to left, and with the longest words.
  for (const locale of ['ar', 'de', 'uk', 'fr', 'es']) {
    for (const look of locale === 'ar' ? LOOKS : LOOKS.slice(2, 3)) {
      it(`has none in ${locale} either, at ${look.width} px, ${look.colorScheme}`, async () => {
        const faults: string[] = [];
        const open = () => openPage({ ...look, locale, bypassCSP: true });
        const check = async (page: Page, title: string): Promise<void> => {
          await page.evaluate(axe.source);
          faults.push(...(await faultsOf(page)).map((fault) => `${title}: ${fault}`));
          const name = `${title}-${locale}-${look.width}-${look.colorScheme}.png`;
          if (pictures) await page.screenshot({ path: join(pictures, name), fullPage: true });
        };
        const ada = await open();
        for (const path of ['sign-in', 'verify', `verify/${BADGE}`, `open-badges/${BADGE}`, 'nothing/here']) {
          await ada.goto(`${address}/${path}`);
          expect(await ada.evaluate('document.documentElement.lang')).to.equal(locale);
          await check(ada, path.replaceAll(/\/.*/g, '-one'));
        }
        await enter(ada, 'ada', '/my');
        await check(ada, 'my');
        const principal = await open();
        await enter(principal, 'principal', '/');
        for (const path of ['', 'badges', 'events?done=account-created']) {
          await principal.goto(`${address}/${path}`);
          await check(principal, `admin-${path.replace(/\?.*/, '')}`);
        }
        expect(faults).to.deep.equal([]);
        await Promise.all([ada, principal].map((page) => page.context().close()));
      });
    }
  }

  async function enter(page: Page, username: string, to: string): Promise<void> {
    await page.goto(`${address}/sign-in/lms?to=${encodeURIComponent(to)}`);
    const url = new URL(page.url());
    url.searchParams.set('as', username);
    await page.goto(url.href);
  }

  async function openPage(look: {
    readonly width?: number;
    readonly height?: number;
    readonly colorScheme?: 'light' | 'dark';
    readonly bypassCSP?: boolean;
    readonly locale?: string;
  }): Promise<Page> {
    const { width = 1280, height = 900, ...rest } = look;
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', ...rest });
    return context.newPage();
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

async function faultsOf(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate<readonly string[]>(accessibilityFaults(WCAG));
  const overflow = await page.evaluate<number>(sidewaysScroll);
  return overflow > 0 ? [...found, `${overflow} px too wide`] : found;
}

/** Of our own pages: the stand-in is not held to anything. */
function collectComplaints(page: Page, address: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isOurs = message.location().url.startsWith(address);
    if (message.type() === 'error' && isOurs) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
