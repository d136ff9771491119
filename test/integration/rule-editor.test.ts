/** The rule editor in a real browser: writing, completing, mending, formatting and leaving with the keyboard, without a
 *  complaint of the content policy; and the plain text area where there is no script. */

import { expect } from 'chai';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { parse, printFile } from '../../dsl/index.ts';
import { buildBrowserAssets, bundle } from '../../server/assets/bundle.ts';
import { collectComplaints, faultsOf, LOOKS, picture } from '../support/browser.ts';
import { type BrowserSite, openBrowserSite } from '../support/browser-site.ts';
import { demoRules, seed } from '../support/seed.ts';
import type { Site } from '../support/web.ts';
import { ruleTexts } from '../support/written-texts.ts';

const EDIT = '/badges/demo-course/edit';
/** The canonical form: what the store holds. */
const RULES = printFile(parse(demoRules).file);
const MISTAKES = RULES.replace('is_passing = false', 'is_pasing = false').replace('resets demo', 'resets dmo');

/** axe lets the list of a combobox be scrolled by arrows; that of a text field with several lines, which may have one as
 *  well, it takes for a region that must be reached by Tab. */
const LIST_BY_ARROWS = /^scrollable-region-focusable at \.rule-editor,#cm-ac-/;

describe('the rule editor in a browser', function () {
  this.timeout(180_000);
  let place: BrowserSite;
  let site: Site;
  let complaints: string[];

  before(async function () {
    place = await openBrowserSite(this, seed);
    site = place.site;
    await buildBrowserAssets();
  });
  after(() => place?.close());
  afterEach(() => place?.closePages());

  async function open(path = EDIT, look: BrowserContextOptions = {}): Promise<Page> {
    const page = await place.openPage(look);
    complaints = collectComplaints(page);
    await page.goto(place.address + path);
    return page;
  }

  const content = (page: Page): Locator => page.getByRole('textbox', { name: 'Rules' });
  const status = (page: Page): Locator => page.locator('.rule-status');
  const field = (page: Page): Promise<string> => page.locator('#rules').inputValue();

  /** Pastes the whole text. */
  async function write(page: Page, text: string): Promise<void> {
    await content(page).click();
    await page.keyboard.press('Control+A');
    await content(page).evaluate(paste, text);
  }

  /** Puts the cursor behind a piece of the text. */
  async function cursorBehind(page: Page, piece: string): Promise<void> {
    const text = await field(page);
    const before = text.slice(0, text.indexOf(piece) + piece.length).split('\n');
    await page.keyboard.press('Control+Home');
    for (let line = 1; line < before.length; line++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await page.keyboard.press('Home');
    const start = before.at(-1) as string;
    // Home goes to the first letter, then to the very begin.
    for (let column = 0; column < start.length; column++) await page.keyboard.press('ArrowRight');
  }

  it('takes the place of the text area, by the same name, and obeys the content policy', async () => {
    const page = await open();
    await status(page).getByText('No problems.').waitFor();
    expect(await content(page).textContent()).to.include('requirement demo in group A {');
    const described = await content(page).getAttribute('aria-describedby');
    const hint = (await page.locator(`.rule-editor #${described}`).textContent()) ?? '';
    expect(hint)
      .to.include('Exactly one badge block and, if you like, tests about it')
      .and.include('Tab leaves the editor');
    const keyword = page.locator('.rule-editor .rule-keyword').first();
    expect(await keyword.evaluate(weightOf)).to.equal('600');
    await content(page).click();
    await page.keyboard.press('Control+F');
    await page.keyboard.press('Escape');
    expect(complaints).to.deep.equal([]);
    expect(await page.evaluate('document.querySelectorAll("style").length')).to.equal(0);
  });

  it('shows while one writes what the server finds, at the same places', async () => {
    const page = await open();
    await write(page, MISTAKES);
    await status(page).getByText('2 errors').waitFor();
    const expected = site.services.checkBadge(MISTAKES);
    expect(expected).to.have.length(2);
    for (const [index, { line, column, message, hint, code }] of expected.entries()) {
      const item = page.locator('.rule-problems > li').nth(index);
      expect(await item.textContent()).to.include(`Line ${line}, column ${column} Error: ${message}; ${hint} ${code}`);
    }
    const underlined = await page.locator('.rule-editor .cm-lintRange-error').allTextContents();
    expect(underlined).to.deep.equal(expected.map(({ span }) => MISTAKES.slice(span.start, span.end)));
    expect(await content(page).getAttribute('aria-invalid')).to.equal('true');
    await page.getByRole('button', { name: 'Check only' }).click();
    await page.getByRole('heading', { name: 'What the check found' }).waitFor();
    const places = expected.map(({ line, column }) => `Line ${line}, column ${column}`);
    for (const place of places) expect(await page.locator('.problems').textContent()).to.include(place);
    expect(complaints.filter((text) => !/status of 422/.test(text))).to.deep.equal([]);
  });

  it('completes with the keyboard, in a list that assistive technology can follow', async () => {
    const page = await open('/badges/new');
    await status(page).getByText('No problems.').waitFor();
    await content(page).click();
    await cursorBehind(page, 'is_passing = true');
    await page.keyboard.type(' and cou');
    const list = page.getByRole('listbox');
    await list.waitFor();
    const options = await list.getByRole('option').allTextContents();
    expect(options).to.include('course.course_keycourse key').and.include('course.display_nametext');
    expect(await content(page).getAttribute('aria-autocomplete')).to.equal('list');
    expect(await content(page).getAttribute('aria-haspopup')).to.equal('listbox');
    const active = await content(page).getAttribute('aria-activedescendant');
    expect(await page.locator(`.rule-editor #${active}`).getAttribute('aria-selected')).to.equal('true');
    await page.waitForTimeout(100); // A list that has just come does not take Enter: it may be meant for the line.
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(await field(page)).to.include('where is_passing = true and course.course_key\n');
    await page.keyboard.type(' sta');
    await list.waitFor();
    await page.waitForTimeout(100);
    await page.keyboard.press('Enter');
    expect(await field(page)).to.include('and course.course_key starts with\n');
    await page.keyboard.press('Control+Space');
    expect(complaints).to.deep.equal([]);
  });

  it('goes to the next problem and mends it, without a pointer', async () => {
    const page = await open();
    await write(page, MISTAKES);
    await status(page).getByText('2 errors').waitFor();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('F8');
    await status(page).getByText('did you mean "is_passing"?').waitFor();
    await page.keyboard.press('Control+.');
    await status(page).getByText('1 error at line').waitFor();
    expect(await field(page)).to.include('is_passing = false');
    await page.getByRole('button', { name: 'Change to demo' }).focus();
    await page.keyboard.press('Enter');
    await status(page).getByText('No problems.').waitFor();
    expect(await field(page)).to.equal(RULES);
    await page.keyboard.press('Control+Z');
    expect(await field(page)).to.include('resets dmo');
  });

  it('formats, and refuses to where the text cannot be read', async () => {
    const page = await open();
    await write(page, RULES.replaceAll('    ', '\t').replace(' = false', '=false'));
    await page.keyboard.press('Shift+Alt+F');
    await status(page).getByText('Formatted.').waitFor();
    expect(await field(page)).to.equal(RULES);
    await write(page, 'badge "demo-course" {\n  requirement }');
    // The check would write over it.
    await status(page)
      .getByText(/\d errors?/)
      .waitFor();
    await page.getByRole('button', { name: 'Format' }).click();
    await status(page)
      .getByText('Not formatted: line 2, column 15 cannot be read: expected a name, but found "}".')
      .waitFor();
    expect(await field(page)).to.equal('badge "demo-course" {\n  requirement }');
  });

  it('explains the word at the cursor and the word under the pointer', async () => {
    const page = await open();
    await status(page).getByText('No problems.').waitFor();
    await content(page).click();
    await cursorBehind(page, 'course.course_key');
    await page.keyboard.press('F2');
    await status(page).getByText('course.course_key: course key. Such as "course-v1:Org+Course+Run"').waitFor();
    await page.locator('.rule-editor .rule-keyword', { hasText: 'resets' }).hover();
    await page.getByText('Which requirements the penalty takes back.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Which requirements the penalty takes back.').waitFor({ state: 'detached' });
  });

  it('is left by Tab in both directions, and indents by Ctrl-] and Ctrl-[', async () => {
    const page = await open();
    await status(page).getByText('No problems.').waitFor();
    await content(page).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+]');
    expect((await field(page)).startsWith('  #')).to.equal(true);
    await page.keyboard.press('Control+[');
    expect(await field(page)).to.equal(RULES);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).to.equal('Format: Rules');
    await page.keyboard.press('Shift+Tab');
    expect(await content(page).evaluate(hasFocus)).to.equal(true);
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('Demo course completion');
    expect(await field(page)).to.equal(RULES);
  });

  it('sends its text with the form, and keeps it on the way back', async () => {
    const page = await open('/badges/new');
    await status(page).getByText('No problems.').waitFor();
    const text = RULES.replace('"demo-course" {', '"from-editor" {').replace(/^#.*\n/, '');
    await write(page, text);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/badges\/from-editor\?done=badge-saved/);
    expect((await site.services.badges.get('from-editor'))?.source).to.equal(text);
    await page.goto(`${place.address}/badges/from-editor/edit`);
    await status(page).getByText('No problems.').waitFor();
    await write(page, text.replace('Falls', 'Drops'));
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.waitForURL(/badges\/from-editor$/);
    await page.goBack();
    await status(page).getByText('No problems.').waitFor();
    expect(await field(page)).to.include('Drops');
    expect(await content(page).textContent()).to.include('Drops');
  });

  it('is where its label and the error summary lead to', async () => {
    const page = await open();
    await status(page).getByText('No problems.').waitFor();
    await page.locator('label[for="rules"]').click();
    expect(await content(page).evaluate(hasFocus)).to.equal(true);
    await write(page, MISTAKES);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    await status(page).getByText('2 errors').waitFor();
    await page.locator('.problems a').first().click();
    expect((await content(page).evaluate(hasFocus)) || /#(rules|line-\d+)$/.test(page.url())).to.equal(true);
  });

  it('is not needed: without scripts, or when the script does not come, the text area is as ever', async () => {
    const plain = await open(EDIT, { javaScriptEnabled: false });
    await plain.locator('#rules').fill(RULES.replace('Falls below', 'Sinks below'));
    await plain.getByRole('button', { name: 'Save' }).click();
    await plain.getByText('The badge was saved').waitFor();
    expect((await site.services.badges.get('demo-course'))?.source).to.include('Sinks below');

    const page = await place.openPage();
    await page.route('**/rule-editor.js*', (route) => route.abort());
    await page.goto(`${place.address}${EDIT}`);
    await page.locator('#rules').fill(RULES);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The badge was saved').waitFor();
    expect((await site.services.badges.get('demo-course'))?.source).to.equal(RULES);
  });

  it('edits conditions by themselves, several on one page, and heeds what the form requires', async () => {
    const page = await open();
    const script = await page.locator('script[data-vocabulary]').evaluate(markupOf);
    const policy = (await page.request.get(`${place.address}${EDIT}`)).headers()['content-security-policy'] ?? '';
    const area = (name: string, type: string) =>
      `<label for="${name}">${name}</label>
       <textarea id="${name}" name="${name}" rows="3" required data-rules="expression" data-event-type="${type}"></textarea>`;
    const body = `<!doctype html><html lang="en"><title>Conditions</title>
      <link rel="stylesheet" href="/assets/laurel.css">${script}<main><form action="/sent" method="get">
      ${area('First', 'org.openedx.learning.course.passing.status.updated.v1')}
      ${area('Second', 'org.openedx.learning.course.enrollment.created.v1')}<button>Send</button></form></main></html>`;
    const headers = { 'content-type': 'text/html', 'content-security-policy': policy };
    await page.route('**/conditions', (route) => route.fulfill({ headers, body }));
    await page.goto(`${place.address}/conditions`);
    const first = page.getByRole('textbox', { name: 'First' });
    const second = page.getByRole('textbox', { name: 'Second' });
    await second.click();
    await page.getByRole('button', { name: 'Send' }).click();
    expect(await first.evaluate(hasFocus)).to.equal(true);
    await page.keyboard.type('is_passing = tru');
    await page.getByRole('listbox').waitFor();
    await page.waitForTimeout(100);
    await page.keyboard.press('Enter');
    await second.click();
    await page.keyboard.type('mod = "audit"');
    await page.locator('.rule-status').nth(1).getByText('1 error at line 1, column 1').waitFor();
    await page.getByRole('button', { name: 'Change to mode' }).click();
    await page.locator('.rule-status').nth(1).getByText('No problems.').waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForURL(/\/sent\?/);
    const sent = new URL(page.url()).searchParams;
    expect(Object.fromEntries(sent)).to.deep.equal({ First: 'is_passing = true', Second: 'mode = "audit"' });
    expect(complaints.filter((text) => !/status of 404/.test(text))).to.deep.equal([]);
  });

  it('says so when it cannot check', async () => {
    const page = await place.openPage();
    await page.route('**/vocabulary.json', (route) => route.fulfill({ status: 503 }));
    await page.goto(`${place.address}${EDIT}`);
    await status(page).getByText('The text cannot be checked while you write; it is checked when you save.').waitFor();
    await write(page, 'badge');
    expect(await field(page)).to.equal('badge');
  });

  for (const { name, suffix, options } of LOOKS) {
    it(`has no accessibility fault with problems, a list of completions and a search at ${name}`, async () => {
      const page = await open(EDIT, options);
      const look = async (state: string) => {
        const found = await faultsOf(page);
        await picture(page, `editor-${state}-${suffix}`);
        const faults = found.filter((fault) => !LIST_BY_ARROWS.test(fault));
        expect(faults, state).to.deep.equal([]);
      };
      await write(page, MISTAKES);
      await status(page).getByText('2 errors').waitFor();
      await look('problems');
      await write(page, RULES.slice(0, RULES.indexOf('is_passing')));
      await page.keyboard.press('Control+Space');
      await page.getByRole('option', { name: 'course.course_key.org' }).waitFor();
      await page.locator('.cm-completionInfo').waitFor({ state: 'attached' });
      await look('completion');
      // What axe cannot know, by hand: the list is scrolled without a pointer.
      await page.keyboard.press('End');
      await page.keyboard.press('Control+Space');
      await page.getByRole('listbox').waitFor();
      await page.waitForTimeout(100);
      for (let press = 0; press < 3; press++) await page.keyboard.press('PageDown');
      expect(Number(await page.getByRole('listbox').evaluate(scrolled))).to.be.greaterThan(0);
      await page.keyboard.press('Escape');
      await write(page, MISTAKES);
      await status(page).getByText('2 errors').waitFor();
      await page.keyboard.press('Control+F');
      await page.keyboard.type('course');
      await look('search');
      await page.keyboard.press('Escape');
      await page.locator('.rule-editor .cm-lintRange-error').first().scrollIntoViewIfNeeded();
      await page.locator('.rule-editor .cm-lintRange-error').first().hover();
      await page.locator('.rule-editor .cm-tooltip-lint').waitFor();
      await look('diagnostic');
    });
  }

  it('judges 10,000 texts in the browser as the server does', async () => {
    const { outputFiles } = await bundle('test/browser/verdict-entry.ts', { globalName: 'bundled' });
    const page = await open(EDIT, { bypassCSP: true });
    await page.addScriptTag({ content: outputFiles?.[0]?.text ?? '' });
    const answer = await page.evaluate<string>('fetch("/rules/vocabulary.json").then((answer) => answer.text())');
    await page.evaluate(`globalThis.vocabulary = bundled.readVocabulary(${answer})`);
    const texts = ruleTexts(10_000, 3);
    const differing: string[] = [];
    for (let start = 0; start < texts.length; start += 500) {
      const some = texts.slice(start, start + 500);
      const found = await page.evaluate<readonly unknown[]>(
        `${JSON.stringify(some)}.map((text) => bundled.diagnose(text, { kind: 'badge', id: null }, vocabulary))`,
      );
      for (const [index, text] of some.entries()) {
        if (JSON.stringify(found[index]) !== JSON.stringify(site.services.checkBadge(text))) differing.push(text);
      }
    }
    expect(differing).to.deep.equal([]);
  });
});

/** These run in the page. */
const hasFocus = (element: unknown): boolean => (element as { matches(selector: string): boolean }).matches(':focus');
const scrolled = (element: unknown): number => (element as { scrollTop: number }).scrollTop;
const markupOf = (element: unknown): string => (element as { outerHTML: string }).outerHTML;
const paste = (element: unknown, text: string): void => {
  const page = globalThis as unknown as Record<'DataTransfer' | 'ClipboardEvent', new (...parts: unknown[]) => never>;
  const data = new page.DataTransfer() as { setData(type: string, text: string): void };
  data.setData('text/plain', text);
  const event = new page.ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
  (element as { dispatchEvent(event: unknown): void }).dispatchEvent(event);
};
const weightOf = (element: unknown): string => {
  const page = globalThis as unknown as { getComputedStyle(of: unknown): { readonly fontWeight: string } };
  return page.getComputedStyle(element).fontWeight;
};
