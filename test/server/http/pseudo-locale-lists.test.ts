/** Lists, the dashboard, and the pages of events, learners, jobs and accounts in a language that nobody speaks. */

import { expect } from 'chai';
import { allLists } from '../../../server/http/lists/all.ts';
import { hardCoded, PSEUDO, pseudoTexts, spokenTexts } from '../../support/pseudo-locale.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, submit } from '../../support/web.ts';

/** What authors, learners and providers say in their own words, and what computers are called by. */
const DATA: readonly (string | RegExp)[] = [
  /\p{L}{3} \d+, \d{4}, \d\d:\d\d [AP]M UTC/u,
  /\p{L}{3} \d{4}|\p{L}{3} \d+(, \d{4})?/u,
];

describe('a language that nobody speaks, on pages of administrators', function () {
  this.timeout(30_000);
  let site: Site;
  let browser: Browser;

  before(async () => {
    site = makeSite({ texts: pseudoTexts() });
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const check = (what: string, { text, status }: { readonly text: string; readonly status: number }): void => {
    expect(text, `${what}: ${status}`).to.include(`<html lang="${PSEUDO}"`);
    expect(text, what).not.to.include('<main id="main" tabindex="-1" lang=');
    expect(text.match(/.{60}(\[object Object\]|undefined).{20}/)?.[0], what).to.equal(undefined);
    expect(hardCoded(spokenTexts(text), DATA), what).to.deep.equal([]);
  };

  async function look(...paths: readonly string[]): Promise<void> {
    for (const path of paths) check(path, await browser.get(path));
  }
});
