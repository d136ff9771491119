/** How pages lie, as a browser sees it: what neither the text of a page nor axe over the seeded site would tell. */

import { expect } from 'chai';
import { allLists } from '../../server/http/lists/all.ts';
import { faultsOf } from '../support/browser.ts';
import { type BrowserSite, openBrowserSite } from '../support/browser-site.ts';
import { passingEvent, seed } from '../support/seed.ts';

const NARROW = { viewport: { width: 320, height: 720 } } as const;

const anyGrade = (id: string) => `badge "${id}" {
  name "${id}"
  template memory "${id}"
  active true
  requirement graded { on org.openedx.learning.course.passing.status.updated.v1 }
}`;

describe('the layout of pages', function () {
  this.timeout(120_000);
  let place: BrowserSite;
  before(async function () {
    place = await openBrowserSite(this, async (site) => {
      await seed(site);
      const { services } = site;
      for (const id of ['first', 'second', 'third'])
        await services.saveBadge(anyGrade(id), { expectedVersion: 0, actor: 'ada' });
      const event = passingEvent({ user: 'ada', at: '2026-11-23T09:00:00Z', id: 'event-of-many' });
      await services.processEvent(services.decodeCloudEvent(event), 'http');
    });
  });
  after(() => place?.close());
  afterEach(() => place?.closePages());

  it('keeps links below one another in a cell far enough apart for a finger (2.5.8)', async () => {
    for (const look of [{}, NARROW]) {
      const page = await place.openPage({ bypassCSP: true, ...look });
      await page.goto(`${place.address}/events?period=all`);
      const steps = await page.evaluate<number[]>(
        '[...document.querySelectorAll("td a + br + a")].map((link) => link.getClientRects()[0].y - [...link.previousElementSibling.previousElementSibling.getClientRects()].at(-1).y)',
      );
      expect(steps).not.to.be.empty;
      expect(Math.min(...steps)).to.be.at.least(24);
      expect(await faultsOf(page)).to.deep.equal([]);
    }
  });

  it('shows only the fields of the chosen kind of schedule, without scripts too', async () => {
    const page = await place.openPage({ javaScriptEnabled: false });
    await page.goto(`${place.address}/configurations/configuration-1/schedule`);
    const shown = async (kind: string) => {
      await page.locator('#kind').selectOption(kind);
      return page.locator('.schedule-form fieldset:visible legend').allTextContents();
    };
    expect(await shown('interval')).to.deep.equal(['Interval', 'Limits']);
    expect(await shown('crontab')).to.deep.equal(['Crontab', 'Limits']);
    expect(await shown('clocked')).to.deep.equal(['Given moment', 'Limits']);
  });

  it('begins no line of a provider with a mark, and sets what adds an account level with its title', async () => {
    const page = await place.openPage();
    await page.goto(`${place.address}/providers`);
    const lines = await page.locator('main .page-head .sub').allTextContents();
    expect(lines.filter((line) => /^\W/.test(line.trim()))).to.deep.equal([]);
    const title = await page.getByRole('heading', { name: 'Hall of Fame' }).boundingBox();
    const button = await page.getByRole('link', { name: 'Add a hall' }).boundingBox();
    const top = (title?.y ?? 0) - (button?.y ?? 0);
    expect(Math.abs(top)).to.be.lessThan(12);
  });

  it('leaves most of a small screen to the page, with the navigation behind a button that needs no script', async () => {
    const page = await place.openPage({ ...NARROW, javaScriptEnabled: false });
    await page.goto(`${place.address}/events`);
    const header = await page.locator('header').boundingBox();
    expect(header?.height).to.be.at.most(720 / 5);
    const badges = page.getByRole('link', { name: 'Badges', exact: true });
    expect(await badges.isVisible()).to.equal(false);
    await page.getByRole('button', { name: 'Menu' }).press('Enter');
    await badges.press('Enter');
    await page.waitForURL(`${place.address}/badges`);
    expect(await page.getByRole('button', { name: 'Menu' }).isVisible()).to.equal(true);
    const wide = await place.openPage();
    await wide.goto(`${place.address}/events`);
    expect(await wide.getByRole('link', { name: 'Badges', exact: true }).isVisible()).to.equal(true);
    expect(await wide.getByRole('button', { name: 'Menu' }).isVisible()).to.equal(false);
  });

  it('shows every list of a desk in full width, and lets no filter take a row for itself', async () => {
    const page = await place.openPage();
    const wrong: string[] = [];
    for (const { path } of allLists(place.site.services)) {
      await page.goto(`${place.address}${path}`);
      const [over = 0, widest = 0] = await page.evaluate<readonly number[]>(
        `(() => { const width = (element) => element.clientWidth; const frame = document.querySelector("main .scroll");
          const form = document.querySelector("form.filters"); const fields = [...(form?.querySelectorAll(".field") ?? [])];
          return [frame ? frame.scrollWidth - frame.clientWidth : 0, form ? Math.max(...fields.map(width)) / form.clientWidth : 0]; })()`,
      );
      if (over > 0) wrong.push(`${path} is too wide by ${over} px`);
      if (widest > 0.4) wrong.push(`${path} has a filter that takes ${Math.round(widest * 100)} % of a row`);
    }
    expect(wrong).to.deep.equal([]);
  });

  it('takes the colours that somebody chose, whatever the device has', async () => {
    const page = await place.openPage({ colorScheme: 'light', javaScriptEnabled: false });
    const paper = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    await page.goto(`${place.address}/badges`);
    const light = await paper();
    await page.getByRole('link', { name: 'Dark', exact: true }).click();
    expect(page.url()).to.equal(`${place.address}/badges`);
    expect(await paper())
      .to.equal('rgb(16, 21, 18)')
      .and.not.to.equal(light);
    await page.getByRole('link', { name: 'As the device' }).click();
    expect(await paper()).to.equal(light);
  });

  it('keeps a date on one line, and a mail within a page of 320 px', async () => {
    const page = await place.openPage(NARROW);
    await page.goto(`${place.address}/audit`);
    const heights = await page.evaluate<number[]>(
      '[...document.querySelectorAll("tbody time")].map((time) => time.getClientRects().length)',
    );
    expect(heights).not.to.be.empty;
    expect(new Set(heights)).to.deep.equal(new Set([1]));
    await page.goto(`${place.address}/mails`);
    await page.locator('tbody a').first().click();
    const overflow = await page.evaluate<number>(
      '(() => { const text = document.querySelector("pre"); return text.scrollWidth - text.clientWidth; })()',
    );
    expect(overflow).to.equal(0);
  });
});
