/** Calls that share a command, beside others that do the same to the same documents. */

import { expect } from 'chai';
import sinon from 'sinon';
import type { Progress } from '../../../plugin/ports/progress-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { learnerModels, MongoLearnerStore } from '../../../server/mongo/learner-store.ts';
import { MongoProgressStore, progressModels } from '../../../server/mongo/progress-store.ts';
import { testDatabase } from '../../support/database.ts';
import { day } from '../../support/rule-values.ts';

const MANY = Array.from({ length: 60 }, (_, n) => `l${n}`);

describe('stores of several processes on the same documents', () => {
  let databases: Database[];
  let closeServer: () => Promise<void>;

  beforeEach(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    const options = { uri: server.uri, logger: silentLogger, models: [learnerModels, progressModels] };
    databases = [await connectDatabase(options), await connectDatabase(options), await connectDatabase(options)];
  });
  afterEach(async () => {
    for (const database of databases) await database.close();
    await closeServer();
  });

  it('let exactly one save of each version of each document through, and tell each who it was', async () => {
    const stores = databases.map(({ connection }) => new MongoProgressStore(connection));
    for (let version = 0; version < 5; version += 1) {
      const saves = await Promise.all(
        stores.map((store, which) =>
          Promise.all(
            // each in another order, so that their groups meet in other places
            rotated(MANY, which * 17).map(async (learnerId) => ({
              learnerId,
              which,
              won: await store.save(aProgress({ learnerId, version, ruleVersion: which + 1 })),
            })),
          ),
        ),
      );
      const winners = new Map(
        saves
          .flat()
          .filter(({ won }) => won)
          .map(({ learnerId, which }) => [learnerId, which]),
      );
      expect(saves.flat().filter(({ won }) => won)).to.have.length(MANY.length);
      for (const learnerId of MANY) {
        const stored = await stores[0]?.load(learnerId, 'b1');
        expect(stored).to.deep.include({ version: version + 1, ruleVersion: (winners.get(learnerId) ?? -9) + 1 });
      }
    }
  });

  it('tell a save that came too late apart from its neighbours', async () => {
    const [own, other] = databases.map(({ connection }) => new MongoProgressStore(connection)) as [
      MongoProgressStore,
      MongoProgressStore,
    ];
    await Promise.all(MANY.map((learnerId) => own.save(aProgress({ learnerId }))));
    await other.save(aProgress({ learnerId: 'l7', version: 1 }));
    const saved = await Promise.all(MANY.map((learnerId) => own.save(aProgress({ learnerId, version: 1 }))));
    expect(MANY.filter((_, at) => !saved[at])).to.deep.equal(['l7']);
  });

  it('recall what they saved, and find out with the next save that somebody else has changed it', async () => {
    const [own, other] = databases.map(({ connection }) => new MongoProgressStore(connection)) as [
      MongoProgressStore,
      MongoProgressStore,
    ];
    await Promise.all(MANY.map((learnerId) => own.save(aProgress({ learnerId }))));
    const recalled = MANY.map((learnerId) => own.recall(learnerId, 'b1') as Progress);
    expect(recalled).to.deep.equal(await Promise.all(MANY.map((learnerId) => own.load(learnerId, 'b1'))));
    await other.save(aProgress({ learnerId: 'l7', version: 1 }));
    const saved = await Promise.all(recalled.map((progress) => own.save(progress)));
    expect(MANY.filter((_, at) => !saved[at])).to.deep.equal(['l7']);
    expect(own.recall('l7', 'b1')).to.equal(null);
    expect(own.recall('l8', 'b1')).to.include({ version: 2 });
  });

  it('refuse to save on top of a document that began anew, though it has come to the same version', async () => {
    const [own, other] = databases.map(({ connection }) => new MongoProgressStore(connection)) as [
      MongoProgressStore,
      MongoProgressStore,
    ];
    await own.save(aProgress());
    const recalled = own.recall('l1', 'b1') as Progress;
    await databases[1]?.connection.models.Progress?.deleteMany({});
    await other.save(aProgress({ ruleVersion: 9 }));
    expect(await own.save(recalled)).to.equal(false);
    expect(await own.load('l1', 'b1')).to.include({ version: 1, ruleVersion: 9 });
  });

  it('refuse one document alone', async () => {
    const store = new MongoProgressStore((databases[0] as Database).connection);
    // two arrays in one index
    const refused = aProgress({ learnerId: ['a', 'b'] as never, badgeId: ['c', 'd'] as never });
    const ends = await Promise.allSettled([
      store.save(aProgress({ learnerId: 'before' })),
      store.save(refused),
      store.save(aProgress({ learnerId: 'after' })),
    ]);
    expect(ends.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect((ends[1] as PromiseRejectedResult).reason).to.include({ code: 171 });
    expect(await store.load('before', 'b1')).to.include({ version: 1 });
    expect(await store.load('after', 'b1')).to.include({ version: 1 });
  });

  it('save the neighbours of a document that is too large to be sent', async () => {
    const store = new MongoProgressStore((databases[0] as Database).connection);
    const text = 'x'.repeat(17 * 1024 * 1024);
    const ends = await Promise.allSettled([
      store.save(aProgress({ learnerId: 'before' })),
      store.save(aProgress({ learnerId: 'large', outcome: { ...aProgress().outcome, groups: { [text]: true } } })),
      store.save(aProgress({ learnerId: 'after' })),
    ]);
    expect(ends.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.load('after', 'b1')).to.include({ version: 1 });
    expect(await store.load('large', 'b1')).to.equal(null);
  });

  it('answer each load with its own document, whatever the badges', async () => {
    const store = new MongoProgressStore((databases[0] as Database).connection);
    const keys = MANY.map((learnerId, n) => ({ learnerId, badgeId: `b${n % 3}` }));
    await Promise.all(keys.map((key) => store.save(aProgress(key))));
    const loaded = await Promise.all(keys.map(({ learnerId, badgeId }) => store.load(learnerId, badgeId)));
    expect(loaded.map((progress) => [progress?.learnerId, progress?.badgeId])).to.deep.equal(
      keys.map(({ learnerId, badgeId }) => [learnerId, badgeId]),
    );
    expect(await Promise.all(MANY.map((learnerId) => store.load(learnerId, 'none')))).to.deep.equal(
      MANY.map(() => null),
    );
  });

  it('make one record of each learner, and end with the latest details of each', async () => {
    const stores = databases.map(({ connection }) => new MongoLearnerStore(connection));
    const learner = (n: number, name: string) => {
      return { lmsUserId: n + 1, username: `u${n}`, email: `u${n}@example.org`, name, isActive: true };
    };
    const resolved = await Promise.all(
      stores.flatMap((store, which) =>
        rotated(MANY, which * 17).flatMap((id) =>
          [1, 2].map(async (later) => {
            const n = Number(id.slice(1));
            const at = day(1 + which + later * 3);
            return { n, id: (await store.resolve(learner(n, `Name ${which} ${later}`), at)).id };
          }),
        ),
      ),
    );
    expect(new Set(resolved.map(({ id }) => id)).size).to.equal(MANY.length);
    expect(new Set(resolved.map(({ n, id }) => `${n} ${id}`)).size).to.equal(MANY.length);
    expect(await stores[0]?.count()).to.equal(MANY.length);
    for (const [n] of MANY.entries())
      expect(await stores[1]?.findByUsername(`u${n}`)).to.deep.include({ name: 'Name 2 2', asOf: day(9) });
  });
});

describe('a learner store that has seen a learner before', () => {
  const ada = { lmsUserId: 7, username: 'ada', email: 'ada@example.org', name: 'Ada', isActive: true };
  const alan = { ...ada, lmsUserId: null, username: 'alan', email: 'alan@example.org' };
  let databases: Database[];
  let closeServer: () => Promise<void>;
  let own: MongoLearnerStore;
  let other: MongoLearnerStore;

  beforeEach(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    const options = { uri: server.uri, logger: silentLogger, models: [learnerModels] };
    databases = [await connectDatabase(options), await connectDatabase(options)];
    [own, other] = databases.map(({ connection }) => new MongoLearnerStore(connection)) as [
      MongoLearnerStore,
      MongoLearnerStore,
    ];
  });
  afterEach(async () => {
    for (const database of databases) await database.close();
    await closeServer();
  });

  it('asks no more who they are, and keeps the time of their latest event', async () => {
    const { id } = await own.resolve(ada, day(1));
    await own.resolve(alan, day(1));
    const { collection } = learnerModels((databases[0] as Database).connection);
    const find = sinon.spy(collection, 'find');
    const again = await Promise.all([own.resolve(ada, day(5)), own.resolve(alan, day(3))]);
    await own.resolve(ada, day(2));
    expect(find.callCount).to.equal(0);
    expect(again.map(({ username, asOf }) => [username, asOf])).to.deep.equal([
      ['ada', day(5)],
      ['alan', day(3)],
    ]);
    expect(await other.findById(id)).to.deep.equal({ id, ...ada, asOf: day(5) });
  });

  it('looks again when somebody else has changed them since, and takes nothing back', async () => {
    const { id } = await own.resolve(ada, day(1));
    await own.resolve(alan, day(1));
    await other.resolve({ ...ada, name: 'Ada Lovelace' }, day(4));
    const [late] = await Promise.all([own.resolve(ada, day(2)), own.resolve(alan, day(2))]);
    expect(late).to.deep.equal({ id, ...ada, name: 'Ada Lovelace', asOf: day(4) });
    expect(await own.resolve(ada, day(6))).to.deep.equal({ id, ...ada, asOf: day(6) });
    expect(await own.findByUsername('alan')).to.include({ asOf: day(2) });
  });

  it('makes a new record where theirs is gone', async () => {
    const { id } = await own.resolve(ada, day(1));
    await learnerModels((databases[1] as Database).connection).deleteOne({ _id: id });
    const made = await own.resolve(ada, day(2));
    expect(made.id).not.to.equal(id);
    expect(await other.findByUsername('ada')).to.deep.equal(made);
  });
});

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  return [...items.slice(by), ...items.slice(0, by)];
}

function aProgress(overrides: Partial<Progress> = {}): Progress {
  return {
    learnerId: 'l1',
    badgeId: 'b1',
    version: 0,
    ruleVersion: 1,
    evaluated: false,
    contributions: [],
    outcome: { status: 'none', groups: {}, requirements: {}, history: [] } as unknown as Progress['outcome'],
    issued: [],
    effects: [],
    updatedAt: new Date(0),
    ...overrides,
  };
}
