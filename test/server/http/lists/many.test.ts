import { expect } from 'chai';
import { ProviderError } from '../../../../plugin/errors.ts';
import type { BadgeProvider } from '../../../../plugin/ports/badge-provider.ts';
import type { CredentialType } from '../../../../plugin/ports/credential-store.ts';
import type { BadgeTemplate } from '../../../../plugin/ports/provider-store.ts';
import { RETIRE } from '../../../../plugin/privacy/retire-job.ts';
import { OPEN_BADGES, OWN_ACCOUNT } from '../../../../providers/index.ts';
import { askMany, doMany } from '../../../support/act-on-many.ts';
import { seed } from '../../../support/seed.ts';
import { type Browser, makeSite, type Site, textOf } from '../../../support/web.ts';

describe('doing something to many', () => {
  let site: Site;
  let browser: Browser;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    browser = await site.signIn('administrator');
  });

  const read = async (path: string): Promise<string> => textOf((await browser.get(path)).text);
  const entries = async (action: string) =>
    (await site.services.access.audit({ limit: 200 })).items.filter((entry) => entry.action === action);

  const saveRules = (badge: string, template: string) =>
    site.services.saveBadge(
      `badge "${badge}" {
        template openbadges "${template}"
        active true
        requirement passed { on org.openedx.learning.course.passing.status.updated.v1 }
      }`,
      { actor: 'tests', expectedVersion: 0 },
    );

  describe('types of credentials', () => {
    const addType = async (changes: Partial<CredentialType>): Promise<void> => {
      const [type] = await site.services.credentials.types();
      if (!type) throw new Error('the seed has a type');
      await site.services.credentials.saveType({ ...type, ...changes });
    };

    it('deletes those that nothing uses, says so before, and keeps the others', async () => {
      await addType({ id: 'unused', name: 'Unused' });
      const used = (await site.services.credentials.types()).filter(({ id }) => id !== 'unused');
      const asked = await askMany(browser, '/credential-types', { action: 'delete' });
      expect(asked.text)
        .to.include('would be deleted 1')
        .and.match(/would be left alone: \d configurations? uses? it/);
      const { text } = await doMany(browser, '/credential-types', { action: 'delete' });
      expect(text).to.include('deleted 1').and.include(`left alone ${used.length}`).and.include('failed 0');
      expect(await site.services.credentials.types()).to.deep.equal(used);
      expect(await entries('credential-types.deleted')).to.have.length(1);
    });

    it('are filtered by the functions that they use', async () => {
      await addType({ id: 'other', name: 'Other', retrievalFunction: 'some-grades', generationFunction: 'some-pages' });
      expect(await read('/credential-types?retrieval=some-grades'))
        .to.include('1 type')
        .and.include('Other');
      expect(await read('/credential-types?generation=some-pages')).to.include('1 type');
      expect(await read('/credential-types?generation=none-of-these')).to.include('Nothing matches');
    });

    it('are deleted by nobody who may not edit', async () => {
      const operator = await site.signIn('operator');
      expect((await operator.get('/credential-types')).text).not.to.include('With these do');
      expect((await doMany(operator, '/credential-types', { action: 'delete' })).status).to.equal(403);
    });
  });

  it('finds configurations by their schedule', async () => {
    const { credentials } = site.services;
    const [schedule] = await credentials.schedules();
    const like = await credentials.configuration('configuration-1');
    if (!schedule || !like) throw new Error('the seed has one');
    await credentials.saveConfiguration({ ...like, id: 'bare', contextKey: 'course-v1:Bare+A+1' });
    expect(await read('/configurations?schedule=never'))
      .to.include('Bare+A+1')
      .and.match(/None \(\d\)/);
    expect(await read('/configurations?schedule=yes')).not.to.include('Bare+A+1');
    await doMany(browser, '/configurations', { action: 'disable-schedule' });
    expect(await read('/configurations?schedule=no'))
      .to.include('On (0)')
      .and.not.include('Bare+A+1');
  });

  describe('templates of providers', () => {
    it('deactivates and activates the badges that use them, each as a version of its own', async () => {
      const { badges } = site.services;
      const saved = await saveRules('with-template', 'course-completer');
      expect(saved.ok, JSON.stringify(saved)).to.equal(true);
      const active = async () => (await badges.get('with-template'))?.active;
      const off = await doMany(browser, '/templates', { action: 'deactivate', query: '?search=course-completer' });
      expect(off.text).to.include('Of 1 template: badges deactivated 1 failed 0');
      expect(await active()).to.equal(false);
      const again = await doMany(browser, '/templates', { action: 'deactivate', query: '?search=course-completer' });
      expect(again.text).to.include('left alone 1 failed 0');
      const selected = [`${OWN_ACCOUNT}-course-completer`];
      expect((await doMany(browser, '/templates', { action: 'activate', selected })).text).to.include('activated 1');
      expect(await active()).to.equal(true);
    });
  });

  describe('templates that Laurel issues', () => {
    const own = (id: string) => site.services.providerStore.template(OPEN_BADGES, OWN_ACCOUNT, id);
    async function addTemplate(changes: Partial<BadgeTemplate>): Promise<void> {
      const like = await own('course-completer');
      if (!like) throw new Error('the seed has one');
      await site.services.providerStore.saveTemplate({ ...like, version: 0, ...changes });
    }

    it('archives and activates many, and writes it down at each', async () => {
      await addTemplate({ templateId: 'second', name: 'Second', state: 'draft' });
      const on = await doMany(browser, '/open-badge-templates', { action: 'activate' });
      expect(on.text).to.include('activated 1').and.include('left alone 1').and.include('failed 0');
      expect((await own('second'))?.state).to.equal('active');
      await doMany(browser, '/open-badge-templates', { action: 'archive', selected: ['second'] });
      expect((await own('second'))?.state).to.equal('archived');
      expect((await entries('open-badge-template.changed')).map(({ details }) => details)).to.deep.equal([
        { state: 'active → archived' },
        { state: 'draft → active' },
      ]);
    });

    it('deletes what was never issued and no rule names, and tells why the others stay', async () => {
      for (const templateId of ['spare', 'named']) await addTemplate({ templateId, name: templateId, state: 'draft' });
      await addTemplate({ templateId: 'live', name: 'live', state: 'active' });
      await saveRules('names-one', 'named');
      const issued = await own('course-completer');
      if (issued) await site.services.providerStore.saveTemplate({ ...issued, state: 'archived' });
      const asked = await askMany(browser, '/open-badge-templates', { action: 'delete' });
      expect(asked.text)
        .to.include('spare would be deleted')
        .and.include('would be left alone: it is active')
        .and.include('would be left alone: the rules of 1 badge name it')
        .and.include('would be left alone: 1 badge was issued with it');
      const { text } = await doMany(browser, '/open-badge-templates', { action: 'delete' });
      expect(text).to.include('deleted 1').and.include('left alone 3').and.include('failed 0');
      expect(await own('spare')).to.equal(null);
      for (const id of ['named', 'live', 'course-completer']) expect(await own(id), id).not.to.equal(null);
      expect((await entries('open-badge-template.deleted'))[0]).to.deep.include({
        object: 'open-badge-template:spare',
        details: { name: 'spare' },
      });
    });
  });

  describe('learners', () => {
    const idOf = async (username: string) => (await site.services.learners.findByUsername(username))?.id ?? '';

    it('counts their events anew, and says for how many something came out differently', async () => {
      const id = await idOf('ada');
      const former = await site.services.progress.load(id, 'demo-course');
      if (!former) throw new Error('ada has begun it');
      await site.services.progress.save({ ...former, contributions: [] });
      const { text } = await doMany(browser, '/learners', { action: 'recount', query: '?search=ada' });
      expect(text).to.include('Of 1 learner: changed 1 failed 0');
      expect((await site.services.progress.load(id, 'demo-course'))?.contributions).to.deep.equal(former.contributions);
      expect((await doMany(browser, '/learners', { action: 'recount', query: '?search=ada' })).text).to.include(
        'unchanged 1 failed 0',
      );
    });

    it('is a job for more than ten, since somebody may have thousands of events', async () => {
      for (let n = 0; n < 9; n++) {
        const user = { username: `many-${n}`, email: '', name: '', lmsUserId: 7_000 + n, isActive: true };
        await site.services.learners.resolve(user, '2026-01-01T00:00:00.000000000Z' as never);
      }
      const answer = await doMany(browser, '/learners', { action: 'recount' });
      expect(answer.location).to.match(/^\/jobs\//);
      await site.runJobs();
      expect(await read(answer.location ?? '')).to.match(/(\d+) of \1 .*unchanged/);
    });

    it('retires many only when the number is typed and it is said what becomes of badges, with a reason that names nobody', async () => {
      const selected = [await idOf('ada')];
      const wanted = { action: 'retire', selected, reason: 'They asked for it', choice: 'leave', confirmation: '1' };
      for (const [changes, message] of [
        [{ confirmation: '' }, 'Type 1 to say that you mean all of them.'],
        [{ choice: '' }, 'choose something under Their badges at providers'],
        [{ reason: ' ' }, 'the reason must have 1 to 500 characters'],
      ] as const) {
        const { status, text } = await doMany(browser, '/learners', { ...wanted, ...changes });
        expect([status, text.includes(message)], message).to.deep.equal([422, true]);
      }
      const named = await doMany(browser, '/learners', { ...wanted, reason: 'ada wants it' });
      expect(named.text).to.include('failed 1').and.include('the reason is kept, and names one of the learners');
      expect(await idOf('ada')).not.to.equal('');
      expect(await entries('learner.retired')).to.deep.equal([]);
      const { text } = await doMany(browser, '/learners', wanted);
      expect(text).to.include('Of 1 learner: retirement begun 1 failed 0');
      expect(await entries('learner.retired')).to.have.length(1);
      const job = (await site.services.jobStore.list({ limit: 5 })).items.find(({ kind }) => kind === RETIRE);
      expect(job).to.deep.include({ requestedBy: 'administrator', reason: 'They asked for it' });
    });

    it('are retired by administrators alone', async () => {
      const operator = await site.signIn('operator');
      const { text } = await operator.get('/learners');
      expect(text).to.include('value="recount"').and.not.include('value="retire"');
      expect((await doMany(operator, '/learners', { action: 'retire', confirmation: '1' })).status).to.equal(404);
    });
  });

  describe('issued badges', () => {
    it('asks their providers how they stand, and writes down what is news', async () => {
      const provider = site.services.providers.get('memory') as BadgeProvider;
      const accepted = { ...provider, issuedState: async () => ({ externalId: '', state: 'accepted', url: null }) };
      site.services.providers.set('memory', accepted as never);
      const { items } = await site.services.progress.listIssued({ provider: 'memory', limit: 50 });
      const known = items.flatMap(({ issued }) => issued).filter(({ externalId }) => externalId !== null).length;
      expect(known).to.be.greaterThan(0);
      const wanted = { action: 'ask', query: '?provider=memory' };
      expect((await doMany(browser, '/issued-badges', wanted)).text)
        .to.include(`changed ${known}`)
        .and.include('failed 0');
      expect((await doMany(browser, '/issued-badges', wanted)).text).to.include(`unchanged ${known}`);
      expect(await read('/issued-badges?state=accepted')).to.match(new RegExp(`${known} badges?`));
      accepted.issuedState = async () => {
        throw new ProviderError('unavailable', 'the provider is away; it is asked again later');
      };
      const { text } = await doMany(browser, '/issued-badges', wanted);
      expect(text).to.include(`failed ${known}`).and.include('the provider is away; it is asked again later');
    });

    it('retries what failed of them and leaves the others alone', async () => {
      const before = await read('/effects?state=failed');
      expect(before).to.match(/[1-9]\d* effects?/);
      const { text } = await doMany(browser, '/issued-badges', { action: 'retry' });
      expect(text)
        .to.match(/retried [1-9]/)
        .and.include('failed 0');
      expect(await read('/effects?state=failed')).to.include('Nothing matches');
      expect((await doMany(browser, '/issued-badges', { action: 'retry' })).text).not.to.include('retried');
    });

    it('are narrowed to years, months and days like every list with dates', async () => {
      const text = await read('/issued-badges');
      const [, day] = /Last change Any date (?:[A-Z][a-z]+ )?(\d{4})/.exec(text) ?? [];
      expect(day).not.to.equal(undefined);
      expect(await read(`/issued-badges?date=${day}`)).to.match(/\d+ badges?/);
      expect(text).not.to.match(/Last change Any date [^(]{0,60}\(\d+\)/);
      expect(await read('/issued-badges')).to.match(/Stands \(\d+\)/);
      expect(await read(`/issued-badges?date=${day}`))
        .to.include('Stands')
        .and.not.match(/Stands \(\d+\)/);
      expect(await read('/issued-badges?date=1999')).to.include('Nothing matches');
      expect((await browser.get('/issued-badges?date=1999-13')).status).to.equal(422);
    });
  });
});
