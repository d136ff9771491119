import { expect } from 'chai';
import { OWN_ACCOUNT } from '../../../../providers/index.ts';
import { doMany } from '../../../support/act-on-many.ts';
import { seed } from '../../../support/seed.ts';
import { type Browser, makeSite, type Site, textOf } from '../../../support/web.ts';

describe('the list of provider accounts', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const read = async (path: string): Promise<string> => textOf((await browser.get(path)).text);
  const science = async () =>
    (await site.services.providerStore.accounts('hall')).find(({ slug }) => slug === 'science');

  it('is like every other list, without the account that stands for Laurel and without a secret', async () => {
    expect(await read('/provider-accounts'))
      .to.match(/[1-9] accounts?/)
      .and.not.include(OWN_ACCOUNT);
    expect(await read('/provider-accounts?search=science&provider=hall')).to.include('1 account');
    expect(await read('/provider-accounts?order=-provider,account')).to.include('first in the order');
    const { text } = await browser.get('/exports/provider-accounts.csv');
    expect(text.split('\r\n')[0]).to.equal(
      'Account,Slug,Provider,Host,State,Last check,Answer,Secret expires,Templates,Synchronised,Result,Organisation',
    );
    expect(text).not.to.include('sealed').and.not.include('good-token');
    expect((await browser.get('/provider-accounts?state=odd')).status).to.equal(422);
  });

  it('checks many, and says what the provider answered of those that do not work', async () => {
    const id = (await science())?.id ?? '';
    expect((await doMany(browser, '/provider-accounts', { action: 'check', selected: [id] })).text).to.include(
      'works 1',
    );
    site.hall.accepted.delete('good-token');
    const { text } = await doMany(browser, '/provider-accounts', { action: 'check', selected: [id] });
    expect(text).to.include('failed 1').and.include('Why some failed');
    expect((await science())?.lastCheck?.ok).to.equal(false);
  });

  it('disables and enables many, written down at each', async () => {
    const selected = [(await science())?.id ?? ''];
    await doMany(browser, '/provider-accounts', { action: 'disable', selected });
    expect((await science())?.enabled).to.equal(false);
    expect((await doMany(browser, '/provider-accounts', { action: 'disable', selected })).text).to.include(
      'left alone 1',
    );
    await doMany(browser, '/provider-accounts', { action: 'enable', selected });
    expect((await science())?.enabled).to.equal(true);
    const { items } = await site.services.access.audit({ object: `provider-account:${selected[0]}`, limit: 10 });
    expect(items.map(({ action }) => action)).to.include.members([
      'provider-account.enabled',
      'provider-account.disabled',
    ]);
  });

  it('lets operators check and synchronise, and administrators alone switch off', async () => {
    const operator = await site.signIn('operator');
    const { text } = await operator.get('/provider-accounts');
    expect(text).to.include('value="check"').and.include('value="synchronise"').and.not.include('value="disable"');
    expect((await doMany(operator, '/provider-accounts', { action: 'disable' })).status).to.equal(404);
    expect((await doMany(operator, '/provider-accounts', { action: 'synchronise' })).text).to.match(/left alone \d/);
  });
});
