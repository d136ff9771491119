import { expect } from 'chai';
import { browserOf } from '../../../../server/http/people/account-sessions.ts';
import { createOneTimeSignIn } from '../../../../server/http/people/tokens.ts';
import { type Browser, csrfOf, makeSite, PASSWORD, type Site, submit, textOf } from '../../../support/web.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('accounts', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    browser = await site.signIn('administrator');
  });

  const idOf = async (name: string) => (await site.services.access.accountByName(name))?.id ?? '';
  const act = async (name: string, what: string, fields = {}) => {
    const path = `/accounts/${await idOf(name)}`;
    return submit(browser, path, `${path}/${what}`, fields);
  };
  const linkIn = (html: string) => /http:\/\/127\.0\.0\.1(\/sign-in\/[\w-]{43})/.exec(html)?.[1] ?? '';
  const invite = async (name: string, role: string) => {
    const answer = await submit(browser, '/accounts/new', '/accounts/new', { name, role, password: '' });
    return linkIn(answer.text);
  };
  const written = async (action: string) =>
    (await site.services.access.audit({ limit: 100 })).items
      .filter((entry) => entry.action === action)
      .map(({ actor, object, details }) => ({ actor, object, details }));

  it('are made in a role with a link, with which the person chooses a password that nobody else knows', async () => {
    for (const role of ['editor', 'administrator']) {
      const link = await invite(`new ${role}`, role);
      const page = await site.browser().get(link);
      expect(textOf(page.text)).to.include(`Choose a password For the account new ${role} : with this name`);
      const person = site.browser();
      const short = await submit(person, link, link, { password: 'short' });
      expect(short.status).to.equal(422);
      expect(textOf(short.text)).to.include('The password needs at least 12 characters.');
      const answer = await submit(person, link, link, { password: PASSWORD });
      expect(answer.headers.location).to.equal('/?done=password-chosen');
      expect(textOf((await person.get('/')).text)).to.include(`new ${role} ${role}`);
      const again = await submit(site.browser(), '/sign-in', '/sign-in', { name: `new ${role}`, password: PASSWORD });
      expect(again.status).to.equal(303);
    }
    expect(await written('account.created')).to.deep.include({
      actor: 'administrator',
      object: `account:${await idOf('new editor')}`,
      details: { role: 'editor', invited: true },
    });
    expect(await written('account.invited')).to.have.length(2);
    expect(await written('account.password-changed')).to.have.length(2);
  }).timeout(20_000);

  it('are linked with a user of the LMS, each with another, and keep a way in', async () => {
    await invite('Grace', 'editor');
    await invite('Alan', 'editor');
    const link = (name: string, lmsUsername: string) => act(name, 'lms', { lmsUsername });
    expect((await link('Grace', ' grace.h ')).headers.location).to.match(/\?done=account-linked$/);
    expect((await site.services.access.accountByName('Grace'))?.lmsUsername).to.equal('grace.h');
    for (const [name, lmsUsername, words] of [
      ['Alan', 'grace.h', 'Another account is linked with this user of the LMS; unlink that first.'],
      ['Alan', 'two words', 'This is no username of an LMS: it has up to 150 characters, and no spaces among them.'],
      [
        'Grace',
        '',
        'The account has no password, and nobody could sign in with it any more; have one chosen first, or disable the account.',
      ],
    ] as const) {
      const answer = await link(name, lmsUsername);
      expect(answer.status).to.equal(409);
      expect(textOf(answer.text)).to.include(words);
    }
    expect((await link('administrator', 'boss')).status).to.equal(303);
    expect((await link('administrator', '')).status).to.equal(303);
    expect(await written('account.linked')).to.have.length(2);
    expect(await written('account.unlinked')).to.deep.equal([
      { actor: 'administrator', object: `account:${await idOf('administrator')}`, details: {} },
    ]);
  });

  it('get a new link when the password is forgotten; the one before works no more, nor does any after three days', async () => {
    const first = await invite('Grace', 'editor');
    const second = linkIn((await act('Grace', 'link')).text);
    expect(second).to.match(/^\/sign-in\//);
    const refused = await submit(site.browser(), first, first, { password: PASSWORD });
    expect(refused.status).to.equal(422);
    expect(textOf(refused.text)).to.include('This link no longer works It was used already, its time has passed, or');
    site.advance(3 * DAY_MS);
    expect((await submit(site.browser(), second, second, { password: PASSWORD })).status).to.equal(422);
    expect((await site.services.access.accountByName('Grace'))?.passwordHash).to.equal(null);
  });

  it('lose at the next request what another role does not allow', async () => {
    const person = await site.signIn('operator');
    expect((await person.get('/system/state')).status).to.equal(200);
    expect((await act('operator', 'role', { role: 'viewer' })).status).to.equal(303);
    expect((await person.get('/system/state')).status).to.equal(403);
    expect(await written('account.role-changed')).to.deep.equal([
      {
        actor: 'administrator',
        object: `account:${await idOf('operator')}`,
        details: { from: 'operator', to: 'viewer' },
      },
    ]);
  });

  it('do not take a role that there is not', async () => {
    await site.signIn('operator');
    for (const role of ['', 'root', '__proto__', 'constructor'])
      expect((await act('operator', 'role', { role })).status).to.equal(303);
    expect((await site.services.access.accountByName('operator'))?.role).to.equal('operator');
  });

  it('that are disabled are out at the next request, cannot sign in by password or link, and start anew when enabled', async () => {
    const person = await site.signIn('viewer');
    const link = linkIn((await act('viewer', 'link')).text);
    await act('viewer', 'disable');
    expect((await person.get('/badges')).status).to.equal(303);
    const refused = await submit(site.browser(), '/sign-in', '/sign-in', { name: 'viewer', password: PASSWORD });
    expect(textOf(refused.text)).to.include('This account is disabled. Ask an administrator to enable it.');
    const wrong = await submit(site.browser(), '/sign-in', '/sign-in', { name: 'viewer', password: 'something else' });
    expect(textOf(wrong.text)).to.include('Name and password do not belong together.');
    expect((await submit(site.browser(), link, link, { password: PASSWORD })).status).to.equal(422);
    expect((await act('viewer', 'link')).status).to.equal(409);
    await act('viewer', 'enable');
    expect((await person.get('/badges')).status).to.equal(303);
    expect((await submit(person, '/sign-in', '/sign-in', { name: 'viewer', password: PASSWORD })).status).to.equal(303);
    expect((await written('account.disabled')).length + (await written('account.enabled')).length).to.equal(2);
  });

  it('keep the last administrator who can sign in, and say what to do', async () => {
    await invite('Grace', 'administrator');
    for (const [what, fields] of [
      ['disable', {}],
      ['role', { role: 'publisher' }],
    ] as const) {
      const answer = await act('administrator', what, fields);
      expect(answer.status).to.equal(409);
      expect(textOf(answer.text)).to.include(
        'This is the last administrator who can sign in; make another account an administrator first.',
      );
    }
    expect((await browser.get('/accounts')).status).to.equal(200);
    expect(await written('account.disabled')).to.deep.equal([]);
  });

  it('show where they are signed in, and lose all sessions at once', async () => {
    const one = await site.signIn('viewer');
    const two = site.browser();
    const page = await two.get('/sign-in');
    const fields = { _csrf: csrfOf(page.text), name: 'viewer', password: PASSWORD };
    await two.post('/sign-in').set('User-Agent', FIREFOX).type('form').send(fields);
    const shown = textOf((await browser.get(`/accounts/${await idOf('viewer')}`)).text);
    expect(shown).to.include('Firefox on Linux since').and.include('Unknown browser since');
    expect((await act('viewer', 'sessions/end')).status).to.equal(303);
    for (const person of [one, two]) expect((await person.get('/badges')).status).to.equal(303);
    expect(textOf((await browser.get(`/accounts/${await idOf('viewer')}`)).text)).to.include('Signed in nowhere.');
    expect(await written('account.sessions-ended')).to.have.length(1);
  });

  it('answer 404 for an account that is none', async () => {
    expect((await browser.get('/accounts/none')).status).to.equal(404);
    for (const what of ['disable', 'enable', 'role', 'link', 'sessions/end'])
      expect((await submit(browser, '/accounts', `/accounts/none/${what}`)).status, what).to.equal(404);
  });
});

describe('my account', () => {
  let site: Site;
  let person: Browser;
  beforeEach(async () => {
    site = makeSite();
    person = await site.signIn('publisher');
  });
  const change = (fields: Readonly<Record<string, string>>) => submit(person, '/account', '/account/password', fields);
  const NEW = 'another password of mine';

  it('says what the role allows', async () => {
    const text = textOf((await person.get('/account')).text);
    expect(text).to.include('publisher, Publisher What I may do').and.include('Put rules in force');
    expect(text).not.to.include('Manage accounts');
  });

  it('changes the password when the present one is right, ends the other sessions and goes on itself', async () => {
    const other = await site.signIn('publisher');
    const wrong = await change({ current: 'wrong', password: NEW });
    expect([wrong.status, textOf(wrong.text).includes('This is not your present password.')]).to.deep.equal([
      422,
      true,
    ]);
    const short = await change({ current: PASSWORD, password: 'short' });
    expect(textOf(short.text)).to.include('The password needs at least 12 characters.');
    expect((await other.get('/badges')).status).to.equal(200);
    expect((await change({ current: PASSWORD, password: NEW })).headers.location).to.equal(
      '/account?done=password-changed',
    );
    expect((await other.get('/badges')).status).to.equal(303);
    expect((await person.get('/badges')).status).to.equal(200);
    expect(
      (await submit(site.browser(), '/sign-in', '/sign-in', { name: 'publisher', password: NEW })).status,
    ).to.equal(303);
    const { items } = await site.services.access.audit({ limit: 100 });
    expect(items.map(({ action }) => action)).to.include('account.password-changed');
    expect(JSON.stringify(items)).not.to.include(NEW);
  }).timeout(10_000);

  it('gives no right to who sends along what the form does not have', async () => {
    const { access } = site.services;
    const former = await access.accountByName('publisher');
    const more = { role: 'administrator', name: 'root', id: 'mine', lmsUsername: 'ada', createdAt: '0' };
    expect((await change({ current: PASSWORD, password: NEW, ...more })).status).to.equal(303);
    const { passwordHash, ...account } = (await access.accountByName('publisher')) ?? {};
    expect(passwordHash).to.not.equal(former?.passwordHash);
    for (const field of ['id', 'name', 'role', 'lmsUsername', 'createdAt', 'disabledAt'] as const)
      expect(account[field as keyof typeof account], field).to.deep.equal(former?.[field]);
  });

  it('is no way around the limit of guesses', async () => {
    for (let guess = 0; guess < 10; guess++)
      expect((await change({ current: `guess ${guess}`, password: NEW })).status).to.equal(422);
    expect((await change({ current: PASSWORD, password: NEW })).status).to.equal(429);
  }).timeout(20_000);

  it('ends all other sessions, and this one goes on', async () => {
    const other = await site.signIn('publisher');
    expect(textOf((await person.get('/account')).text)).to.include('this one since');
    expect((await submit(person, '/account', '/account/sessions/end')).headers.location).to.equal(
      '/account?done=other-sessions-ended',
    );
    expect((await other.get('/badges')).status).to.equal(303);
    expect((await person.get('/badges')).status).to.equal(200);
  });

  it('does not exist for who signed in by a link that is nobody’s', async () => {
    const link = `/sign-in/${await createOneTimeSignIn(site.services)}`;
    const nobody = site.browser();
    await submit(nobody, link, link);
    expect(textOf((await nobody.get('/account')).text)).to.include('which belongs to no account');
    expect((await submit(nobody, '/account', '/account/password', {})).status).to.equal(403);
  });
});

describe('the browser of a session', () => {
  it('is told roughly, and never holds more than we know', () => {
    const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0';
    expect(browserOf(`${chrome} Safari/537.36`)).to.equal('Chrome on Windows');
    expect(browserOf(`${chrome} Safari/537.36 Edg/126.0`)).to.equal('Edge on Windows');
    expect(browserOf('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1')).to.equal(
      'Safari on iOS',
    );
    expect(browserOf('<script>alert(1)</script>')).to.equal('Unknown browser');
    expect(browserOf(undefined)).to.equal('Unknown browser');
  });
});
