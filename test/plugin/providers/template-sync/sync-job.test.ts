import { expect } from 'chai';
import { InputError, NotFoundError, ProviderError, StoreError } from '../../../../plugin/errors.ts';
import { accountsToSync, requestSync } from '../../../../plugin/providers/template-sync/request.ts';
import { syncedAccounts } from '../../../../plugin/providers/template-sync/synced-account.ts';
import { storedTemplate } from '../../../support/credly-world.ts';
import { anAccount as account } from '../../../support/provider-accounts.ts';
import { syncWorld, template } from '../../../support/template-sync-world.ts';

describe('synchronising templates', () => {
  it('adds, changes, retires and leaves alone, and counts it', async () => {
    const { store, lists, sync, states } = await syncWorld(account('a'));
    lists('a', template('1'), template('2'), template('3'), template('old', { state: 'archived' }));
    expect((await sync()).counts).to.deep.equal({ added: 3, changed: 0, unchanged: 0, retired: 0 });
    lists('a', template('1'), template('2', { state: 'archived' }), template('4'));
    const job = await sync();
    // Three are listed, and then four looked at.
    expect(job).to.deep.include({ state: 'done', done: 7, total: 7, title: 'Synchronise the templates of "A"' });
    expect(job.counts).to.deep.equal({ added: 1, changed: 1, unchanged: 1, retired: 1 });
    expect(syncedAccounts(job).map(({ fingerprint: _, ...rest }) => rest)).to.deep.equal([
      {
        ...{ id: 'id-a', provider: 'credly', account: 'a', state: 'applied', at: '2026-11-01T08:02:00.000Z' },
        ...{ added: 1, changed: 1, unchanged: 1, retired: 1, inUse: 0, error: null },
      },
    ]);
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 archived', 'id-a 3 retired', 'id-a 4 active']);
    expect((await store.account('id-a'))?.lastSync).to.deep.equal({
      at: new Date('2026-11-01T08:02:00Z'),
      ...{ added: 1, changed: 1, unchanged: 1, retired: 1, error: null },
    });
    expect(await store.template('credly', 'id-a', '1')).to.deep.include({
      updatedAt: new Date('2026-11-01T08:01:00Z'),
      syncedAt: new Date('2026-11-01T08:02:00Z'),
    });
  });

  it('brings back what was retired when it is listed again', async () => {
    const { lists, sync, states } = await syncWorld(account('a'));
    lists('a', template('1'), template('2'));
    await sync();
    lists('a', template('1'));
    await sync();
    lists('a', template('1'), template('2'));
    expect((await sync()).counts).to.deep.include({ changed: 1, unchanged: 1, retired: 0 });
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active']);
  });

  it('never touches the templates of another account, not even those of the same id (UD7)', async () => {
    const { store, lists, sync, states } = await syncWorld(account('a'), account('b'));
    lists('a', template('1'), template('shared', { name: 'Of A' }));
    lists('b', template('2'), template('shared', { name: 'Of B' }));
    await sync();
    lists('b', template('2'));
    await sync(['b']);
    expect(await states('id-a')).to.deep.equal(['id-a shared active', 'id-a 1 active']);
    expect(await states('id-b')).to.deep.equal(['id-b shared retired', 'id-b 2 active']);
    expect((await store.template('credly', 'id-a', 'shared'))?.name).to.equal('Of A');
  });

  it('changes nothing unless the list has ended, and goes on with the other accounts (U7)', async () => {
    const { store, lists, sync, states } = await syncWorld(account('a'), account('b'));
    lists('a', template('1'), template('2'));
    await sync();
    lists('a', template('3'), new ProviderError('unavailable', 'Credly is away; try again later'));
    lists('b', template('4'));
    const job = await sync();
    expect(job.state).to.equal('done');
    expect(job.counts).to.deep.equal({ added: 1, changed: 0, unchanged: 0, retired: 0, failed: 1 });
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active', 'id-b 4 active']);
    expect((await store.account('id-a'))?.lastSync).to.deep.include({
      added: 0,
      error: 'Credly is away; try again later',
    });
    expect((await store.account('id-b'))?.lastSync).to.deep.include({ added: 1, error: null });
  });

  it('takes an empty list for a mistake where there was something (U7)', async () => {
    const { store, lists, sync, states } = await syncWorld(account('a'));
    lists('a', template('1'), template('2'));
    await sync();
    lists('a');
    await sync();
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active']);
    expect((await store.account('id-a'))?.lastSync?.error).to.equal(
      'the provider lists none of the 2 known templates of "A" any more; nothing was changed: look at the ' +
        'difference, and apply it if it is right',
    );
  });

  it('leaves alone what was made here', async () => {
    const { store, lists, sync, states } = await syncWorld(account('a'));
    await store.saveTemplate(storedTemplate({ accountId: 'id-a', templateId: 'own', syncedAt: null }));
    lists('a', template('1'));
    expect((await sync()).counts).to.deep.include({ added: 1, retired: 0 });
    expect(await states()).to.deep.equal(['id-a own active', 'id-a 1 active']);
  });

  it('goes on with the next account after it was cancelled behind the first', async () => {
    const { store, lists, jobs, runner, providers } = await syncWorld(account('a'), account('b'));
    lists('a', template('1'));
    lists('b', template('2'));
    const job = await requestSync(jobs, accountsToSync(await store.accounts(), providers, null), 'ada');
    const save = store.saveAccount.bind(store);
    const saved: string[] = [];
    store.saveAccount = async (one) => {
      saved.push(one.id);
      if (saved.length === 1) await jobs.cancel(job.id);
      return save(one);
    };
    expect((await runner.runDue())[0]).to.deep.include({ state: 'cancelled', done: 2 });
    expect((await store.account('id-b'))?.lastSync).to.equal(null);
    await jobs.resume(job.id);
    expect((await runner.runDue())[0]).to.deep.include({ state: 'done', done: 4 });
    expect(saved).to.deep.equal(['id-a', 'id-b']);
    expect((await store.account('id-b'))?.lastSync?.added).to.equal(1);
  });

  it('waits for the database', async () => {
    const { store, lists, sync, jobStore } = await syncWorld(account('a'));
    lists('a', template('1'));
    store.saveTemplate = () => Promise.reject(new StoreError('unavailable', 'the database is away'));
    expect(await sync()).to.equal(undefined);
    expect((await jobStore.list({ limit: 1 })).items[0]).to.deep.include({
      state: 'running',
      error: { code: 'store.unavailable', message: 'the database is away' },
    });
  });

  it('says of a disabled account, or one whose provider is away, why nothing happened', async () => {
    const { store, jobs, runner, providers } = await syncWorld(
      account('a', { enabled: false }),
      account('z', { provider: 'none' }),
    );
    await requestSync(jobs, await store.accounts(), 'ada');
    await runner.runDue();
    const errors = (await store.accounts()).map(({ lastSync }) => lastSync?.error);
    expect(errors).to.deep.equal([
      'the account "A" is disabled; enable it, then synchronise again',
      'the templates of "Z" cannot be synchronised: its provider is not set up in this process',
    ]);
    expect(accountsToSync(await store.accounts(), providers, null)).to.deep.equal([]);
  });

  it('finds accounts by slug, and says which there are', async () => {
    const { store, providers, jobs } = await syncWorld(account('a'), account('b'));
    const accounts = await store.accounts();
    expect(accountsToSync(accounts, providers, ['b', 'credly/b']).map(({ slug }) => slug)).to.deep.equal(['b']);
    expect(() => accountsToSync(accounts, providers, ['c'])).to.throw(
      NotFoundError,
      'there is no account "c" whose templates can be synchronised; there are: a, b',
    );
    let told: unknown;
    await requestSync(jobs, [], 'ada').catch((error: unknown) => {
      told = error;
    });
    expect(told).to.be.instanceOf(InputError);
  });

  it('waits as long as a provider that limits calls asks for, and begins the list anew', async () => {
    const { lists, sync, runner, later, jobStore, states } = await syncWorld(account('a'));
    const limited = new ProviderError('unavailable', 'fewer calls, please', { retryAfterMs: 90_000 });
    lists('a', template('1'), limited);
    expect(await sync()).to.equal(undefined);
    expect((await jobStore.list({ limit: 1 })).items[0]).to.deep.include({ state: 'running', attempts: 1 });
    lists('a', template('1'), template('2'));
    later(89_000);
    expect(await runner.runDue()).to.deep.equal([]);
    later(1_000);
    expect((await runner.runDue())[0]).to.deep.include({ state: 'done', done: 4 });
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active']);
  });
});
