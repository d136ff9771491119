import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { pageRoutes } from '../../../../server/http/app.ts';
import type { Account } from '../../../../server/http/people/access-store.ts';
import { type LmsSite, lmsSite } from '../../../support/lms-sign-in.ts';
import { seed } from '../../../support/seed.ts';
import { type Browser, csrfOf, makeSite, PASSWORD, textOf } from '../../../support/web.ts';

const MINUTE_MS = 60_000;

describe('signing in with the LMS', () => {
  let world: LmsSite;
  beforeEach(async () => {
    world = await lmsSite();
  });
  afterEach(() => world.close());

  const auditOf = async ({ site }: LmsSite) =>
    (await site.services.access.audit({ limit: 20 })).items.map(({ actor, action, details }) => [
      actor,
      action,
      details,
    ]);
  const link = (lmsUsername: string, changes: Partial<Account> = {}): Promise<boolean> =>
    world.site.services.access.createAccount({
      id: randomUUID(),
      name: 'Terry',
      role: 'operator',
      passwordHash: null,
      lmsUsername,
      disabledAt: null,
      createdAt: new Date('2026-11-01T08:00:00Z'),
      ...changes,
    });
  /** The role that the pages name beside the name. */
  const whoIs = async (browser: Browser): Promise<string> =>
    textOf(/<span class="who-name"[\s\S]*?<\/form>/.exec((await browser.get('/')).text)?.[0] ?? 'nobody');

  it('stands first on the sign-in page, above the password, and only where it is set up', async () => {
    const { text } = await world.site.browser().get('/sign-in?to=/badges');
    expect(textOf(text)).to.match(
      /Sign in Sign in with the LMS .* Sign in with a password There is no account yet\. .* Name Password Sign in/,
    );
    expect(text).to.include('href="/sign-in/lms?to=%2Fbadges"');
    expect((await makeSite().browser().get('/sign-in')).text).not.to.include('LMS');
  });

  it('makes an administrator of who is one there, and leads to the page asked for', async () => {
    const browser = world.site.browser();
    const answer = await world.enter(browser, 'principal', '/badges?search=x');
    expect([answer.status, answer.headers.location]).to.deep.equal([303, '/badges?search=x']);
    expect(await whoIs(browser)).to.equal('lms:principal administrator My badges Sign out');
    expect((await browser.get('/audit')).status).to.equal(200);
    expect(await auditOf(world)).to.deep.equal([
      ['lms:principal', 'session.started', { by: 'lms', role: 'administrator' }],
    ]);
  });

  it('makes a learner of everybody else, whom the audit does not name', async () => {
    const browser = world.site.browser();
    const answer = await world.enter(browser, 'ada', '/badges');
    expect([answer.status, answer.headers.location]).to.deep.equal([303, '/my']);
    expect((await browser.get('/my')).status).to.equal(200);
    expect((await browser.get('/sign-in')).headers.location).to.equal('/my');
    expect(await auditOf(world)).to.deep.equal([]);
  });

  it('gives roles by the claims that the setting names, the first that applies, or none', async () => {
    const as = async (username: string, LAUREL_LMS_ROLES: string): Promise<string> => {
      const other = await lmsSite({ LAUREL_LMS_ROLES });
      try {
        const browser = other.site.browser();
        await other.enter(browser, username);
        const answer = await browser.get('/');
        return answer.status === 403 ? 'learner' : await whoIs(browser);
      } finally {
        await other.close();
      }
    };
    const mixed = 'superuser=publisher,administrator=viewer';
    expect(await as('principal', mixed)).to.include('publisher');
    expect(await as('teacher', mixed)).to.include('viewer');
    expect(await as('teacher', 'superuser=administrator')).to.equal('learner');
    expect(await as('principal', 'none')).to.equal('learner');
  });

  it('gives the role of the account that is linked with the user, also where the LMS would give more', async () => {
    await link('principal');
    const browser = world.site.browser();
    await world.enter(browser, 'principal');
    expect(await whoIs(browser)).to.equal('Terry operator My badges Sign out');
    expect((await browser.get('/audit')).status).to.equal(403);
    expect(await auditOf(world)).to.deep.equal([['Terry', 'session.started', { by: 'lms', role: 'operator' }]]);
  });

  it('shows staff without an account where what they may do comes from', async () => {
    const browser = world.site.browser();
    await world.enter(browser, 'principal');
    expect(textOf((await browser.get('/account')).text)).to.include(
      'You signed in with the LMS, and your role comes from there: what is changed there counts here before long.',
    );
  });

  it('makes a learner of who has a linked account that is closed, whatever the LMS says', async () => {
    await link('principal', { disabledAt: new Date('2026-11-02T08:00:00Z') });
    const browser = world.site.browser();
    expect((await world.enter(browser, 'principal')).headers.location).to.equal('/my');
    expect((await browser.get('/')).status).to.equal(403);
  });

  it('takes the role away at once when the account is linked with somebody else, and ends when its sessions are ended', async () => {
    const { access } = world.site.services;
    const browser = world.site.browser();
    const enter = async () => {
      await world.enter(browser, 'teacher');
      expect((await browser.get('/')).status).to.equal(200);
    };
    await link('teacher', { id: 'terry', passwordHash: 'x' });
    await enter();
    expect(await access.linkAccount('terry', 'grace', 'teacher')).to.equal('changed');
    expect((await browser.get('/')).status).to.equal(403);
    expect((await browser.get('/my')).status).to.equal(200);
    await access.linkAccount('terry', 'teacher', 'grace');
    await enter();
    await access.endSessions('terry');
    expect((await browser.get('/')).headers.location).to.equal('/sign-in?to=%2F');
    expect((await browser.get('/my')).headers.location).to.equal('/sign-in/lms?to=%2Fmy');
    await enter();
    await access.changeAccount('terry', { disabledAt: new Date() }, new Date());
    expect((await browser.get('/')).status).to.be.oneOf([303, 403]);
  });

  it('asks the LMS again in good time, with the page asked for, so that a lost role is lost here too', async () => {
    const browser = world.site.browser();
    await world.enter(browser, 'teacher');
    world.site.advance(29 * MINUTE_MS);
    expect((await browser.get('/badges')).status).to.equal(200);
    world.site.advance(1 * MINUTE_MS);
    const again = await browser.get('/badges?search=x');
    expect([again.status, again.headers.location]).to.deep.equal([303, '/sign-in/lms?to=%2Fbadges%3Fsearch%3Dx']);
    // A script that looks after a page, and a form that lies open, go on until the hour is over.
    expect((await browser.get('/jobs').set('Sec-Fetch-Mode', 'cors')).status).to.equal(200);
    world.lms.claims = { administrator: false };
    expect((await world.enter(browser, 'teacher', '/badges')).headers.location).to.equal('/my');
    expect((await browser.get('/badges')).status).to.equal(403);
  });

  it('ends after the time of the setting for whoever does not ask again', async () => {
    const browser = world.site.browser();
    await world.enter(browser, 'teacher');
    const _csrf = csrfOf((await browser.get('/')).text);
    world.site.advance(60 * MINUTE_MS);
    const fetched = await browser.get('/badges').set('Sec-Fetch-Mode', 'cors');
    expect([fetched.status, fetched.headers.location]).to.deep.equal([303, '/sign-in?to=%2Fbadges']);
    const sent = await browser.post('/progress/check').type('form').send({ _csrf });
    expect([sent.status, sent.headers.location]).to.deep.equal([303, '/sign-in']);
  });

  it('starts a session under a new id', async () => {
    const browser = world.site.browser();
    const planted = idOf((await browser.get('/sign-in')).headers['set-cookie']);
    const answer = await world.enter(browser, 'ada');
    expect(idOf(answer.headers['set-cookie']))
      .to.match(/^laurel=/)
      .and.not.equal(planted);
    expect((await world.site.browser().get('/my').set('Cookie', planted)).headers.location).to.equal(
      '/sign-in/lms?to=%2Fmy',
    );
  });

  it('never leads to another site', async () => {
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', '/sign-out']) {
      const answer = await world.enter(world.site.browser(), 'principal', to);
      expect(answer.headers.location, to).to.equal('/');
      const learner = await world.enter(world.site.browser(), 'ada', to);
      expect(learner.headers.location, to).to.equal('/my');
    }
    const answer = await world.enter(world.site.browser(), 'ada', '/my/../badges');
    expect(answer.headers.location).to.equal('/my');
  });

  it('ends here with signing out, and says how to sign out of the LMS too', async () => {
    const browser = world.site.browser();
    await world.enter(browser, 'ada');
    const _csrf = csrfOf((await browser.get('/my')).text);
    const answer = await browser.post('/sign-out').type('form').send({ _csrf });
    expect(answer.headers.location).to.equal('/sign-in/lms/end');
    const page = await browser.get('/sign-in/lms/end');
    expect(page.headers.refresh).to.equal(undefined);
    expect(textOf(page.text)).to.include(
      'You have signed out You may still be signed in to the LMS: whoever uses this browser after you could come in again that way. Sign out of the LMS too',
    );
    expect(page.text).to.include(
      `href="${world.lms.url}/logout?client_id=laurel-sso&amp;redirect_url=http%3A%2F%2F127.0.0.1%2Fsign-in"`,
    );
    expect((await browser.get('/my')).headers.location).to.equal('/sign-in/lms?to=%2Fmy');
    expect(await auditOf(world)).to.deep.equal([]);
  });

  it('leads on to signing out of the LMS where the setting says so', async () => {
    const other = await lmsSite({ LAUREL_LMS_SIGN_OUT: 'true' });
    const { headers } = await other.site.browser().get('/sign-in/lms/end');
    expect(headers.refresh).to.equal(
      `0; url=${other.lms.url}/logout?client_id=laurel-sso&redirect_url=http%3A%2F%2F127.0.0.1%2Fsign-in`,
    );
    await other.close();
  });

  it('is not there where it is not set up, and the page of learners says so', async () => {
    const browser = makeSite().browser();
    for (const path of ['/sign-in/lms', '/sign-in/lms/done?state=x&code=y', '/sign-in/lms/end']) {
      const answer = await browser.get(path);
      expect(answer.status, path).to.equal(404);
      expect(textOf(answer.text)).to.include('Signing in with the LMS is not set up here; sign in with a password.');
    }
    const mine = await browser.get('/my');
    expect(mine.status).to.equal(404);
    expect(textOf(mine.text)).to.include(
      'This page is for learners who have signed in with the LMS, and signing in with it is not set up here (LAUREL_LMS_SIGN_IN_CLIENT_ID).',
    );
  });

  it('lets who signed in with a password go on to the LMS for their own page', async () => {
    const browser = await world.site.signIn('viewer');
    const answer = await browser.get('/my');
    expect([answer.status, answer.headers.location]).to.deep.equal([303, '/sign-in/lms?to=%2Fmy']);
  });

  it('keeps an account without a password from signing in with one', async () => {
    await link('teacher');
    const browser = world.site.browser();
    const page = await browser.get('/sign-in');
    for (const password of ['', 'null', PASSWORD]) {
      const fields = { _csrf: csrfOf(page.text), name: 'Terry', password };
      expect((await browser.post('/sign-in').type('form').send(fields)).status).to.equal(422);
    }
  });

  it('lets a learner use no page of the administration, and shows the way back', async () => {
    await seed(world.site);
    const browser = world.site.browser();
    await world.enter(browser, 'ada');
    const _csrf = csrfOf((await browser.get('/my')).text);
    const guarded = pageRoutes(world.site.services).filter(({ access }) => !['public', 'learner'].includes(access));
    expect(guarded.length).to.be.greaterThan(100);
    for (const { method, path } of guarded) {
      const address = path.replaceAll(/:\w+/g, 'demo-course');
      const answer = await (method === 'get'
        ? browser.get(address)
        : browser.post(address).type('form').send({ _csrf }));
      expect(answer.status, `${method} ${path}`).to.equal(403);
      expect(textOf(answer.text), path).to.match(
        /^Skip to the content Laurel ada Sign out 403 Not allowed This page is for the people who run this site; you have signed in as a learner, and your own badges and credentials are on your page\. .* Go to my badges and credentials/,
      );
    }
  }).timeout(30_000);
});

describe('a sign-in with the LMS that fails', () => {
  let world: LmsSite;
  beforeEach(async () => {
    world = await lmsSite();
  });
  afterEach(() => world.close());

  /** What a person reads between the frame's texts. */
  const said = ({ status, text }: { readonly status: number; readonly text: string }) => ({
    status,
    text: textOf(text)
      .replace(/^Skip to the content Laurel /, '')
      .replace(/ When you report this.*$/, ''),
  });
  const AGAIN = 'Sign in with the LMS Other ways to sign in';
  const UNKNOWN = {
    status: 400,
    text: `This sign-in was not begun here It was used already, was begun in another browser, or your browser keeps no cookies for this site. Begin again, and allow cookies for this site if it does not help. ${AGAIN}`,
  };
  const EXPIRED = {
    status: 400,
    text: `The sign-in took too long For your safety a sign-in must be finished within some minutes. Begin again. ${AGAIN}`,
  };
  const unavailable = (forOperator: string) => ({
    status: 503,
    text: `The LMS does not answer at the moment We could not ask the LMS who you are. Nothing is wrong with your account: wait a few minutes and try again. For the people who run this site: ${forOperator} ${AGAIN}`,
  });
  const refused = (forOperator: string) => ({
    status: 502,
    text: `The LMS did not sign you in This is not your mistake: this site and the LMS do not understand each other. Tell the people who run this site, with the request id below. For the people who run this site: ${forOperator} ${AGAIN}`,
  });
  const isStranger = async (browser: Browser) =>
    expect((await browser.get('/my')).headers.location).to.equal('/sign-in/lms?to=%2Fmy');

  it('because it was refused there', async () => {
    const browser = world.site.browser();
    const answer = await world.enter(browser, '', '/my');
    expect(said(answer)).to.deep.equal({
      status: 403,
      text: `You are not signed in The LMS was not allowed to tell us who you are. If you want to sign in, try again and allow it. ${AGAIN}`,
    });
    expect(answer.text).to.include('href="/sign-in/lms?to=%2Fmy"');
    await isStranger(browser);
    expect((await world.site.services.access.audit({ limit: 9 })).items).to.have.length(1);
  });

  it('because its state is that of another browser, was changed, or is missing', async () => {
    const [hers, his] = [world.site.browser(), world.site.browser()];
    const back = await world.choose(await world.begin(hers), 'ada');
    await world.begin(his);
    const code = back.searchParams.get('code');
    for (const path of [
      back.pathname + back.search,
      `${back.pathname}?code=${code}&state=x`,
      `${back.pathname}?code=${code}`,
    ])
      expect(said(await his.get(path)), path).to.deep.equal(UNKNOWN);
    await isStranger(his);
    // Whoever guesses fills no audit.
    expect((await world.site.services.access.audit({ limit: 9 })).items).to.deep.equal([]);
    expect((await hers.get(back.pathname + back.search)).headers.location).to.equal('/my');
  });

  it('because it was used already', async () => {
    const browser = world.site.browser();
    const back = await world.choose(await world.begin(browser), 'ada');
    const cookie = idOf((await browser.get('/sign-in')).headers['set-cookie']);
    expect((await browser.get(back.pathname + back.search)).status).to.equal(303);
    // Whoever went back in the browser is where they wanted to be.
    expect((await browser.get(back.pathname + back.search)).headers.location).to.equal('/my');
    const before = await world.site
      .browser()
      .get(back.pathname + back.search)
      .set('Cookie', cookie);
    expect(said(before)).to.deep.equal(UNKNOWN);
  });

  it('is used up by failing', async () => {
    const browser = world.site.browser();
    const back = await world.choose(await world.begin(browser), 'ada');
    world.lms.failNext('/oauth2/access_token', 503);
    expect((await browser.get(back.pathname + back.search)).status).to.equal(503);
    expect(said(await browser.get(back.pathname + back.search))).to.deep.equal(UNKNOWN);
  });

  it('because it took too long', async () => {
    const browser = world.site.browser();
    const authorize = await world.begin(browser);
    world.site.advance(15 * MINUTE_MS);
    const back = await world.choose(authorize, 'ada');
    expect(said(await browser.get(back.pathname + back.search))).to.deep.equal(EXPIRED);
    await isStranger(browser);
  });

  it('because the code has expired at the LMS', async () => {
    const browser = world.site.browser();
    const back = await world.choose(await world.begin(browser), 'ada');
    world.site.advance(2 * MINUTE_MS);
    expect(said(await browser.get(back.pathname + back.search))).to.deep.equal(EXPIRED);
  });

  it('because the code was made for another verifier', async () => {
    const [hers, his] = [world.site.browser(), world.site.browser()];
    const stolen = (await world.choose(await world.begin(hers), 'ada')).searchParams.get('code') ?? '';
    const back = await world.choose(await world.begin(his), 'grace');
    back.searchParams.set('code', stolen);
    expect(said(await his.get(back.pathname + back.search))).to.deep.equal(EXPIRED);
    await isStranger(his);
  });

  it('because the LMS is down', async () => {
    for (const [status, words] of [
      [503, 'The LMS finishes no sign-in at the moment (503).'],
      [0, 'The LMS cannot be reached for a sign-in (ECONNRESET); LAUREL_LMS_URL says where it is.'],
    ] as const) {
      const browser = world.site.browser();
      world.lms.failNext('/oauth2/access_token', status);
      const answer = await world.enter(browser, 'ada');
      expect(said(answer)).to.deep.equal(unavailable(words));
      expect(answer.headers['retry-after']).to.equal('60');
      await isStranger(browser);
    }
  });

  it('because the keys of the LMS cannot be had', async () => {
    world.lms.failNext('/oauth2/jwks', 503);
    expect(said(await world.enter(world.site.browser(), 'ada'))).to.deep.equal(
      unavailable(
        'The keys of the LMS cannot be had at the moment; try again later, or have LAUREL_LMS_JWT_KEYS checked.',
      ),
    );
  });

  it('because the LMS does not know the client or its secret', async () => {
    const other = await lmsSite({ LAUREL_LMS_SIGN_IN_CLIENT_SECRET: 'wrong' });
    expect(said(await other.enter(other.site.browser(), 'ada'))).to.deep.equal(
      refused(
        'The LMS does not know LAUREL_LMS_SIGN_IN_CLIENT_ID and LAUREL_LMS_SIGN_IN_CLIENT_SECRET: compare them with the application there.',
      ),
    );
    expect(other.log()).not.to.include('wrong');
    await other.close();
  });

  it('because the application in the LMS is not as it must be', async () => {
    for (const [error, expected] of [
      ['invalid_scope', refused('The application in the LMS must have the scopes user_id, profile and email.')],
      [
        'unauthorized_client',
        refused(
          'The LMS refuses the application: compare its grant type (authorization code) and its redirect address with docs/how-to/sign-in-with-the-lms.md.',
        ),
      ],
    ] as const) {
      const browser = world.site.browser();
      const state = (await world.begin(browser)).searchParams.get('state');
      const answer = await browser.get(`/sign-in/lms/done?state=${state}&error=${error}&error_description=%3Cb%3E`);
      expect(said(answer)).to.deep.equal(expected);
    }
  });

  const CLAIMS =
    'The token of the LMS is not from this LMS, not for this audience, not valid yet, or names no user; compare its claims with LAUREL_LMS_JWT_ISSUER and LAUREL_LMS_JWT_AUDIENCE.';
  for (const [claims, words] of [
    [{ preferred_username: undefined }, CLAIMS],
    [{ preferred_username: '' }, 'The token of the LMS names no user; ask the LMS for one of a user.'],
    [{ iss: 'https://evil.example/oauth2' }, CLAIMS],
    [{ aud: 'credentials' }, CLAIMS],
    [{ exp: 1_000_000 }, 'The token of the LMS has expired; ask the LMS for a new one.'],
    [
      { is_restricted: true },
      'The token is of a restricted application of the LMS, which may see courses only; use another application.',
    ],
  ] as const)
    it(`because the token says ${JSON.stringify(claims)}`, async () => {
      world.lms.claims = claims;
      const browser = world.site.browser();
      expect(said(await world.enter(browser, 'principal'))).to.deep.equal(refused(words));
      await isStranger(browser);
    });

  it('writes nothing personal and no secret into the log or the audit', async () => {
    const browser = world.site.browser();
    const authorize = await world.begin(browser);
    const back = await world.choose(authorize, 'newcomer');
    world.lms.failNext('/oauth2/access_token', 503);
    await browser.get(back.pathname + back.search);
    await world.enter(browser, 'newcomer');
    const { items } = await world.site.services.access.audit({ limit: 9 });
    const written = world.log() + JSON.stringify(items);
    expect(items.map(({ actor, action, details }) => [actor, action, details])).to.deep.equal([
      ['anonymous', 'session.refused', { by: 'lms', because: 'The LMS does not answer at the moment' }],
    ]);
    const { state, code } = Object.fromEntries(back.searchParams) as { state: string; code: string };
    // A name that no hexadecimal id of a request can hold by chance.
    for (const secret of ['newcomer', 'Newton', 'Morrow', 'example.com', state, code, 'another secret', 'eyJ'])
      expect(written, secret).not.to.include(secret);
  });

  it('is slowed down for who fails again and again from one address', async () => {
    const browser = world.site.browser();
    for (let attempt = 0; attempt < 300; attempt++) await browser.get('/sign-in/lms/done?state=x&code=y');
    const answer = await browser.get('/sign-in/lms/done?state=x&code=y');
    expect(answer.status).to.equal(429);
    expect(textOf(answer.text)).to.match(/Too many attempts; wait \d+ seconds and try again\./);
  }).timeout(30_000);

  it('leaves the others alone that were begun in other tabs, up to five', async () => {
    const browser = world.site.browser();
    const begun: URL[] = [];
    for (let tab = 0; tab < 6; tab++) begun.push(await world.begin(browser, `/my?tab=${tab}`));
    const first = await world.choose(begun[0] as URL, 'ada');
    expect(said(await browser.get(first.pathname + first.search))).to.deep.equal(UNKNOWN);
    const second = await world.choose(begun[1] as URL, 'ada');
    expect((await browser.get(second.pathname + second.search)).headers.location).to.equal('/my?tab=1');
  });
});

function idOf(cookies: unknown): string {
  return (cookies as readonly string[] | undefined)?.[0]?.split(';')[0] ?? '';
}
