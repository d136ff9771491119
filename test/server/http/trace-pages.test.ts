import { expect } from 'chai';
import type { Effect } from '../../../plugin/ports/progress-store.ts';
import { passing } from '../../support/badge-world.ts';
import { seed } from '../../support/seed.ts';
import { makeSite, type Site, textOf } from '../../support/web.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const trace = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` };

describe('the trace on pages', () => {
  let site: Site;
  let read: (path: string) => Promise<string>;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    const browser = await site.signIn('viewer');
    read = async (path) => textOf((await browser.get(path)).text);
  });

  it('of an event is what its sender named, and nothing is said of one without', async () => {
    await site.services.processEvent({ ...passing(true, 1), id: 'traced', trace }, 'http');
    expect(await read('/events/traced')).to.include(`Trace ${TRACE_ID}`);
    expect(await read('/events/event-ada-demo')).not.to.include('Trace');
  });

  it('of a job is that of the call that asked for it', async () => {
    const job = await site.services.jobStore.get('job-done');
    if (job) await site.services.jobStore.create({ ...job, id: 'traced', trace });
    expect(await read('/jobs/traced')).to.include(`Trace ${TRACE_ID}`);
    expect(await read('/jobs/job-done')).not.to.include('Trace');
  });

  it('of an effect is that of the event that made it necessary', async () => {
    const learner = await site.services.learners.findByUsername('ada');
    const [progress] = (await site.services.progress.ofLearner(learner?.id ?? '')).filter(
      ({ effects }) => effects.length > 0,
    );
    if (!progress) throw new Error('nothing was seeded');
    const effects = progress.effects.map((effect): Effect => ({ ...effect, trace }));
    await site.services.progress.save({ ...progress, effects });
    expect(await read(`/learners/${learner?.id}`)).to.include(`trace ${TRACE_ID}`);
  });
});
