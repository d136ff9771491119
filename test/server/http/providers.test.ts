import { expect } from 'chai';
import sinon from 'sinon';
import { sourceTranslator } from '../../../server/i18n/translator.ts';
import { aTemplate } from '../../contracts/provider-store.ts';
import { HALL_ID } from '../../support/account-world.ts';
import { seed } from '../../support/seed.ts';
import { type Browser, makeSite, type Site, submit, textOf } from '../../support/web.ts';

const SECRET = 'good-token';
const entered = { slug: 'science', host: 'sandbox', externalId: HALL_ID, secret: SECRET };
const ADD = '/providers/hall/add';
const ACCOUNT = '/providers/hall/accounts/science';

describe('the pages of providers', () => {
  let site: Site;
  let administrator: Browser;
  beforeEach(async () => {
    site = makeSite();
    site.hall.accepted.set(SECRET, new Date('2126-06-01T00:00:00Z'));
    administrator = await site.signIn('administrator');
  });

  const add = (fields: Partial<typeof entered> = {}) => submit(administrator, ADD, ADD, { ...entered, ...fields });
  const press = (button: string, fields: Readonly<Record<string, string>> = {}) =>
    submit(administrator, ACCOUNT, `${ACCOUNT}/${button}`, fields);
  const stored = async () => (await site.services.providerStore.accounts())[0];
  const lastAudit = async () => (await site.services.access.audit({ limit: 1 })).items[0];

  it('say what each provider can do and whether it has accounts', async () => {
    const read = textOf((await administrator.get('/providers')).text);
    expect(read).to.contain('Hall of Fame template hall "..." Badges can be revoked');
    expect(read).to.contain('Add a hall');
    expect(read).to.contain('No hall yet. Until there is one, badges cannot be issued here.');
    expect(read).to.contain(
      'Memory template memory "..." Badges can be revoked. No call in the last 30 days. It needs no account.',
    );
    const viewer = textOf((await (await site.signIn('viewer')).get('/providers')).text);
    expect(viewer).not.to.contain('Add a hall');
  });

  it('show accounts of a provider that is not set up any more', async () => {
    await add();
    const account = await stored();
    if (account) await site.services.providerStore.saveAccount({ ...account, version: 0, id: 'old', provider: 'gone' });
    const read = textOf((await administrator.get('/providers')).text);
    expect(read).to.contain('This provider is not set up any more: nothing can be issued with its accounts.');
    expect((await administrator.get('/providers/gone/accounts/science')).status).to.equal(200);
  });

  it('say how a provider has answered lately, and of one that is left alone until when', async () => {
    expect(textOf((await administrator.get('/providers')).text)).to.match(
      /template hall "\.\.\." [^.]+\. No call in the last 30 days\. /,
    );
    await add();
    const now = new Date();
    const until = new Date(now.getTime() + 60_000);
    const { activity } = site.services;
    sinon.stub(activity, 'callsBetween').resolves(new Map([['hall', { calls: 140, failures: 2, succeededAt: now }]]));
    sinon.stub(site.services, 'lanes').returns([{ lane: 'hall', state: 'open', failures: 5, until }]);
    const { time } = sourceTranslator();
    const said = `Last success ${time(now)}. 2 of 140 calls failed in the last 24 hours. Left alone until ${time(until)}, because it failed repeatedly.`;
    const read = async (page: string) => textOf((await administrator.get(page)).text).replaceAll(/ ([.,])/g, '$1');
    expect(await read('/providers')).to.contain(said);
    expect(await read(ACCOUNT)).to.contain(`Calls to Hall of Fame, through all its accounts: ${said}`);
  });

  it('count the calls that the dispatcher makes', async () => {
    await seed(site);
    const read = textOf((await administrator.get('/providers')).text);
    expect(read).to.match(
      /Memory template memory "\.\.\." Badges can be revoked\. Last success [^.]+\. \d+ of \d+ calls failed/,
    );
  });

  describe('to add an account', () => {
    it('ask for what the provider needs', async () => {
      const { text } = await administrator.get(ADD);
      const read = textOf(text);
      for (const label of ['Short name', 'Where', 'Hall id', 'Authorization token']) expect(read).to.contain(label);
      expect(text).to.contain('type="password"');
      expect((await administrator.get('/providers/memory/add')).status).to.equal(404);
    });

    it('store it once the provider has accepted it, and write down who did it', async () => {
      const answer = await add();
      expect([answer.status, answer.headers.location]).to.deep.equal([303, `${ACCOUNT}?done=provider-account-added`]);
      const account = await stored();
      expect(account).to.include({ slug: 'science', host: 'sandbox', externalId: HALL_ID, origin: 'page' });
      expect(await lastAudit()).to.deep.include({
        actor: 'administrator',
        action: 'provider-account.added',
        object: `provider-account:${account?.id}`,
        details: { provider: 'hall', slug: 'science', host: 'sandbox' },
      });
      const read = textOf((await administrator.get(answer.headers.location as string)).text);
      expect(read).to.contain('The account works and was added.');
      expect(read).to.contain('Example University Works Hall of Hall of Fame, Sandbox');
    });

    it('name every problem at once, keep what was typed but the secret, and store nothing', async () => {
      const { status, text } = await add({ slug: 'No good', host: 'mars', externalId: 'x', secret: 'hunter2 hunter2' });
      expect(status).to.equal(422);
      const read = textOf(text);
      expect(read).to.contain('Write a short name of small letters, digits and hyphens, at most 40 characters');
      expect(read).to.contain('Choose one of production, sandbox.');
      expect(read).to.contain('This is no hall id. A UUID, on the page "Settings" of the hall.');
      expect(read).to.contain('The authorization token has blanks or other characters that do not belong to it');
      expect(text).to.contain('value="No good"').and.not.contain('hunter2');
      expect(site.hall.asked).to.deep.equal([]);
      expect(await stored()).to.equal(undefined);
    });

    it('say what the provider says, without the secret', async () => {
      const { status, text } = await add({ secret: 'hunter2-hunter2' });
      expect(status).to.equal(422);
      expect(textOf(text)).to.contain('Hall of Fame refuses the secret.');
      expect(text).to.contain(`value="${HALL_ID}"`).and.not.contain('hunter2');
      expect(await stored()).to.equal(undefined);
    });

    it('refuse a second one of the same name, and of the same account', async () => {
      await add();
      const { status, text } = await add({ externalId: HALL_ID.replace('1', '2') });
      expect(status).to.equal(422);
      expect(textOf(text)).to.contain(
        'The account "Example University" (science) has this name or stands for the same account at the provider; change that one instead.',
      );
      expect((await add({ slug: 'other' })).status).to.equal(422);
      expect(await site.services.providerStore.accounts()).to.have.length(1);
    });
  });

  describe('of one account', () => {
    beforeEach(() => add());

    it('show how it is and never its secret, in no form', async () => {
      const { text } = await administrator.get(ACCOUNT);
      expect(textOf(text)).to.contain('Secret expires 1 Jun 2126, 00:00 UTC');
      const sealed = (await stored())?.sealedSecret ?? 'none';
      for (const page of [
        text,
        (await administrator.get('/providers')).text,
        (await administrator.get('/audit')).text,
      ]) {
        expect(page).not.to.contain(SECRET).and.not.contain(sealed);
      }
    });

    it('check it now, and show what is wrong with it', async () => {
      const works = await press('check');
      expect(works.headers.location).to.equal(`${ACCOUNT}?done=provider-account-works`);
      site.hall.accepted.clear();
      const fails = await press('check');
      expect(fails.headers.location).to.equal(ACCOUNT);
      const read = textOf((await administrator.get(ACCOUNT)).text);
      expect(read).to.contain('Hall of Fame refuses the secret');
    });

    it('replace its secret by one that works, and by no other', async () => {
      const refused = await press('secret', { secret: 'hunter2' });
      expect(refused.status).to.equal(422);
      expect(textOf(refused.text)).to.contain('Hall of Fame refuses the secret.');
      expect(refused.text).not.to.contain('hunter2');
      const before = (await stored())?.sealedSecret;
      site.hall.accepted.set('next-token', null);
      const replaced = await press('secret', { secret: 'next-token' });
      expect(replaced.headers.location).to.equal(`${ACCOUNT}?done=provider-secret-replaced`);
      expect((await stored())?.sealedSecret).not.to.equal(before);
      expect(await lastAudit()).to.deep.include({
        action: 'provider-account.secret-replaced',
        details: { provider: 'hall', slug: 'science' },
      });
    });

    it('exchange its secret, and say so when that fails', async () => {
      const done = await press('rotate');
      expect(done.headers.location).to.equal(`${ACCOUNT}?done=provider-secret-rotated`);
      expect(await lastAudit()).to.include({ action: 'provider-account.secret-rotated' });
      site.hall.rotation = 'refused';
      const { status, text } = await press('rotate');
      expect(status).to.equal(422);
      expect(textOf(text)).to.contain('Hall of Fame does not rotate.');
    });

    it('call it by another name, at once and everywhere, and write down both', async () => {
      const renamed = await press('rename', { name: 'Our <hall>' });
      expect(renamed.headers.location).to.equal(`${ACCOUNT}?done=provider-account-renamed`);
      expect((await lastAudit())?.details).to.deep.equal({
        ...{ provider: 'hall', slug: 'science', name: 'Example University → Our <hall>' },
      });
      const page = textOf((await administrator.get(ACCOUNT)).text);
      expect(page).to.contain('Our <hall>').and.contain('Name at Hall of Fame Example University');
      expect(textOf((await administrator.get('/providers')).text)).to.contain('Our <hall>');
      await press('check');
      expect((await stored())?.name).to.equal('Our <hall>');
      const long = await press('rename', { name: 'x'.repeat(101) });
      expect(long.status).to.equal(422);
      expect(textOf(long.text)).to.contain('Write a name of at most 100 characters, on one line.');
      expect(long.text).to.contain(`value="${'x'.repeat(101)}"`);
      await press('rename', { name: '' });
      expect(await stored()).to.deep.include({ name: 'Example University', providerName: null });
      const editor = await site.signIn('editor');
      expect((await editor.get(ACCOUNT)).text).not.to.contain('/rename');
    });

    it('disable and enable it', async () => {
      expect((await press('disable')).headers.location).to.equal(`${ACCOUNT}?done=provider-account-disabled`);
      expect(textOf((await administrator.get(ACCOUNT)).text)).to.contain(
        'Badges with templates of this account are not issued while it is disabled',
      );
      expect((await press('enable')).headers.location).to.equal(`${ACCOUNT}?done=provider-account-enabled`);
      expect((await stored())?.enabled).to.equal(true);
    });

    it('tell what its removal means, and remove it with its templates', async () => {
      const account = await stored();
      const ofAccount = { provider: 'hall', accountId: account?.id ?? '' };
      await site.services.providerStore.saveTemplate(aTemplate(ofAccount));
      const badge = (id: string, template: string, active = true) =>
        site.services.saveBadge(
          `badge "${id}" { name "Badge ${id}" template ${template} active ${active} requirement r { on org.openedx.learning.course.passing.status.updated.v1 } }`,
          { expectedVersion: 0, actor: 'ada' },
        );
      await badge('elsewhere', 'memory "t1"');
      await badge('plain', 'hall "t1"');
      await badge('qualified', 'hall "science/t1"');
      await badge('other', 'hall "t2"');
      await badge('resting', 'hall "t1"', false);
      const read = textOf((await administrator.get(`${ACCOUNT}/remove`)).text);
      expect(read).to.contain('Its secret and 1 template are deleted here. Nothing is deleted at Hall of Fame.');
      expect(read).to.contain(
        'These active badges are issued with its templates, and will fail: Badge plain , Badge qualified .',
      );
      const answer = await submit(administrator, `${ACCOUNT}/remove`, `${ACCOUNT}/remove`);
      expect(answer.headers.location).to.equal('/providers?done=provider-account-removed');
      expect(await stored()).to.equal(undefined);
      expect(await site.services.providerStore.templatesById('hall', 't1')).to.deep.equal([]);
      expect(await lastAudit()).to.deep.include({ action: 'provider-account.removed' });
    });

    it('leave the secret of an account of the settings alone', async () => {
      const account = await stored();
      if (account) await site.services.providerStore.saveAccount({ ...account, origin: 'environment' });
      const { text } = await administrator.get(ACCOUNT);
      expect(textOf(text)).to.contain('This account comes from the setting LAUREL_PROVIDER_ACCOUNTS .');
      expect(text).not.to.contain('name="secret"');
      expect((await press('secret', { secret: SECRET })).status).to.equal(422);
      expect((await administrator.get(`${ACCOUNT}/remove`)).text).not.to.contain('Remove this account');
      const removal = await submit(administrator, ACCOUNT, `${ACCOUNT}/remove`);
      expect(removal.status).to.equal(409);
    });

    it('are not there for an account that is none', async () => {
      expect((await administrator.get('/providers/hall/accounts/none')).status).to.equal(404);
      expect((await administrator.get('/providers/__proto__/accounts/science')).status).to.equal(404);
    });
  });
});
