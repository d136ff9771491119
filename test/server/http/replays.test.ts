import { expect } from 'chai';
import { fromParameters } from '../../../plugin/badges/replay/replay-request.ts';
import type { LmsEvent } from '../../../plugin/events/event.ts';
import { DEMO_COURSE, demoRules, passingEvent } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, submit, textOf } from '../../support/web.ts';

const EDIT = '/badges/demo-course/edit';
/** Nobody has passed that one. */
const elsewhere = demoRules.replaceAll(DEMO_COURSE, 'course-v1:OpenedX+Other+Run');

describe('replays on the pages', () => {
  let site: Site;
  let administrator: Browser;
  beforeEach(async () => {
    site = makeSite();
    administrator = await site.signIn('administrator');
    await save(demoRules, 0);
    for (const user of ['ada', 'grace']) await take(passingEvent({ user, at: '2026-03-01T10:00:00Z' }));
    await take(passingEvent({ user: 'edsger', at: '2026-03-02T10:00:00Z', course: 'course-v1:OpenedX+Other+Run' }));
  });

  async function take(cloudEvent: unknown): Promise<void> {
    await site.services.processEvent(site.services.decodeCloudEvent(cloudEvent) as LmsEvent, 'http');
  }
  async function save(rules: string, version: number, fields: Readonly<Record<string, string>> = {}) {
    const page = version === 0 ? '/badges/new' : EDIT;
    return submit(administrator, page, page, { rules, version: String(version), intent: 'save', ...fields });
  }
  const jobAt = async (location = '') => {
    const job = await site.services.jobStore.get(location.replace('/jobs/', ''));
    return job ?? expect.fail(`there is no job at ${location}`);
  };
  const pageAt = async (location: string) => textOf((await administrator.get(location)).text);
  /** Once the job that is under way has ended. */
  const pageOf = async (location: string) => {
    while (['waiting', 'running'].includes((await jobAt(location)).state))
      await new Promise((tick) => setTimeout(tick, 5));
    return pageAt(location);
  };
  const status = async (username: string) => {
    const learner = await site.services.learners.findByUsername(username);
    return learner && (await site.services.progress.load(learner.id, 'demo-course'))?.outcome.status;
  };

  it('preview what a change would mean, then save it and bring everybody up to date', async () => {
    const answer = await save(elsewhere, 1, { intent: 'preview', reason: 'Another course.' });
    expect(answer.status).to.equal(303);
    const preview = answer.headers.location as string;
    expect(preview).to.match(/^\/jobs\/\S+$/);
    const text = await pageOf(preview);
    expect(text).to.contain('Preview: what changing badge "demo-course" would mean');
    expect(text).to.contain('Saving this change would take back 2 badges.');
    expect(text).to.contain('Badge Would gain it Would lose it Only progress Demo course completion 1 2 0');
    expect(text).to.contain('What would follow outside Awards at memory 1 Announcements 1 Steps no longer needed 4');
    expect(text).to.contain('ada Demo course completion Awarded Not started');
    expect(await status('ada')).to.equal('awarded');

    const saved = await submit(administrator, preview, EDIT, {
      ...{ rules: elsewhere, version: '1', reason: 'Another course.', confirmed: preview.replace('/jobs/', '') },
      intent: 'save',
    });
    expect(saved.headers.location).to.equal('/badges/demo-course?done=badge-saved');
    expect(await pageAt('/badges/demo-course')).to.contain('Learners are being brought up to date with these rules.');
    await site.runJobs();
    expect(await pageAt('/badges/demo-course')).to.not.contain('Learners are being brought up to date');
    expect([await status('ada'), await status('grace'), await status('edsger')]).to.deep.equal([
      'none',
      'none',
      'awarded',
    ]);
    const [replay] = (await site.services.jobStore.list({ kind: 'replay', limit: 1 })).items;
    expect(await pageAt(`/jobs/${replay?.id}`)).to.contain('Badge Gained it Lost it Only progress');
  });

  it('ask before a change takes badges away, and only then', async () => {
    const asked = await save(elsewhere, 1);
    expect(asked.headers.location).to.match(/^\/jobs\//);
    expect(await pageAt(asked.headers.location as string)).to.contain('Save all the same');
    expect((await site.services.badges.get('demo-course'))?.version).to.equal(1);
    // What was confirmed is this text on this version, nothing else.
    const confirmed = (asked.headers.location as string).replace('/jobs/', '');
    const other = elsewhere.replace('Other', 'Third');
    expect((await save(other, 1, { confirmed })).headers.location).to.match(/^\/jobs\//);

    const wider = demoRules.replace('is_passing = true and', '');
    const kept = await save(demoRules.replace('Falls below', 'Drops below'), 1);
    expect(kept.headers.location).to.equal('/badges/demo-course?done=badge-saved');
    expect((await save(wider, 2)).headers.location).to.equal('/badges/demo-course?done=badge-saved');
  });

  it('ask before activating takes badges away', async () => {
    await submit(administrator, '/badges/demo-course', '/badges/demo-course/deactivate', { version: '1' });
    expect((await save(elsewhere.replace(/active\s+true/, 'active false'), 2)).headers.location).to.contain(
      'badge-saved',
    );
    const answer = await submit(administrator, '/badges/demo-course', '/badges/demo-course/activate', { version: '3' });
    expect(await pageOf(answer.headers.location as string)).to.contain('Saving this change would take back 2 badges.');
    expect((await site.services.badges.get('demo-course'))?.active).to.equal(false);
  });

  it('tell in a plan, and before a version is restored, who would gain and lose what', async () => {
    const token = csrfOf((await administrator.get('/rules')).text);
    const plan = await administrator.post('/rules/plan').field('_csrf', token).field('rules', elsewhere);
    expect(textOf(plan.text)).to.contain(
      'Badge Would gain it Would lose it Only progress Demo course completion 1 2 0',
    );
    await site.services.saveBadge(elsewhere, { expectedVersion: 1, actor: 'ada' });
    await site.runJobs();
    const restore = await pageAt('/badges/demo-course/versions/1/restore');
    expect(restore).to.contain('Badge Would gain it Would lose it Only progress Demo course completion 2 1 0');
    expect(restore).to.contain('grace Demo course completion Not started Awarded');
  });

  it('show the mistakes of a text in place of a preview', async () => {
    const answer = await save(demoRules.replace('is_passing = true', 'is_pasing'), 1, { intent: 'preview' });
    expect(answer.status).to.equal(422);
    expect((await site.services.jobStore.list({ kind: 'replay', limit: 9 })).items).to.deep.equal([]);
  });

  it('go back to the editor with the text of the preview', async () => {
    const { headers } = await save(elsewhere, 1, { intent: 'preview' });
    const answer = await submit(administrator, headers.location as string, EDIT, {
      rules: elsewhere,
      version: '1',
      intent: 'open',
    });
    expect(answer.text).to.contain('course-v1:OpenedX+Other+Run');
    expect(answer.status).to.equal(200);
  });

  it('let an administrator preview a replay and then run it', async () => {
    const fields = {
      badge: 'demo-course',
      from: '2026-03-01',
      to: '2026-03-02',
      backfill: 'yes',
      reason: 'A support case.',
    };
    const preview = await submit(administrator, '/replays/new?badge=demo-course', '/replays', {
      ...fields,
      intent: 'preview',
    });
    const job = await jobAt(preview.headers.location);
    expect(job).to.include({ requestedBy: 'administrator', reason: 'A support case.' });
    expect(job.title).to.equal(
      'Preview: backfill badge "demo-course", events from 2026-03-01T00:00:00Z before 2026-03-02T00:00:00Z',
    );
    expect(fromParameters(job.parameters)).to.deep.include({
      badges: ['demo-course'],
      membership: 'backfill',
      dryRun: true,
    });
    await site.runJobs();
    const text = await pageAt(preview.headers.location as string);
    expect(text).to.contain('Nobody on record would gain or lose anything.');
    expect(text).to.contain('Happened from 1 Mar 2026, 00:00 UTC');
    const run = await submit(administrator, preview.headers.location as string, '/replays', {
      ...fields,
      intent: 'run',
    });
    expect(fromParameters((await jobAt(run.headers.location)).parameters)).to.include({ dryRun: false });
    const { items } = await site.services.access.audit({ limit: 2 });
    expect(items.map(({ action, details }) => [action, details.dryRun])).to.deep.equal([
      ['replay.requested', false],
      ['replay.requested', true],
    ]);
  });

  it('say what is wrong with what was asked, and ask nobody', async () => {
    const answer = await submit(administrator, '/replays/new', '/replays', {
      from: 'yesterday',
      to: '2026-03-01',
      type: 'x.y',
    });
    expect(answer.status).to.equal(422);
    expect(textOf(answer.text)).to.contain('Write a date, e.g. 2026-03-01.');
    expect(textOf(answer.text)).to.contain('There is no such event type; choose one of the list.');
    const turned = await submit(administrator, '/replays/new', '/replays', { from: '2026-03-02', to: '2026-03-01' });
    expect(textOf(turned.text)).to.contain('The end must come after the beginning.');
    const unknown = await submit(administrator, '/replays/new', '/replays', { badge: 'nothing' });
    expect(unknown.status).to.equal(404);
    expect((await site.services.jobStore.list({ limit: 9 })).items).to.deep.equal([]);
  });

  it('check and repair all progress', async () => {
    const answer = await submit(administrator, '/jobs', '/progress/check');
    await site.runJobs();
    expect(await jobAt(answer.headers.location)).to.deep.include({ state: 'done', done: 2, counts: { unchanged: 2 } });
    expect(await pageAt(answer.headers.location as string)).to.contain('Nobody gained or lost anything.');
  });
});
