/** What every store of provider accounts and templates promises. */

import { expect } from 'chai';
import { ConflictError } from '../../plugin/errors.ts';
import type { BadgeTemplate, ProviderAccount, ProviderStore } from '../../plugin/ports/provider-store.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 1, 10, minute));

export function anAccount(changes: Partial<ProviderAccount> = {}): ProviderAccount {
  return {
    id: 'a1',
    provider: 'credly',
    slug: 'science',
    name: 'Faculty of Science',
    providerName: 'Science',
    host: 'production',
    externalId: '6f0c',
    sealedSecret: 's1.abc.def',
    secretExpiresAt: at(50),
    origin: 'page',
    enabled: true,
    lastCheck: null,
    lastSync: null,
    version: 0,
    createdAt: at(0),
    updatedAt: at(0),
    ...changes,
  };
}

export function aTemplate(changes: Partial<BadgeTemplate> = {}): BadgeTemplate {
  return {
    provider: 'credly',
    accountId: 'a1',
    templateId: 't1',
    name: 'Data Analysis',
    description: 'Can analyse data.',
    imageUrl: 'https://images.example/t1.png',
    state: 'active',
    dashboardUrl: null,
    details: {},
    version: 0,
    updatedAt: at(0),
    syncedAt: at(0),
    ...changes,
  };
}

export function providerStoreContract(name: string, makeStore: () => Promise<ProviderStore>): void {
  describe(`${name} as a provider store`, () => {
    let store: ProviderStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    describe('accounts', () => {
      it('are given back as they were put in, one version later', async () => {
        const full = anAccount({
          lastCheck: { at: at(3), ok: false, message: '' },
          lastSync: { at: at(4), added: 1, changed: 2, unchanged: 3, retired: 0, error: null },
        });
        expect(await store.saveAccount(full)).to.equal(true);
        expect(await store.account('a1')).to.deep.equal({ ...full, version: 1 });
        const bare = anAccount({
          id: 'a2',
          slug: 'own',
          externalId: null,
          sealedSecret: null,
          secretExpiresAt: null,
          origin: 'environment',
          enabled: false,
        });
        await store.saveAccount(bare);
        expect(await store.account('a2')).to.deep.equal({ ...bare, version: 1 });
        expect(await store.account('a3')).to.equal(null);
      });

      it('are listed by provider, then slug', async () => {
        await store.saveAccount(anAccount({ id: 'a1', slug: 'b', externalId: '1' }));
        await store.saveAccount(anAccount({ id: 'a2', slug: 'a', externalId: '2' }));
        await store.saveAccount(anAccount({ id: 'a3', slug: 'a', provider: 'accredible' }));
        expect((await store.accounts()).map(({ id }) => id)).to.deep.equal(['a3', 'a2', 'a1']);
        expect((await store.accounts('credly')).map(({ id }) => id)).to.deep.equal(['a2', 'a1']);
        expect(await store.accounts('memory')).to.deep.equal([]);
      });

      it('are changed by one of several who have seen the same version', async () => {
        await store.saveAccount(anAccount());
        const seen = anAccount({ version: 1 });
        const saved = await Promise.all([
          store.saveAccount({ ...seen, name: 'One' }),
          store.saveAccount({ ...seen, name: 'Two' }),
        ]);
        expect(saved.sort()).to.deep.equal([false, true]);
        expect(await store.account('a1')).to.include({ version: 2 });
        expect(await store.saveAccount(anAccount({ name: 'Again new' }))).to.equal(false);
        expect(await store.saveAccount(anAccount({ id: 'a9', slug: 'x', externalId: '9', version: 4 }))).to.equal(
          false,
        );
        expect(await store.account('a9')).to.equal(null);
      });

      it('can lose their id at the provider and get another', async () => {
        await store.saveAccount(anAccount());
        expect(await store.saveAccount(anAccount({ version: 1, externalId: null }))).to.equal(true);
        expect(await store.account('a1')).to.include({ externalId: null });
        expect(await store.saveAccount(anAccount({ version: 2, externalId: '77' }))).to.equal(true);
        expect(await store.account('a1')).to.include({ externalId: '77', version: 3 });
      });

      it('have a slug of their own per provider, and stand for one account at one host', async () => {
        await store.saveAccount(anAccount());
        const message =
          'the account "Faculty of Science" (science) has this name or stands for the same account at the provider; change that one instead';
        const refused = async (changes: Partial<ProviderAccount>) => {
          try {
            await store.saveAccount(anAccount({ id: 'a2', ...changes }));
          } catch (error) {
            expect(error).to.be.instanceOf(ConflictError);
            expect(error).to.include({ code: 'conflict.account-exists', message });
            return true;
          }
          return false;
        };
        expect(await refused({ slug: 'science', externalId: 'other' })).to.equal(true);
        expect(await refused({ slug: 'other' })).to.equal(true);
        expect((await store.accounts()).map(({ id }) => id)).to.deep.equal(['a1']);
        expect(await refused({ slug: 'other', host: 'sandbox' })).to.equal(false);
        expect(await refused({ id: 'a3', provider: 'accredible' })).to.equal(false);
        expect(await refused({ id: 'a4', slug: 'a4', externalId: null })).to.equal(false);
        expect(await refused({ id: 'a5', slug: 'a5', externalId: null })).to.equal(false);
        expect(await refused({ id: 'a5', slug: 'science', externalId: null, version: 1 })).to.equal(true);
      });

      it('are made once, by one of several who make the same', async () => {
        const results = await Promise.allSettled([
          store.saveAccount(anAccount({ id: 'x1' })),
          store.saveAccount(anAccount({ id: 'x2' })),
          store.saveAccount(anAccount({ id: 'x3' })),
        ]);
        expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
        expect(await store.accounts()).to.have.length(1);
      });

      it('UD7: are removed with their own templates and no others', async () => {
        await store.saveAccount(anAccount());
        await store.saveAccount(anAccount({ id: 'a2', slug: 'arts', externalId: '2' }));
        for (const accountId of ['a1', 'a2']) await store.saveTemplate(aTemplate({ accountId }));
        expect(await store.removeAccount('a1')).to.equal(true);
        expect(await store.removeAccount('a1')).to.equal(false);
        expect((await store.accounts()).map(({ id }) => id)).to.deep.equal(['a2']);
        expect((await store.templatesById('credly', 't1')).map(({ accountId }) => accountId)).to.deep.equal(['a2']);
      });
    });

    describe('templates', () => {
      it('are given back as they were put in, whatever the names in their details', async () => {
        const full = aTemplate({
          templateId: 'a "b"\\c/ü',
          details: { 'a.b': { $set: [1, null, { '': true }] }, __proto: 'x', tags: ['ä'] },
        });
        expect(await store.saveTemplate(full)).to.equal(true);
        expect(await store.template('credly', 'a1', full.templateId)).to.deep.equal({ ...full, version: 1 });
        const bare = aTemplate({ description: '', imageUrl: null, syncedAt: null, state: 'draft', name: '' });
        await store.saveTemplate(bare);
        expect(await store.template('credly', 'a1', 't1')).to.deep.equal({ ...bare, version: 1 });
        expect(await store.template('credly', 'a2', 't1')).to.equal(null);
        expect(await store.template('accredible', 'a1', 't1')).to.equal(null);
      });

      it('are removed by whoever knows them as they are, and no others with them', async () => {
        await store.saveTemplate(aTemplate());
        await store.saveTemplate(aTemplate({ accountId: 'a2' }));
        const seen = { ...aTemplate(), version: 1 };
        await store.saveTemplate({ ...seen, name: 'Another name' });
        expect(await store.removeTemplate(seen)).to.equal(false);
        expect(await store.removeTemplate({ ...seen, version: 2 })).to.equal(true);
        expect(await store.removeTemplate({ ...seen, version: 2 })).to.equal(false);
        expect(await store.template('credly', 'a1', 't1')).to.equal(null);
        expect(await store.template('credly', 'a2', 't1')).to.include({ version: 1 });
      });

      it('are found in every account that has the id', async () => {
        await store.saveTemplate(aTemplate({ accountId: 'a2' }));
        await store.saveTemplate(aTemplate({ accountId: 'a1' }));
        await store.saveTemplate(aTemplate({ accountId: 'a1', templateId: 't2' }));
        await store.saveTemplate(aTemplate({ accountId: 'a3', provider: 'accredible' }));
        const found = await store.templatesById('credly', 't1');
        expect(found.map(({ accountId }) => accountId)).to.deep.equal(['a1', 'a2']);
        expect(await store.templatesById('credly', 't9')).to.deep.equal([]);
      });

      it('are changed by one of several who have seen the same version', async () => {
        await store.saveTemplate(aTemplate());
        const seen = aTemplate({ version: 1 });
        const saved = await Promise.all([
          store.saveTemplate({ ...seen, state: 'retired' }),
          store.saveTemplate({ ...seen, state: 'archived' }),
        ]);
        expect(saved.sort()).to.deep.equal([false, true]);
        expect(await store.template('credly', 'a1', 't1')).to.include({ version: 2 });
        expect(await store.saveTemplate(aTemplate())).to.equal(false);
        expect(await store.saveTemplate(aTemplate({ templateId: 't9', version: 3 }))).to.equal(false);
      });

      it('are listed by name whatever its case, then by account and id, page by page', async () => {
        const names: readonly (readonly [string, string, string])[] = [
          ['zebra', 't1', 'a1'],
          ['Apple', 't3', 'a1'],
          ['apple', 't2', 'a1'],
          ['apple', 't1', 'a2'],
          ['Öl', 't5', 'a1'],
          ['\u{1F600} smile', 't6', 'a1'],
          ['\uFF21 wide', 't7', 'a1'],
        ];
        for (const [templateName, templateId, accountId] of names)
          await store.saveTemplate(aTemplate({ name: templateName, templateId, accountId }));
        const seen: string[] = [];
        let after: string | undefined;
        for (let pages = 0; pages < 9; pages++) {
          const page = await store.templates({ limit: 3, ...(after === undefined ? {} : { after }) });
          seen.push(...page.items.map(({ templateId, accountId }) => `${accountId} ${templateId}`));
          if (page.next === null) break;
          after = page.next;
        }
        expect(seen).to.deep.equal(['a1 t2', 'a1 t3', 'a2 t1', 'a1 t1', 'a1 t5', 'a1 t7', 'a1 t6']);
      });

      it('are listed by provider, account, state, the beginning of a word, or the whole id', async () => {
        await store.saveTemplate(aTemplate({ templateId: 't1', name: 'Data Analysis (basic)' }));
        await store.saveTemplate(aTemplate({ templateId: 't2', name: 'Übung in Statistics', state: 'retired' }));
        await store.saveTemplate(aTemplate({ templateId: 'data', name: 'Other', accountId: 'a2' }));
        await store.saveTemplate(aTemplate({ templateId: 't4', name: 'metadata', provider: 'accredible' }));
        const ids = async (query: object) =>
          (await store.templates({ limit: 9, ...query })).items.map(({ templateId }) => templateId);
        expect(await ids({ provider: 'accredible' })).to.deep.equal(['t4']);
        expect(await ids({ accountId: 'a2' })).to.deep.equal(['data']);
        expect(await ids({ state: 'retired' })).to.deep.equal(['t2']);
        expect(await ids({ search: 'DATA' })).to.deep.equal(['t1']);
        expect(await ids({ search: 'data' })).to.deep.equal(['t1', 'data']);
        expect(await ids({ search: 'analysis (b' })).to.deep.equal(['t1']);
        expect(await ids({ search: 'übung' })).to.deep.equal(['t2']);
        expect(await ids({ search: '.*' })).to.deep.equal([]);
        expect(await ids({ search: 'data', accountId: 'a1' })).to.deep.equal(['t1']);
      });

      it('are counted by account and state', async () => {
        await store.saveTemplate(aTemplate({ templateId: 't1' }));
        await store.saveTemplate(aTemplate({ templateId: 't2' }));
        await store.saveTemplate(aTemplate({ templateId: 't3', state: 'retired' }));
        await store.saveTemplate(aTemplate({ accountId: 'a0' }));
        expect(await store.templateCounts()).to.deep.equal([
          { accountId: 'a0', state: 'active', count: 1 },
          { accountId: 'a1', state: 'active', count: 2 },
          { accountId: 'a1', state: 'retired', count: 1 },
        ]);
      });
    });
  });
}
