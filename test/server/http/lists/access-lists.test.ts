import { expect } from 'chai';
import type { Account } from '../../../../server/http/people/access-store.ts';
import { createApiToken, createOneTimeSignIn } from '../../../../server/http/people/tokens.ts';
import { askMany, doMany } from '../../../support/act-on-many.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../../support/web.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

function anAccountOf(name: string, changes: Partial<Account> = {}): Account {
  return {
    ...{ id: `id-${name}`, name, role: 'viewer', passwordHash: 'a-secret-hash', lmsUsername: null, disabledAt: null },
    createdAt: new Date('2026-03-05T12:00:00Z'),
    ...changes,
  };
}

describe('the list of accounts', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    browser = await site.signIn('administrator');
    const { access } = site.services;
    await access.createAccount(anAccountOf('Zoé', { role: 'editor', lmsUsername: 'zoe.lms' }));
    await access.createAccount(anAccountOf('Ben', { createdAt: new Date('2025-02-01T00:00:00Z') }));
    await access.createAccount(anAccountOf('Ida', { passwordHash: null }));
    await access.createAccount(anAccountOf('Tom', { role: 'editor', disabledAt: new Date('2026-04-01T00:00:00Z') }));
  });

  const names = async (query: string): Promise<readonly string[]> => {
    const { status, text } = await browser.get(`/accounts${query}`);
    expect(status, query).to.equal(200);
    return [...text.matchAll(/<th scope="row"[^>]*><a href="\/accounts\/[^"]+">([^<]+)</g)].map(
      (match) => match[1] ?? '',
    );
  };
  const accountOf = (name: string) => site.services.access.accountByName(name);
  const entries = async (action: string) =>
    (await site.services.access.audit({ limit: 100 })).items.filter((entry) => entry.action === action);

  it('is put in order, looked through, filtered and narrowed by date like every other list', async () => {
    expect(await names('')).to.deep.equal(['administrator', 'Ben', 'Ida', 'Tom', 'Zoé']);
    expect(await names('?order=-role,name')).to.deep.equal(['Ben', 'Ida', 'Tom', 'Zoé', 'administrator']);
    expect(await names('?search=ZO')).to.deep.equal(['Zoé']);
    expect(await names('?search=zoe.lms')).to.deep.equal(['Zoé']);
    expect(await names('?role=editor&state=disabled')).to.deep.equal(['Tom']);
    expect(await names('?state=invited')).to.deep.equal(['Ida']);
    expect(await names('?by=lms')).to.deep.equal(['Zoé']);
    expect(await names('?by=nothing')).to.deep.equal(['Ida']);
    expect(await names('?date=2026-03')).to.deep.equal(['Ida', 'Tom', 'Zoé']);
    const text = textOf((await browser.get('/accounts?role=editor')).text);
    expect(text).to.include('Viewer (2)').and.include('Disabled (1)').and.include('2 accounts');
    expect((await browser.get('/accounts?role=root')).status).to.equal(422);
  });

  it('says how many sessions each has open, and what the roles are for', async () => {
    await site.signIn('operator');
    await site.signIn('operator');
    const text = textOf((await browser.get('/accounts')).text);
    expect(text).to.match(/operator Operator Active password nothing 2 /);
    expect(text).to.include('What the roles are for').and.include('looks at everything and changes nothing');
  });

  it('is taken along without anything that signs somebody in', async () => {
    const { text } = await browser.get('/exports/accounts.csv?role=editor');
    expect(text.split('\r\n').slice(0, 3)).to.deep.equal([
      'Name,Role,State,Signs in by,Limited to,Open sessions,Made',
      'Tom,Editor,Disabled,password,,0,2026-03-05T12:00:00.000Z',
      'Zoé,Editor,Active,"password, LMS",,0,2026-03-05T12:00:00.000Z',
    ]);
    const { body } = await browser.get('/exports/accounts.json');
    expect(body).to.have.length(5);
    expect(JSON.stringify(body)).not.to.include('secret').and.not.include('zoe.lms');
  });

  it('gives many another role, writes it down at each, and says why one keeps its own', async () => {
    const asked = await askMany(browser, '/accounts', { action: 'change-role' });
    expect(asked.text).to.include('Change the role: accounts').and.include('5 accounts.').and.include('Role Choose');
    const without = await doMany(browser, '/accounts', { action: 'change-role', choice: 'root' });
    expect([without.status, without.text.includes('choose something under Role')]).to.deep.equal([422, true]);
    expect((await accountOf('Ben'))?.role).to.equal('viewer');
    const { text } = await doMany(browser, '/accounts', { action: 'change-role', choice: 'editor' });
    expect(text).to.include('Of 5 accounts: changed 2 left alone 2 failed 1');
    expect(text).to.include('your own account was left alone; open it to change it (1)');
    expect((await accountOf('Ben'))?.role).to.equal('editor');
    expect((await accountOf('administrator'))?.role).to.equal('administrator');
    expect(
      (await entries('account.role-changed')).map(({ object, details }) => [object, details]),
    ).to.have.deep.members(['id-Ben', 'id-Ida'].map((id) => [`account:${id}`, { from: 'viewer', to: 'editor' }]));
    expect((await entries('accounts.role-changed'))[0]?.details).to.include({
      choice: 'editor',
      changed: 2,
      failed: 1,
    });
  });

  it('ends the sessions of many at once, and those of who asks go on', async () => {
    const people = [await site.signIn('viewer'), await site.signIn('operator')];
    const { text } = await doMany(browser, '/accounts', { action: 'end-sessions' });
    expect(text).to.include('sessions ended 6 failed 1');
    for (const person of people) expect((await person.get('/badges')).status).to.equal(303);
    expect((await browser.get('/accounts')).status).to.equal(200);
  });

  it('disables and enables many, and never whoever asks', async () => {
    const selected = ['id-Ben', 'id-Tom', (await accountOf('administrator'))?.id ?? ''];
    const { text } = await doMany(browser, '/accounts', { action: 'disable', selected });
    expect(text).to.include('Of 3 accounts: disabled 1 left alone 1 failed 1');
    expect((await accountOf('Ben'))?.disabledAt).to.be.instanceOf(Date);
    expect((await accountOf('Zoé'))?.disabledAt).to.equal(null);
    expect((await doMany(browser, '/accounts', { action: 'enable', selected })).text).to.include(
      'left alone 1 enabled 2 failed 0',
    );
    expect((await accountOf('Tom'))?.disabledAt).to.equal(null);
  });

  it('keeps the last administrator, whoever asks', async () => {
    const link = `/sign-in/${await createOneTimeSignIn(site.services)}`;
    const nobody = site.browser();
    await submit(nobody, link, link);
    for (const wanted of [{ action: 'disable' }, { action: 'change-role', choice: 'viewer' }]) {
      const { text } = await doMany(nobody, '/accounts', { ...wanted, query: '?role=administrator' });
      expect(text).to.include('failed 1').and.include('this is the last administrator who can sign in');
    }
    expect((await accountOf('administrator'))?.disabledAt).to.equal(null);
  });

  it('gives more than a hundred another role by a job', async () => {
    for (let n = 0; n < 120; n++) await site.services.access.createAccount(anAccountOf(`many-${n}`));
    const answer = await doMany(browser, '/accounts', {
      ...{ action: 'change-role', choice: 'publisher', query: '?search=many' },
    });
    expect(answer.location).to.match(/^\/jobs\//);
    await site.runJobs();
    expect(textOf((await browser.get(answer.location ?? '')).text)).to.match(/120 of 120 .*changed 120/);
    expect((await accountOf('many-119'))?.role).to.equal('publisher');
  });

  it('leads to the tokens that an account made and to what it did, and they lead back', async () => {
    const { id } = (await accountOf('Zoé')) ?? { id: '' };
    const token = await createApiToken(site.services, 'course site', 'Zoé');
    const page = await browser.get(`/accounts/${id}`);
    expect(page.text).to.include('href="/tokens?by=Zo%C3%A9"').and.include('href="/audit?actor=Zo%C3%A9"');
    expect(textOf(page.text)).to.include('API tokens 1 token');
    expect((await browser.get(`/tokens/${token.id}`)).text).to.include(`href="/accounts/${id}"`);
  });
});

describe('the list of API tokens', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    browser = await site.signIn('administrator');
  });

  const make = (
    label: string,
    by: string,
    days: number | null,
    scope: 'badges:read' | 'events:write' = 'badges:read',
  ) =>
    createApiToken(site.services, label, by, {
      scopes: [scope],
      expiresAt: days === null ? null : new Date(site.services.clock.now().getTime() + days * DAY_MS),
    });
  const labels = async (query: string): Promise<readonly string[]> =>
    [...(await browser.get(`/tokens${query}`)).text.matchAll(/<th scope="row"[^>]*><a [^>]+>([^<]+)</g)].map(
      (match) => match[1] ?? '',
    );

  it('is put in order, looked through and filtered by state, scope and who made it', async () => {
    await make('alpha', 'Ben', null);
    await make('beta', 'cli', 3, 'events:write');
    await make('gamma', 'cli', -1);
    expect(await labels('?order=label')).to.deep.equal(['alpha', 'beta', 'gamma']);
    expect(await labels('?order=-expires')).to.deep.equal(['beta', 'gamma', 'alpha']);
    expect(await labels('?state=ending')).to.deep.equal(['beta']);
    expect(await labels('?state=expired')).to.deep.equal(['gamma']);
    expect(await labels('?scope=events:write')).to.deep.equal(['beta']);
    expect(await labels('?by=Ben')).to.deep.equal(['alpha']);
    expect(await labels('?search=cli&order=label')).to.deep.equal(['beta', 'gamma']);
    const { text } = await browser.get('/exports/tokens.csv?order=label');
    expect(text.split('\r\n')[0]).to.equal('Label,May do,State,Limited to,Expires,Last used,Made,Made by');
    expect(text).not.to.match(/laurel_|[0-9a-f]{64}/);
  });

  it('revokes many for good, writes it down at each, and leaves alone what was revoked', async () => {
    const made = await Promise.all(['a', 'b', 'c'].map((label) => make(label, 'cli', null)));
    await site.services.access.revokeApiToken(made[0]?.id ?? '', site.services.clock.now());
    const { text } = await doMany(browser, '/tokens', { action: 'revoke' });
    expect(text)
      .to.include('Of 3 tokens:')
      .and.include('revoked 2')
      .and.include('left alone 1')
      .and.include('failed 0');
    expect((await site.services.access.apiTokens()).every(({ revokedAt }) => revokedAt !== null)).to.equal(true);
    const { items } = await site.services.access.audit({ limit: 20 });
    expect(items.filter(({ action }) => action === 'token.revoked')).to.have.length(2);
    expect(items.find(({ action }) => action === 'tokens.revoked')?.details).to.include({
      revoked: 2,
      'left alone': 1,
    });
  });

  it('has the number typed before more than a hundred are revoked', async () => {
    for (let n = 0; n < 101; n++) await make(`many ${n}`, 'cli', null);
    const unsure = await doMany(browser, '/tokens', { action: 'revoke' });
    expect([unsure.status, unsure.text.includes('Type 101 to confirm')]).to.deep.equal([422, true]);
    expect((await site.services.access.apiTokens()).every(({ revokedAt }) => revokedAt === null)).to.equal(true);
    expect((await doMany(browser, '/tokens', { action: 'revoke', confirmation: '101' })).status).to.equal(303);
    await site.runJobs();
    expect((await site.services.access.apiTokens()).every(({ revokedAt }) => revokedAt !== null)).to.equal(true);
  });

  it('leads to a page of each, which says what it opens and revokes it', async () => {
    const { id } = await make('course site', 'administrator', 30);
    const page = textOf((await browser.get(`/tokens/${id}`)).text);
    expect(page)
      .to.include('course site Valid')
      .and.include('Made by administrator')
      .and.include('badges:read Read badges');
    const answer = await submit(browser, `/tokens/${id}`, `/tokens/${id}/revoke`);
    expect(answer.headers.location).to.equal(`/tokens/${id}?done=token-revoked`);
    const after = await browser.get(answer.headers.location ?? '');
    expect(textOf(after.text)).to.include('course site Revoked');
    expect(after.text).not.to.include(`/tokens/${id}/revoke`);
    expect((await browser.get('/tokens/none')).status).to.equal(404);
  });
});
