/** A site on in-memory twins, and a real browser in which an administrator has signed in. */

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { ExtensionRegistry } from '../../plugin/extensions/registry.ts';
import { completionsAndGrades, courseCompletions, createPdfGeneration } from '../../providers/index.ts';
import { createLocalEngine } from '../../providers/pdf/local-engine.ts';
import { projectPath } from '../../server/paths.ts';
import { accessibilityFaults, focusedName, sidewaysScroll } from './in-browser.ts';
import { makeSite, PASSWORD, type Site } from './web.ts';

const executablePath = process.env.LAUREL_CHROMIUM ?? '/usr/bin/chromium';
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export interface BrowserSite {
  readonly site: Site;
  readonly address: string;
  openPage(look?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** @returns null where there is no browser, which CI does not put up with */
export async function openBrowserSite(fill: (site: Site) => Promise<unknown>): Promise<BrowserSite | null> {
  if (!existsSync(executablePath)) {
    if (process.env.CI) throw new Error(`there is no browser at ${executablePath}; set LAUREL_CHROMIUM`);
    console.log(`      no browser at ${executablePath}; set LAUREL_CHROMIUM to run these tests`);
    return null;
  }
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const extensions = new ExtensionRegistry()
    .addRetrieval(courseCompletions)
    .addRetrieval(completionsAndGrades)
    .addGeneration(createPdfGeneration(createLocalEngine(projectPath('fonts'))))
    .freeze();
  const site = makeSite({ extensions });
  await fill(site);
  // Makes the account; the browser signs in by itself.
  await site.signIn('administrator');
  const server = createServer(site.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const door = await browser.newContext();
  const entry = await door.newPage();
  await entry.goto(`${address}/sign-in`);
  await entry.getByLabel('Name', { exact: true }).fill('administrator');
  await entry.getByLabel('Password').fill(PASSWORD);
  await Promise.all([entry.waitForURL(`${address}/`), entry.getByRole('button', { name: 'Sign in' }).click()]);
  const cookies = await door.cookies();
  await door.close();
  return {
    site,
    address,
    async openPage(look = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: true, ...look });
      await context.addCookies(cookies);
      return context.newPage();
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<readonly string[]>(accessibilityFaults(WCAG));
  const overflow = await page.evaluate<number>(sidewaysScroll);
  return overflow > 0 ? [...found, `${overflow} px too wide`] : found;
}

const linksOf = `[...document.querySelectorAll('a[href]')].map((link) => link.href)`;

/** Follows every link from the dashboard on. Of addresses that differ in an id or a query alone, one is visited.
 *  @param visit is on the page @returns what was visited */
export async function crawl(
  { address }: BrowserSite,
  page: Page,
  visit: (path: string) => Promise<void>,
): Promise<readonly string[]> {
  const seen = new Set<string>();
  const visited: string[] = [];
  const waiting = ['/'];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (seen.has(shapeOf(path))) continue;
    seen.add(shapeOf(path));
    const answer = await page.request.get(`${address}${path}`, { maxRedirects: 0 });
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html') || answer.headers()['content-disposition'])
      continue;
    await page.goto(`${address}${path}`);
    // The choice of a language would count from then on.
    for (const href of await page.evaluate<readonly string[]>(linksOf))
      if (href.startsWith(`${address}/`) && !href.includes('language='))
        waiting.push(href.slice(address.length).replace(/#.*/, ''));
    await visit(path);
    visited.push(path);
  }
  return visited;
}

/** What two pages of the same kind have in common: the words of their address. */
function shapeOf(path: string): string {
  const [place = '', query = ''] = path.split('?');
  const parameters = [...new URLSearchParams(query).keys()].filter((key) => key !== 'done').sort();
  const words = place.split('/').map((word, at) => (at > 1 && !WORDS.has(word) ? '*' : word));
  return `${words.join('/')}?${parameters.length > 1 ? 'many' : parameters.join()}`;
}

const WORDS = new Set(
  'new start form edit remove replace delete reissue invalidate settle check schedule eligibility compare versions restore examples accounts add removed'.split(
    ' ',
  ),
);

/** Presses Tab until the focus is on what has this name. */
export async function tabTo(page: Page, name: string, match: 'is' | 'startsWith' = 'is'): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 120; step++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(focusedName);
    if (match === 'is' ? focused === name : focused.startsWith(name)) return;
    passed.push(focused.slice(0, 40));
  }
  throw new Error(`Tab never reaches "${name}" on ${page.url()}; it passes ${[...new Set(passed)].join(' | ')}`);
}
