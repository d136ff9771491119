/** What somebody limited to an organisation can do with its things, and with what all share. */

import { expect } from 'chai';
import supertest from 'supertest';
import type { BadgeProvider } from '../../../../plugin/ports/badge-provider.ts';
import { pageRoutes } from '../../../../server/http/app.ts';
import { opennessOf } from '../../../../server/http/organisations/openness.ts';
import { createApiToken } from '../../../../server/http/people/tokens.ts';
import { doMany } from '../../../support/act-on-many.ts';
import { belongTo } from '../../../support/organisations.ts';
import { routeAddress, seedAll } from '../../../support/route-addresses.ts';
import { DEMO_COURSE } from '../../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, submit, textOf } from '../../../support/web.ts';

const PASSING = 'org.openedx.learning.course.passing.status.updated.v1';
const REQUIREMENT = `requirement a { on ${PASSING} where is_passing = true }`;
const textFor = (id: string, ...more: readonly string[]) => `badge "${id}" { ${more.join(' ')} ${REQUIREMENT} }`;

describe('things of one’s own organisation', () => {
  let site: Site;

  beforeEach(async () => {
    site = makeSite();
    await seedAll(site);
  });

  const save = (browser: Browser, rules: string, more: object = {}, page = '/badges/new') =>
    submit(browser, page, page, { rules, version: '0', ...more });
  const ownerOf = async (kind: string, id: string) =>
    (await site.services.belongings.all()).find((one) => one.kind === kind && one.id === id)?.organisation ?? null;

  it('are shown on every page that is open to limited accounts', async () => {
    await belongTo('OpenedX', site);
    const learnerId = (await site.services.learners.findByUsername('ada'))?.id ?? '';
    const browser = await site.signIn('administrator', ['OpenedX']);
    for (const route of pageRoutes(site.services)) {
      const { method, path } = route;
      if (method !== 'get' || opennessOf(route) === 'closed' || path === '/jobs/:id') continue;
      const address = routeAddress(path.replace('/history/:kind/:id', '/history/badge/demo-course'), learnerId);
      expect((await browser.get(address)).status, path).to.be.oneOf([200, 303]);
    }
    expect((await browser.get('/badges')).text).to.include('Demo course completion');
    const learner = textOf((await browser.get(`/learners/${learnerId}`)).text);
    expect(learner).to.include('Demo course completion').and.include('Demonstration course');
  });

  it('show of a learner what is theirs, and nobody who has nothing of theirs', async () => {
    const { belongings, learners } = site.services;
    await belongings.claim({ kind: 'badge', id: 'demo-course', organisation: 'Acme' });
    await belongings.claim({ kind: 'badge', id: 'data-track', organisation: 'Lab' });
    const browser = await site.signIn('viewer', ['Acme']);
    const [ada, linh] = await Promise.all(['ada', 'linh'].map((name) => learners.findByUsername(name)));
    const page = textOf((await browser.get(`/learners/${ada?.id}`)).text);
    expect(page).to.include('Demo course completion').and.not.include('Data track').and.not.include(DEMO_COURSE);
    expect((await browser.get(`/learners/${linh?.id}`)).status).to.equal(404);
    expect((await browser.get('/find?search=linh')).text).not.to.include(`/learners/${linh?.id}`);
    const progress = (await browser.get('/progress')).text;
    expect(progress).to.include('ada').and.not.include('linh').and.not.include('Data track');
  });

  it('may be made: a new badge belongs to the organisation from the beginning, and to nobody else', async () => {
    const browser = await site.signIn('publisher', ['Acme', 'Lab']);
    expect((await save(browser, textFor('acme-first'))).status).to.equal(303);
    expect(await ownerOf('badge', 'acme-first')).to.equal('Acme');
    const other = await site.signIn('editor', ['Other']);
    expect((await other.get('/badges/acme-first')).status).to.equal(404);
    const taken = await save(other, textFor('acme-first', 'active false'));
    expect(taken.status).to.equal(422);
    expect(textOf(taken.text)).to.include('the id "acme-first" is taken already');
    expect((await site.services.badges.get('acme-first'))?.version).to.equal(1);
  });

  it('may not name what is foreign, which is answered as what is not there', async () => {
    const { belongings } = site.services;
    await belongings.claim({ kind: 'badge', id: 'demo-course', organisation: 'Lab' });
    await belongings.claim({ kind: 'open-badge-template', id: 'course-completer', organisation: 'Lab' });
    const science = (await site.services.providerStore.accounts('hall')).find(({ slug }) => slug === 'science');
    await belongings.claim({ kind: 'provider-account', id: science?.id ?? '', organisation: 'Lab' });
    const browser = await site.signIn('publisher', ['Acme']);
    const waitsFor = (id: string) => `badge "mine" { requirement a { on badge "${id}" awarded } }`;
    const answers = [];
    for (const id of ['demo-course', 'no-such-badge']) {
      const { status, text } = await save(browser, waitsFor(id));
      answers.push([
        status,
        textOf(text)
          .replaceAll(id, 'ID')
          .replace(/Request [\w-]+/, ''),
      ]);
    }
    expect(answers[0]?.[0]).to.equal(422);
    expect(answers[0]).to.deep.equal(answers[1]);
    for (const template of ['openbadges "course-completer"', 'hall "science/t1"', 'hall "t1"', 'openbadges "none"']) {
      const { status, text } = await save(browser, textFor('mine', `template ${template}`));
      expect([status, template]).to.deep.equal([422, template]);
      expect(textOf(text)).to.include('that this badge may be issued by');
    }
    expect(await site.services.badges.get('mine')).to.equal(null);
    expect(await ownerOf('badge', 'mine')).to.equal(null);
  });

  it('may name one another in the second of two organisations as in the first', async () => {
    const { belongings } = site.services;
    for (const id of ['demo-course', 'mentor']) await belongings.claim({ kind: 'badge', id, organisation: 'Lab' });
    const browser = await site.signIn('publisher', ['Acme', 'Lab']);
    const waiting = 'badge "mentor" { active false requirement a { on badge "demo-course" awarded } }';
    const saved = await save(browser, waiting, { version: '1' }, '/badges/mentor/edit');
    expect(saved.status, textOf(saved.text)).to.equal(303);
    expect(await ownerOf('badge', 'mentor')).to.equal('Lab');
    // What is made anew belongs to the first, and may not name what is the second's.
    const fresh = await save(browser, waiting.replace('mentor', 'fresh'));
    expect(fresh.status).to.equal(422);
    expect(await ownerOf('badge', 'fresh')).to.equal(null);
  });

  it('are not what all share: that can be looked at and used, and only changed by who is not limited', async () => {
    const { credentials } = site.services;
    const type = await credentials.type('type-1');
    if (type) await credentials.saveType({ ...type, id: 'type-2', name: 'Unused' });
    const browser = await site.signIn('publisher', ['OpenedX']);
    expect((await browser.get('/badges/demo-course')).status).to.equal(200);
    const token = csrfOf((await browser.get('/badges')).text);
    const post = (path: string, fields: object) =>
      browser
        .post(path)
        .type('form')
        .send({ ...fields, _csrf: token });
    const answers = [
      await save(browser, textFor('demo-course'), { version: '2' }, '/badges/demo-course/edit'),
      await post('/badges/demo-course/deactivate', { version: '2' }),
      await submit(browser, '/credential-types/type-2/delete', '/credential-types/type-2/delete', {
        expected: type?.updatedAt.toISOString() ?? '',
      }),
      await submit(browser, '/badges/mentor/remove', '/badges/mentor/remove', {
        version: '1',
        reason: 'because',
      }),
    ];
    for (const { status, text } of answers) {
      expect(status, textOf(text)).to.equal(403);
      expect(textOf(text)).to.include('This is shared by all organisations, and your account is limited to some');
    }
    expect(await credentials.type('type-2')).not.to.equal(null);
    const preview = { rules: textFor('demo-course'), version: '2', intent: 'preview', _csrf: token };
    const looked = await browser.post('/badges/demo-course/edit').type('form').send(preview);
    expect(looked.status).to.equal(403);
    const restore = textOf((await browser.get('/badges/demo-course/versions/1/restore')).text);
    expect(restore).not.to.match(/\d learner/);
    // Who has come how far on them is nobody's own.
    expect(textOf((await browser.get('/progress')).text)).not.to.include('ada');
    const mine = await save(browser, textFor('mine', 'template openbadges "course-completer"'));
    expect(mine.status).to.equal(303);
  });

  it('are of the courses of the organisation, where credentials are given', async () => {
    const browser = await site.signIn('editor', ['AcmeX']);
    const list = textOf((await browser.get('/configurations')).text);
    expect(list).to.include('course-v1:AcmeX+STAT101+2026').and.not.include(DEMO_COURSE);
    const page = '/configurations/new?type=type-1';
    const make = (contextKey: string) => submit(browser, page, '/configurations/new', { type: 'type-1', contextKey });
    const foreign = await make('course-v1:OpenedX+Other+2026');
    expect(foreign.status).to.equal(422);
    expect(textOf(foreign.text)).to.include('is of another organisation than yours: AcmeX');
    expect((await make('course-v1:AcmeX+NEW1+2026')).status).to.equal(303);
    const keys = (await site.services.credentials.configurations()).map(({ contextKey }) => contextKey);
    expect(keys).to.include('course-v1:AcmeX+NEW1+2026').and.not.include('course-v1:OpenedX+Other+2026');
  });

  it('are of one organisation throughout, for somebody of two as well', async () => {
    await site.services.belongings.claim({ kind: 'credential-type', id: 'type-1', organisation: 'Lab' });
    const browser = await site.signIn('editor', ['AcmeX', 'Lab']);
    const page = '/configurations/new?type=type-1';
    const make = (contextKey: string) => submit(browser, page, '/configurations/new', { type: 'type-1', contextKey });
    const crossing = await make('course-v1:AcmeX+NEW1+2026');
    expect(crossing.status).to.equal(422);
    expect(textOf(crossing.text)).to.include(
      'course-v1:AcmeX+NEW1+2026 belongs to AcmeX, and Certificate of achievement, which it names, to Lab',
    );
    expect((await make('course-v1:Lab+NEW1+2026')).status).to.equal(303);
    const keys = (await site.services.credentials.configurations()).map(({ contextKey }) => contextKey);
    expect(keys).to.include('course-v1:Lab+NEW1+2026').and.not.include('course-v1:AcmeX+NEW1+2026');
  });

  it('are what an API token of the organisation reads, beside what all share', async () => {
    await site.services.belongings.claim({ kind: 'badge', id: 'demo-course', organisation: 'Acme' });
    await site.services.belongings.claim({ kind: 'badge', id: 'data-track', organisation: 'Lab' });
    const { token } = await createApiToken(site.services, 'tests', 'cli', { organisations: ['Acme'] });
    const ask = (path: string) => supertest(site.app).get(path).set('Authorization', `Bearer ${token}`);
    const badges = (await ask('/api/laurel/v1/badges')).body as readonly { readonly id: string }[];
    expect(badges.map(({ id }) => id)).to.deep.equal(['demo-course', 'explorer', 'mentor']);
    expect((await ask('/api/laurel/v1/learners/linh/badges')).status).to.equal(404);
    expect((await ask('/api/laurel/v1/learners/ada/badges/data-track')).status).to.equal(404);
    expect((await ask('/api/laurel/v1/learners/ada/badges/demo-course')).status).to.equal(200);
  });

  it('are asked after at their provider, and what it says is written down', async () => {
    const { belongings, providers, progress } = site.services;
    await belongings.claim({ kind: 'badge', id: 'demo-course', organisation: 'Acme' });
    const provider = providers.get('memory') as BadgeProvider;
    const accepted = { ...provider, issuedState: async () => ({ externalId: '', state: 'accepted', url: null }) };
    site.services.providers.set('memory', accepted as never);
    const browser = await site.signIn('operator', ['Acme']);
    const { text } = await doMany(browser, '/issued-badges', { action: 'ask' });
    expect(text)
      .to.match(/changed [1-9]/)
      .and.include('failed 0');
    const { items } = await progress.listIssued({ provider: 'memory', badgeId: 'demo-course', limit: 50 });
    expect(items.flatMap(({ issued }) => issued.map(({ externalState }) => externalState))).to.include('accepted');
  });

  it('change hands at the next request', async () => {
    const browser = await site.signIn('viewer', ['Acme']);
    const { belongings } = site.services;
    expect((await browser.get('/badges/mentor')).status).to.equal(200);
    await belongings.assign({ kind: 'badge', id: 'mentor' }, 'Lab', null);
    expect((await browser.get('/badges/mentor')).status).to.equal(404);
    await belongings.assign({ kind: 'badge', id: 'mentor' }, 'Acme', 'Lab');
    expect((await browser.get('/badges/mentor')).status).to.equal(200);
  });

  it('are all that a job begun by a limited account does something to', async () => {
    await site.services.belongings.claim({ kind: 'badge', id: 'mentor', organisation: 'Acme' });
    const parameters = {
      ...{ list: '/badges', action: 'deactivate', query: '', ids: null, until: null, reason: '' },
      organisations: ['Acme'],
    };
    const job = { kind: 'list-action', title: 'Deactivate', requestedBy: 'limited', parameters };
    await site.services.jobs.request({ ...job, id: 'limited' });
    await site.runJobs();
    const done = await site.services.jobStore.get('limited');
    expect(done?.state).to.equal('done');
    expect(done?.counts).to.deep.equal({ 'left alone': 1, failed: 3 });
    expect((await site.services.badges.get('demo-course'))?.active).to.equal(true);
  });
});
