import { expect } from 'chai';
import { seed } from '../../support/seed.ts';
import { makeSite, type Site, submit, textOf } from '../../support/web.ts';

describe('the list of effects', () => {
  let site: Site;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
  });

  it('shows what waits, with filters that count', async () => {
    const { text } = await (await site.signIn('viewer')).get('/effects?state=failed');
    const read = textOf(text);
    expect(read).to.contain('1 effect');
    expect(read).to.contain('the provider does not know the badge template; check the template id provider.refused');
    expect(read).to.contain('Failed (1)');
    expect(read).to.contain('memory (1)');
    expect(text).to.not.contain('type="checkbox"');
  });

  it('says so where a filter matches nothing, and shows what was asked as text', async () => {
    const { text } = await (await site.signIn('viewer')).get('/effects?error=%3Cscript%3E');
    expect(textOf(text)).to.contain('Nothing matches');
    expect(text).to.not.contain('<script>');
  });

  it('finds those of a learner', async () => {
    const viewer = await site.signIn('viewer');
    const message = 'the provider does not know the badge template';
    expect(textOf((await viewer.get('/effects?search=barbara')).text)).to.contain(message);
    expect(textOf((await viewer.get('/effects?search=ada@')).text)).to.not.contain(message);
    expect(textOf((await viewer.get('/effects?search=nobody')).text)).to.contain('Nothing matches');
  });

  it('lets an operator retry those that are ticked, and leaves others alone', async () => {
    const operator = await site.signIn('operator');
    const page = '/effects?state=failed';
    const { text } = await operator.get(page);
    const selected = /name="selected" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const fields = { action: 'retry', which: 'selected', selected, query: '?state=failed' };
    expect(textOf((await submit(operator, page, '/actions/effects', fields)).text)).to.contain('1 effect.');
    const before = await site.services.progress.effectCounts();
    const done = await submit(operator, page, '/actions/effects/done', fields);
    expect(textOf(done.text)).to.contain('Of 1 effect: retried 1 failed 0');
    expect((await site.services.progress.effectCounts()).failed).to.equal(before.failed - 1);
    await site.dispatcher.runDue();
    expect(await site.services.progress.effectCounts()).to.deep.equal({ pending: 0, failed: 0 });
    const [entry] = (await site.services.access.audit({ object: 'list:effects', limit: 1 })).items;
    expect(entry).to.deep.include({ actor: 'operator', action: 'effects.retried' });
  });

  it('lets an operator give up all that match, with a reason that the audit keeps', async () => {
    const operator = await site.signIn('operator');
    const fields = { action: 'give-up', which: 'all', query: '' };
    const without = await submit(operator, '/effects', '/actions/effects/done', fields);
    expect(without.status).to.equal(422);
    const reason = 'The provider is gone.';
    const done = await submit(operator, '/effects', '/actions/effects/done', { ...fields, reason });
    expect(textOf(done.text)).to.match(/given up \d+ .*failed 0/);
    expect(await site.services.progress.effectCounts()).to.deep.equal({ pending: 0, failed: 0 });
    expect(textOf((await operator.get('/effects')).text)).to.contain('Nothing waits');
    const [entry] = (await site.services.access.audit({ object: 'list:effects', limit: 1 })).items;
    expect(entry?.details).to.include({ reason });
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
