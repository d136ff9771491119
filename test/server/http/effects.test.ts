import { expect } from 'chai';
import { createSettleEffects } from '../../../plugin/badges/settle-effects.ts';
import { createJobRunner } from '../../../plugin/jobs/job-runner.ts';
import { silentLogger } from '../../../plugin/ports/runtime.ts';
import { seed } from '../../support/seed.ts';
import { makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('the pages of effects', () => {
  let site: Site;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
  });

  /** What a running server does with the job. */
  async function carryOutJobs(): Promise<void> {
    const { services, dispatcher } = site;
    const kinds = [createSettleEffects({ progress: services.progress, dispatcher })];
    await createJobRunner({ store: services.jobStore, kinds, clock: services.clock, logger: silentLogger }).runDue();
  }

  it('list what waits with filters that count', async () => {
    const { text } = await (await site.signIn('viewer')).get('/effects?state=failed');
    const read = textOf(text);
    expect(read).to.contain('Found: 1 effect');
    expect(read).to.contain('the provider does not know the badge template; check the template id provider.refused');
    expect(read).to.contain('Failed (1)');
    expect(read).to.contain('memory (1)');
    expect(text).to.not.contain('/effects/settle');
  });

  it('tell what a filter that matches nothing could be about', async () => {
    const { text } = await (await site.signIn('viewer')).get('/effects?error=%3Cscript%3E');
    expect(textOf(text)).to.contain('Nothing matches Choose fewer filters.');
    expect(text).to.not.contain('<script>');
  });

  it('let an administrator retry all that match, as a job', async () => {
    const administrator = await site.signIn('administrator');
    const page = '/effects/settle?action=retry&state=failed';
    expect(textOf((await administrator.get(page)).text)).to.contain('1 effect will be tried again');
    const fields = { action: 'retry', state: 'failed', reason: 'The template id is right now.' };
    const answer = await submit(administrator, page, '/effects/settle', fields);
    expect(answer.status).to.equal(303);
    await carryOutJobs();
    const job = textOf((await administrator.get(answer.headers.location as string)).text);
    expect(job).to.contain('Retry failed effects');
    expect(job).to.contain('retried 1');
    expect(job).to.contain('The template id is right now.');
    await site.dispatcher.runDue();
    expect(await site.services.progress.effectCounts()).to.deep.equal({ pending: 0, failed: 0 });
    const { items } = await site.services.access.audit({ limit: 1 });
    expect(items[0]).to.deep.include({ action: 'effects.retried', details: { state: 'failed' } });
  });

  it('let an administrator give up all that match', async () => {
    const administrator = await site.signIn('administrator');
    await submit(administrator, '/effects/settle?action=give-up', '/effects/settle', { action: 'give-up' });
    await carryOutJobs();
    const [job] = (await site.services.jobStore.list({ kind: 'settle-effects', limit: 1 })).items;
    expect(job).to.deep.include({ state: 'done', done: job?.total });
    expect(await site.services.progress.effectCounts()).to.deep.equal({ pending: 0, failed: 0 });
    expect(textOf((await administrator.get('/effects')).text)).to.contain('Nothing waits');
  });

  it('let an administrator give up one, on the page of its learner', async () => {
    const administrator = await site.signIn('administrator');
    const learner = await site.services.learners.findByUsername('barbara');
    const page = `/learners/${learner?.id}`;
    const answer = await submit(administrator, page, `${page}/badges/demo-course/effects/award%3A1/give-up`);
    expect(answer.headers.location).to.equal(`${page}?done=effect-given-up`);
    expect(textOf((await administrator.get(page)).text)).to.contain('Given up');
  });
});
