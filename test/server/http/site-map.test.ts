import { expect } from 'chai';
import { SITE_PAGES } from '../../../server/http/site-map.ts';
import { routeTable } from '../../support/route-table.ts';
import { makeSite, type Site, textOf } from '../../support/web.ts';

/** Pages of fixed addresses that are no place to go to, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  '/setup': 'only before there is an account',
  '/badges/new': 'the start of a new badge leads to it',
  '/badges/new/form': 'the start of a new badge leads to it',
  '/configuration-file/export': 'a file',
  '/rules/export': 'a file',
  '/rules/vocabulary.json': 'for the rule editor',
};

describe('finding a page', () => {
  let site: Site;
  before(() => {
    site = makeSite();
  });

  it('knows every page that has an address of its own, with the right that it needs', () => {
    const fixed = Object.entries(routeTable).flatMap(([route, access]) => {
      const [method, path = ''] = route.split(' ');
      const isPage = !/:|^\/(api|exports|my|sign-|healthz|readyz|metrics|verify|\.well-known|open-badges)/.test(path);
      const isOpen = access === 'public' || access.startsWith('token') || access.startsWith('learner');
      return method === 'get' && isPage && !isOpen && !(path in LEFT_OUT) ? [[path, access]] : [];
    });
    expect(
      new Map(SITE_PAGES.map(({ href, access }) => [href, href === '/account' ? 'signed-in' : access])),
    ).to.deep.equal(new Map(SITE_PAGES.map(({ href }) => [href, new Map(fixed as [string, string][]).get(href)])));
    expect(
      SITE_PAGES.map(({ href }) => href),
      'a new page stands in server/http/site-map.ts',
    ).to.have.members(fixed.map(([path]) => path));
    expect(new Set(SITE_PAGES.map(({ name }) => name)).size).to.equal(SITE_PAGES.length);
  });

  it('opens the page that is meant: by its whole name, or where no other is called so', async () => {
    const browser = await site.signIn('administrator');
    for (const [search, href] of [
      ['Types', '/credential-types'],
      [' badges ', '/badges'],
      ['removed', '/rules/removed'],
      ['new TOKEN', '/tokens/new'],
    ] as const) {
      const answer = await browser.get(`/pages?search=${encodeURIComponent(search)}`);
      expect([answer.status, answer.headers.location], search).to.deep.equal([303, href]);
    }
  });

  it('finds by names without their accents, in the language of the page and in English', async () => {
    const browser = await site.signIn('viewer');
    for (const search of ['fournisseurs', 'evenements', 'Providers', 'Events']) {
      const answer = await browser.get(`/pages?search=${search}`).set('Accept-Language', 'fr');
      expect(answer.status, search).to.be.oneOf([200, 303]);
      if (answer.status === 200) expect(answer.text, search).to.match(/href="\/(providers|events)"/);
      else expect(answer.headers.location, search).to.match(/^\/(providers|events)$/);
    }
  });

  it('shows those that may be meant, and says what to do where there is none', async () => {
    const browser = await site.signIn('administrator');
    const several = await browser.get('/pages?search=account');
    expect(several.status).to.equal(200);
    for (const href of ['/accounts', '/accounts/new', '/provider-accounts', '/account'])
      expect(several.text).to.include(`<li><a href="${href}">`);
    expect(several.text).not.to.include('<li><a href="/jobs">');
    const none = await browser.get(`/pages?search=${encodeURIComponent('"><script>')}`);
    expect(textOf(none.text))
      .to.include('No page is called so')
      .and.include('Write less of its name, or see all pages');
    expect(none.text).not.to.include('"><script>');
  });

  it('offers nobody what they may not open, on every page', async () => {
    const browser = await site.signIn('viewer');
    for (const path of ['/pages', '/badges']) {
      const { text } = await browser.get(path);
      expect(text, path).to.include('<option value="Badges">').and.not.include('<option value="API tokens">');
    }
    expect((await browser.get('/pages?search=audit')).status).to.equal(200);
    expect((await site.browser().get('/sign-in')).text).not.to.include('site-pages');
  });

  it('offers whoever is limited to some organisations what is open to them', async () => {
    const limited = await makeSite().signIn('administrator', ['Acme']);
    for (const path of ['/pages', '/badges']) {
      const { text } = await limited.get(path);
      expect(text, path).to.include('<option value="Badges">').and.not.include('<option value="API tokens">');
    }
    expect((await limited.get('/pages?search=Runs')).headers.location).to.equal('/runs');
  });
});
