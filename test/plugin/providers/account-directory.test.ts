import { expect } from 'chai';
import sinon from 'sinon';
import { ProviderError, StoreError } from '../../../plugin/errors.ts';
import type { AccountDirectory } from '../../../plugin/ports/badge-provider.ts';
import { MemoryProviderStore } from '../../../plugin/ports/memory-provider-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { createAccountDirectory } from '../../../plugin/providers/account-directory.ts';
import { anAccount, aTemplate } from '../../contracts/provider-store.ts';
import { openSecretBox } from '../../support/secret-box.ts';

describe('the account directory', () => {
  let store: MemoryProviderStore;
  let directory: AccountDirectory;
  let now: Date;
  const secrets = openSecretBox();
  const sealed = (id: string) => secrets.seal(`token-${id}`, `account:${id}`);

  beforeEach(async () => {
    store = new MemoryProviderStore();
    now = new Date('2026-03-01T10:00:00Z');
    directory = createAccountDirectory({ store, secrets, clock: { now: () => now }, logger: silentLogger });
    await store.saveAccount(anAccount({ id: 'a1', slug: 'science', sealedSecret: sealed('a1') }));
    await store.saveAccount(
      anAccount({ id: 'a2', slug: 'arts', name: 'Arts', externalId: '2', sealedSecret: sealed('a2') }),
    );
  });

  async function refusal(call: Promise<unknown>, code = 'provider.refused'): Promise<string> {
    const error = await call.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ProviderError).with.property('code', code);
    return (error as ProviderError).message;
  }

  it('leads from the id of a template to the one account that has it, with its secret opened', async () => {
    await store.saveTemplate(aTemplate({ accountId: 'a2' }));
    const { account, template } = await directory.resolve('credly', 't1');
    expect(account).to.deep.equal({
      id: 'a2',
      slug: 'arts',
      name: 'Arts',
      host: 'production',
      externalId: '2',
      secret: 'token-a2',
    });
    expect(template).to.include({ accountId: 'a2', name: 'Data Analysis' });
    expect(await directory.find('credly', 't1')).to.deep.equal(template);
  });

  it('wants to be told which account, where several have it', async () => {
    await store.saveTemplate(aTemplate({ accountId: 'a1' }));
    await store.saveTemplate(aTemplate({ accountId: 'a2' }));
    expect(await refusal(directory.resolve('credly', 't1'))).to.equal(
      'several accounts of credly have this template; write "science/t1" or "arts/t1" in the rule',
    );
    expect(await directory.find('credly', 't1')).to.equal(null);
    expect((await directory.resolve('credly', 'arts/t1')).account.slug).to.equal('arts');
    expect(await directory.find('credly', 'science/t1')).to.include({ accountId: 'a1' });
  });

  it('takes the one that can issue it, where another has it without being able to', async () => {
    await store.saveTemplate(aTemplate({ accountId: 'a1', state: 'retired' }));
    await store.saveTemplate(aTemplate({ accountId: 'a2' }));
    expect((await directory.resolve('credly', 't1')).account.slug).to.equal('arts');
  });

  it('knows ids with slashes, and no account of another provider', async () => {
    await store.saveTemplate(aTemplate({ templateId: 'a/b/c' }));
    await store.saveTemplate(aTemplate({ templateId: 'science/x' }));
    expect((await directory.resolve('credly', 'a/b/c')).template.templateId).to.equal('a/b/c');
    expect((await directory.resolve('credly', 'science/a/b/c')).template.templateId).to.equal('a/b/c');
    expect((await directory.resolve('credly', 'science/science/x')).template.templateId).to.equal('science/x');
    expect(await refusal(directory.resolve('accredible', 'a/b/c'))).to.equal(
      'no account of accredible has a template "a/b/c"; synchronise its account or correct the rule, then retry',
    );
  });

  it('says why a template cannot be issued, and what to do', async () => {
    expect(await refusal(directory.resolve('credly', 'science/t1'))).to.equal(
      'no account of credly has a template "science/t1"; synchronise its account or correct the rule, then retry',
    );
    await store.saveTemplate(aTemplate({ state: 'archived' }));
    expect(await refusal(directory.resolve('credly', 't1'))).to.equal(
      'the template "Data Analysis" of the account "Faculty of Science" (science) is archived and cannot be issued; make it active at the provider, synchronise the account, then retry',
    );
    const account = await store.account('a1');
    if (account) await store.saveAccount({ ...account, enabled: false });
    expect(await refusal(directory.resolve('credly', 't1'))).to.equal(
      'the account "Faculty of Science" (science) of credly is disabled; enable it, then retry',
    );
  });

  it('leaves out templates whose account is gone', async () => {
    await store.saveTemplate(aTemplate({ accountId: 'gone' }));
    expect(await directory.find('credly', 't1')).to.equal(null);
  });

  it('leads issued badges also to what cannot issue any more', async () => {
    await store.saveTemplate(aTemplate({ accountId: 'a1', state: 'retired' }));
    const account = await store.account('a1');
    if (account) await store.saveAccount({ ...account, enabled: false });
    expect((await directory.resolveIssued('credly', 't1')).account.slug).to.equal('science');
    await store.saveTemplate(aTemplate({ accountId: 'a2', state: 'archived' }));
    expect((await directory.resolveIssued('credly', 't1')).account.slug).to.equal('arts');
    const other = await store.account('a1');
    if (other) await store.saveAccount({ ...other, enabled: true });
    expect(await refusal(directory.resolveIssued('credly', 't1'))).to.equal(
      'several accounts of credly have the template of this badge (science, arts); disable all but the one that issued it, retry, and enable them again',
    );
    expect(await refusal(directory.resolveIssued('credly', 't9'))).to.contain(
      'no account of credly has a template "t9"',
    );
  });

  it('makes a secret that cannot be opened the matter of its account alone', async () => {
    await store.saveTemplate(aTemplate({ accountId: 'a3' }));
    await store.saveAccount(
      anAccount({ id: 'a3', slug: 'law', name: 'Law', externalId: '3', sealedSecret: sealed('a1') }),
    );
    expect(await refusal(directory.resolve('credly', 't1'), 'provider.unauthorised')).to.equal(
      'the secret of the account "Law" (law) cannot be used: enter it again',
    );
  });

  it('finds the account that the provider knows by an id, if it is enabled', async () => {
    expect(await directory.byExternalId('credly', '2')).to.include({ slug: 'arts', secret: 'token-a2' });
    expect(await directory.byExternalId('credly', '2', 'sandbox')).to.equal(null);
    expect(await directory.byExternalId('credly', '9')).to.equal(null);
    const account = await store.account('a2');
    if (account) await store.saveAccount({ ...account, enabled: false });
    expect(await directory.byExternalId('credly', '2')).to.equal(null);
  });

  it('writes down what was learnt, once in ten minutes where it is the same', async () => {
    const check = { ok: false, message: 'refused' };
    await directory.report('a1', check);
    expect(await store.account('a1')).to.deep.include({ lastCheck: { at: now, ...check }, version: 2 });
    now = new Date('2026-03-01T10:09:59Z');
    await directory.report('a1', check);
    expect(await store.account('a1')).to.include({ version: 2 });
    await directory.report('a1', { ok: true, message: 'works' });
    expect(await store.account('a1')).to.include({ version: 3 });
    await directory.report('gone', check);
  });

  it('never lets a report fail what it is about', async () => {
    sinon.stub(store, 'saveAccount').rejects(new StoreError('unavailable', 'away'));
    await directory.report('a1', { ok: false, message: 'refused' });
  });
});
