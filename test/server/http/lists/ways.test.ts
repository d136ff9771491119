/** Where lists lead, and what they ask for: a list is never a dead end. */

import { expect } from 'chai';
import { seed } from '../../../support/seed.ts';
import { makeSite, textOf } from '../../../support/web.ts';

describe('a list', () => {
  it('that holds nothing asks for nothing, and says what to do next', async () => {
    const browser = await makeSite().signIn('administrator');
    for (const path of ['/badges', '/progress', '/issued-badges', '/credentials', '/jobs', '/learners']) {
      const { text } = await browser.get(path);
      expect(text, path).not.to.include('class="filters"');
      expect(text, path).to.include('class="card blank"');
    }
    // What came in before the last week is hidden by a filter, so the filter is there.
    expect((await browser.get('/events')).text).to.include('class="filters"');
  });

  it('that finds nothing keeps its filters, and can be cleared', async () => {
    const site = makeSite();
    await seed(site);
    const { text } = await (await site.signIn('administrator')).get('/badges?search=nothing-like-it');
    expect(text).to.include('class="filters"').and.to.include('value="nothing-like-it"');
    expect(textOf(text)).to.include('Clear all filters');
  });

  it('of the system leads back to the system', async () => {
    const browser = await makeSite().signIn('administrator');
    for (const path of ['/jobs', '/effects'])
      expect((await browser.get(path)).text, path).to.match(/class="crumbs"[\s\S]*?<a href="\/system">System<\/a>/);
  });
});
