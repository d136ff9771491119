import { expect } from 'chai';
import { MemoryRetirementStore, type Retirement } from '../../../plugin/ports/retirement-store.ts';
import type { SecretBox } from '../../../plugin/ports/secret-box.ts';
import { sealedRetirements } from '../../../plugin/privacy/reseal-retirements.ts';
import { sealedFor } from '../../../plugin/privacy/retire-job.ts';
import { createSecretBox } from '../../../server/secret-box.ts';

const former = createSecretBox('the key of last year');
const present = createSecretBox('the key of this year', ['the key of last year']);

function aRetirement(id: string, sealedBy: SecretBox | null): Retirement {
  return {
    id,
    keys: [],
    sealedPerson: sealedBy?.seal(`person ${id}`, sealedFor(id)) ?? null,
    badgesThere: 'leave',
    requestedBy: 'ann',
    requestedAt: new Date(0),
    finishedAt: sealedBy === null ? new Date(1) : null,
    awards: [],
  };
}

describe('sealing retirements anew', () => {
  let store: MemoryRetirementStore;
  beforeEach(async () => {
    store = new MemoryRetirementStore();
    for (const [id, box] of [
      ['a', former],
      ['b', present],
      ['done', null],
    ] as const)
      await store.add(aRetirement(id, box));
  });

  it('seals those under way under the present key, and changes nothing when it is done again', async () => {
    const records = sealedRetirements(store, present);
    expect(await records.reseal()).to.deep.equal({ current: 1, resealed: 1, lost: 0 });
    const alone = createSecretBox('the key of this year');
    const sealed = (await store.get('a'))?.sealedPerson ?? '';
    expect(alone.open(sealed, sealedFor('a'))).to.equal('person a');
    expect(await records.reseal()).to.deep.equal({ current: 2, resealed: 0, lost: 0 });
    expect((await store.get('a'))?.sealedPerson).to.equal(sealed);
  });

  it('brings nobody back who is done meanwhile', async () => {
    const reseal = store.reseal.bind(store);
    store.reseal = async (id, was, next) => {
      await store.change(id, { sealedPerson: null, finishedAt: new Date(2) });
      return reseal(id, was, next);
    };
    expect(await sealedRetirements(store, present).reseal()).to.deep.equal({ current: 2, resealed: 0, lost: 0 });
    expect((await store.get('a'))?.sealedPerson).to.equal(null);
  });

  it('goes on where it was broken off', async () => {
    await store.add(aRetirement('c', former));
    const reseal = store.reseal.bind(store);
    store.reseal = async (...all) => {
      const isDone = await reseal(...all);
      store.reseal = reseal;
      throw new Error(`killed after one: ${isDone}`);
    };
    const records = sealedRetirements(store, present);
    expect(await records.reseal().catch((error: Error) => error.message)).to.equal('killed after one: true');
    expect(await records.reseal()).to.deep.equal({ current: 2, resealed: 1, lost: 0 });
  });

  it('says how many cannot be opened, and leaves them', async () => {
    const without = createSecretBox('the key of this year');
    const before = (await store.get('a'))?.sealedPerson;
    expect(await sealedRetirements(store, without).reseal()).to.deep.equal({ current: 1, resealed: 0, lost: 1 });
    expect((await store.get('a'))?.sealedPerson).to.equal(before);
  });
});
