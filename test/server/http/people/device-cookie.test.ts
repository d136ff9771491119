/** Browsers that have signed in before, and strangers who try to lock them out. */

import { expect } from 'chai';
import { createAccountDesk } from '../../../../server/http/people/accounts.ts';
import { StandingLimits } from '../../../support/standing-limits.ts';
import { type Browser, makeSite, PASSWORD, type Site, submit, textOf } from '../../../support/web.ts';

const COOKIE = 'laurel-device';

describe('a browser that has signed in before', () => {
  let site: Site;
  beforeEach(async () => {
    site = makeSite();
    await site.signIn('viewer');
    await site.signIn('editor');
  });

  const attempt = (browser: Browser, password: string, name = 'viewer') =>
    submit(browser, '/sign-in', '/sign-in', { name, password });
  const lockOut = async (name = 'viewer', at = site) => {
    for (let n = 0; n < 10; n++) expect((await attempt(at.browser(), 'wrong', name)).status).to.equal(422);
    expect((await attempt(at.browser(), PASSWORD, name)).status).to.equal(429);
  };
  const cookieIn = (answer: Awaited<ReturnType<typeof attempt>>): string =>
    [answer.headers['set-cookie'] ?? []].flat().find((one) => one.startsWith(`${COOKIE}=`)) ?? '';
  /** Signed in and out again: nothing but the cookie of the browser is left. */
  const knownBrowser = async (name = 'viewer', at = site) => {
    const browser = at.browser();
    const cookie = cookieIn(await attempt(browser, PASSWORD, name));
    await submit(browser, '/account', '/sign-out', {});
    return { browser, cookie: cookie.split(';')[0] ?? '', header: cookie };
  };
  const withCookie = async (cookie: string, password = PASSWORD) => {
    const browser = site.browser();
    browser.jar.setCookie(cookie);
    return attempt(browser, password);
  };

  it('is let in while strangers have locked the account for strangers', async () => {
    const { browser } = await knownBrowser();
    await lockOut();
    expect((await attempt(browser, 'wrong')).status).to.equal(422);
    expect((await attempt(browser, PASSWORD)).status).to.equal(303);
  }).timeout(60_000);

  it('is let in though everybody behind its address is locked out', async () => {
    const locked = new Set<string>();
    const rateLimits = {
      take: async (key: string) => (locked.has(key.split(' ')[1] ?? '') ? new Date(Date.now() + 60_000) : null),
      giveBack: async () => {},
    };
    const at = makeSite({ rateLimits });
    await at.signIn('viewer');
    const { browser } = await knownBrowser('viewer', at);
    locked.add('address').add('account');
    expect((await attempt(at.browser(), PASSWORD)).status).to.equal(429);
    expect((await attempt(browser, PASSWORD)).status).to.equal(303);
    await submit(browser, '/account', '/sign-out', {});
    locked.add('device');
    expect((await attempt(browser, PASSWORD)).status).to.equal(429);
  });

  it('is told so by a cookie that holds no name, and that scripts and other sites cannot use', async () => {
    const { header } = await knownBrowser();
    expect(header).to.match(
      /^laurel-device=[\w-]{22}\.\d+\.[\w-]{43}; Max-Age=7776000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    const secure = makeSite({
      settings: { publicUrl: 'https://badges.example.org', secureCookies: true, trustedProxies: 1 },
    });
    const { id, generation } = await createAccountDesk(secure.services).create(
      { name: 'ada', role: 'viewer', password: PASSWORD },
      'tests',
    );
    expect([typeof id, generation]).to.deep.equal(['string', 0]);
    const browser = secure.browser();
    const page = await browser.get('/sign-in').set('X-Forwarded-Proto', 'https');
    const session = String(page.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1];
    const answer = await browser
      .post('/sign-in')
      .set('X-Forwarded-Proto', 'https')
      .set('Cookie', session)
      .type('form')
      .send({ _csrf: token, name: 'ada', password: PASSWORD });
    expect([answer.headers['set-cookie'] ?? []].flat().join('\n')).to.match(
      /^__Host-laurel-device=[^;]+; Max-Age=7776000; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/m,
    );
  });

  it('is locked out by its own failures, and only by these', async () => {
    const { browser } = await knownBrowser();
    const other = await knownBrowser();
    for (let n = 0; n < 10; n++) expect((await attempt(browser, 'wrong')).status).to.equal(422);
    expect((await attempt(browser, PASSWORD)).status).to.equal(429);
    expect((await attempt(other.browser, PASSWORD)).status).to.equal(303);
    expect((await attempt(site.browser(), PASSWORD)).status).to.equal(303);
  }).timeout(60_000);

  it('gives nothing to whoever takes or changes its cookie', async () => {
    const { cookie } = await knownBrowser('editor');
    const own = (await knownBrowser()).cookie;
    await lockOut();
    // That of another account, made longer-lived, forged, and none at all: all strangers.
    const [value = '', since = '', signature = ''] = own.slice(COOKIE.length + 1).split('.');
    const forged = [
      cookie,
      `${COOKIE}=${value}.${Number(since) + 1}.${signature}`,
      `${COOKIE}=${value}.${since}.${'A'.repeat(43)}`,
      `${COOKIE}=`,
    ];
    for (const one of forged) expect((await withCookie(one)).status, one).to.equal(429);
    // A stolen one signs nobody in: what it tries is counted as its owner's browser is.
    for (let n = 0; n < 10; n++) expect((await withCookie(own, 'wrong')).status).to.equal(422);
    expect((await withCookie(own)).status).to.equal(429);
  }).timeout(60_000);

  it('is a stranger again after another password, disabling, ended sessions, and three months', async () => {
    const { access, clock } = site.services;
    const desk = createAccountDesk(site.services);
    const id = (await access.accountByName('viewer'))?.id ?? '';
    const known = async () => (await knownBrowser()).cookie;
    const cookies = [await known()];
    await desk.setPassword(id, PASSWORD, 'tests');
    cookies.push(await known());
    await desk.disable(id, 'tests');
    await desk.enable(id, 'tests');
    cookies.push(await known());
    await desk.endSessions(id, 'tests');
    await lockOut();
    for (const one of cookies) expect((await withCookie(one)).status).to.equal(429);

    const late = makeSite({ clock: { now: () => new Date(clock.now().getTime() + later) } });
    let later = 0;
    await late.signIn('viewer');
    const { browser } = await knownBrowser('viewer', late);
    later = 90 * 24 * 3_600_000;
    await lockOut('viewer', late);
    expect((await attempt(browser, PASSWORD)).status).to.equal(429);
  }).timeout(60_000);

  it('stays known to whoever changes the password there, and may do so while strangers try', async () => {
    const { browser } = await knownBrowser();
    expect((await attempt(browser, PASSWORD)).status).to.equal(303);
    await lockOut();
    const password = 'another long password';
    const changed = await submit(browser, '/account', '/account/password', { current: PASSWORD, password });
    expect(changed.headers.location).to.equal('/account?done=password-changed');
    await submit(browser, '/account', '/sign-out', {});
    expect((await attempt(browser, password)).status).to.equal(303);
  }).timeout(60_000);

  it('is known to every process, and counted by all together', async () => {
    const shared = { rateLimits: new StandingLimits(), access: site.services.access };
    const [one, other] = [makeSite(shared), makeSite(shared)];
    const { cookie } = await knownBrowser('viewer', one);
    await lockOut('viewer', other);
    const at = async (where: Site, password: string) => {
      const browser = where.browser();
      browser.jar.setCookie(cookie);
      return (await attempt(browser, password)).status;
    };
    for (let n = 0; n < 10; n++) expect(await at(n % 2 ? one : other, 'wrong')).to.equal(422);
    expect([await at(one, PASSWORD), await at(other, PASSWORD)]).to.deep.equal([429, 429]);
  }).timeout(60_000);

  it('learns nothing of which accounts there are', async () => {
    const { browser } = await knownBrowser('editor');
    const said = async (name: string) => {
      const texts = [];
      for (let n = 0; n < 11; n++) {
        const { status, text } = await attempt(browser, 'wrong', name);
        texts.push(
          `${status} ${textOf(text)}`.replaceAll(name, 'NAME').replace(/\d+ seconds|[0-9a-f]{8}-[\w-]{27}/g, ''),
        );
      }
      return texts;
    };
    expect(await said('viewer')).to.deep.equal(await said('nobody'));
  }).timeout(60_000);
});
