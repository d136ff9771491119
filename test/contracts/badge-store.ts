/** What every badge store promises. */

import { expect } from 'chai';
import { ConflictError } from '../../plugin/errors.ts';
import type { BadgeDefinition, BadgeStore } from '../../plugin/ports/badge-store.ts';

export function badgeStoreContract(name: string, makeStore: () => Promise<BadgeStore>): void {
  describe(`${name} as a badge store`, () => {
    let store: BadgeStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    it('keeps a new definition as version 1, with the hash of its text', async () => {
      const saved = await store.save(definition(), 0);
      expect(saved).to.deep.equal({
        ...definition(),
        version: 1,
        hash: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
      });
      expect(await store.get('demo')).to.deep.equal(saved);
      expect(await store.get('other')).to.equal(null);
    });

    it('UD14: keeps every former version, newest first', async () => {
      await store.save(definition(), 0);
      await store.save(definition({ source: 'two', active: true }), 1);
      await store.save(definition({ source: 'three', name: null, template: null }), 2);
      expect((await store.history('demo')).map(({ version, source }) => [version, source])).to.deep.equal([
        [3, 'three'],
        [2, 'two'],
        [1, 'one'],
      ]);
      expect((await store.history('demo'))[1]).to.deep.include(definition({ source: 'two', active: true }));
      expect(await store.history('other')).to.deep.equal([]);
    });

    it('refuses to overwrite a version the author has not seen', async () => {
      await store.save(definition(), 0);
      expect(await conflictOf(store.save(definition({ source: 'again' }), 0))).to.deep.equal([
        'conflict.stale',
        'a badge "demo" exists already; choose another id, or open that badge and edit it there',
      ]);
      await store.save(definition({ source: 'two' }), 1);
      expect(await conflictOf(store.save(definition({ source: 'mine' }), 1))).to.deep.equal([
        'conflict.stale',
        'badge "demo" was changed after version 1; open it again and repeat your change there',
      ]);
      expect((await store.get('demo'))?.source).to.equal('two');
      expect(await conflictOf(store.save(definition({ id: 'new' }), 4))).to.have.property('0', 'conflict.stale');
    });

    it('lets one of several win who save at the same time', async () => {
      await store.save(definition(), 0);
      const results = await Promise.allSettled(
        ['a', 'b', 'c', 'd'].map((source) => store.save(definition({ source }), 1)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(await store.history('demo')).to.have.length(2);
    });

    it('lists the latest versions by id', async () => {
      await store.save(definition({ id: 'b' }), 0);
      await store.save(definition({ id: 'a' }), 0);
      await store.save(definition({ id: 'b', source: 'two' }), 1);
      expect((await store.list()).map(({ id, version }) => [id, version])).to.deep.equal([
        ['a', 1],
        ['b', 2],
      ]);
    });

    it('has a revision that grows with every save and with nothing else', async () => {
      const revisions = [await store.revision()];
      await store.save(definition(), 0);
      revisions.push(await store.revision());
      await store.save(definition({ source: 'two' }), 1);
      revisions.push(await store.revision());
      await store.save(definition({ id: 'second' }), 0);
      revisions.push(await store.revision());
      expect(revisions).to.deep.equal([...new Set(revisions)].toSorted((a, b) => a - b));
      await store.save(definition(), 0).catch(() => {});
      expect(await store.revision()).to.equal(revisions.at(-1));
    });
  });
}

function definition(overrides: Partial<BadgeDefinition> = {}): Omit<BadgeDefinition, 'version' | 'hash'> {
  return {
    id: 'demo',
    source: 'one',
    active: false,
    name: 'Demo',
    template: 'credly:1',
    updatedAt: new Date('2026-03-01T10:00:00Z'),
    updatedBy: 'tester',
    ...overrides,
  };
}

async function conflictOf(saving: Promise<unknown>): Promise<readonly [string, string]> {
  try {
    await saving;
  } catch (error) {
    expect(error).to.be.instanceOf(ConflictError);
    const { code, message } = error as ConflictError;
    return [code, message];
  }
  throw new Error('expected a conflict');
}
