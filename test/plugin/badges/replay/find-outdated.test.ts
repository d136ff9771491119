import { expect } from 'chai';
import { createOutdatedLook } from '../../../../plugin/badges/replay/find-outdated.ts';
import { fromParameters } from '../../../../plugin/badges/replay/replay-request.ts';
import { createJobs } from '../../../../plugin/jobs/request-job.ts';
import { MemoryJobStore } from '../../../../plugin/ports/memory-job-store.ts';
import { courseBadge, passing } from '../../../support/badge-world.ts';
import { aReplayWorld } from '../../../support/replay-world.ts';
import { aRequirement, passed } from '../../../support/rule-values.ts';

const wider = courseBadge({ requirements: [aRequirement({ id: 'pass', where: passed })] });

async function aWorldToLookAt() {
  const world = aReplayWorld([courseBadge(), courseBadge({ id: 'other' })]);
  await world.take(passing(true, 1));
  const jobStore = new MemoryJobStore();
  const jobs = createJobs({ store: jobStore, clock: world.clock, ids: { uuid: () => 'unused' } });
  const look = () => createOutdatedLook({ ...world.ruleParts, progress: world.progress, jobs, clock: world.clock })();
  return { world, look, requested: async () => (await jobStore.list({ limit: 9 })).items };
}

describe('the look for outdated progress', () => {
  it('finds nothing where all progress goes by the rules in force', async () => {
    const { look, requested } = await aWorldToLookAt();
    expect(await look()).to.deep.equal([]);
    expect(await requested()).to.deep.equal([]);
  });

  it('asks for one replay an hour while older rules made the progress of somebody', async () => {
    const { world, look, requested } = await aWorldToLookAt();
    world.change(wider);
    expect(await look(), 'the replay that follows is on its way').to.deep.equal([]);
    world.clock.advance(60_000);
    expect(await look()).to.deep.equal(['demo']);
    expect(await look()).to.deep.equal(['demo']);
    const [job, ...others] = await requested();
    expect(others).to.deep.equal([]);
    expect(job).to.include({ title: 'Bring learners up to date with badge "demo"', requestedBy: 'Laurel' });
    expect(fromParameters(job?.parameters ?? {})).to.deep.include({ badges: ['demo'], everybody: true, after: null });
    world.clock.advance(3_600_000);
    await look();
    expect(await requested()).to.have.length(2);
    await world.replay('ada');
    expect(await look()).to.deep.equal([]);
  });

  it('does not mind names and descriptions', async () => {
    const { world, look } = await aWorldToLookAt();
    world.change(courseBadge({ name: 'Another name' }));
    world.clock.advance(60_000);
    expect(await look()).to.deep.equal([]);
  });
});
