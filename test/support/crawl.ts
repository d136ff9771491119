/** Following every link of a site. */

import type { Page } from 'playwright-core';

const linksOf = `[...document.querySelectorAll('a[href]')].map((link) => link.href)`;

/** Follows every link from the dashboard on. Of addresses that differ in an id or a query alone, one is visited.
 *  @param visit is on the page @returns what was visited */
export async function crawl(
  { address }: { readonly address: string },
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
    // The choice of a language or of colours would count from then on.
    for (const href of await page.evaluate<readonly string[]>(linksOf))
      if (href.startsWith(`${address}/`) && !/[?&](language|colours)=/.test(href))
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
