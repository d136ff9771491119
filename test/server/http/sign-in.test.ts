import { expect } from 'chai';
import sinon from 'sinon';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { createOneTimeSignIn, signInLink } from '../../../server/http/people/tokens.ts';
import { connectDatabase } from '../../../server/mongo/connect.ts';
import { MongoRateLimits, rateLimitModels } from '../../../server/mongo/rate-limits.ts';
import { testDatabase } from '../../support/database.ts';
import { csrfOf, makeSite, PASSWORD, type Site, submit, textOf } from '../../support/web.ts';

const HOUR_MS = 60 * 60 * 1000;

describe('signing in', () => {
  it('asks for name and password, and leads to where one wanted to go', async () => {
    const site = makeSite();
    await site.signIn('viewer');
    const browser = site.browser();
    const refused = await browser.get('/progress?status=awarded');
    expect(refused.headers.location).to.equal('/sign-in?to=%2Fprogress%3Fstatus%3Dawarded');
    const page = await browser.get(refused.headers.location ?? '');
    const answer = await browser
      .post('/sign-in')
      .type('form')
      .send({ _csrf: csrfOf(page.text), name: 'VIEWER', password: PASSWORD, to: '/progress?status=awarded' });
    expect([answer.status, answer.headers.location]).to.deep.equal([303, '/progress?status=awarded']);
  });

  it('never leads to another site', async () => {
    const site = makeSite();
    await site.signIn('viewer');
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/sign-in']) {
      const answer = await submit(site.browser(), '/sign-in', '/sign-in', { name: 'viewer', password: PASSWORD, to });
      expect(answer.headers.location, to).to.equal('/');
    }
  });

  it('keeps the name and says what is wrong, the same for an unknown name and a wrong password', async () => {
    const site = makeSite();
    await site.signIn('viewer');
    for (const name of ['viewer', 'nobody']) {
      const answer = await submit(site.browser(), '/sign-in', '/sign-in', { name, password: 'wrong password' });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include('<title>Error: Sign in · Laurel</title>');
      expect(textOf(answer.text)).to.include('Name and password do not belong together. Check both and try again.');
      expect(answer.text).to.include(`value="${name}"`);
      expect(answer.text).not.to.include('wrong password');
    }
  });

  it('gives the session a new id, so that a planted one is worth nothing', async () => {
    const site = makeSite();
    await site.signIn('viewer');
    const browser = site.browser();
    const before = (await browser.get('/sign-in')).headers['set-cookie']?.[0];
    const answer = await submit(browser, '/sign-in', '/sign-in', { name: 'viewer', password: PASSWORD });
    const after = answer.headers['set-cookie']?.[0];
    expect(idOf(before)).to.be.a('string').and.not.equal(idOf(after));
    const planted = await site.browser().get('/').set('Cookie', idOf(before));
    expect(planted.headers.location).to.equal('/sign-in?to=%2F');
  });

  it('sets a cookie that scripts and other sites cannot use', async () => {
    const answer = await makeSite().browser().get('/sign-in');
    expect(answer.headers['set-cookie']?.[0]).to.match(
      /^laurel=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('sets a cookie bound to the host and to https where the site is reached by https', async () => {
    const site = makeSite({
      settings: { publicUrl: 'https://badges.example.org', secureCookies: true, trustedProxies: 1 },
    });
    const answer = await site.browser().get('/sign-in').set('X-Forwarded-Proto', 'https');
    expect(answer.headers['set-cookie']?.[0]).to.match(
      /^__Host-laurel=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(answer.headers['strict-transport-security']).to.equal('max-age=63072000; includeSubDomains');
  });

  it('ends for good with signing out', async () => {
    const site = makeSite();
    const browser = await site.signIn('viewer');
    const page = await browser.get('/');
    const cookie = idOf(page.headers['set-cookie']?.[0]);
    const answer = await browser
      .post('/sign-out')
      .type('form')
      .send({ _csrf: csrfOf(page.text) });
    expect(answer.headers.location).to.equal('/sign-in?done=signed-out');
    expect((await browser.get('/badges')).status).to.equal(303);
    expect((await site.browser().get('/badges').set('Cookie', cookie)).status).to.equal(303);
  });

  it('ends after a day, however busy the session was', async () => {
    const site = makeSite();
    const browser = await site.signIn('viewer');
    site.advance(23 * HOUR_MS);
    expect((await browser.get('/badges')).status).to.equal(200);
    site.advance(HOUR_MS);
    expect((await browser.get('/badges')).status).to.equal(303);
  });

  it('ends after eight hours in which nobody asked for anything', async () => {
    const site = makeSite();
    const browser = await site.signIn('viewer');
    const timers = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const look = async (hours: number) => {
        timers.tick(hours * HOUR_MS);
        return (await site.browser().get('/badges').set('Cookie', cookie)).status;
      };
      const { headers } = await browser.get('/badges');
      const cookie = String(headers['set-cookie']?.[0]).split(';')[0] ?? '';
      expect([await look(7), await look(7), await look(8.1)]).to.deep.equal([200, 200, 303]);
    } finally {
      timers.restore();
    }
  });

  it('is refused for a while after ten failures for one account, and the message says how long', async () => {
    const site = makeSite();
    await site.signIn('viewer');
    const browser = site.browser();
    for (let attempt = 0; attempt < 10; attempt++) {
      const failed = await submit(browser, '/sign-in', '/sign-in', { name: 'viewer', password: 'wrong' });
      expect(failed.status).to.equal(422);
    }
    const answer = await submit(browser, '/sign-in', '/sign-in', { name: 'Viewer', password: PASSWORD });
    expect(answer.status).to.equal(429);
    const seconds = Number(answer.headers['retry-after']);
    expect(seconds).to.be.within(1, 900);
    expect(textOf(answer.text)).to.include(`Too many attempts; wait ${seconds} seconds and try again.`);
  }).timeout(20_000);

  it('is refused by every process after failures in any of them, and what was typed is not kept', async () => {
    const server = await testDatabase();
    const database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [rateLimitModels] });
    try {
      // stands still: no period ends while it is counted
      const now = new Date();
      const parts = { rateLimits: new MongoRateLimits(database.connection), clock: { now: () => now } };
      const sites = [makeSite(parts), makeSite(parts)];
      const [one = makeSite(), other = makeSite()] = sites;
      for (const site of sites) await site.signIn('viewer');
      const attempt = (site: Site, password: string) =>
        submit(site.browser(), '/sign-in', '/sign-in', { name: 'viewer', password });
      // What succeeds does not count.
      for (let time = 0; time < 3; time++) expect((await attempt(one, PASSWORD)).status).to.equal(303);
      for (let failure = 0; failure < 10; failure++)
        expect((await attempt(failure % 2 ? one : other, 'wrong')).status).to.equal(422);
      for (const site of sites) expect((await attempt(site, PASSWORD)).status).to.equal(429);
      const kept = JSON.stringify(await database.connection.collection('rate_limits').find().toArray());
      expect(kept)
        .to.include('sign-in account')
        .and.not.match(/viewer|127\.0\.0\.1|::/);
    } finally {
      await database.close();
      await server.close();
    }
  }).timeout(20_000);

  it('of many at the same time finds out no more than one after another', async () => {
    const site = makeSite();
    await site.signIn('viewer');
    const guess = () => submit(site.browser(), '/sign-in', '/sign-in', { name: 'viewer', password: 'wrong' });
    const statuses = (await Promise.all(Array.from({ length: 14 }, guess))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 422)).to.have.length(10);
    expect(statuses.filter((status) => status === 429)).to.have.length(4);
  }).timeout(20_000);

  it('is written down, without what was typed', async () => {
    const site = makeSite();
    await site.signIn('viewer');
    await submit(site.browser(), '/sign-in', '/sign-in', { name: 'my secret', password: 'wrong' });
    const { items } = await site.services.access.audit({ limit: 10 });
    expect(items.map(({ actor, action }) => [actor, action])).to.have.deep.members([
      ['anonymous', 'session.refused'],
      ['viewer', 'session.started'],
    ]);
    expect(JSON.stringify(items)).not.to.include('my secret');
  });
});

describe('one-time sign-in', () => {
  it('is not used up by looking at the link, and works once', async () => {
    const site = makeSite();
    const token = await createOneTimeSignIn(site.services);
    expect(signInLink('https://badges.example.org', token)).to.match(
      /^https:\/\/badges\.example\.org\/sign-in\/[\w-]{43}$/,
    );
    for (let preview = 0; preview < 3; preview++) {
      expect((await site.browser().get(`/sign-in/${token}`)).status).to.equal(200);
    }
    const first = await submit(site.browser(), `/sign-in/${token}`, `/sign-in/${token}`);
    expect([first.status, first.headers.location]).to.deep.equal([303, '/setup']);
    const second = await submit(site.browser(), `/sign-in/${token}`, `/sign-in/${token}`);
    expect(second.status).to.equal(422);
    expect(textOf(second.text)).to.include('This link no longer works It was used already, its time has passed,');
  });

  it('expires', async () => {
    const site = makeSite();
    const token = await createOneTimeSignIn(site.services, HOUR_MS);
    site.advance(HOUR_MS);
    expect((await submit(site.browser(), `/sign-in/${token}`, `/sign-in/${token}`)).status).to.equal(422);
  });

  it('leads to creating the administrator, who then signs in by password', async () => {
    const site = makeSite();
    const token = await createOneTimeSignIn(site.services);
    const browser = site.browser();
    await submit(browser, `/sign-in/${token}`, `/sign-in/${token}`);
    const short = await submit(browser, '/setup', '/setup', { name: '', password: 'short' });
    expect(short.status).to.equal(422);
    expect(textOf(short.text)).to.include('Enter a name to sign in with.');
    expect(textOf(short.text)).to.include('The password needs at least 12 characters.');
    const answer = await submit(browser, '/setup', '/setup', {
      name: 'Ada',
      password: PASSWORD,
      role: 'viewer',
      id: 'x',
    });
    expect(answer.headers.location).to.equal('/?done=account-created');
    const [account] = await site.services.access.accounts();
    expect(account).to.include({ name: 'Ada', role: 'administrator' });
    expect(account?.passwordHash).to.match(/^\$scrypt\$ln=15,r=8,p=3\$/);
    const again = await submit(site.browser(), '/sign-in', '/sign-in', { name: 'ada', password: PASSWORD });
    expect(again.status).to.equal(303);
    expect((await browser.get('/setup')).headers.location).to.equal('/');
  });

  it('is what the sign-in page points to while there is no account', async () => {
    const { text } = await makeSite().browser().get('/sign-in');
    expect(textOf(text)).to.include(
      'There is no account yet. Open the one-time link that the server printed when it started',
    );
  });
});

describe('the log', () => {
  it('names routes by their pattern: no token, username or search text of an address gets into it', async () => {
    const lines: string[] = [];
    const keep = (message: string, fields = {}) => lines.push(JSON.stringify({ message, ...fields }));
    const logger = { debug: keep, info: keep, warn: keep, error: keep };
    const site = makeSite({
      logger,
      health: async () => {
        throw new Error('mongodb://user:password@host refused');
      },
    });
    const token = await createOneTimeSignIn(site.services);
    await submit(site.browser(), `/sign-in/${token}`, `/sign-in/${token}`);
    const browser = await site.signIn('administrator');
    for (const path of ['/progress?search=barbara', '/api/laurel/v1/learners/barbara/badges', '/'])
      await browser.get(path);
    expect(lines.join('\n')).to.include('"route":"/sign-in/:token"').and.include('"code":"bug.unexpected"');
    expect(lines.join('\n')).not.to.match(new RegExp(`${token}|barbara|${PASSWORD}|user:password`));
  });
});

describe('accounts', () => {
  it('are made by an administrator, in the role chosen, and can sign in at once', async () => {
    const site = makeSite();
    const browser = await site.signIn('administrator');
    const fields = { name: ' Grace ', password: PASSWORD, role: 'viewer', passwordHash: 'mine', id: 'mine' };
    const answer = await submit(browser, '/accounts/new', '/accounts/new', fields);
    const account = await site.services.access.accountByName('grace');
    expect(answer.headers.location).to.equal(`/accounts/${account?.id}?done=account-created`);
    expect(account).to.include({ name: 'Grace', role: 'viewer' });
    expect(account?.id).not.to.equal('mine');
    const grace = await submit(site.browser(), '/sign-in', '/sign-in', { name: 'Grace', password: PASSWORD });
    expect(grace.status).to.equal(303);
  });

  it('have a name of their own', async () => {
    const browser = await makeSite().signIn('administrator');
    const answer = await submit(browser, '/accounts/new', '/accounts/new', {
      name: 'Administrator',
      password: PASSWORD,
    });
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.include('There is an account of this name already; choose another name.');
  });

  it('lose what they may do as soon as they are gone', async () => {
    const site = makeSite();
    const browser = await site.signIn('viewer');
    site.services.access.account = async () => null;
    expect((await browser.get('/badges')).status).to.equal(303);
  });
});

function idOf(cookie: string | undefined): string {
  return cookie?.split(';')[0] ?? '';
}
