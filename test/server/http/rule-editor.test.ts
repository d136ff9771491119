import { expect } from 'chai';
import { assetAddress } from '../../../server/assets/browser-assets.ts';
import { demoRules, seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site } from '../../support/web.ts';

describe('the rule editor on the pages', () => {
  let site: Site;
  let browser: Browser;

  before(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  it('is loaded by the pages that have a text area for rules, and by no other', async () => {
    const address = assetAddress('rule-editor.js');
    expect(address, 'run npm run build').to.match(/^\/assets\/rule-editor\.js\?v=[0-9a-f]{12}$/);
    const script = `<script type="module" src="${address}" data-vocabulary="/rules/vocabulary.json"></script>`;
    for (const path of ['/badges/new', '/badges/demo-course/edit']) {
      expect((await browser.get(path)).text, path).to.include(script);
    }
    for (const path of ['/', '/badges', '/badges/demo-course', '/audit']) {
      expect((await browser.get(path)).text, path).not.to.include('<script type="module"');
    }
  });

  it('finds its text areas by their attributes', async () => {
    const area = (html: string) => /<textarea [^>]*>/.exec(html)?.[0];
    expect(area((await browser.get('/badges/new')).text)).to.include('data-rules="file" data-badge=""');
    expect(area((await browser.get('/badges/demo-course/edit')).text)).to.include('data-badge="demo-course"');
  });

  it('comes compressed to whoever takes it', async () => {
    const address = assetAddress('rule-editor.js') as string;
    const plain = await browser.get(address).set('Accept-Encoding', 'identity');
    const small = await browser.get(address).set('Accept-Encoding', 'gzip');
    for (const { status, headers } of [plain, small]) {
      expect(status).to.equal(200);
      expect(headers['content-type']).to.match(/^text\/javascript/);
      expect(headers.vary).to.equal('Accept-Encoding');
    }
    expect(plain.headers).not.to.have.property('content-encoding');
    expect(small.headers['content-encoding']).to.equal('gzip');
    expect(small.text).to.equal(plain.text);
  });

  it('gets what can be named only when somebody has signed in', async () => {
    expect((await site.browser().get('/rules/vocabulary.json')).status).to.equal(303);
    const { status, body } = await browser.get('/rules/vocabulary.json');
    expect(status).to.equal(200);
    expect(body.badges).to.deep.include(['explorer', ['demo-course']]);
    expect(body.providers).to.deep.equal(['memory', 'openbadges', 'credly', 'hall']);
  });

  it('asks for it anew each time, and gets it only when it has changed', async () => {
    const first = await browser.get('/rules/vocabulary.json');
    expect(first.headers['cache-control']).to.equal('private, no-cache');
    const ask = () => browser.get('/rules/vocabulary.json').set('If-None-Match', first.headers.etag ?? '');
    expect((await ask()).status).to.equal(304);
    const text = demoRules.replace('"demo-course" {', '"another" {').replaceAll(/^# .*\n/gm, '');
    expect(await site.services.saveBadge(text, { expectedVersion: 0, actor: 'ada' })).to.have.property('ok', true);
    expect((await ask()).status).to.equal(200);
  });
});
