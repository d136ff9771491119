import { expect } from 'chai';
import { InputError, NotFoundError, ProviderError, StoreError } from '../../../../plugin/errors.ts';
import { createJobRunner } from '../../../../plugin/jobs/job-runner.ts';
import { createJobs } from '../../../../plugin/jobs/request-job.ts';
import { MemoryFileStore } from '../../../../plugin/ports/asset-files.ts';
import type { BadgeProvider, OpenAccount, ProviderTemplate } from '../../../../plugin/ports/badge-provider.ts';
import type { Job } from '../../../../plugin/ports/job-store.ts';
import { MemoryBadgeStore } from '../../../../plugin/ports/memory-badge-store.ts';
import { MemoryJobStore } from '../../../../plugin/ports/memory-job-store.ts';
import { MemoryProgressStore } from '../../../../plugin/ports/memory-progress-store.ts';
import { MemoryProviderStore } from '../../../../plugin/ports/memory-provider-store.ts';
import type { ProviderAccount } from '../../../../plugin/ports/provider-store.ts';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import {
  type Difference,
  type DifferenceKind,
  fieldChangesOf,
} from '../../../../plugin/providers/template-sync/difference.ts';
import { DifferenceNotes } from '../../../../plugin/providers/template-sync/notes.ts';
import {
  accountsToSync,
  findSync,
  requestAgreed,
  requestPreview,
  requestSync,
} from '../../../../plugin/providers/template-sync/request.ts';
import { createTemplateSync } from '../../../../plugin/providers/template-sync/sync-job.ts';
import { syncedAccounts } from '../../../../plugin/providers/template-sync/synced-account.ts';
import { storedTemplate } from '../../../support/credly-world.ts';
import { anAccount as account } from '../../../support/provider-accounts.ts';

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
  const badges = new MemoryBadgeStore();
  const progress = new MemoryProgressStore();
  const notes = new DifferenceNotes(new MemoryFileStore());
  const kinds = createTemplateSync({ store, badges, progress, providers, secrets, clock, notes });
  const runner = createJobRunner({ store: jobStore, kinds, clock, logger: silentLogger });
  return {
    ...{ store, badges, progress, notes, jobStore, jobs, runner, providers },
    later: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
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

  it('changes nothing unless the list has ended, and goes on with the other accounts (U7)', async () => {
    const { store, lists, sync, states } = await world(account('a'), account('b'));
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
    const { store, lists, sync, states } = await world(account('a'));
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
    expect((await runner.runDue())[0]).to.deep.include({ state: 'done', done: 4 });
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

  it('waits as long as a provider that limits calls asks for, and begins the list anew', async () => {
    const { lists, sync, runner, later, jobStore, states } = await world(account('a'));
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

describe('the preview of a synchronisation', () => {
  const badge = (id: string, templateId: string, active = true) =>
    ({
      ...{ id, name: `Badge ${id}`, template: `credly:${templateId}`, active, source: `badge "${id}" {}` },
      ...{ updatedAt: START, updatedBy: 'ada' },
    }) as const;

  async function previewed(...accounts: readonly ProviderAccount[]) {
    const all = await world(...accounts);
    const { store, jobs, runner, jobStore, notes, later } = all;
    const ended = async () => (await runner.runDue())[0] as Job;
    return {
      ...all,
      preview: async () => {
        later(60_000);
        await requestPreview(jobs, await store.accounts(), 'ada');
        return ended();
      },
      agree: async (preview: Job, retire: number | null = null) => {
        later(60_000);
        const found = await findSync(jobStore, preview.id);
        await requestAgreed(jobs, await store.accounts(), { preview: found, retire, requestedBy: 'ada' });
        return ended();
      },
      found: async (job: Job, kind: DifferenceKind): Promise<readonly Difference[]> =>
        notes.read({ job: job.id, account: 0, kind, page: 0 }),
      only: (job: Job) => {
        const [first] = syncedAccounts(job);
        return first && { state: first.state, error: first.error };
      },
    };
  }

  it('says what is new, changed, unchanged and gone, and what hangs on it, and changes nothing', async () => {
    const { badges, store, lists, sync, preview, found, states } = await previewed(account('a'));
    lists('a', template('1'), template('2', { details: { tags: ['x'] } }), template('3'));
    await sync();
    await badges.save(badge('b1', '3'), 0);
    await badges.save(badge('b2', '3', false), 0);
    const before = await store.account('id-a');
    lists('a', template('1'), template('2', { name: 'Two', details: { tags: ['y'] } }), template('4'));
    const job = await preview();
    expect(job.title).to.equal('Preview the synchronisation of the templates of "A"');
    expect(job.counts).to.deep.equal({ added: 1, changed: 1, unchanged: 1, retired: 1 });
    expect(syncedAccounts(job)[0]).to.deep.include({ state: 'previewed', retired: 1, inUse: 1, error: null });
    expect((await found(job, 'added')).map(({ templateId, name }) => [templateId, name])).to.deep.equal([
      ['4', 'Template 4'],
    ]);
    expect((await found(job, 'changed')).map(fieldChangesOf)).to.deep.equal([
      [
        { field: 'name', before: 'Template 2', after: 'Two' },
        { field: 'tags', before: ['x'], after: ['y'] },
      ],
    ]);
    expect((await found(job, 'unchanged')).map(({ templateId }) => templateId)).to.deep.equal(['1']);
    expect((await found(job, 'gone')).map(({ use }) => use)).to.deep.equal([
      {
        badges: [
          { id: 'b1', name: 'Badge b1', active: true },
          { id: 'b2', name: 'Badge b2', active: false },
        ],
        inProgress: 0,
        waiting: 0,
      },
    ]);
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active', 'id-a 3 active']);
    expect(await store.account('id-a')).to.deep.equal(before);
  });

  it('is applied as it was seen', async () => {
    const { lists, preview, agree, only, states } = await previewed(account('a'));
    lists('a', template('1'), template('2'));
    expect(only(await agree(await preview()))).to.deep.equal({ state: 'applied', error: null });
    lists('a', template('2', { state: 'archived' }), template('3'));
    const job = await preview();
    // Another order is no other difference.
    lists('a', template('3'), template('2', { state: 'archived' }));
    expect((await agree(job)).counts).to.deep.equal({ added: 1, changed: 1, unchanged: 0, retired: 1 });
    expect(await states()).to.deep.equal(['id-a 1 retired', 'id-a 2 archived', 'id-a 3 active']);
  });

  it('shows the new difference where the provider has changed since, applies nothing of it, and then that', async () => {
    const { store, lists, preview, agree, only, found, states } = await previewed(account('a'));
    lists('a', template('1'));
    const job = await preview();
    lists('a', template('1'), template('2'));
    const second = await agree(job);
    expect(only(second)).to.deep.equal({
      state: 'differs',
      error:
        'what would change in "A" is no longer what was looked at; nothing was changed: look at the difference, ' +
        'and apply it if it is right',
    });
    expect(second.counts).to.deep.equal({ stopped: 1 });
    expect(await states()).to.deep.equal([]);
    expect((await store.account('id-a'))?.lastSync).to.deep.include({ added: 0, error: only(second)?.error });
    expect(await found(second, 'added')).to.have.length(2);
    expect(only(await agree(second))).to.deep.equal({ state: 'applied', error: null });
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active']);
    // Once more: there is nothing left to do, which is nothing else than what was agreed to.
    expect(only(await agree(second))).to.deep.equal({ state: 'applied', error: null });
  });

  it('is another where a badge was activated on what goes', async () => {
    const { badges, lists, sync, preview, agree, only, states } = await previewed(account('a'));
    lists('a', template('1'), template('2'));
    await sync();
    lists('a', template('1'));
    const job = await preview();
    await badges.save(badge('b1', '2'), 0);
    expect(only(await agree(job))?.state).to.equal('differs');
    expect(await states()).to.deep.equal(['id-a 1 active', 'id-a 2 active']);
  });

  it('has the number said where more than five go, where an active badge uses one, and where nothing is left', async () => {
    const { badges, lists, sync, preview, agree, states } = await previewed(account('a'));
    const seven = ['1', '2', '3', '4', '5', '6', '7'].map((id) => template(id));
    lists('a', ...seven);
    await sync();
    const refused = async (job: Job, retire: number | null): Promise<string> => {
      try {
        await agree(job, retire);
        return 'taken';
      } catch (error) {
        expect(error).to.be.instanceOf(InputError);
        return (error as InputError).message;
      }
    };
    lists('a', ...seven.slice(0, 1));
    const many = await preview();
    const message = '6 templates would be retired, many of them or some that active badges use; confirm the number';
    expect(await refused(many, null)).to.equal(message);
    expect(await refused(many, 5)).to.equal(message);
    lists('a', ...seven.slice(0, 6));
    await badges.save(badge('b1', '7'), 0);
    expect(await refused(await preview(), null)).to.equal(
      '1 template would be retired that active badges use, or that nobody expects to go; confirm the number',
    );
    lists('a');
    const all = await preview();
    expect(await refused(all, 6)).to.contain('7 templates would be retired');
    expect((await states()).filter((state) => state.endsWith('retired'))).to.deep.equal([]);
    expect(await refused(all, 7)).to.equal('taken');
    expect((await states()).filter((state) => state.endsWith('retired'))).to.have.length(7);
  });

  it('need not be looked at where little goes; what nobody agreed to stops and says so', async () => {
    const { store, badges, lists, sync, agree, only, states } = await previewed(account('a'));
    const six = ['1', '2', '3', '4', '5', '6', '7'].map((id) => template(id));
    lists('a', ...six);
    await sync();
    lists('a', template('1'), template('new'));
    const job = await sync();
    const error =
      'the provider does not list 6 templates of "A" any more; nothing was changed: look at the difference, and ' +
      'apply it if it is right';
    expect(only(job)).to.deep.equal({ state: 'surprising', error });
    expect((await store.account('id-a'))?.lastSync?.error).to.equal(error);
    expect(await states())
      .to.have.length(7)
      .and.not.include('id-a new active');
    await badges.save(badge('b1', '7'), 0);
    lists('a', ...six.slice(0, 6));
    expect(only(await sync())?.error).to.equal(
      'the provider does not list 1 template of "A" any more, 1 of which active badges use; nothing was changed: ' +
        'look at the difference, and apply it if it is right',
    );
    lists('a', template('1'), template('new'));
    expect(only(await agree(await sync(), 6))).to.deep.equal({ state: 'applied', error: null });
  });

  it('goes on where it was applied up to, page by page, and changes nothing twice', async () => {
    const { store, jobs, runner, lists, preview, jobStore, only, later } = await previewed(account('a'));
    const many = Array.from({ length: 120 }, (_, at) => template(`t${at}`));
    lists('a', ...many);
    const job = await preview();
    await requestAgreed(jobs, await store.accounts(), { preview: job, retire: null, requestedBy: 'ada' });
    // The second page fails half way, and the process with it.
    const save = store.saveTemplate.bind(store);
    let saves = 0;
    store.saveTemplate = (one) => {
      saves += 1;
      return saves === 80 ? Promise.reject(new StoreError('unavailable', 'away')) : save(one);
    };
    expect(await runner.runDue()).to.deep.equal([]);
    const [half] = (await jobStore.list({ limit: 1 })).items;
    expect(half?.cursor).to.deep.equal({ part: 'applying', account: 0, kind: 'added', page: 1 });
    expect(half).to.deep.include({ done: 170, total: 240 });
    expect(only(half as Job)?.state).to.equal('applying');
    later(5_000);
    const [ended] = await runner.runDue();
    expect(ended?.counts).to.deep.equal({ added: 120, changed: 0, unchanged: 0, retired: 0 });
    const stored = (await store.templates({ limit: 200 })).items;
    expect(stored.map(({ version }) => version)).to.deep.equal(Array.from({ length: 120 }, () => 1));
  });

  it('lets what was learnt of a template since stand', async () => {
    const { store, lists, sync, preview, later, jobs, runner } = await previewed(account('a'));
    lists('a', template('1'));
    await sync();
    lists('a', template('1', { name: 'One' }));
    const job = await preview();
    await requestAgreed(jobs, await store.accounts(), { preview: job, retire: null, requestedBy: 'ada' });
    const save = store.saveAccount.bind(store);
    const read = store.template.bind(store);
    let told = false;
    store.template = async (...names) => {
      const known = await read(...names);
      if (known === null || told) return known;
      told = true;
      later(1_000);
      const heard = { ...known, name: 'Heard', syncedAt: new Date('2026-11-02T00:00:00Z') };
      await store.saveTemplate(heard);
      return known;
    };
    await runner.runDue();
    store.saveAccount = save;
    expect((await read('credly', 'id-a', '1'))?.name).to.equal('Heard');
  });

  it('cannot be applied before it has ended, nor where there is nothing in it', async () => {
    const { store, jobs, lists, preview } = await previewed(account('a', { enabled: false }));
    lists('a', template('1'));
    const open = await requestPreview(jobs, await store.accounts(), 'ada');
    const failure = async (found: Job): Promise<string> =>
      requestAgreed(jobs, await store.accounts(), { preview: found, retire: null, requestedBy: 'ada' }).then(
        () => 'taken',
        (error: Error) => error.message,
      );
    expect(await failure(open)).to.equal(
      'the difference is still being looked for; wait until that has ended, then apply it',
    );
    expect(await failure(await preview())).to.equal(
      'there is nothing to apply in it; preview the synchronisation again',
    );
  });
});
