/** What axe cannot see, and every page as it is when there is nothing yet, and when a form was sent with nothing in it.
 *  `pages.test.ts` runs axe over each page that is filled. */

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { faultsOf, tabTo } from '../support/browser.ts';
import { type BrowserSite, openBrowserSite } from '../support/browser-site.ts';
import { crawl } from '../support/crawl.ts';
import {
  countReachable,
  filledForms,
  isFocusSeen,
  movingParts,
  sendEmpty,
  smallTargets,
} from '../support/in-browser.ts';
import { seed } from '../support/seed.ts';

const NARROW = { viewport: { width: 320, height: 480 } } as const;

describe('accessibility of pages that hold nothing yet', function () {
  this.timeout(240_000);
  let place: BrowserSite;
  before(async function () {
    place = await openBrowserSite(this);
  });
  after(() => place?.close());
  afterEach(() => place?.closePages());

  for (const look of [{}, { ...NARROW, colorScheme: 'dark' }] as const) {
    it(`has no fault ${'viewport' in look ? 'at 320 px in the dark' : 'on a desk in the light'}`, async () => {
      const page = await place.openPage({ bypassCSP: true, ...look });
      const faults: string[] = [];
      const visited = await crawl(place, page, async (path) => {
        faults.push(...(await faultsOf(page)).map((fault) => `${path}: ${fault}`));
      });
      expect(faults).to.deep.equal([]);
      expect(visited).to.include.members(['/badges', '/credential-assets', '/test-event', '/first-steps', '/jobs']);
    });
  }
});

describe('accessibility of pages in use', function () {
  this.timeout(600_000);
  let place: BrowserSite;
  before(async function () {
    place = await openBrowserSite(this, seed);
  });
  after(() => place?.close());
  afterEach(() => place?.closePages());

  it('lets everything be pressed by a finger, and moves nothing for those who want no motion', async () => {
    const page = await place.openPage(NARROW);
    const faults: string[] = [];
    await crawl(place, page, async (path) => {
      for (const fault of await page.evaluate<string[]>(smallTargets)) faults.push(`${path}: small: ${fault}`);
      for (const part of await page.evaluate<string[]>(movingParts)) faults.push(`${path}: moves: ${part}`);
    });
    expect(faults).to.deep.equal([]);
  });

  it('never hides what has the focus, and never keeps it', async () => {
    const page = await place.openPage(NARROW);
    const faults: string[] = [];
    await crawl(place, page, async (path) => {
      const most = await page.evaluate<number>(countReachable);
      for (let step = 0; step < most; step++) {
        await page.keyboard.press('Tab');
        const name = await page.evaluate<string>('document.activeElement.outerHTML.slice(0, 80)');
        if (name.startsWith('<body')) break;
        if (!(await page.evaluate<boolean>(isFocusSeen))) faults.push(`${path}: hidden: ${name}`);
      }
    });
    expect(faults).to.deep.equal([]);
  });

  it('keeps outlines, icons and charts apart from the ground in forced colours', async () => {
    const page = await place.openPage({ forcedColors: 'active' });
    await page.goto(`${place.address}/`);
    const colours = await page.evaluate<{ readonly ground: string; readonly marks: readonly string[] }>(`({
      ground: getComputedStyle(document.body).backgroundColor,
      marks: [...document.querySelectorAll('.chart-plot rect, .funnel-share, .share-bar rect')].map((mark) => getComputedStyle(mark).fill),
    })`);
    expect(colours.marks).not.to.be.empty.and.not.to.include(colours.ground);
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).to.equal('solid');
  });

  it('says what is wrong with a form that was sent empty: in the title, in a summary that has the focus, by links', async () => {
    const page = await place.openPage({ bypassCSP: true });
    const forms: { readonly path: string; readonly form: number }[] = [];
    await crawl(place, page, async (path) => {
      if (path.startsWith('/sign-')) return;
      for (const form of await page.evaluate<number[]>(filledForms)) forms.push({ path, form });
    });
    const faults: string[] = [];
    const refused: string[] = [];
    for (const { path, form } of forms) {
      await page.goto(`${place.address}${path}`);
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.request().method() === 'POST'),
        page.waitForEvent('load'),
        page.evaluate(sendEmpty(form)),
      ]);
      if (answer.status() !== 422) continue;
      refused.push(path);
      faults.push(...(await faultsOfRefusal(page)).map((fault) => `${path} form ${form}: ${fault}`));
    }
    expect(faults).to.deep.equal([]);
    expect(refused).to.include.members(['/badges/new', '/test-event', '/open-badge-templates/new', '/accounts/new']);
  });

  it('leads from a template over its rules and a test to a badge in force, with the keyboard alone', async () => {
    const page = await place.openPage();
    const press = async (name: string, match?: 'startsWith') => {
      await tabTo(page, name, match);
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    };
    const type = async (label: string, text: string) => {
      await tabTo(page, label);
      await page.keyboard.press('Control+A');
      await page.keyboard.type(text);
    };
    await page.goto(`${place.address}/open-badge-templates`);
    await press('New template');
    await type('Id', 'keyboard');
    await type('Name', 'Keyboard');
    await type('Description', 'Walked by the keyboard.');
    await type('Criteria', 'Pass the course.');
    await press('Save');
    await press('Write rules for it');
    await tabTo(page, 'Test against recent events');
    await page.keyboard.press('Enter');
    await press('Test');
    await page.getByRole('heading', { name: /Test/ }).first().waitFor();
    await press('Save');
    await press('Activate');
    expect(await page.getByRole('status').textContent()).to.include('The badge is active');
  });

  it('leads from a configuration to its schedule and a run, with the keyboard alone', async () => {
    const page = await place.openPage();
    const press = async (name: string, match?: 'startsWith') => {
      await tabTo(page, name, match);
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    };
    await page.goto(`${place.address}/configurations`);
    const scheduleLink = (await page.locator('a[href$="/schedule"]').first().textContent())?.trim() ?? '';
    await press(scheduleLink);
    await press('Save');
    expect(await page.getByRole('status').first().textContent()).to.include('The schedule was saved.');
    await tabTo(page, 'Credentials');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/credentials');
    await press('Configurations');
    await tabTo(page, '');
    await page.keyboard.press('Space');
    await press('Generate now');
    await press('Generate now', 'startsWith');
    expect(await page.locator('main').textContent()).to.include('run begun');
  });
});

async function faultsOfRefusal(page: Page): Promise<readonly string[]> {
  const faults = [...(await faultsOf(page))];
  if (!(await page.title()).startsWith('Error: ')) faults.push(`the title is ${await page.title()}`);
  const summary = page.locator('.problems');
  if ((await summary.count()) !== 1) return [...faults, 'there is no summary'];
  const focused = await page.evaluate<string>(
    'document.activeElement.className + " " + document.activeElement.tagName',
  );
  const isMarked = await page.evaluate<boolean>(
    'document.activeElement.getAttribute("aria-invalid") === "true" || document.activeElement.matches(".problems")',
  );
  if (!isMarked) faults.push(`the focus is on ${focused}`);
  for (const href of await summary
    .locator('a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')))) {
    const target = await page.evaluate<boolean>(
      `document.getElementById(decodeURIComponent(${JSON.stringify(href?.slice(1) ?? '')})) !== null`,
    );
    if (!target) faults.push(`${href} leads nowhere`);
  }
  return faults;
}
