import { expect } from 'chai';
import type mongoose from 'mongoose';
import { StoreError } from '../../../plugin/errors.ts';
import { type BadgeChange, hashOfSource } from '../../../plugin/ports/badge-store.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { badgeModels } from '../../../server/mongo/badge-documents.ts';
import { MongoBadgeStore } from '../../../server/mongo/badge-store.ts';
import { connectDatabase, type Database } from '../../../server/mongo/connect.ts';
import { carryOverBadges } from '../../../server/mongo/migrations/carry-over-badges.ts';
import { testDatabase } from '../../support/database.ts';

const by = { updatedAt: new Date('2026-03-01T10:00:00Z'), updatedBy: 'tester', reason: null };
const draft = (id: string, source: string) => ({ id, source, active: true, name: null, template: null });
const put = (id: string, source: string): BadgeChange => ({ kind: 'put', badge: draft(id, source) });

describe('badges in MongoDB', () => {
  let database: Database;
  let store: MongoBadgeStore;
  let closeServer: () => Promise<void>;
  before(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [badgeModels] });
  });
  after(async () => {
    await database.close();
    await closeServer();
  });
  beforeEach(async () => {
    for (const model of Object.values(database.connection.models)) await model.deleteMany({});
    for (const name of ['badges', 'badge_versions']) await database.connection.collection(name).deleteMany({});
    store = new MongoBadgeStore(database.connection);
  });

  const inForce = async () => (await store.list()).map(({ id, version, source }) => [id, version, source]);
  const documents = () => badgeModels(database.connection).versions.countDocuments({});

  describe('killed at any step', () => {
    /** Every command of `work`, cut off before or after it took effect. @returns how many there were */
    async function cutOffAtEveryStep(
      work: (broken: MongoBadgeStore) => Promise<unknown>,
      check: () => Promise<void>,
      prepare: () => Promise<void>,
    ): Promise<number> {
      let commands = 0;
      for (let at = 1; ; at++) {
        for (const effect of ['before', 'after'] as const) {
          for (const model of Object.values(database.connection.models)) await model.deleteMany({});
          await prepare();
          const failing = failingAt(database.connection, at, effect);
          const error = await work(new MongoBadgeStore(failing.connection)).then(
            () => null,
            (thrown: unknown) => thrown,
          );
          if (failing.calls() < at) return commands;
          expect(error, `command ${at} cut off ${effect}`).to.be.instanceOf(StoreError);
          commands = at;
          await check();
        }
      }
    }

    it('changes all badges of a change or none, and the next writer goes on from there', async () => {
      const commands = await cutOffAtEveryStep(
        async (broken) => broken.apply([put('a', 'A2'), put('b', 'B1')], { ...by, expectedRevision: 1 }),
        async () => {
          const state = await inForce();
          expect([JSON.stringify(OLD), JSON.stringify(NEW)]).to.include(JSON.stringify(state));
          const applied = JSON.stringify(state) === JSON.stringify(NEW);
          const revision = await store.revision();
          expect(revision).to.equal(applied ? 2 : 1);
          await store.apply([put('a', 'A3'), put('b', 'B3')], { ...by, expectedRevision: revision });
          expect((await store.history('a')).map(({ source }) => source)).to.deep.equal(
            applied ? ['A3', 'A2', 'A1'] : ['A3', 'A1'],
          );
          expect((await store.history('b')).map(({ version }) => version)).to.deep.equal(applied ? [2, 1] : [1]);
        },
        async () => void (await store.save({ ...draft('a', 'A1'), ...by }, 0)),
      );
      expect(commands).to.be.at.least(3);
    });

    it('saves one badge or not, and saving again finds out which', async () => {
      await cutOffAtEveryStep(
        async (broken) => broken.save({ ...draft('a', 'A2'), ...by }, 1),
        async () => {
          const version = (await store.get('a'))?.version ?? 0;
          expect([1, 2]).to.include(version);
          await store.save({ ...draft('a', 'A3'), ...by }, version);
          expect((await store.history('a')).map(({ version: number }) => number)).to.deep.equal(
            version === 2 ? [3, 2, 1] : [2, 1],
          );
        },
        async () => void (await store.save({ ...draft('a', 'A1'), ...by }, 0)),
      );
    });
  });

  it('leaves nothing of a change that lost', async () => {
    await store.save({ ...draft('a', 'A1'), ...by }, 0);
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, (_, at) =>
        store.apply([put('a', `of ${at}`), put(`b${at}`, `of ${at}`)], { ...by, expectedRevision: 1 }),
      ),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await documents()).to.equal(3);
  });

  it('keeps versions of the same number by two writers apart', async () => {
    await store.save({ ...draft('a', 'A1'), ...by }, 0);
    // What a writer leaves that was killed before its version was put in force.
    const failing = failingAt(database.connection, 3, 'before');
    await new MongoBadgeStore(failing.connection).save({ ...draft('a', 'of the dead'), ...by }, 1).catch(() => {});
    expect(await documents()).to.equal(2);
    await store.save({ ...draft('a', 'of the living'), ...by }, 1);
    expect(await documents()).to.equal(3);
    expect((await store.history('a')).map(({ version, source }) => [version, source])).to.deep.equal([
      [2, 'of the living'],
      [1, 'A1'],
    ]);
  });

  it('reads only the texts that changed', async () => {
    await store.apply([put('a', 'A1'), put('b', 'B1')], { ...by, expectedRevision: 0 });
    const { versions } = await store.state();
    const counting = failingAt(database.connection, Number.POSITIVE_INFINITY, 'before');
    const other = new MongoBadgeStore(counting.connection);
    expect((await other.state(versions)).changed).to.deep.equal([]);
    expect(counting.calls(), 'the head alone').to.equal(1);
  });

  describe('of an earlier version', () => {
    const facts = (source: string, version: number) => ({
      ...{ source, version, active: true, name: 'Demo', template: null, hash: hashOfSource(source) },
      ...{ updatedAt: new Date('2025-05-05T05:05:05Z'), updatedBy: 'admin' },
    });
    async function writeOld(): Promise<void> {
      const { connection } = database;
      await connection
        .collection<{ _id: string }>('badges')
        .insertMany([
          { _id: 'demo', ...facts('three', 3) } as { _id: string },
          { _id: '$odd.id', ...facts('odd', 1) } as { _id: string },
        ]);
      await connection.collection('badge_versions').insertMany([
        { badgeId: 'demo', ...facts('two', 2) },
        { badgeId: 'demo', ...facts('one', 1) },
        // The earlier version copied first and wrote then: this one was in force when it was killed.
        { badgeId: 'demo', ...facts('three', 3) },
      ]);
    }
    async function expectCarriedOver(): Promise<void> {
      expect(await inForce()).to.deep.equal([
        ['$odd.id', 1, 'odd'],
        ['demo', 3, 'three'],
      ]);
      expect(await store.history('demo')).to.deep.equal(
        ['three', 'two', 'one'].map((source, at) => ({
          id: 'demo',
          ...facts(source, 3 - at),
          reason: null,
          removed: false,
        })),
      );
      expect(await store.revision()).to.equal(4);
    }

    it('are carried over with their history, once', async () => {
      await writeOld();
      await carryOverBadges(database.connection);
      await expectCarriedOver();
      await store.save({ ...draft('demo', 'four'), ...by }, 3);
      await carryOverBadges(database.connection);
      expect((await store.get('demo'))?.source).to.equal('four');
      expect((await store.history('demo')).map(({ version }) => version)).to.deep.equal([4, 3, 2, 1]);
    });

    it('are carried over by several processes at once', async () => {
      await writeOld();
      await Promise.all(Array.from({ length: 5 }, () => carryOverBadges(database.connection)));
      await expectCarriedOver();
    });

    it('are carried over after a kill at any step', async () => {
      for (let at = 1; ; at++) {
        for (const model of Object.values(database.connection.models)) await model.deleteMany({});
        await database.connection.collection('badges').deleteMany({});
        await database.connection.collection('badge_versions').deleteMany({});
        await writeOld();
        const failing = failingAt(database.connection, at, at % 2 === 0 ? 'before' : 'after');
        await carryOverBadges(failing.connection).catch(() => {});
        await carryOverBadges(database.connection);
        await expectCarriedOver();
        if (failing.calls() < at) break;
      }
    });

    it('are not there on a new database, which stays empty', async () => {
      await carryOverBadges(database.connection);
      expect(await store.state()).to.deep.equal({ revision: 0, versions: new Map(), changed: [] });
      expect(await documents()).to.equal(0);
    });
  });
});

const OLD = [['a', 1, 'A1']];
const NEW = [
  ['a', 2, 'A2'],
  ['b', 1, 'B1'],
];

/** A connection whose command number `at` of the badge models fails. */
function failingAt(
  connection: mongoose.Connection,
  at: number,
  effect: 'before' | 'after',
): { readonly connection: mongoose.Connection; calls(): number } {
  let calls = 0;
  const cutOff = new StoreError('unavailable', 'cut off');
  const wrapped = <T extends object>(model: T): T =>
    new Proxy(model, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const number = ++calls;
          const run = () => value.apply(target, given);
          if (number !== at) return run();
          if (effect === 'before') return rejecting(cutOff);
          return rejectingAfter(run, cutOff);
        };
      },
    });
  const models = Object.fromEntries(Object.entries(connection.models).map(([name, model]) => [name, wrapped(model)]));
  return {
    calls: () => calls,
    connection: new Proxy(connection, {
      get: (target, key) => (key === 'models' ? models : Reflect.get(target, key)),
    }),
  };
}

/** Stands for a query that is still being put together: any step of that leads to the failure. */
function rejecting(error: Error): unknown {
  return rejectingAfter(async () => {}, error);
}

function rejectingAfter(run: () => unknown, error: Error): unknown {
  const outcome = (async () => {
    await run();
    throw error;
  })();
  outcome.catch(() => {});
  const steps = new Proxy(outcome, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : () => steps;
    },
  });
  return steps;
}
