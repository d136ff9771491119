import { expect } from 'chai';
import { invalidateCredential } from '../../../plugin/credentials/invalidate-credential.ts';
import { allowNewCredential } from '../../../plugin/credentials/place.ts';
import { createReissuer, type ReissuerParts } from '../../../plugin/credentials/reissue-credential.ts';
import { StoreError } from '../../../plugin/errors.ts';
import { ExtensionRegistry } from '../../../plugin/extensions/registry.ts';
import type { Credential } from '../../../plugin/ports/credential-store.ts';
import { anIssuedCredential, rejection } from '../../contracts/credential-store.ts';
import { aLearnerRecord, DEMO_COURSE } from '../../contracts/learner-records.ts';
import {
  CONFIGURATION,
  type CredentialWorld,
  credentialWorld,
  fakeGeneration,
  fakeRetrieval,
  missingGlyph,
  NOW,
} from '../../support/credential-world.ts';

const DAY_MS = 86_400_000;

describe('reissuing a credential', () => {
  let world: CredentialWorld;
  let old: Credential;

  beforeEach(async () => {
    world = await credentialWorld();
    const runner = world.runner();
    await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    await runner.stop();
    old = (await world.credential('ada')) as Credential;
    world.records.add(DEMO_COURSE, 'Demonstration Course', [
      aLearnerRecord({ name: 'Ada King', email: 'ada.king@example.com' }),
    ]);
    world.clock.at = new Date(NOW.getTime() + DAY_MS);
  });

  const reissuer = (changes: Partial<ReissuerParts> = {}) => createReissuer({ ...world.parts(), ...changes });
  const stored = async (id: string) => (await world.store.credential(id)) as Credential;
  const textOf = async (key: string | null) => Buffer.from((await world.files.get(key ?? ''))?.bytes ?? []).toString();

  async function statusesOfAda(): Promise<readonly string[]> {
    const { items } = await world.store.credentials({ limit: 99 });
    return items.flatMap(({ username, status }) => (username === 'ada' ? [status] : [])).sort();
  }

  it('B17: makes one with the data of today, keeps the date of the award and links both', async () => {
    const successor = await reissuer().reissue(old.id, 'ann');
    expect(successor).to.include({ status: 'available', learnerName: 'Ada King', reissueOf: old.id, reissuedAs: null });
    expect(successor).to.include({ email: 'ada.king@example.com', username: 'ada' });
    expect(successor.issuedAt).to.deep.equal(old.issuedAt);
    expect(successor.generatedAt).to.deep.equal(world.clock.at);
    expect(successor.verifyId).not.to.equal(old.verifyId);
    expect(await stored(successor.id)).to.deep.equal(successor);
    expect(await stored(old.id)).to.include({
      status: 'invalidated',
      reason: 'Reissued',
      reissuedAs: successor.id,
      reissue: null,
    });
    expect(await world.credential('ada')).to.deep.equal(successor);
    expect(await textOf(successor.fileKey))
      .to.include('Ada King')
      .and.to.include(successor.verifyId);
  });

  it('puts the former document into the archive, out of public reach', async () => {
    await reissuer().reissue(old.id, 'ann');
    const former = await stored(old.id);
    expect(former.fileKey).to.match(/^archive\//);
    expect(await textOf(former.fileKey)).to.include('Ada Lovelace');
    expect(world.files.keys()).not.to.include(old.fileKey);
  });

  it('keeps the details on record of a learner who does not take part any more', async () => {
    const ben = (await world.credential('ben')) as Credential;
    const nobody = { ...fakeRetrieval, async *retrieve() {} };
    const gone = new ExtensionRegistry().addRetrieval(nobody).addGeneration(fakeGeneration()).freeze();
    const successor = await reissuer({ registry: gone }).reissue(ben.id, 'ann');
    expect(successor).to.include({ learnerName: 'Ben Okafor', status: 'available' });
  });

  it('tells the learner of the new one, and not of the former where nobody has been told yet', async () => {
    const successor = await reissuer().reissue(old.id, 'ann');
    expect(successor.mail?.state).to.equal('pending');
    expect((await stored(old.id)).mail?.state).to.equal('superseded');
  });

  it('U16: leaves the former one as it was when the new document cannot be made', async () => {
    const failing = createReissuer(world.parts({ before: () => Promise.reject(missingGlyph()) }));
    const keys = world.files.keys();
    expect((await rejection(failing.reissue(old.id, 'ann'))).code).to.equal('credential.glyph-missing');
    const { updatedAt: _, ...rest } = await stored(old.id);
    const { updatedAt: __, ...before } = old;
    expect(rest).to.deep.equal(before);
    expect(world.files.keys()).to.deep.equal(keys);
    expect((await reissuer().reissue(old.id, 'ann')).status).to.equal('available');
  });

  for (const when of ['before', 'after'] as const) {
    it(`keeps a swap whose answer was lost, and which arrived ${when} we looked`, async () => {
      const { store } = world;
      let late: (() => Promise<unknown>) | null = null;
      const lossy = new Proxy(store, {
        get(_, name) {
          const member = Reflect.get(store, name) as unknown;
          if (typeof member !== 'function') return member;
          return async (...args: unknown[]) => {
            const call = () => (member as (...given: unknown[]) => unknown).apply(store, args);
            const [changed] = args as [Partial<Credential> | undefined];
            if (name === 'updateCredential' && changed?.reissue?.made) {
              if (when === 'before') await call();
              else late = async () => call();
              throw new StoreError('unavailable', 'the database is away');
            }
            const result = await call();
            if (name === 'credential' || name === 'updateCredential') {
              await late?.();
              late = null;
            }
            return result;
          };
        },
      });
      expect((await rejection(reissuer({ store: lossy }).reissue(old.id, 'ann'))).code).to.equal('store.unavailable');
      world.clock.at = new Date(world.clock.at.getTime() + 61_000);
      await reissuer().takeOverAbandoned();
      const live = (await world.credential('ada')) as Credential;
      expect(live.status).to.equal('available');
      expect(await textOf(live.fileKey)).to.include(live.verifyId);
      expect(live.id === old.id).to.equal(when === 'after');
    });
  }

  it('is refused for one that is invalidated, and for one that was never made', async () => {
    await invalidateCredential(old.id, 'Given by mistake', { ...world.parts(), newId: () => crypto.randomUUID() });
    expect((await rejection(reissuer().reissue(old.id, 'ann'))).message).to.equal(
      'the credential is invalidated and cannot become reissued; load it again to see what happened to it',
    );
    const failed = anIssuedCredential({ status: 'error', username: 'eve', fileKey: null });
    await world.store.createCredential(failed);
    expect((await rejection(reissuer().reissue(failed.id, 'ann'))).code).to.equal('credential.status');
    expect((await rejection(reissuer().reissue('nobody', 'ann'))).message).to.equal(
      'there is no credential with this id; choose one from the list',
    );
  });

  it('U15: asked for by several at once, makes one', async () => {
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => reissuer().reissue(old.id, 'ann')));
    const made = results.filter(({ status }) => status === 'fulfilled');
    expect(made).to.have.length(1);
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    for (const code of codes) expect(['conflict.reissuing', 'conflict.stale']).to.include(code);
    expect(await statusesOfAda()).to.deep.equal(['available', 'invalidated']);
  });

  it('can be done again and again; the place is free only when a new one is allowed after the last', async () => {
    const second = await reissuer().reissue(old.id, 'ann');
    const third = await reissuer().reissue(second.id, 'ann');
    const another = anIssuedCredential({ configurationId: CONFIGURATION, username: 'ada' });
    expect(await world.store.createCredential(another)).to.equal(false);
    await invalidateCredential(third.id, 'Left', { ...world.parts(), newId: () => crypto.randomUUID() });
    expect(await world.credential('ada')).to.equal(null);
    expect(await world.store.createCredential(another)).to.equal(false);
    await allowNewCredential(third.id, world.parts());
    expect(await world.store.createCredential(another)).to.equal(true);
  });

  describe('U14: killed at any step', () => {
    /** A process that ends after so many calls of its stores: none of its later calls arrive. */
    function dying(calls: number): { readonly parts: Partial<ReissuerParts>; readonly died: () => boolean } {
      let left = calls;
      let isDead = false;
      const mortal = <Target extends object>(target: Target): Target =>
        new Proxy(target, {
          get(_, name) {
            const member = Reflect.get(target, name) as unknown;
            if (typeof member !== 'function') return member;
            return async (...args: unknown[]) => {
              if (left <= 0) {
                isDead = true;
                throw new Error('killed');
              }
              left -= 1;
              return (member as (...given: unknown[]) => unknown).apply(target, args);
            };
          },
        });
      return { parts: { store: mortal(world.store), files: mortal(world.files) }, died: () => isDead };
    }

    it('leaves one in force, and the rest to whoever takes over', async () => {
      const bystander = anIssuedCredential({ configurationId: CONFIGURATION, username: 'ada' });
      let calls = 0;
      for (; ; calls++) {
        world = await credentialWorld();
        const runner = world.runner();
        await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
        await runner.stop();
        old = (await world.credential('ada')) as Credential;
        const { parts, died } = dying(calls);
        await reissuer(parts)
          .reissue(old.id, 'ann')
          .catch(() => {});
        if (!died()) break;

        const left = await stored(old.id);
        const inForce = left.status === 'available' || left.reissue?.made != null || (await world.credential('ada'));
        expect(inForce, `after ${calls} calls`).not.to.be.oneOf([false, null]);
        expect(await world.store.createCredential(bystander), `a third one after ${calls} calls`).to.equal(false);

        world.clock.at = new Date(world.clock.at.getTime() + 61_000);
        await reissuer().takeOverAbandoned();
        if ((await stored(old.id)).status === 'available') await reissuer().reissue(old.id, 'ann');
        expect(await statusesOfAda()).to.deep.equal(['available', 'invalidated']);
        const live = (await world.credential('ada')) as Credential;
        const former = await stored(old.id);
        expect(live.reissueOf).to.equal(old.id);
        expect(former).to.include({ reissuedAs: live.id, reissue: null });
        expect(await textOf(live.fileKey)).to.include(live.verifyId);
        expect(await textOf(former.fileKey)).to.include(former.verifyId);
        expect(world.files.keys()).not.to.include(old.fileKey);
        expect(await world.store.createCredential(bystander)).to.equal(false);
      }
      expect(calls).to.be.greaterThan(9);
    });
  });
});
