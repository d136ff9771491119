import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { silentLogger, systemClock } from '../../../plugin/ports/runtime.ts';
import { compose, type Laurel } from '../../../server/compose.ts';
import { readSettings } from '../../../server/config.ts';
import { courseBadge, passing } from '../../support/badge-world.ts';

const HOUR_MS = 3_600_000;
const RULE = `badge "demo" { template memory "demo" active true
  requirement pass { on org.openedx.learning.course.passing.status.updated.v1 where is_passing } }`;

/** Two machines on one database, one of which is off; the embedded store has a thread, and so a clock, of its own. */
describe('a machine whose clock is wrong', () => {
  let folder: string;
  let aheadMs: number;
  let laurel: Laurel | null;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laurel-clock-'));
    laurel = null;
    sinon.stub(systemClock, 'now').callsFake(() => new Date(Date.now() + aheadMs));
  });
  afterEach(async () => {
    await laurel?.stop();
    sinon.restore();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function start(offMs: number): Promise<Laurel> {
    await laurel?.stop();
    aheadMs = offMs;
    const settings = readSettings({ PORT: '0', LAUREL_DATA_DIR: join(folder, 'data') });
    laurel = await compose(settings, { logger: silentLogger, roles: ['dispatcher'] });
    return laurel;
  }

  const isNear = (at: Date | undefined) => expect(Math.abs((at?.getTime() ?? 0) - Date.now())).to.be.lessThan(60_000);

  for (const hours of [2, -2]) {
    it(`by ${hours} h dates effects, jobs and events as the database does`, async () => {
      const { services, process, stores } = await start(hours * HOUR_MS);
      await services.saveBadge(RULE, { expectedVersion: 0, actor: 'test' });
      await process({ ...passing(true, 1), id: 'e1' }, 'http');
      const learner = await stores.learners.findByUsername('ada');
      const progress = await stores.progress.load(learner?.id ?? '', courseBadge().id);
      isNear(progress?.effects[0]?.createdAt);
      isNear((await stores.events.get('e1'))?.receivedAt);
      const job = await services.jobs.request({ kind: 'none', title: 'x', parameters: {}, requestedBy: 'ada' });
      isNear(job.dueAt);
    });
  }

  it('says of what is overdue how late it really is, and of itself how wrong it is', async () => {
    const { services } = await start(2 * HOUR_MS);
    const { facts } = await services.systemState();
    const lines = facts.filter(({ name }) => name === 'effects' || name === 'schedules').map(({ value }) => value);
    expect(lines[0]).to.equal('none is due');
    expect(services.clock).not.to.equal(systemClock);
  });

  it('neither takes over a job that is alive nor waits for one that is not', async () => {
    const first = await start(0);
    const store = first.stores.jobs;
    const { id } = await first.services.jobs.request({ kind: 'x', title: 'x', parameters: {}, requestedBy: 'ada' });
    const now = first.services.clock.now();
    expect(await store.claim(['x'], now, new Date(now.getTime() + 60_000), id)).to.include({ id, fence: 1 });
    const fast = await start(2 * HOUR_MS);
    expect(await fast.stores.jobs.claim(['x'], fast.services.clock.now(), new Date(), id)).to.equal(null);
    const slow = await start(-2 * HOUR_MS);
    const later = new Date(slow.services.clock.now().getTime() + 61_000);
    expect(await slow.stores.jobs.claim(['x'], later, later, id)).to.include({ id, fence: 2 });
  });
});
