import { expect } from 'chai';
import { MemoryProviderStore } from '../../../plugin/ports/memory-provider-store.ts';
import { sealedAccounts } from '../../../plugin/providers/reseal-accounts.ts';
import { anAccount } from '../../contracts/provider-store.ts';
import { openSecretBox } from '../../support/secret-box.ts';

describe('sealing the secrets of accounts anew', () => {
  it('reaches every one that can be opened, once', async () => {
    const store = new MemoryProviderStore();
    const old = openSecretBox('old');
    const lost = openSecretBox('lost');
    const now = openSecretBox('new', ['old']);
    const add = (id: string, sealedSecret: string | null) =>
      store.saveAccount(anAccount({ id, slug: id, externalId: id, sealedSecret }));
    await add('a1', old.seal('token-1', 'account:a1'));
    await add('a2', now.seal('token-2', 'account:a2'));
    await add('a3', lost.seal('token-3', 'account:a3'));
    await add('a4', null);
    const records = sealedAccounts(store, now);
    expect(await records.reseal()).to.deep.equal({ current: 1, resealed: 1, lost: 1 });
    expect(await records.reseal()).to.deep.equal({ current: 2, resealed: 0, lost: 1 });
    const account = await store.account('a1');
    expect(openSecretBox('new').open(account?.sealedSecret ?? '', 'account:a1')).to.equal('token-1');
  });
});
