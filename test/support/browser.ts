/** A real browser, and how tests look at pages in it.
 *  LAUREL_CHROMIUM names the browser, LAUREL_TEST_SCREENSHOTS a folder to keep pictures in. */

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { accessibilityFaults, focusedName, sidewaysScroll } from './in-browser.ts';

const executablePath = process.env.LAUREL_CHROMIUM ?? '/usr/bin/chromium';
const pictures = process.env.LAUREL_TEST_SCREENSHOTS ?? null;
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** Nothing of the browser's own on the network. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

/** How people see pages: on a desk and on a small phone, in the light and in the dark. axe gets in past the content policy. */
export const LOOKS = [1280, 320].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({
    name: `${width} px, ${colorScheme}`,
    /** For names of pictures. */
    suffix: `${width}-${colorScheme}`,
    options: { viewport: { width, height: width === 320 ? 720 : 900 }, colorScheme, bypassCSP: true },
  })),
);

/** Skips the suite where there is no browser, which CI does not put up with. */
export async function openBrowser(suite: Mocha.Context): Promise<Browser> {
  if (!existsSync(executablePath)) {
    if (process.env.CI) throw new Error(`there is no browser at ${executablePath}; set LAUREL_CHROMIUM`);
    console.log(`      no browser at ${executablePath}; set LAUREL_CHROMIUM to run these tests`);
    suite.skip();
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** A page of its own, without motion unless the look says so. */
export async function openPage(browser: Browser, look: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...look,
  });
  return context.newPage();
}

export async function closePages(browser: Browser): Promise<void> {
  for (const context of browser.contexts()) await context.close();
}

/** Needs a page opened with `bypassCSP`. @returns what axe and a ruler find wrong with it as it stands */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<readonly string[]>(accessibilityFaults(WCAG));
  const overflow = await page.evaluate<number>(sidewaysScroll);
  return overflow > 0 ? [...found, `${overflow} px too wide`] : found;
}

/** @param address of whom complaints are collected; left out: of everybody
 *  @returns grows with every error that the browser notes from now on, violations of the content policy among them */
export function collectComplaints(page: Page, address = ''): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && message.location().url.startsWith(address)) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

/** Keeps a picture where somebody wants pictures: of a whole page, or of a part of it. */
export async function picture(of: Page | Locator, name: string): Promise<void> {
  if (pictures === null) return;
  mkdirSync(pictures, { recursive: true });
  const path = join(pictures, `${name}.png`);
  if ('goto' in of) await of.screenshot({ path, fullPage: true });
  else await of.screenshot({ path });
}

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
