import { expect } from 'chai';
import { InputError, NotFoundError, ProviderError, StoreError } from '../../../plugin/errors.ts';
import { createJobRunner } from '../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../plugin/jobs/request-job.ts';
import type { BadgeProvider, OpenAccount, ProviderTemplate } from '../../../plugin/ports/badge-provider.ts';
import type { Job } from '../../../plugin/ports/job-store.ts';
import { MemoryJobStore } from '../../../plugin/ports/memory-job-store.ts';
import { MemoryProviderStore } from '../../../plugin/ports/memory-provider-store.ts';
import type { ProviderAccount } from '../../../plugin/ports/provider-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { accountsToSync, createTemplateSync, requestSync } from '../../../plugin/providers/sync-templates.ts';
import { storedTemplate } from '../../support/credly-world.ts';
import { anAccount as account } from '../../support/provider-accounts.ts';

const START = new Date('2026-11-01T08:00:00Z');

function template(id: string, changes: Partial<ProviderTemplate> = {}): ProviderTemplate {
  const facts = { description: '', imageUrl: null, state: 'active', dashboardUrl: null, details: {} } as const;
  return { id, name: `Template ${id}`, ...facts, ...changes };
}

async function world(...accounts: readonly ProviderAccount[]) {
  let now = START;
  const clock = { now: () => now };
  const store = new MemoryProviderStore();
  for (const one of accounts) await store.saveAccount(one);
  /** What the provider lists, by secret. */
  const listed = new Map<string, readonly (ProviderTemplate | Error)[]>();
  const provider = {
    name: 'credly',
    title: 'Credly',
    capabilities: { synchronises: true },
    async *listTemplates({ secret }: OpenAccount) {
      for (const one of listed.get(secret) ?? []) {
        if (one instanceof Error) throw one;
        yield one;
      }
    },
  } as unknown as BadgeProvider;
  const secrets = {
    seal: (secret: string) => `sealed ${secret}`,
    open: (sealed: string) => sealed.replace('sealed ', ''),
    isOutdated: () => false,
  };
  const jobStore = new MemoryJobStore();
  const jobs = createJobs({ store: jobStore, clock, ids: { uuid: () => crypto.randomUUID() } });
  const providers = new Map([['credly', provider]]);
  const kinds = [createTemplateSync({ store, providers, secrets, clock })];
  const runner = createJobRunner({ store: jobStore, kinds, clock, logger: silentLogger });
  return {
    store,
    jobStore,
    jobs,
    runner,
    providers,
    lists: (slug: string, ...templates: readonly (ProviderTemplate | Error)[]) =>
      void listed.set(`secret of ${slug}`, templates),
    sync: async (slugs: readonly string[] | null = null): Promise<Job> => {
      now = new Date(now.getTime() + 60_000);
      await requestSync(jobs, accountsToSync(await store.accounts(), providers, slugs), 'ada');
      return (await runner.runDue())[0] as Job;
    },
    states: async (accountId?: string) =>
      (await store.templates({ limit: 99, ...(accountId !== undefined && { accountId }) })).items.map(
        ({ accountId: of, templateId, state }) => `${of} ${templateId} ${state}`,
      ),
  };
}

describe('synchronising templates', () => {
  it('adds, changes, retires and leaves alone, and counts it', async () => {
    const { store, lists, sync, states } = await world(account('a'));
    lists('a', template('1'), template('2'), template('3'), template('old', { state: 'archived' }));
    expect((await sync()).counts).to.deep.equal({ added: 3, changed: 0, unchanged: 0, retired: 0 });
    lists('a', template('1'), template('2', { state: 'archived' }), template('4'));
    const job = await sync();
    expect(job).to.deep.include({ state: 'done', done: 1, total: 1, title: 'Synchronise the templates of "A"' });
    expect(job.counts).to.deep.equal({ added: 1, changed: 1, unchanged: 1, retired: 1 });
    expect(job.result).to.deep.equal({
      accounts: [{ provider: 'credly', account: 'a', added: 1, changed: 1, unchanged: 1, retired: 1, error: null }],
    });
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
    const { lists, sync, states } = await world(account('a'));
    lists('a', template('1'), template('2'));
    await sync();
    lists('a', template('1'));
    await sync();
    lists('a', template('1'), template('2'));
    expect((await sync()).counts).to.deep.include({ changed: 1, unchanged: 1, retired: 0 });
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active']);
  });

  it('never touches the templates of another account, not even those of the same id (UD7)', async () => {
    const { store, lists, sync, states } = await world(account('a'), account('b'));
    lists('a', template('1'), template('shared', { name: 'Of A' }));
    lists('b', template('2'), template('shared', { name: 'Of B' }));
    await sync();
    lists('b', template('2'));
    await sync(['b']);
    expect(await states('id-a')).to.deep.equal(['id-a shared active', 'id-a 1 active']);
    expect(await states('id-b')).to.deep.equal(['id-b shared retired', 'id-b 2 active']);
    expect((await store.template('credly', 'id-a', 'shared'))?.name).to.equal('Of A');
  });

  it('retires nothing unless the list has ended, and goes on with the other accounts (U7)', async () => {
    const { store, lists, sync, states } = await world(account('a'), account('b'));
    lists('a', template('1'), template('2'));
    await sync();
    lists('a', template('3'), new ProviderError('unavailable', 'Credly is away; try again later'));
    lists('b', template('4'));
    const job = await sync();
    expect(job.state).to.equal('done');
    expect(job.counts).to.deep.equal({ added: 2, changed: 0, unchanged: 0, retired: 0, failed: 1 });
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active', 'id-a 3 active', 'id-b 4 active']);
    expect((await store.account('id-a'))?.lastSync).to.deep.include({
      added: 1,
      error: 'Credly is away; try again later',
    });
    expect((await store.account('id-b'))?.lastSync).to.deep.include({ added: 1, error: null });
  });

  it('takes an empty list for a mistake where there was something (U7)', async () => {
    const { store, lists, sync, states } = await world(account('a'));
    lists('a', template('1'), template('2'));
    await sync();
    lists('a');
    await sync();
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active']);
    expect((await store.account('id-a'))?.lastSync?.error).to.equal(
      'the provider lists none of the 2 known templates of "A" any more; nothing was retired: look at the provider, ' +
        'and remove the account here if it is over',
    );
  });

  it('leaves alone what was made here', async () => {
    const { store, lists, sync, states } = await world(account('a'));
    await store.saveTemplate(storedTemplate({ accountId: 'id-a', templateId: 'own', syncedAt: null }));
    lists('a', template('1'));
    expect((await sync()).counts).to.deep.include({ added: 1, retired: 0 });
    expect(await states()).to.deep.equal(['id-a own active', 'id-a 1 active']);
  });

  it('goes on with the next account where a process stopped, or after it was cancelled', async () => {
    const { store, lists, jobs, runner, providers } = await world(account('a'), account('b'));
    lists('a', template('1'));
    lists('b', template('2'));
    const job = await requestSync(jobs, accountsToSync(await store.accounts(), providers, null), 'ada');
    await jobs.cancel(job.id);
    expect((await runner.runDue()).map(({ state }) => state)).to.deep.equal([]);
    await jobs.resume(job.id);
    expect((await runner.runDue())[0]).to.deep.include({ state: 'done', done: 2 });
    expect((await store.account('id-b'))?.lastSync?.added).to.equal(1);
  });

  it('waits for the database', async () => {
    const { store, lists, sync, jobStore } = await world(account('a'));
    lists('a', template('1'));
    store.saveTemplate = () => Promise.reject(new StoreError('unavailable', 'the database is away'));
    expect(await sync()).to.equal(undefined);
    expect((await jobStore.list({ limit: 1 })).items[0]).to.deep.include({
      state: 'running',
      error: { code: 'store.unavailable', message: 'the database is away' },
    });
  });

  it('says of a disabled account, or one whose provider is away, why nothing happened', async () => {
    const { store, jobs, runner, providers } = await world(
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
    const { store, providers, jobs } = await world(account('a'), account('b'));
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
});
