import { expect } from 'chai';
import { seed } from '../../support/seed.ts';
import { makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('the pages of jobs', () => {
  let site: Site;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
  });

  it('list the jobs with how far they are, and by state', async () => {
    const viewer = await site.signIn('viewer');
    const all = textOf((await viewer.get('/jobs')).text);
    expect(all).to.contain('Replay the events of badge demo-course');
    expect(all).to.contain('1,216 of 4,000');
    const failed = textOf((await viewer.get('/jobs?state=failed')).text);
    expect(failed.match(/Replay the events/g)).to.have.length(1);
    expect(textOf((await viewer.get('/jobs?state=cancelled')).text)).to.contain('No job is in this state.');
  });

  it('show a viewer everything but the buttons', async () => {
    const { text } = await (await site.signIn('viewer')).get('/jobs/job-failed');
    expect(textOf(text)).to.contain(
      'It stopped because of this: the database does not answer; wait a moment store.unavailable',
    );
    expect(text).to.not.contain('/jobs/job-failed/resume');
  });

  it('let an administrator cancel and resume, and write it down', async () => {
    const administrator = await site.signIn('administrator');
    const cancelled = await submit(administrator, '/jobs/job-running', '/jobs/job-running/cancel');
    expect(cancelled.headers.location).to.equal('/jobs/job-running?done=job-cancelled');
    expect(await site.services.jobStore.get('job-running')).to.include({ state: 'running', cancelRequested: true });
    const resumed = await submit(administrator, '/jobs/job-failed', '/jobs/job-failed/resume');
    expect(resumed.headers.location).to.equal('/jobs/job-failed?done=job-resumed');
    expect(await site.services.jobStore.get('job-failed')).to.include({ state: 'waiting', done: 1_216 });
    const { items } = await site.services.access.audit({ limit: 2 });
    expect(items.map(({ action, object, actor }) => [action, object, actor])).to.deep.equal([
      ['job.resumed', 'job:job-failed', 'administrator'],
      ['job.cancelled', 'job:job-running', 'administrator'],
    ]);
  });

  it('say so when there is nothing to cancel, and when there is no such job', async () => {
    const administrator = await site.signIn('administrator');
    const refused = await submit(administrator, '/jobs/job-running', '/jobs/job-done/cancel');
    expect(refused.status).to.equal(409);
    expect(textOf(refused.text)).to.match(/the job has ended already; there is nothing to cancel/i);
    expect((await administrator.get('/jobs/none')).status).to.equal(404);
  });
});
