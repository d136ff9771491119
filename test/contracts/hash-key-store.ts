/** What every store of hash keys promises. */

import { expect } from 'chai';
import type { HashKeyStore } from '../../plugin/ports/hash-key-store.ts';

export function hashKeyStoreContract(name: string, make: () => Promise<HashKeyStore>): void {
  describe(`${name} as store of hash keys`, () => {
    it('keeps what came first', async () => {
      const store = await make();
      await store.add({ id: 'a', sealed: 'first' });
      await Promise.all([store.add({ id: 'a', sealed: 'second' }), store.add({ id: 'b', sealed: 'other' })]);
      expect(await store.all()).to.have.deep.members([
        { id: 'a', sealed: 'first' },
        { id: 'b', sealed: 'other' },
      ]);
    });

    it('lets one of two seal a key anew', async () => {
      const store = await make();
      await store.add({ id: 'a', sealed: 'former' });
      const both = await Promise.all(['one', 'two'].map((sealed) => store.reseal('a', 'former', sealed)));
      expect(both.filter(Boolean)).to.have.length(1);
      expect((await store.all())[0]?.sealed).to.equal(both[0] ? 'one' : 'two');
      expect(await store.reseal('missing', 'former', 'new')).to.equal(false);
    });
  });
}
