import { expect } from 'chai';
import { MemoryHashKeyStore } from '../../../plugin/ports/hash-key-store.ts';
import { findHashKeys, type HashKeysParts, keepHashKeys, sealedHashKeys } from '../../../plugin/privacy/hash-keys.ts';
import { createSecretBox } from '../../../server/secret-box.ts';
import { hashKeyStoreContract } from '../../contracts/hash-key-store.ts';

hashKeyStoreContract('MemoryHashKeyStore', async () => new MemoryHashKeyStore());

const LAST_YEAR = 'the key of last year';
const THIS_YEAR = 'the key of this year';
const own = new Map([
  [LAST_YEAR, { id: 'old', key: 'aa' }],
  [THIS_YEAR, { id: 'new', key: 'bb' }],
]);

describe('keys that recognise retired learners', () => {
  let store: MemoryHashKeyStore;
  beforeEach(() => {
    store = new MemoryHashKeyStore();
  });

  /** As a process with these secret keys has them. */
  const under = (present: string, ...former: string[]): HashKeysParts => ({
    store,
    secrets: createSecretBox(present, former),
    own: [present, ...former].flatMap((key) => own.get(key) ?? []),
  });

  it('outlive the secret key that they come from', async () => {
    await keepHashKeys(under(LAST_YEAR));
    const between = under(THIS_YEAR, LAST_YEAR);
    await keepHashKeys(between);
    expect(await findHashKeys(between)).to.deep.equal({ former: [], lost: 0 });
    expect(await sealedHashKeys(between).reseal()).to.deep.equal({ current: 1, resealed: 1, lost: 0 });
    expect(await findHashKeys(under(THIS_YEAR))).to.deep.equal({ former: ['aa'], lost: 0 });
    expect(await sealedHashKeys(under(THIS_YEAR)).reseal()).to.deep.equal({ current: 2, resealed: 0, lost: 0 });
  });

  it('are kept by the sealing anew where no server has started in between', async () => {
    expect(await sealedHashKeys(under(THIS_YEAR, LAST_YEAR)).reseal()).to.deep.equal({
      ...{ current: 2, resealed: 0, lost: 0 },
    });
    expect(await findHashKeys(under(THIS_YEAR))).to.deep.equal({ former: ['aa'], lost: 0 });
  });

  it('are readable nowhere in what is kept', async () => {
    await keepHashKeys({ ...under(LAST_YEAR), own: [{ id: 'old', key: 'c0ffee'.repeat(8) }] });
    expect(JSON.stringify(await store.all())).not.to.contain('c0ffee');
  });

  it('are lost, and counted, while the key that sealed them is not set; and there again when it is', async () => {
    await keepHashKeys(under(LAST_YEAR));
    expect(await findHashKeys(under(THIS_YEAR))).to.deep.equal({ former: [], lost: 1 });
    expect(await sealedHashKeys(under(THIS_YEAR)).reseal()).to.deep.equal({ current: 1, resealed: 0, lost: 1 });
    await sealedHashKeys(under(THIS_YEAR, LAST_YEAR)).reseal();
    expect(await findHashKeys(under(THIS_YEAR))).to.deep.equal({ former: ['aa'], lost: 0 });
  });

  it('are sealed anew where that was broken off', async () => {
    await keepHashKeys(under(LAST_YEAR));
    const reseal = store.reseal.bind(store);
    store.reseal = async () => {
      throw new Error('killed');
    };
    const records = sealedHashKeys(under(THIS_YEAR, LAST_YEAR));
    expect(await records.reseal().catch((error: Error) => error.message)).to.equal('killed');
    store.reseal = reseal;
    expect(await records.reseal()).to.deep.equal({ current: 1, resealed: 1, lost: 0 });
  });
});
