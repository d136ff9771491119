import { expect } from 'chai';
import fc from 'fast-check';
import { invalidateCredential } from '../../../plugin/credentials/invalidate-credential.ts';
import { allowNewCredential, holdsBack, takenBack } from '../../../plugin/credentials/place.ts';
import { MemoryFileStore } from '../../../plugin/ports/asset-files.ts';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import { MemoryCredentialStore } from '../../../plugin/ports/memory-credential-store.ts';
import { anIssuedCredential, rejection } from '../../contracts/credential-store.ts';
import { NOW } from '../../support/credential-world.ts';

const NOTHING_TO_ALLOW = 'this credential does not keep a new one from being made; there is nothing to allow';

/** A learner's credentials of one configuration, each under a number. */
function world() {
  const store = new MemoryCredentialStore();
  const using = { store, files: new MemoryFileStore(), clock: { now: () => NOW }, newId: () => crypto.randomUUID() };
  const numbered = (number: number, facts: Partial<Credential> = {}) =>
    anIssuedCredential({ id: `id-${number}`, verifyId: `verify-${number}`, ...facts });
  return {
    store,
    create: (number: number) => store.createCredential(numbered(number)),
    invalidate: (number: number) => invalidateCredential(`id-${number}`, 'A mistake', using),
    allow: (number: number) => allowNewCredential(`id-${number}`, using),
    async reissue(number: number, as: number) {
      const former = await store.credential(`id-${number}`);
      if (!former) throw new Error('no credential');
      const swapped = { ...former, status: 'invalidated', reissuedAs: `id-${as}`, reason: 'Reissued' } as const;
      await store.updateCredential(swapped, former.updatedAt);
      await store.createCredential(numbered(as, { reissueOf: former.id, holdsPlace: false }));
    },
    async holdingBack(upTo: number) {
      const numbers: number[] = [];
      for (let number = 1; number <= upTo; number++) {
        const credential = await store.credential(`id-${number}`);
        if (credential && (await holdsBack(store, credential))) numbers.push(number);
      }
      return numbers;
    },
  };
}

describe('the place of a learner', () => {
  it('is kept by one that was taken back, until a new one is allowed', async () => {
    const { store, create, invalidate, allow, holdingBack } = world();
    await create(1);
    expect(await holdingBack(1)).to.deep.equal([]);
    await invalidate(1);
    expect(await holdingBack(1)).to.deep.equal([1]);
    expect(await create(2)).to.equal(false);
    expect(await allow(1)).to.include({ id: 'id-1', status: 'invalidated', reason: 'A mistake' });
    expect(await holdingBack(1)).to.deep.equal([]);
    expect(await takenBack(store, anIssuedCredential())).to.equal(null);
    expect(await create(2)).to.equal(true);
  });

  it('is freed by none but the one that keeps it', async () => {
    const { create, invalidate, allow } = world();
    await create(1);
    expect(await rejection(allow(1))).to.include({ code: 'credential.status', message: NOTHING_TO_ALLOW });
    await invalidate(1);
    await allow(1);
    expect((await rejection(allow(1))).message, 'free already').to.equal(NOTHING_TO_ALLOW);
    await create(2);
    await invalidate(2);
    expect((await rejection(allow(1))).message, 'another holds it').to.equal(NOTHING_TO_ALLOW);
    expect((await rejection(allow(9))).message).to.equal(
      'there is no credential with this id; choose one from the list',
    );
  });

  it('is not freed where somebody else changed it meanwhile', async () => {
    const { store, create, invalidate, allow } = world();
    await create(1);
    await invalidate(1);
    store.updateCredential = async () => false;
    expect((await rejection(allow(1))).code).to.equal('conflict.stale');
  });

  it('is not held by one that was invalidated before they kept it', async () => {
    const { store, create, invalidate, holdingBack } = world();
    await create(1);
    const { updatedAt, ...rest } = await invalidate(1);
    await store.updateCredential({ ...rest, updatedAt, holdsPlace: false }, updatedAt);
    expect(await holdingBack(1)).to.deep.equal([]);
  });

  it('has one credential in force or one that holds back a new one, or is free, whatever people do', async () => {
    const deed = fc.constantFrom('create', 'reissue', 'invalidate', 'allow');
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 14 }), async (deeds) => {
        const { store, create, reissue, invalidate, allow, holdingBack } = world();
        let latest = 0;
        let state: 'free' | 'in force' | 'taken back' = 'free';
        for (const one of deeds) {
          if (one === 'create') {
            const isCreated = await create(latest + 1);
            expect(isCreated).to.equal(state === 'free');
            if (!isCreated) continue;
            latest += 1;
            state = 'in force';
          } else if (one === 'reissue' && state === 'in force') {
            await reissue(latest, latest + 1);
            latest += 1;
          } else if (one === 'invalidate' && state === 'in force') {
            await invalidate(latest);
            state = 'taken back';
          } else if (one === 'allow' && state === 'taken back') {
            await allow(latest);
            state = 'free';
          }
          expect(await holdingBack(latest)).to.deep.equal(state === 'taken back' ? [latest] : []);
          expect((await store.placeHolder('configuration-1', 'ada')) === null).to.equal(state === 'free');
        }
      }),
    );
  });
});
