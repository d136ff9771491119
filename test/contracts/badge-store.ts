/** What every badge store promises. */

import { expect } from 'chai';
import { compareCodePoints } from '../../dsl/index.ts';
import { ConflictError, InvariantError } from '../../plugin/errors.ts';
import {
  type Authorship,
  type BadgeChange,
  type BadgeDefinition,
  type BadgeDraft,
  type BadgeStore,
  hashOfSource,
} from '../../plugin/ports/badge-store.ts';

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

    it('saves a badge while others are saved at the same time', async () => {
      const ids = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(ids.map((id) => store.save(definition({ id }), 0)));
      await Promise.all(ids.map((id) => store.save(definition({ id, source: `two of ${id}` }), 1)));
      expect((await store.list()).map(({ id, version, source }) => [id, version, source])).to.deep.equal(
        ids.map((id) => [id, 2, `two of ${id}`]),
      );
      expect(await store.revision()).to.equal(10);
    });

    it('keeps the reason of every version', async () => {
      await store.save(definition({ reason: 'asked for by the dean' }), 0);
      await store.save(definition({ source: 'two' }), 1);
      expect((await store.history('demo')).map(({ reason }) => reason)).to.deep.equal([null, 'asked for by the dean']);
      expect((await store.get('demo'))?.reason).to.equal(null);
    });

    describe('changing many badges', () => {
      const authorship = { updatedAt: new Date('2026-03-02T10:00:00Z'), updatedBy: 'editor', reason: 'spring term' };
      const put = (id: string, source: string): BadgeChange => ({
        kind: 'put',
        badge: { id, source, active: true, name: null, template: null },
      });
      const remove = (id: string): BadgeChange => ({ kind: 'remove', id });
      const apply = async (...changes: readonly BadgeChange[]) =>
        store.apply(changes, { ...authorship, expectedRevision: await store.revision() });
      const inForce = async () => (await store.list()).map(({ id, version, source }) => [id, version, source]);

      it('adds, changes and removes in one step of the revision', async () => {
        await store.save(definition({ id: 'b' }), 0);
        await store.save(definition({ id: 'c' }), 0);
        const before = await store.revision();
        const written = await apply(put('b', 'two'), remove('c'), put('a', 'new'));
        expect(written.map(({ id, version, removed }) => [id, version, removed])).to.deep.equal([
          ['b', 2, false],
          ['c', 2, true],
          ['a', 1, false],
        ]);
        expect(await inForce()).to.deep.equal([
          ['a', 1, 'new'],
          ['b', 2, 'two'],
        ]);
        expect(await store.revision()).to.equal(before + 1);
        expect(await store.get('a')).to.deep.equal({
          ...{ id: 'a', source: 'new', active: true, name: null, template: null, version: 1 },
          ...{ hash: hashOfSource('new'), ...authorship },
        });
      });

      it('changes nothing when somebody changed any badge since', async () => {
        await store.save(definition(), 0);
        const expectedRevision = await store.revision();
        await store.save(definition({ id: 'other' }), 0);
        const late = store.apply([put('demo', 'mine'), put('new', 'mine')], { ...authorship, expectedRevision });
        expect(await conflictOf(late)).to.deep.equal([
          'conflict.rules-changed',
          'the stored rules changed meanwhile (revision 2 instead of 1); nothing was applied, plan again',
        ]);
        expect(await inForce()).to.deep.equal([
          ['demo', 1, 'one'],
          ['other', 1, 'one'],
        ]);
        expect(await store.history('new')).to.deep.equal([]);
      });

      it('lets one of several win, whole', async () => {
        await store.save(definition(), 0);
        const expectedRevision = await store.revision();
        const tries = await Promise.allSettled(
          ['x', 'y', 'z'].map((by) =>
            store.apply([put('demo', by), put('second', by)], { ...authorship, expectedRevision }),
          ),
        );
        expect(tries.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
        const [demo, second] = await store.list();
        expect(second?.source).to.equal(demo?.source);
        expect((await store.history('demo')).map(({ version }) => version)).to.deep.equal([2, 1]);
        expect((await store.history('second')).map(({ source }) => source)).to.deep.equal([second?.source]);
      });

      it('keeps the history of a removed badge and goes on counting when it comes back', async () => {
        await store.save(definition(), 0);
        await apply(remove('demo'));
        expect(await store.get('demo')).to.equal(null);
        expect(await store.list()).to.deep.equal([]);
        expect(
          (await store.history('demo')).map(({ version, removed, active, source, updatedBy, reason }) => ({
            ...{ version, removed, active, source, updatedBy, reason },
          })),
        ).to.deep.equal([
          { version: 2, removed: true, active: false, source: 'one', updatedBy: 'editor', reason: 'spring term' },
          { version: 1, removed: false, active: false, source: 'one', updatedBy: 'tester', reason: null },
        ]);
        expect(await conflictOf(store.save(definition(), 2))).to.have.property('0', 'conflict.stale');
        expect((await store.save(definition({ source: 'back' }), 0)).version).to.equal(3);
        expect((await apply(remove('demo')))[0]?.version).to.equal(4);
        expect((await apply(put('demo', 'again')))[0]?.version).to.equal(5);
        expect((await store.history('demo')).map(({ removed }) => removed)).to.deep.equal([
          ...[false, true, false, true, false],
        ]);
      });

      it('lists the removals of those that are no longer in force, by id', async () => {
        for (const id of ['b', 'a', 'c']) await store.save(definition({ id }), 0);
        expect(await store.removed()).to.deep.equal([]);
        const [b, a] = await apply(remove('b'), remove('a'));
        expect(await store.removed()).to.deep.equal([a, b]);
        await store.save(definition({ id: 'a', source: 'back' }), 0);
        expect(await store.removed()).to.deep.equal([b]);
      });

      it('takes nothing to do for done, and leaves the revision', async () => {
        await store.save(definition(), 0);
        expect(await apply()).to.deep.equal([]);
        expect(await store.revision()).to.equal(1);
      });

      it('refuses a badge twice, and to remove what is not in force', async () => {
        await store.save(definition(), 0);
        expect(await invariantOf(apply(put('demo', 'x'), remove('demo')))).to.equal(
          'a badge changes at most once in one step',
        );
        expect(await invariantOf(apply(remove('unknown')))).to.equal('only a badge that is in force is removed');
        await apply(remove('demo'));
        expect(await invariantOf(apply(remove('demo')))).to.equal('only a badge that is in force is removed');
      });

      it('keeps ids of any text apart, and more badges than fit one command', async () => {
        const odd = ['', '.', '$set', 'a.b', '__proto__', 'constructor', ' ', 'A', 'a', 'ä', 'a\u0308', '\u{1F600}'];
        const ids = [...odd, ...Array.from({ length: 1_500 }, (_, at) => `badge-${at}`)];
        await apply(...ids.map((id) => put(id, `text of ${id}`)));
        expect((await store.list()).map(({ id, source }) => [id, source])).to.deep.equal(
          ids.toSorted(compareCodePoints).map((id) => [id, `text of ${id}`]),
        );
        for (const id of odd) expect((await store.get(id))?.source, id).to.equal(`text of ${id}`);
        await store.save(definition({ id: '__proto__' }), 1);
        expect((await store.history('__proto__')).map(({ version }) => version)).to.deep.equal([2, 1]);
        expect(await store.history('badge')).to.deep.equal([]);
      });
    });

    it('tells one consistent state, without what the asker knows already', async () => {
      expect(await store.state()).to.deep.equal({ revision: 0, versions: new Map(), changed: [] });
      const a = await store.save(definition({ id: 'a' }), 0);
      const b = await store.save(definition({ id: 'b' }), 0);
      const first = await store.state();
      expect(first.changed).to.deep.equal([a, b]);
      expect([...first.versions]).to.deep.equal([
        ['a', 1],
        ['b', 1],
      ]);
      const second = await store.save(definition({ id: 'b', source: 'two' }), 1);
      const next = await store.state(first.versions);
      expect(next.changed).to.deep.equal([second]);
      expect([...next.versions]).to.deep.equal([
        ['a', 1],
        ['b', 2],
      ]);
      expect(next.revision).to.be.greaterThan(first.revision);
    });
  });
}

function definition(overrides: Partial<BadgeDefinition> = {}): BadgeDraft & Authorship {
  return {
    id: 'demo',
    source: 'one',
    active: false,
    name: 'Demo',
    template: 'credly:1',
    updatedAt: new Date('2026-03-01T10:00:00Z'),
    updatedBy: 'tester',
    reason: null,
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

async function invariantOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    expect(error).to.be.instanceOf(InvariantError);
    return (error as Error).message;
  }
  throw new Error('expected it to fail');
}
