import { expect } from 'chai';
import supertest from 'supertest';
import { openRoutes, pageRoutes } from '../../../server/http/app.ts';
import { openTexts } from '../../../server/i18n/texts.ts';
import { createMailWriter } from '../../../server/mail/write-mail.ts';
import { addressOf, HOSTILE, hostileSite } from '../../support/hostile-site.ts';
import { liveMarkup } from '../../support/live-markup.ts';
import { aCredential, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, PASSWORD, type Site } from '../../support/web.ts';

describe('hostile texts', function () {
  this.timeout(120_000);

  for (const evil of HOSTILE) {
    it(`${JSON.stringify(evil)} runs on no page, whoever supplied it`, async () => {
      const { site, ids } = await hostileSite(evil);
      const browser = await site.signIn('administrator');
      const query = encodeURIComponent(evil);
      let pages = 0;
      for (const { method, path } of [...openRoutes(site.services), ...pageRoutes(site.services)]) {
        if (method !== 'get') continue;
        const address = addressOf(path, ids, evil);
        for (const more of [
          '',
          `?search=${query}&name=${query}&id=${query}&to=${query}&done=${query}&after=${query}`,
        ]) {
          const { status, text = '', headers } = await browser.get(`${address}${more}`);
          expect(status, address).to.be.lessThan(501);
          if (status === 500) throw new Error(`${address}${more} answered 500`);
          expect(headers.location ?? '/', address).to.match(/^\/(?!\/)/);
          if (!String(headers['content-type']).startsWith('text/html')) continue;
          expect(liveMarkup(text), `${address}${more}`).to.deep.equal([]);
          pages += 1;
        }
      }
      expect(pages).to.be.greaterThan(80);
    });
  }

  it('would be noticed', () => {
    expect(liveMarkup('<script>x</script>')).to.deep.equal(['a script of somebody else']);
    expect(liveMarkup('<script src="//x.test/assets/a.js"></script>')).to.have.length(1);
    expect(liveMarkup('<p onclick=x>')).to.deep.equal(['onclick on <p>']);
    expect(liveMarkup('<a href="&#106;ava\tscript:x">')).to.have.length(1);
    expect(liveMarkup('<form action=data:text/html,x>')).to.have.length(1);
    expect(liveMarkup('<svg/onload=x>')).to.deep.equal(['onload on <svg>']);
    expect(liveMarkup('<iframe srcdoc=x>')).to.deep.equal(['<iframe>', 'srcdoc on <iframe>']);
    expect(liveMarkup('<a href="https://x.test">x</a><script src="/assets/a.js"></script>')).to.deep.equal([]);
  });

  it('are texts in mails, and add no header to them', async () => {
    const texts = openTexts({ defaultLanguage: 'en', timeZone: 'UTC', folder: null });
    const speech = { texts, platformName: null, mailLanguage: null, languageOf: async () => null };
    const write = createMailWriter(speech, { publicUrl: () => 'https://b.test', downloadUrl: () => null });
    for (const evil of [...HOSTILE, 'a\r\nBcc: everybody@evil.test\r\n\r\n<script>alert(1)</script>']) {
      const said = { learnerName: evil, contextName: evil, credentialType: evil };
      const { subject, html } = await write(aCredential({ username: evil, order: 1, ...said }));
      expect(subject, evil).to.not.match(/[\r\n]/);
      expect(liveMarkup(html), evil).to.deep.equal([]);
    }
  });
});

describe('fields that no form has', function () {
  this.timeout(120_000);
  let site: Site;
  let browser: Browser;
  let token: string;
  before(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
    token = csrfOf((await browser.get('/')).text);
  });
  const more = {
    ...{ _id: 'mine', id: 'mine', passwordHash: 'mine', status: 'mine', state: 'mine', version: '0', createdAt: '0' },
    ...{ '__proto__[polluted]': 'yes', 'constructor[prototype][polluted]': 'yes', __proto__: 'yes', 'a[$ne]': '' },
  };

  it('change nothing of an account that is made', async () => {
    const form = { name: 'plain', role: 'viewer', password: PASSWORD, repeated: PASSWORD, confirmation: PASSWORD };
    await browser
      .post('/accounts/new')
      .type('form')
      .send({ ...form, ...more, _csrf: token });
    const account = await site.services.access.accountByName('plain');
    expect(account?.role).to.equal('viewer');
    expect(account?.id).to.not.equal('mine');
    expect(account?.passwordHash).to.match(/^\$scrypt\$/);
  });

  it('reach no prototype, in forms and in JSON', async () => {
    for (const { method, path } of pageRoutes(site.services)) {
      if (method !== 'post' || path === '/sign-out') continue;
      const address = addressOf(path, {}, 'none');
      const { status } = await browser
        .post(address)
        .type('form')
        .send({ ...more, _csrf: token });
      expect(status, address).to.be.lessThan(500);
    }
    const json = '{"specversion":"1.0","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    await supertest(site.app)
      .post('/events')
      .type('application/cloudevents+json')
      .set('Authorization', 'Bearer ingest-token-of-the-tests')
      .send(json)
      .expect(400);
    expect(Object.hasOwn(Object.prototype, 'polluted')).to.equal(false);
  });

  it('are no operators of the database: a sign-in with them is a wrong one', async () => {
    const stranger = site.browser();
    const _csrf = csrfOf((await stranger.get('/sign-in')).text);
    for (const fields of ['name[$ne]=&password[$ne]=', 'name=administrator&password[$ne]=x', 'name[]=administrator']) {
      const { status } = await stranger
        .post('/sign-in')
        .type('form')
        .send(`_csrf=${encodeURIComponent(_csrf)}&${fields}`);
      expect(status, fields).to.be.oneOf([401, 422]);
    }
    expect((await stranger.get('/')).status).to.equal(303);
  });
});
