import { expect } from 'chai';
import supertest from 'supertest';
import { makeSite } from '../../../support/web.ts';

describe('the colours of pages', () => {
  const site = makeSite();
  const head = async (cookie: string) => {
    const { text } = await supertest(site.app).get('/verify').set('Cookie', cookie);
    return [
      /<meta name="color-scheme" content="([^"]*)">/.exec(text)?.[1],
      /laurel-dark\.css\?v=\w+" media="([^"]*)"/.exec(text)?.[1] ?? null,
      /colours=(\w+)" rel="nofollow" aria-current="true"/.exec(text)?.[1],
    ];
  };

  it('are those of the device, until somebody chooses', async () => {
    const device = ['light dark', '(prefers-color-scheme: dark)', 'device'];
    for (const cookie of ['', 'laurel-colours=device', 'laurel-colours=pink', 'laurel-colours=__proto__'])
      expect(await head(cookie), cookie).to.deep.equal(device);
    expect(await head('laurel-colours=dark')).to.deep.equal(['dark', 'screen', 'dark']);
    expect(await head('laurel-colours=light')).to.deep.equal(['light', null, 'light']);
  });

  it('are chosen by a link on the page, kept for a year, and the page comes back without it', async () => {
    const page = await supertest(site.app).get('/sign-in?to=%2Fmy');
    expect(page.text).to.include('<a href="/sign-in?to=%2Fmy&amp;colours=dark" rel="nofollow">Dark</a>');
    const browser = supertest.agent(site.app);
    const chosen = await browser.get('/sign-in?to=%2Fmy&colours=dark');
    expect([chosen.status, chosen.headers.location]).to.deep.equal([303, '/sign-in?to=%2Fmy']);
    expect(String(chosen.headers['set-cookie'])).to.match(
      /^laurel-colours=dark; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect((await browser.get('/verify')).text).to.include('<meta name="color-scheme" content="dark">');
  });

  it('take no other word, change nothing by a form, and lead to no other site', async () => {
    expect((await supertest(site.app).get('/verify?colours=pink')).status).to.equal(200);
    expect((await supertest(site.app).get('/verify?colours=dark&colours=light')).status).to.equal(200);
    const sent = await supertest(site.app).post('/sign-in?colours=dark').type('form').send({});
    expect(String(sent.headers['set-cookie'] ?? '')).not.to.include('laurel-colours');
    for (const path of ['//evil.test/?colours=dark', '/\\evil.test?colours=dark']) {
      const { headers } = await supertest(site.app).get(path);
      expect(headers.location ?? '/', path).to.match(/^\/(?![/\\])/);
    }
  });
});
