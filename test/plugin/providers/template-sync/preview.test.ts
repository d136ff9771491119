import { expect } from 'chai';
import { InputError, StoreError } from '../../../../plugin/errors.ts';
import type { Job } from '../../../../plugin/ports/job-store.ts';
import type { ProviderAccount } from '../../../../plugin/ports/provider-store.ts';
import {
  type Difference,
  type DifferenceKind,
  fieldChangesOf,
} from '../../../../plugin/providers/template-sync/difference.ts';
import { findSync, requestAgreed, requestPreview } from '../../../../plugin/providers/template-sync/request.ts';
import { syncedAccounts } from '../../../../plugin/providers/template-sync/synced-account.ts';
import { anAccount as account } from '../../../support/provider-accounts.ts';
import { START, syncWorld, template } from '../../../support/template-sync-world.ts';

const badge = (id: string, templateId: string, active = true) =>
  ({
    ...{ id, name: `Badge ${id}`, template: `credly:${templateId}`, active, source: `badge "${id}" {}` },
    ...{ updatedAt: START, updatedBy: 'ada' },
  }) as const;

async function previewed(...accounts: readonly ProviderAccount[]) {
  const all = await syncWorld(...accounts);
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

describe('the preview of a synchronisation', () => {
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
    const agreement = { preview: job, retire: null, requestedBy: 'ada' };
    const { id } = await requestAgreed(jobs, await store.accounts(), agreement);
    // The second page fails half way, and the process with it.
    const save = store.saveTemplate.bind(store);
    let saves = 0;
    store.saveTemplate = (one) => {
      saves += 1;
      return saves === 80 ? Promise.reject(new StoreError('unavailable', 'away')) : save(one);
    };
    expect(await runner.runDue()).to.deep.equal([]);
    const half = await jobStore.get(id);
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
