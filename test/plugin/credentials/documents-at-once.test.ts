import { expect } from 'chai';
import fc from 'fast-check';
import { NO_COUNTS } from '../../../plugin/credentials/run-progress.ts';
import { aLearnerRecord, DEMO_COURSE } from '../../contracts/learner-records.ts';
import { CONFIGURATION, credentialWorld, NOW } from '../../support/credential-world.ts';

describe('a credential run with several documents under way at once', () => {
  it('makes as many at once as it may, and counts them as one after the other', async () => {
    let underWay = 0;
    let most = 0;
    const before = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      // the first waits for the second, and both for a third that may not come
      while (most < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
    };
    const world = await credentialWorld();
    const runner = world.runner({ atOnce: 2, before });
    const run = await runner.wait(await runner.runNow(CONFIGURATION, 'manual', NOW));
    expect(most).to.equal(2);
    expect(run.counts).to.deep.equal({ ...NO_COUNTS, seen: 4, eligible: 3, generated: 3 });
  });

  it('makes one for everybody and counts everybody once, wherever processes stop and go on', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(8), { minLength: 1, maxLength: 3 }),
        async (learners, atOnce, batchSize, stops) => {
          const many = await credentialWorld();
          many.records.add(
            DEMO_COURSE,
            'Demonstration Course',
            Array.from({ length: learners }, (_, at) =>
              aLearnerRecord({ username: `learner-${at}`, name: `Learner ${at}`, lmsUserId: 100 + at }),
            ),
          );
          let id = '';
          for (const after of stops) {
            let made = 0;
            const stopping: { process?: ReturnType<typeof many.runner> } = {};
            const process = many.runner({
              ...{ atOnce, batchSize },
              before: () => {
                if (made++ === after) void stopping.process?.stop();
              },
            });
            stopping.process = process;
            if (id === '') id = await process.runNow(CONFIGURATION, 'manual', NOW);
            else await process.takeOverAbandoned();
            await process.wait(id);
            await process.stop();
          }
          const last = many.runner({ atOnce, batchSize });
          await last.takeOverAbandoned();
          const run = await last.wait(id);
          const { items } = await many.store.credentials({ limit: 100 });
          expect(run.state).to.equal('done');
          expect(run.counts).to.deep.equal({
            ...NO_COUNTS,
            seen: run.counts.seen,
            eligible: items.length,
            generated: items.length,
          });
          expect(new Set(items.map(({ username }) => username)).size)
            .to.equal(items.length)
            .and.to.be.at.least(learners);
          expect(items.every(({ status }) => status === 'available')).to.equal(true);
          expect(many.files.keys()).to.have.length(items.length);
        },
      ),
      { numRuns: 60 },
    )).timeout(60_000);
});
