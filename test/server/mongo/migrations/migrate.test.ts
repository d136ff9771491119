import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { silentLogger, systemClock } from '../../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../../server/mongo/connect.ts';
import { formModels, Ledger } from '../../../../server/mongo/migrations/ledger.ts';
import { migrations } from '../../../../server/mongo/migrations/list.ts';
import { migrate, migrateAgain, planMigrations } from '../../../../server/mongo/migrations/migrate.ts';
import type { Migration } from '../../../../server/mongo/migrations/migration.ts';
import { rateLimitModels } from '../../../../server/mongo/rate-limits.ts';
import { type TestDatabase, testDatabase } from '../../../support/database.ts';
import { countRuns, markThings, migrateHere, startMigrating } from '../../../support/migrating-process.ts';

describe('migrations', function () {
  this.timeout(120_000);
  let server: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [formModels] });
  });
  afterEach(async () => {
    await database.close();
    await server.close();
  });

  const parts = (list: readonly Migration[], program = '1.0.0') => ({
    ...{ connection: database.connection, clock: systemClock, logger: silentLogger, program, migrations: list },
  });
  const things = () => database.connection.collection<{ _id: number; marks?: number }>('things');
  const someThings = (count: number) => things().insertMany(Array.from({ length: count }, (_, _id) => ({ _id })));
  const marks = async () => (await things().find().toArray()).map((thing) => thing.marks ?? 0);
  const runs = async () => (await database.connection.collection('runs').findOne({}))?.count ?? 0;
  const step = (number: number, changes: Partial<Migration> = {}): Migration => ({
    ...{ number, name: `Step ${number}`, breaking: false, run: async () => 0, ...changes },
  });

  it('have numbers without gaps', () => {
    expect(migrations.map(({ number }) => number)).to.deep.equal(migrations.map((_, index) => index + 1));
  });

  it('are planned without being done, then done once and remembered', async () => {
    await someThings(3);
    const { pending } = await planMigrations(parts([markThings, countRuns]));
    expect(pending.map(({ number }) => number)).to.deep.equal([1, 2]);
    expect(await marks()).to.deep.equal([0, 0, 0]);
    const applied = await migrate(parts([markThings, countRuns]));
    expect(applied.map(({ number, changed, by }) => [number, changed, by])).to.deep.equal([
      [1, 3, '1.0.0'],
      [2, 1, '1.0.0'],
    ]);
    expect(await migrate(parts([markThings, countRuns]))).to.deep.equal([]);
    expect([await marks(), await runs()]).to.deep.equal([[1, 1, 1], 1]);
    expect((await planMigrations(parts([markThings, countRuns]))).pending).to.deep.equal([]);
  });

  it('are each applied once by three processes that start at once', async () => {
    await someThings(10);
    const started = [startMigrating(server.uri), startMigrating(server.uri)];
    const applied = await Promise.all([...started.map((one) => one.applied), migrateHere(server.uri)]);
    expect(applied.flat().sort()).to.deep.equal(['Count the runs', 'Mark every thing']);
    expect([await marks(), await runs()]).to.deep.equal([Array(10).fill(1), 1]);
  });

  it('go on where a killed process stopped', async () => {
    await someThings(100);
    const { child, applied } = startMigrating(server.uri);
    while (!(await marks()).includes(1)) await pause(10);
    child.kill('SIGKILL');
    await applied;
    const before = (await marks()).filter((mark) => mark === 1).length;
    expect(before).to.be.within(1, 99);
    expect(await migrateHere(server.uri)).to.deep.equal(['Mark every thing', 'Count the runs']);
    expect([await marks(), await runs()]).to.deep.equal([Array(100).fill(1), 1]);
    const [first] = (await new Ledger(database.connection).read()).applied;
    expect(first?.changed).to.equal(100 - before);
  });

  it('are not recorded by a process that stood still for longer than its lock', async () => {
    let resume = (): void => {};
    const held = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let begun = 0;
    const slow = step(1, {
      async run() {
        begun += 1;
        if (begun === 1) await held;
        return begun;
      },
    });
    const first = migrate({ ...parts([slow], 'first'), leaseMs: 50 });
    while (begun === 0) await pause(5);
    const second = await migrate({ ...parts([slow], 'second'), leaseMs: 50 });
    resume();
    expect(await first).to.deep.equal([]);
    expect(second.map(({ by }) => by)).to.deep.equal(['second']);
    expect((await new Ledger(database.connection).read()).applied).to.have.length(1);
  });

  it('free the lock when one fails, and keep those that were done', async () => {
    const failing = step(2, { run: () => Promise.reject(new Error('no')) });
    const failure = await migrate(parts([step(1), failing])).catch((error: Error) => error.message);
    expect(failure).to.equal('no');
    const { number, lockedUntil } = await new Ledger(database.connection).read();
    expect([number, lockedUntil]).to.deep.equal([1, new Date(0)]);
    expect(await migrate(parts([step(1), step(2)]))).to.have.length(1);
  });

  it('are done once more on request, for what a former version has written meanwhile', async () => {
    await migrate(parts([markThings]));
    await someThings(2);
    await migrateAgain(parts([markThings]));
    expect(await marks()).to.deep.equal([1, 1]);
    expect((await new Ledger(database.connection).read()).applied).to.have.length(1);
  });

  it('let a former version go on after one that it need not know', async () => {
    await migrate(parts([step(1), step(2)]));
    expect(await migrate(parts([step(1)]))).to.deep.equal([]);
  });

  it('keep a former version out after one that it cannot live with', async () => {
    await migrate(parts([step(1), step(2, { breaking: true }), step(3)], '2.0.0'));
    for (const refuse of [migrate, planMigrations]) {
      const failure = await refuse(parts([step(1)])).catch((error: Error) => error.message);
      expect(failure).to.equal(
        'the configuration has problems:\n' +
          '  - the database is newer than this program, which knows migrations up to 1: version 2.0.0 applied number 2 (Step 2); ' +
          'start that version or a later one, or restore a backup from before',
      );
    }
  });

  it('say which indexes are missing', async () => {
    rateLimitModels(database.connection);
    expect(await database.missingIndexes()).to.deep.equal(['rate_limits (endsAt)']);
    await database.ensureIndexes();
    expect(await database.missingIndexes()).to.deep.equal([]);
  });
});
