import { expect } from 'chai';
import { silentLogger } from '../../../../plugin/ports/runtime.ts';
import { connectDatabase, type Database } from '../../../../server/mongo/connect.ts';
import { addOpenEffects } from '../../../../server/mongo/migrations/add-open-effects.ts';
import { MongoProgressStore, progressModels } from '../../../../server/mongo/progress-store.ts';
import { aWorld, courseBadge, passing } from '../../../support/badge-world.ts';
import { testDatabase } from '../../../support/database.ts';

describe('progress of an earlier form', () => {
  let database: Database;
  let closeServer: () => Promise<void>;

  before(async () => {
    const server = await testDatabase();
    closeServer = () => server.close();
    database = await connectDatabase({ uri: server.uri, logger: silentLogger, models: [progressModels] });
  });
  after(async () => {
    await database.close();
    await closeServer();
  });

  it('has its open effects found after the database was opened, also by several processes at once', async () => {
    const progress = new MongoProgressStore(database.connection);
    const world = aWorld([courseBadge()], { progress });
    for (let n = 1; n <= 5; n++) await world.process(passing(true, n, { username: `u${n}`, lmsUserId: n }));
    await progressModels(database.connection).updateMany({}, { $unset: { openEffects: '' } });
    const now = new Date('2100-01-01T00:00:00Z');
    expect(await progress.due(now, 9, { only: 'memory' })).to.deep.equal([]);
    await Promise.all([addOpenEffects(database.connection), addOpenEffects(database.connection)]);
    expect(await progress.due(now, 9, { only: 'memory' })).to.have.length(5);
    expect(await addOpenEffects(database.connection)).to.equal(0);
  });

  it('has no provenance, which reads as not known', async () => {
    const progress = new MongoProgressStore(database.connection);
    const world = aWorld([courseBadge()], { progress });
    await world.process(passing(true, 1, { username: 'old', lmsUserId: 99 }));
    const before = await world.progressOn('demo', 'old');
    expect(before.issued[0]?.provenance?.ruleVersion).to.equal(1);
    const issued = before.issued.map(({ provenance: _, ...badge }) => badge);
    await progressModels(database.connection).updateOne({ learnerId: before.learnerId }, { $set: { issued } });
    // As another process reads it, which saved nothing of it.
    const after = await new MongoProgressStore(database.connection).load(before.learnerId, before.badgeId);
    expect(after).to.deep.equal({ ...before, issued: issued.map((badge) => ({ ...badge, provenance: null })) });
  });
});
