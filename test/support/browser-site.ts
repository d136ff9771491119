/** A site on in-memory twins, and a real browser in which an administrator has signed in. */

import type { BrowserContextOptions, Page } from 'playwright-core';
import { closePages, openBrowser, openPage } from './browser.ts';
import { extensions } from './certificate-site.ts';
import { serve } from './serve.ts';
import { makeSite, PASSWORD, type Site } from './web.ts';

export interface BrowserSite {
  readonly site: Site;
  readonly address: string;
  /** Signed in. */
  openPage(look?: BrowserContextOptions): Promise<Page>;
  /** All that were opened. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

/** Skips the suite where there is no browser.
 *  @param options.signedIn false: there is no account yet */
export async function openBrowserSite(
  suite: Mocha.Context,
  fill: (site: Site) => Promise<unknown> = async () => {},
  { signedIn = true }: { readonly signedIn?: boolean } = {},
): Promise<BrowserSite> {
  const browser = await openBrowser(suite);
  const site = makeSite({ extensions });
  await fill(site);
  const { address, close } = await serve(site.app);
  const cookies = signedIn ? await signIn() : [];

  async function signIn() {
    // Makes the account; the browser signs in by itself.
    await site.signIn('administrator');
    const page = await openPage(browser);
    await page.goto(`${address}/sign-in`);
    await page.getByLabel('Name', { exact: true }).fill('administrator');
    await page.getByLabel('Password').fill(PASSWORD);
    await Promise.all([page.waitForURL(`${address}/`), page.getByRole('button', { name: 'Sign in' }).click()]);
    const given = await page.context().cookies();
    await page.context().close();
    return given;
  }

  return {
    site,
    address,
    async openPage(look) {
      const page = await openPage(browser, look);
      await page.context().addCookies(cookies);
      return page;
    },
    closePages: () => closePages(browser),
    async close() {
      await browser.close();
      await close();
    },
  };
}
