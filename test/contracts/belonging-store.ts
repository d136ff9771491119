/** What every store of belongings promises. */

import { expect } from 'chai';
import type { BelongingStore } from '../../plugin/ports/belongings.ts';

export function belongingStoreContract(name: string, make: () => Promise<BelongingStore>): void {
  describe(`${name} as store of belongings`, () => {
    const badge = { kind: 'badge', id: 'welcome' } as const;

    it('gives a thing to whoever claims it first, however many do at the same time', async () => {
      const store = await make();
      const claims = ['Acme', 'Lab', 'Acme', 'Uni'].map((organisation) => store.claim({ ...badge, organisation }));
      const owners = new Set(await Promise.all(claims));
      expect(owners.size).to.equal(1);
      const [owner] = owners;
      expect(await store.all()).to.deep.equal([{ ...badge, organisation: owner }]);
      expect(await store.claim({ ...badge, organisation: 'Late' })).to.equal(owner);
    });

    it('gives it to another, or to all, if it still is whose it was said to be', async () => {
      const store = await make();
      expect(await store.assign(badge, 'Acme', 'Lab')).to.equal(false);
      expect(await store.assign(badge, null, null)).to.equal(true);
      expect(await store.assign(badge, 'Acme', null)).to.equal(true);
      expect(await store.assign(badge, 'Lab', null)).to.equal(false);
      expect(await store.assign(badge, null, null)).to.equal(false);
      expect(await store.assign(badge, 'Lab', 'Acme')).to.equal(true);
      expect(await store.assign(badge, null, 'Acme')).to.equal(false);
      expect(await store.assign(badge, null, 'Lab')).to.equal(true);
      expect(await store.all()).to.deep.equal([]);
    });

    it('tells things of one id and several kinds apart, and lists them by kind and id', async () => {
      const store = await make();
      await store.claim({ kind: 'credential-type', id: 'welcome', organisation: 'Lab' });
      await store.claim({ ...badge, organisation: 'Acme' });
      await store.claim({ kind: 'badge', id: 'base', organisation: 'Uni' });
      expect(await store.all()).to.deep.equal([
        { kind: 'badge', id: 'base', organisation: 'Uni' },
        { kind: 'badge', id: 'welcome', organisation: 'Acme' },
        { kind: 'credential-type', id: 'welcome', organisation: 'Lab' },
      ]);
    });
  });
}
