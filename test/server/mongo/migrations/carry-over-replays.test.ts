import { expect } from 'chai';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../../server/mongo/connect.ts';
import { jobModels, MongoJobStore } from '../../../../server/mongo/job-store.ts';
import { carryOverReplays } from '../../../../server/mongo/migrations/carry-over-replays.ts';
import { testDatabase } from '../../../support/database.ts';

const noon = new Date('2026-11-24T12:00:00.000Z');
const record = {
  _id: 'replay-1',
  filter: JSON.stringify({ reason: 'event.malformed', diedUntil: noon, ids: ['a', 'b'] }),
  by: 'Ada',
  state: 'running',
  total: 3,
  cursor: 'a',
  counts: { applied: 1, unchanged: 0, ignored: 0, failed: 0 },
  fence: 2,
  leaseUntil: noon,
  startedAt: noon,
  finishedAt: null,
  expireAt: null,
};

describe('replays of dead letters recorded by an earlier version', () => {
  let server: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;

  before(async () => {
    server = await testDatabase();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [jobModels] });
  });
  after(async () => {
    await database?.close();
    await server?.close();
  });

  it('are jobs: what ended stays readable, what ran goes on where it was, once', async () => {
    const jobs = new MongoJobStore(database.connection);
    const old = database.connection.collection<Omit<typeof record, '_id' | 'finishedAt'> & { _id: string }>(
      'dead_letter_replays',
    );
    const ended = { ...record, _id: 'replay-2', filter: '{}', state: 'done', finishedAt: noon, cursor: '' };
    await old.insertMany([record, ended]);
    await Promise.all([carryOverReplays(database.connection), carryOverReplays(database.connection)]);
    expect(await old.countDocuments({})).to.equal(0);
    expect((await jobs.list({ limit: 9 })).items.map(({ id }) => id)).to.have.members(['replay-1', 'replay-2']);
    expect(await jobs.get('replay-1')).to.deep.include({
      title: 'Replay 3 dead letters',
      requestedBy: 'Ada',
      state: 'waiting',
      cursor: 'a',
      done: 1,
      total: 3,
      counts: { applied: 1 },
      parameters: { reason: 'event.malformed', diedUntil: noon.toISOString(), ids: ['a', 'b'] },
    });
    expect(await jobs.get('replay-2')).to.deep.include({
      state: 'done',
      cursor: null,
      createdAt: noon,
      finishedAt: noon,
      parameters: { diedUntil: noon.toISOString() },
    });
    expect(await jobs.claim(['replay-dead-letters'], noon, noon)).to.include({ id: 'replay-1', state: 'running' });
    expect(await carryOverReplays(database.connection)).to.equal(0);
  });
});
