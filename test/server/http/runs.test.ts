import { expect } from 'chai';
import { aRun } from '../../contracts/credential-store.ts';
import { seed } from '../../support/seed.ts';
import { makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('the pages of runs', () => {
  let site: Site;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
  });

  const running = () =>
    site.services.credentials.createRun(
      aRun({ id: 'going', configurationId: 'configuration-2', startedAt: new Date('2026-11-21T09:00:00Z') }),
    );

  it('show how a run went, and what became of each learner, by outcome', async () => {
    const viewer = await site.signIn('viewer');
    const page = await viewer.get('/runs/run-1');
    const text = textOf(page.text);
    expect(text).to.contain('48 learners seen Eligible 4 Made 2 Had one 1 Failed 1');
    expect(text).to.contain('Ada Lovelace ada Available');
    expect(text).to.contain('The font "dejavu-serif" has no glyph for U+1F393; choose another font.');
    expect(page.text).not.to.contain('/runs/run-1/retry').and.not.to.contain('data-live');
    const failed = textOf((await viewer.get('/runs/run-1?outcome=error')).text);
    expect(failed).to.contain('Barbara Liskov').and.not.to.contain('Ada Lovelace');
    expect((await viewer.get('/runs/nowhere')).status).to.equal(404);
    expect((await viewer.get('/runs')).text).to.contain('href="/runs/run-1"');
  });

  it('X4: say of one that caught up that it is late, and not of one that a person began', async () => {
    const dueAt = new Date('2026-11-21T09:00:00Z');
    for (const [trigger, lateMs, isLate] of [
      ['schedule', 3_600_000, true],
      ['schedule', 1_000, false],
      ['manual', 3_600_000, false],
    ] as const) {
      const id = `${trigger}-${lateMs}`;
      const startedAt = new Date(dueAt.getTime() + lateMs);
      await site.services.credentials.createRun(aRun({ id, configurationId: id, trigger, dueAt, startedAt }));
      const text = textOf((await (await site.signIn('viewer')).get(`/runs/${id}`)).text);
      expect(text.includes('(late: it waited, or caught up)'), id).to.equal(isLate);
    }
  });

  it('keep one that is going in step, cancel it and let it go on, and write both down', async () => {
    await running();
    const administrator = await site.signIn('administrator');
    expect((await administrator.get('/runs/going')).text)
      .to.contain('data-live')
      .and.to.contain('/assets/live.js');
    const cancelled = await submit(administrator, '/runs/going', '/runs/going/cancel');
    expect(cancelled.headers.location).to.equal('/runs/going?done=run-cancelled');
    expect((await site.services.credentials.run('going'))?.state).to.equal('cancelled');
    const again = await submit(administrator, '/runs/going', '/runs/going/cancel');
    expect(again.status).to.equal(409);
    expect(textOf(again.text)).to.match(/the run has ended already; reload the page to see how/i);
    const resumed = await submit(administrator, '/runs/going', '/runs/going/resume');
    expect(resumed.headers.location).to.equal('/runs/going?done=run-resumed');
    expect((await site.services.credentials.run('going'))?.state).to.equal('running');
    const { items } = await site.services.access.audit({ limit: 2 });
    expect(items.map(({ action, object }) => [action, object])).to.deep.equal([
      ['run.resumed', 'run:going'],
      ['run.cancelled', 'run:going'],
    ]);
  });

  it('offer to try again only while somebody is left, and say so to who asks too late', async () => {
    const administrator = await site.signIn('administrator');
    expect((await administrator.get('/runs/run-1')).text).to.contain('action="/runs/run-1/retry"');
    const { credentials } = site.services;
    const { items } = await credentials.credentials({ configurationId: 'configuration-1', status: 'error', limit: 9 });
    for (const credential of items)
      await credentials.updateCredential({ ...credential, status: 'available' }, credential.updatedAt);
    expect((await administrator.get('/runs/run-1')).text).not.to.contain('action="/runs/run-1/retry"');
    const answer = await submit(administrator, '/runs/run-1', '/runs/run-1/retry');
    expect(answer.status).to.equal(409);
    expect(textOf(answer.text)).to.contain('There is nobody left whose last attempt failed');
  });

  it('X17: try again for those only whom a run failed', async () => {
    const administrator = await site.signIn('administrator');
    const { headers } = await submit(administrator, '/runs/run-1', '/runs/run-1/retry');
    const id = /^\/runs\/(.+)\?done=run-started$/.exec(headers.location ?? '')?.[1] ?? '';
    expect(await site.services.credentials.run(id)).to.include({
      configurationId: 'configuration-1',
      trigger: 'retry',
    });
    expect(textOf((await administrator.get(`/runs/${id}`)).text)).to.contain('Begun by Retry of the failed');
  });
});
