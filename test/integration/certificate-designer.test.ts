/** Placing the elements of a certificate in a real browser: by pointer and by keys, in step with the fields of the form, up
 *  to the document; and the form as ever where there is no script. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { saveAsset } from '../../plugin/credentials/assets.ts';
import { buildBrowserAssets } from '../../server/assets/bundle.ts';
import { projectPath } from '../../server/paths.ts';
import { collectComplaints, faultsOf, LOOKS, picture } from '../support/browser.ts';
import { type BrowserSite, openBrowserSite } from '../support/browser-site.ts';
import { certificateAt, giveCertificate } from '../support/certificate-site.ts';
import { aTemplate } from '../support/pdf.ts';
import type { Site } from '../support/web.ts';

const EDIT = '/credential-types/type-1/edit';
const NAME = 'text_elements.name';
const run = promisify(execFile);

describe('placing elements of a certificate in a browser', function () {
  this.timeout(180_000);
  let place: BrowserSite;
  let site: Site;
  let complaints: string[];

  before(async function () {
    place = await openBrowserSite(this);
    site = place.site;
    await buildBrowserAssets();
  });
  after(() => place?.close());
  afterEach(() => place?.closePages());

  beforeEach(async () => {
    await giveCertificate(site, {
      template: await readFile(projectPath('examples', 'credentials', 'certificate-template.pdf')),
      options: {
        template: 'certificate',
        text_elements: { note: { text: 'Verify at {verify_url}', x: 60, y: 60, align: 'left', size: 8 } },
        qr_codes: { verification: { x: 700, y: 40, size: 90 } },
      },
    });
  });

  async function open(path = EDIT, look: BrowserContextOptions = {}): Promise<Page> {
    const page = await place.openPage(look);
    complaints = collectComplaints(page);
    await page.goto(place.address + path);
    return page;
  }

  /** The designer when its picture is there. */
  async function openDrawn(path = EDIT, look: BrowserContextOptions = {}): Promise<Page> {
    const page = await open(path, look);
    await drawn(page);
    return page;
  }

  /** What is shown is of the form as it is. */
  async function drawn(page: Page): Promise<void> {
    await until(
      page,
      `document.querySelector('[data-front]').width > 1 && document.querySelector('[data-busy]').textContent === '' &&
        !document.querySelector('.moving') && document.querySelector('.designer-notes').textContent !== ''`,
    );
  }

  /** Waits for the answer to what is done meanwhile, and for its picture. */
  async function afterwards(page: Page, act: () => Promise<unknown>): Promise<void> {
    const answer = page.waitForResponse(/\/preview$/);
    await act();
    await answer;
    await drawn(page);
  }

  const box = (page: Page, path = NAME): Locator => page.locator(`.designer-box[data-path="${path}"]`);
  const field = (page: Page, name: string): Promise<string> => page.locator(`[name="${name}"]`).inputValue();
  const said = async (page: Page): Promise<string> => (await page.locator('[data-say]').textContent()) ?? '';
  const notes = async (page: Page): Promise<string> => (await page.locator('[data-notes]').textContent()) ?? '';
  const scale = (page: Page): Promise<number> =>
    page.evaluate('document.querySelector("[data-page]").clientWidth / 842');

  async function drag(page: Page, path: string, by: { x: number; y: number }, alt = false): Promise<void> {
    await box(page, path).scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await box(page, path).boundingBox()) as NonNullable<
      Awaited<ReturnType<Locator['boundingBox']>>
    >;
    const from = { x: x + width / 2, y: y + height / 2 };
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    if (alt) await page.keyboard.down('Alt');
    const px = await scale(page);
    await page.mouse.move(from.x + by.x * px, from.y - by.y * px, { steps: 4 });
  }

  /** How dark each part of a picture is: 0 for white paper. */
  const ink = (page: Page, selector: string): Promise<number> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector(${JSON.stringify(selector)});
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let dark = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] < 384) dark += 1;
      return dark / (data.length / 4);
    })()`);

  it('shows the page as it is made, with a box on every element, and obeys the content policy', async () => {
    const page = await openDrawn();
    expect(await ink(page, '[data-front]')).to.be.above(0.005);
    expect(await ink(page, '[data-front]')).to.be.above(await ink(page, '[data-back]'));
    const boxes = await page.evaluate('[...document.querySelectorAll(".designer-box")].map((one) => one.dataset.path)');
    expect(boxes).to.have.members([
      'qr_codes.verification',
      'text_elements.name',
      'text_elements.context',
      'text_elements.date',
      'text_elements.note',
    ]);
    expect(await box(page).getAttribute('aria-label')).to.equal(
      'name has its middle 420.95 points from the left, its line 290 points from the bottom, aligned with the middle of the page.',
    );
    expect(await notes(page)).to.equal('Everything fits.');
    await picture(page.locator('#designer'), 'designer');
    expect(complaints).to.deep.equal([]);
  });

  it('moves an element by pointer: the fields say so, and so does the document', async () => {
    const page = await openDrawn();
    await drag(page, NAME, { x: -37, y: 60 }, true);
    await picture(page, 'designer-drag');
    await afterwards(page, () => page.mouse.up());
    await page.keyboard.up('Alt');
    const [x, y] = [Number(await field(page, `o.${NAME}.x`)), Number(await field(page, `o.${NAME}.y`))];
    expect(x).to.be.closeTo(384, 1.5);
    expect(y).to.be.closeTo(350, 1.5);
    expect(await page.locator('#designer-x').inputValue()).to.equal(String(x));
    expect(await said(page)).to.match(
      /^name has its middle \d+ points from the left, its line \d+ points from the bottom/,
    );
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.waitForURL(/credential-type-saved/);
    expect((await site.services.credentials.type('type-1'))?.options).to.deep.include({
      text_elements: { name: { x, y }, note: { text: 'Verify at {verify_url}', x: 60, y: 60, align: 'left', size: 8 } },
    });
    const word = await wordIn(await sample(page), 'Lovelace');
    expect(word.right).to.be.within(x + 100, x + 120);
    // the picture of the words has its own idea of ascent and descent; the line is between
    expect(595.276 - y).to.be.within(word.top, word.bottom);
    expect(complaints).to.deep.equal([]);
  });

  it('draws an element to a guide, gives a drag up, and leaves guides alone where snapping is switched off', async () => {
    const page = await openDrawn();
    await drag(page, 'qr_codes.verification', { x: -325, y: 0 });
    expect(await page.locator('.designer-guide.x').count()).to.equal(1);
    await afterwards(page, () => page.mouse.up());
    expect(Number(await field(page, 'o.qr_codes.0.x')) + 45).to.be.closeTo(421, 0.5);
    expect(await said(page)).to.include('aligned with the middle of the page');
    await afterwards(page, () => page.getByRole('button', { name: 'Undo' }).click());
    expect(await field(page, 'o.qr_codes.0.x')).to.equal('700');
    await drag(page, 'qr_codes.verification', { x: -100, y: 0 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await said(page)).to.equal('verification stays where it was.');
    expect(await field(page, 'o.qr_codes.0.x')).to.equal('700');
    await page.getByLabel('Snap to guides').uncheck();
    await drag(page, 'qr_codes.verification', { x: -325, y: 0 });
    expect(await page.locator('.designer-guide').count()).to.equal(0);
    await afterwards(page, () => page.mouse.up());
    expect(await field(page, 'o.qr_codes.0.x')).to.match(/^37[456]$/);
  });

  it('moves an element by the keyboard alone, and takes it back', async () => {
    const page = await openDrawn();
    await page.getByRole('combobox', { name: 'Element' }).focus();
    await page.keyboard.press('Tab');
    await box(page).focus();
    expect(await box(page).getAttribute('aria-pressed')).to.equal('true');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await afterwards(page, () => page.keyboard.press('Shift+ArrowLeft'));
    expect([await field(page, `o.${NAME}.x`), await field(page, `o.${NAME}.y`)]).to.deep.equal(['411', '292']);
    expect(await said(page)).to.equal(
      'name has its middle 411 points from the left, its line 292 points from the bottom.',
    );
    await afterwards(page, () => page.keyboard.press('Control+z'));
    expect([await field(page, `o.${NAME}.x`), await field(page, `o.${NAME}.y`)]).to.deep.equal(['', '']);
    expect(await said(page)).to.equal('Taken back: name.');
    await afterwards(page, () => page.keyboard.press('Control+Shift+z'));
    expect(await field(page, `o.${NAME}.x`)).to.equal('411');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.dataset.path')).to.equal('text_elements.context');
    expect(complaints).to.deep.equal([]);
  });

  it('follows the fields of the form and its own figures, both ways', async () => {
    const page = await openDrawn();
    const top = () => page.evaluate<number>(`document.querySelector('[data-path="${NAME}"]').offsetTop`);
    const before = await top();
    await page.locator('#designer-element').selectOption(NAME);
    await page.getByRole('button', { name: 'Show its options' }).click();
    expect(await page.evaluate('document.activeElement.name')).to.equal(`o.${NAME}.x`);
    await afterwards(page, () => page.locator(`[name="o.${NAME}.y"]`).fill('390'));
    expect(await page.locator('#designer-y').inputValue()).to.equal('390');
    expect(before - (await top())).to.be.closeTo(100 * (await scale(page)), 2);
    await page.locator('#designer-x').fill('300');
    await afterwards(page, () => page.keyboard.press('Enter'));
    expect(await field(page, `o.${NAME}.x`)).to.equal('300');
    expect(page.url()).to.equal(place.address + EDIT);
    await afterwards(page, () => page.getByRole('button', { name: 'To the middle' }).click());
    expect(Number(await field(page, `o.${NAME}.x`))).to.be.closeTo(421, 0.5);
  });

  it('gives an element that only the type has an entry in the configuration', async () => {
    const page = await openDrawn('/configurations/c-1/edit');
    for (const path of ['text_elements.note', 'qr_codes.verification']) {
      await box(page, path).focus();
      await afterwards(page, () => page.keyboard.press('Shift+ArrowUp'));
    }
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/configuration-saved/);
    expect((await site.services.credentials.configuration('c-1'))?.options).to.deep.equal({
      text_elements: { note: { y: 70 } },
      qr_codes: { verification: { y: 50 } },
    });
  });

  it('shows sample learners at a press, with what to do about what does not fit', async () => {
    const page = await openDrawn();
    await afterwards(page, () =>
      page.getByRole('group', { name: 'Sample learner' }).getByRole('button', { name: 'A very long name' }).click(),
    );
    expect(await notes(page)).to.equal(
      'Note: "name" takes 2 lines at its least size, 19.2 pt; leave room above it, or allow a smaller "min_size". Go to it',
    );
    expect(await box(page).getAttribute('data-state')).to.equal('warning');
    for (const title of ['From right to left', 'Chinese', 'Combining marks', 'A course of two lines']) {
      const group = page.getByRole('group', { name: 'Sample learner' });
      await afterwards(page, () => group.getByRole('button', { name: title }).click());
      expect(await ink(page, '[data-front]'), title).to.be.above(await ink(page, '[data-back]'));
      // a name from right to left must not take the figures behind it along
      const isolated = page.locator('[data-facts] bdi');
      expect(await page.locator('[data-facts]').textContent()).to.include(`“${await isolated.textContent()}”, `);
    }
    await page
      .locator('[name="o.template"]')
      .evaluate('(field) => { field.closest("details")?.setAttribute("open", ""); }');
    await page.locator('[name="o.template"]').fill('nothing');
    await page.getByText('There is no asset "nothing"', { exact: false }).first().waitFor();
    expect(complaints.filter((text) => !/status of 422/.test(text))).to.deep.equal([]);
  });

  it('compares with what is in force', async () => {
    const page = await openDrawn();
    await page.getByText('What changes when you save').click();
    await page.getByText('The picture stays the same.').waitFor();
    await box(page).focus();
    await page.keyboard.press('Shift+ArrowUp');
    await page.getByText(/% of the picture changes; moved, new or gone: name\.$/).waitFor();
    expect(await ink(page, '[data-compare="difference"]')).to.be.above(0.001);
    await picture(page.locator('#designer'), 'designer-changes');
    expect(complaints).to.deep.equal([]);
  });

  it('shows each page of a template asset', async () => {
    const { credentials: store, files } = site.services;
    const bytes = await aTemplate(
      (document) => void document.addPage([595, 842]).drawCircle({ x: 300, y: 400, size: 200 }),
    );
    const upload = { slug: 'two-pages', description: '', kind: 'pdf-template', fileName: 'c.pdf', bytes } as const;
    await saveAsset(upload, { store, files, generations: [], now: certificateAt });
    const page = await open('/credential-assets/two-pages');
    await page.locator('[data-page-picture="2"]').waitFor();
    await until(page, 'document.querySelector(`[data-page-picture="2"]`).height > 200');
    await page.waitForTimeout(200);
    expect(await ink(page, '[data-page-picture="2"]')).to.be.above(0.1);
    expect(await page.locator('figcaption').allTextContents()).to.deep.equal([
      'Page 1: 297 × 210 mm (842 × 595 pt), landscape. Documents are written on it.',
      'Page 2: 210 × 297 mm (595 × 842 pt), portrait.',
    ]);
    await picture(page, 'asset-pages');
    expect(complaints).to.deep.equal([]);
  });

  for (const { name, suffix, options } of LOOKS) {
    it(`has no accessibility fault and no sideways scrolling at ${name}`, async () => {
      const page = await openDrawn(EDIT, options);
      await page.getByText('What changes when you save').click();
      await page.getByText('The picture stays the same.').waitFor();
      await afterwards(page, () => page.locator('[data-sample="longest"]').click());
      expect(await faultsOf(page)).to.deep.equal([]);
      await picture(page.locator('#designer'), `designer-${suffix}`);
    });
  }

  it('is not needed: without scripts the fields and the samples are as ever', async () => {
    const page = await open(EDIT, { javaScriptEnabled: false });
    expect(await page.locator('#designer').isVisible()).to.equal(false);
    await page.locator('summary', { hasText: /^name$/ }).click();
    await page.locator(`[name="o.${NAME}.y"]`).fill('300');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.waitForURL(/credential-type-saved/);
    expect((await site.services.credentials.type('type-1'))?.options.text_elements).to.deep.include({
      name: { y: 300 },
    });
  });

  /** The document of the ordinary sample, as the button on the form gives it. */
  async function sample(page: Page): Promise<Buffer> {
    const html = await (await page.request.get(place.address + EDIT)).text();
    const form = Object.fromEntries(
      [...html.matchAll(/name="([^"]+)"[^>]* value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const text = 'Verify at {verify_url}';
    const chosen = { retrieval: 'course-completions', generation: 'pdf', action: 'sample:ordinary' };
    const answer = await page.request.post(place.address + EDIT, {
      form: { ...form, ...chosen, 'o.text_elements.0.text': text, 'o.text_elements.0.align': 'left' },
    });
    expect(answer.headers()['content-type']).to.equal('application/pdf');
    return answer.body();
  }
});

/** The policy of the pages forbids what playwright waits with. */
async function until(page: Page, expression: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await page.evaluate(expression)) return;
    await page.waitForTimeout(25);
  }
  throw new Error(`it did not come true in the page: ${expression}`);
}

/** Where a word stands, in points from the top left, as poppler reads it. */
async function wordIn(pdf: Buffer, word: string) {
  const folder = await mkdtemp(join(tmpdir(), 'laurel-word-'));
  try {
    await writeFile(join(folder, 'sample.pdf'), pdf);
    const { stdout } = await run('pdftotext', ['-bbox', join(folder, 'sample.pdf'), '-']);
    const found = new RegExp(`xMin="([\\d.]+)" yMin="([\\d.]+)" xMax="([\\d.]+)" yMax="([\\d.]+)">${word}<`).exec(
      stdout,
    );
    const [left, top, right, bottom] = (found ?? []).slice(1).map(Number);
    return { left, top: top ?? 0, right: right ?? 0, bottom: bottom ?? 0 };
  } finally {
    await rm(folder, { recursive: true });
  }
}
