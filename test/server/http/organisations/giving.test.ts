/** Limiting accounts and tokens, and giving things to organisations, on the pages. */

import { expect } from 'chai';
import { seedAll } from '../../../support/route-addresses.ts';
import { type Browser, csrfOf, makeSite, type Site, submit, textOf } from '../../../support/web.ts';

describe('organisations on the pages', () => {
  let site: Site;
  let browser: Browser;

  beforeEach(async () => {
    site = makeSite();
    await seedAll(site);
    browser = await site.signIn('administrator');
  });

  const audited = async (action: string) =>
    (await site.services.access.audit({ limit: 100 })).items.filter((entry) => entry.action === action);

  it('limit a new account, and it is invited with the limit', async () => {
    const fields = { name: 'Lena', role: 'editor', organisations: 'Lab, Acme' };
    const made = await submit(browser, '/accounts/new', '/accounts/new', fields);
    expect(made.status).to.equal(200);
    const account = await site.services.access.accountByName('Lena');
    expect(account).to.deep.include({ role: 'editor', organisations: ['Acme', 'Lab'] });
    expect((await audited('account.created'))[0]?.details).to.deep.equal({
      ...{ role: 'editor', invited: true, organisations: 'Acme Lab' },
    });
    const wrong = await submit(browser, '/accounts/new', '/accounts/new', { name: 'Max', organisations: 'a+b' });
    expect(wrong.status).to.equal(422);
    expect(textOf(wrong.text)).to.include('a+b is not the short name of an organisation');
    expect(await site.services.access.accountByName('Max')).to.equal(null);
    expect(textOf((await browser.get('/accounts?limit=Lab')).text))
      .to.include('Lena')
      .and.include('1 account');
  });

  it('limit an account and open everything to it again, and say so at the account', async () => {
    const page = '/accounts/account-other';
    const limit = (organisations: string) => submit(browser, page, `${page}/organisations`, { organisations });
    expect((await limit('Acme')).headers.location).to.equal(`${page}?done=account-limited`);
    expect((await site.services.access.account('account-other'))?.organisations).to.deep.equal(['Acme']);
    expect(textOf((await browser.get(page)).text)).to.include('Limited to Acme');
    expect((await limit('no/name')).status).to.equal(422);
    expect((await limit('')).status).to.equal(303);
    expect((await site.services.access.account('account-other'))?.organisations ?? []).to.deep.equal([]);
    expect((await audited('account.limited')).map(({ details }) => details)).to.deep.equal([
      { from: 'Acme', to: '' },
      { from: '', to: 'Acme' },
    ]);
  });

  it('never limit the last administrator, who sees the accounts', async () => {
    const own = await site.services.access.accountByName('administrator');
    const page = `/accounts/${own?.id}`;
    const answer = await submit(browser, page, `${page}/organisations`, { organisations: 'Acme' });
    expect(answer.status).to.equal(409);
    expect(textOf(answer.text)).to.include('This is the last administrator who can sign in');
  });

  it('tell whom a limit concerns on the page of the own account', async () => {
    const limited = await site.signIn('editor', ['Acme', 'Lab']);
    const own = textOf((await limited.get('/account')).text);
    expect(own).to.include('My account is limited to what belongs to Acme, Lab.');
    expect((await limited.get('/')).headers.location).to.equal('/badges');
    const menu = (await limited.get('/badges')).text;
    expect(menu).to.include('href="/progress"').and.not.include('href="/events"').and.not.include('href="/system"');
    expect((await limited.get('/open-badge-templates')).text)
      .to.include('href="/open-badge-templates/new"')
      .and.not.include('href="/issuer"');
  });

  it('limit a token', async () => {
    const fields = { label: 'site of Acme', scope: 'badges:read', organisations: 'Acme' };
    const made = await submit(browser, '/tokens/new', '/tokens/new', fields);
    expect(textOf(made.text)).to.include('Limited to Acme');
    const [token] = await site.services.access.apiTokens();
    expect(token?.organisations).to.deep.equal(['Acme']);
    expect(textOf((await browser.get(`/tokens/${token?.id}`)).text)).to.include('Limited to Acme');
  });

  it('give things to an organisation, with what they name, and say whose each is', async () => {
    const list = await browser.get('/organisations?kind=badge');
    expect(textOf(list.text)).to.include('Data track').and.include('shared by all');
    const give = (id: string, choice: string) =>
      browser
        .post('/actions/organisations/done')
        .type('form')
        .send({ _csrf: csrfOf(list.text), action: 'give', which: 'selected', selected: id, choice, query: '' });
    // Explorer waits for it.
    const refused = textOf((await give('badge:demo-course', 'AcmeX')).text);
    expect(refused).to.include('explorer names demo-course: that must belong to the same organisation, or be shared');
    expect(textOf((await give('badge:explorer', 'AcmeX')).text)).to.include('given 1');
    expect(textOf((await give('badge:demo-course', 'AcmeX')).text)).to.include('given 1');
    // Configuration 1 is of another organisation's course.
    const type = textOf((await give('credential-type:type-1', 'AcmeX')).text);
    expect(type).to.include('names Certificate of achievement');
    expect(await site.services.belongings.all()).to.deep.equal([
      { kind: 'badge', id: 'demo-course', organisation: 'AcmeX' },
      { kind: 'badge', id: 'explorer', organisation: 'AcmeX' },
    ]);
    expect(textOf((await browser.get('/badges/demo-course')).text)).to.include('Belongs to AcmeX');
    expect(textOf((await browser.get('/credential-types/type-1')).text)).to.include('Belongs to shared by all');
    expect(textOf((await browser.get('/organisations?organisation=AcmeX')).text)).to.include('2 things');
    expect((await audited('belonging.given')).map(({ object }) => object)).to.deep.equal([
      ...['badge:demo-course', 'badge:explorer'],
    ]);
  });

  it('give nothing away that something names which stays, of whatever kind', async () => {
    const { saveBadge, providerStore, credentials } = site.services;
    const type = await credentials.type('type-1');
    if (type) await credentials.saveType({ ...type, options: { ...type.options, template: 'certificate' } });
    const requirement = 'requirement a { on org.openedx.learning.course.passing.status.updated.v1 }';
    for (const [id, template] of [
      ['by-account', 'hall "science/t1"'],
      ['by-template', 'openbadges "course-completer"'],
    ])
      await saveBadge(`badge "${id}" { template ${template} ${requirement} }`, { actor: 'tests', expectedVersion: 0 });
    const science = (await providerStore.accounts('hall')).find(({ slug }) => slug === 'science');
    const _csrf = csrfOf((await browser.get('/organisations')).text);
    for (const [selected, names] of [
      [`provider-account:${science?.id}`, `by-account names ${science?.name}`],
      ['open-badge-template:course-completer', 'by-template names course-completer'],
      ['asset:certificate', 'Certificate of achievement names certificate'],
    ]) {
      const sent = { _csrf, action: 'give', which: 'selected', selected, choice: 'AcmeX', query: '' };
      const answer = await browser.post('/actions/organisations/done').type('form').send(sent);
      expect(textOf(answer.text), selected).to.include('failed 1').and.include(names);
    }
    expect(await site.services.belongings.all()).to.deep.equal([]);
  });

  it('say nothing of organisations where nothing belongs to any', async () => {
    for (const path of ['/badges/demo-course', '/credential-types/type-1', '/credential-assets/certificate'])
      expect(textOf((await browser.get(path)).text), path).not.to.include('Belongs to');
  });
});
