import { expect } from 'chai';
import supertest from 'supertest';
import { openRoutes, pageRoutes } from '../../../server/http/app.ts';
import type { Access, Route } from '../../../server/http/routes.ts';
import { storedTemplate } from '../../support/credly-world.ts';
import { anAccount } from '../../support/provider-accounts.ts';
import { aCredential, LETTERS, OWN_BADGE, OWN_IMAGE, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site } from '../../support/web.ts';

/** Every address of the server and who may use it. A new route is not done before it stands here. */
const table: Readonly<Record<string, Access>> = {
  'get /healthz': 'public',
  'get /readyz': 'public',
  'post /events': 'ingest-token',
  'get /api/openapi.json': 'public',
  'get /api/laurel/v1/badges': 'api-token',
  'get /api/laurel/v1/learners/:username/badges': 'learner-token',
  'get /api/laurel/v1/learners/:username/badges/:badge': 'api-token',
  'get /api/laurel/v1/verify/:uuid': 'public',
  'get /api/learning_credentials/v1/metadata/:uuid': 'public',
  'get /verify/:uuid': 'public',
  'post /badges/:provider/webhook': 'public',
  'post /badges/:provider/webhook/:secret': 'public',
  'get /api/verify/:uuid': 'public',
  'get /verify': 'public',
  'post /verify': 'public',
  'get /.well-known/did.json': 'public',
  'get /open-badges/issuer': 'public',
  'get /open-badges/achievements/:template': 'public',
  'get /open-badges/images/:image': 'public',
  'get /open-badges/status/:list': 'public',
  'get /open-badges/:uuid/credential.json': 'public',
  'get /open-badges/:uuid/badge.png': 'public',
  'get /open-badges/:uuid': 'public',
  'post /open-badges/:uuid/holder': 'public',
  'get /sign-in': 'public',
  'post /sign-in': 'public',
  'get /sign-in/:token': 'public',
  'post /sign-in/:token': 'public',
  'get /setup': 'administrator',
  'post /setup': 'administrator',
  'get /accounts/new': 'administrator',
  'post /accounts/new': 'administrator',
  'post /sign-out': 'viewer',
  'get /': 'viewer',
  'get /badges': 'viewer',
  'get /badges/new': 'administrator',
  'post /badges/new': 'administrator',
  'get /badges/new/start': 'administrator',
  'get /badges/new/examples/:name': 'administrator',
  'get /badges/new/form': 'administrator',
  'post /badges/new/form': 'administrator',
  'get /badges/:id/form': 'administrator',
  'post /badges/:id/form': 'administrator',
  'get /badges/:id': 'viewer',
  'get /badges/:id/edit': 'administrator',
  'post /badges/:id/edit': 'administrator',
  'post /badges/:id/activate': 'administrator',
  'post /badges/:id/deactivate': 'administrator',
  'get /badges/:id/versions/:version': 'viewer',
  'get /badges/:id/compare': 'viewer',
  'get /badges/:id/export': 'viewer',
  'get /badges/:id/versions/:version/restore': 'administrator',
  'post /badges/:id/versions/:version/restore': 'administrator',
  'get /badges/:id/remove': 'administrator',
  'post /badges/:id/remove': 'administrator',
  'get /templates': 'viewer',
  'get /templates/sync': 'administrator',
  'post /templates/sync': 'administrator',
  'get /templates/:provider/:account/:template': 'viewer',
  'get /rules': 'viewer',
  'get /rules/export': 'viewer',
  'get /rules/removed': 'viewer',
  'post /rules/plan': 'administrator',
  'post /rules/plan/preview': 'administrator',
  'post /rules/apply': 'administrator',
  'get /progress': 'viewer',
  'get /learners': 'viewer',
  'get /learners/:id': 'viewer',
  'get /learners/:id/badges/:badge': 'viewer',
  'post /learners/:id/badges/:badge/effects/:effect/retry': 'administrator',
  'post /learners/:id/badges/:badge/effects/:effect/give-up': 'administrator',
  'get /events': 'viewer',
  'get /events/:id': 'viewer',
  'post /events/:id/reveal': 'administrator',
  'get /credentials': 'viewer',
  'get /credentials/:id': 'viewer',
  'get /credentials/:id/download': 'viewer',
  'get /credentials/settle': 'administrator',
  'post /credentials/settle': 'administrator',
  'get /credentials/:id/reissue': 'administrator',
  'post /credentials/:id/reissue': 'administrator',
  'get /credentials/:id/invalidate': 'administrator',
  'post /credentials/:id/invalidate': 'administrator',
  'get /mails': 'viewer',
  'get /mails/settle': 'administrator',
  'post /mails/settle': 'administrator',
  'get /mails/:id': 'viewer',
  'post /mails/:id/retry': 'administrator',
  'post /mails/:id/give-up': 'administrator',
  'get /download/:id/:secret': 'public',
  'get /credential-assets': 'viewer',
  'get /credential-assets/new': 'administrator',
  'post /credential-assets/new': 'administrator',
  'get /credential-assets/:asset': 'viewer',
  'get /credential-assets/:asset/replace': 'administrator',
  'post /credential-assets/:asset/replace': 'administrator',
  'get /credential-assets/:asset/file': 'viewer',
  'get /credential-assets/:asset/sample': 'viewer',
  'get /credential-assets/:asset/delete': 'administrator',
  'post /credential-assets/:asset/delete': 'administrator',
  'get /credential-types': 'viewer',
  'get /credential-types/new': 'administrator',
  'post /credential-types/new': 'administrator',
  'get /credential-types/:type': 'viewer',
  'get /credential-types/:type/edit': 'administrator',
  'post /credential-types/:type/edit': 'administrator',
  'get /configurations/new': 'administrator',
  'post /configurations/new': 'administrator',
  'get /configurations/:id/edit': 'administrator',
  'post /configurations/:id/edit': 'administrator',
  'get /configurations/:id/delete': 'administrator',
  'post /configurations/:id/delete': 'administrator',
  'get /configurations': 'viewer',
  'post /configurations/:id/generate': 'administrator',
  'get /rules/vocabulary.json': 'viewer',
  'get /runs': 'viewer',
  'get /runs/:id': 'viewer',
  'post /runs/:id/cancel': 'administrator',
  'post /runs/:id/resume': 'administrator',
  'post /runs/:id/retry': 'administrator',
  'get /configurations/:id/schedule': 'viewer',
  'post /configurations/:id/schedule': 'administrator',
  'post /configurations/:id/schedule/preview': 'administrator',
  'post /configurations/:id/schedule/enable': 'administrator',
  'post /configurations/:id/schedule/disable': 'administrator',
  'post /configurations/:id/schedule/remove': 'administrator',
  'get /effects': 'viewer',
  'get /effects/settle': 'administrator',
  'post /effects/settle': 'administrator',
  'get /issued-badges': 'viewer',
  'get /comparisons': 'viewer',
  'post /comparisons': 'administrator',
  'get /comparisons/:id': 'viewer',
  'get /comparisons/:id/download': 'viewer',
  'get /comparisons/:id/mend': 'administrator',
  'post /comparisons/:id/mend': 'administrator',
  'get /jobs': 'viewer',
  'get /jobs/:id': 'viewer',
  'get /configurations/:id/eligibility': 'viewer',
  'get /api/learning_credentials/v1/configured/:key': 'learner-token',
  'get /api/learning_credentials/v1/eligibility/:key': 'learner-token',
  'get /lms': 'viewer',
  'post /lms/check': 'administrator',
  'post /jobs/:id/cancel': 'administrator',
  'post /jobs/:id/resume': 'administrator',
  'get /replays/new': 'administrator',
  'post /replays': 'administrator',
  'post /progress/check': 'administrator',
  'get /dead-letters': 'viewer',
  'get /dead-letters/check': 'viewer',
  'get /dead-letters/:id': 'viewer',
  'post /dead-letters/replay': 'administrator',
  'post /dead-letters/discard': 'administrator',
  'post /dead-letters/:id/replay': 'administrator',
  'post /dead-letters/:id/discard': 'administrator',
  'get /issuer': 'viewer',
  'post /issuer': 'administrator',
  'post /issuer/keys/rotate': 'administrator',
  'post /issuer/keys/:number/distrust': 'administrator',
  'get /open-badge-templates': 'viewer',
  'get /open-badge-templates/new': 'administrator',
  'post /open-badge-templates/new': 'administrator',
  'get /open-badge-templates/:template': 'viewer',
  'get /open-badge-templates/:template/edit': 'administrator',
  'post /open-badge-templates/:template/edit': 'administrator',
  'get /providers': 'viewer',
  'get /providers/:provider/add': 'administrator',
  'post /providers/:provider/add': 'administrator',
  'get /providers/:provider/accounts/:slug': 'viewer',
  'post /providers/:provider/accounts/:slug/check': 'administrator',
  'post /providers/:provider/accounts/:slug/secret': 'administrator',
  'post /providers/:provider/accounts/:slug/rotate': 'administrator',
  'post /providers/:provider/accounts/:slug/enable': 'administrator',
  'post /providers/:provider/accounts/:slug/disable': 'administrator',
  'get /providers/:provider/accounts/:slug/remove': 'administrator',
  'post /providers/:provider/accounts/:slug/remove': 'administrator',
  'get /audit': 'administrator',
  'get /system': 'viewer',
  'post /tokens/:id/revoke': 'administrator',
};

describe('routes', () => {
  let site: Site;
  let routes: readonly Route[];
  let learnerId: string;

  before(async () => {
    site = makeSite();
    await seed(site);
    await site.services.providerStore.saveAccount(anAccount('university'));
    await site.services.providerStore.saveTemplate(storedTemplate({ accountId: 'id-university' }));
    routes = [...openRoutes(site.services), ...pageRoutes(site.services)];
    learnerId = (await site.services.learners.findByUsername('ada'))?.id ?? '';
  });

  function addressOf(path: string): string {
    const isCredential = /^\/(credentials|mails|download)/.test(path);
    return path
      .replace('/badges/:badge', '/badges/demo-course')
      .replace('/badges/:id', '/badges/demo-course')
      .replace('/learners/:id', `/learners/${learnerId}`)
      .replace('/configurations/:id', '/configurations/configuration-1')
      .replace(':asset', 'certificate')
      .replace(':type', 'type-1')
      .replace('/runs/:id', '/runs/run-1')
      .replace('/jobs/:id', '/jobs/job-failed')
      .replace('/comparisons/:id', '/comparisons/job-compared')
      .replace('/events/:id', '/events/event-ada-demo')
      .replace('/dead-letters/:id', `/dead-letters/${LETTERS.malformed}`)
      .replace('/templates/:provider/:account/:template', '/templates/credly/university/t1')
      .replace(':id', isCredential ? aCredential({ username: 'ada', order: 0 }).id : 'none')
      .replace('/examples/:name', '/examples/04-one-course')
      .replace('/:secret', '/secret')
      .replace(':provider', 'hall')
      .replace(':slug', 'science')
      .replace(':version', '1')
      .replace(':effect', 'award%3A1')
      .replace(':username', 'ada')
      .replace('/open-badges/:uuid', `/open-badges/${OWN_BADGE}`)
      .replace('/achievements/:template', '/achievements/course-completer')
      .replace(':template', 'course-completer')
      .replace(':list', '1')
      .replace(':number', '1')
      .replace(':image', OWN_IMAGE)
      .replace(':uuid', aCredential({ username: 'ada', order: 0 }).verifyId)
      .replace(':token', 'no-such-token');
  }

  it('are exactly those of the table', () => {
    const actual = Object.fromEntries(routes.map(({ method, path, access }) => [`${method} ${path}`, access]));
    expect(actual).to.deep.equal(table);
    expect(routes).to.have.length(Object.keys(table).length);
  });

  it('send strangers to the sign-in page wherever somebody must be signed in', async () => {
    const stranger = supertest(site.app);
    for (const { method, path, access } of routes) {
      if (access !== 'viewer' && access !== 'administrator') continue;
      const answer = await stranger[method](addressOf(path));
      // Without a session a form is refused for its token already.
      if (method === 'post') expect(answer.status, path).to.equal(403);
      else expect([answer.status, answer.headers.location?.split('?')[0]], path).to.deep.equal([303, '/sign-in']);
    }
  });

  it('refuse callers without a token wherever one is needed', async () => {
    for (const { method, path, access } of routes) {
      if (!access.endsWith('token')) continue;
      for (const header of [undefined, 'Bearer wrong', 'Basic d3Jvbmc6d3Jvbmc=']) {
        const call = supertest(site.app)[method](addressOf(path)).type('json');
        const answer = await (header ? call.set('Authorization', header) : call);
        expect(answer.status, path).to.equal(401);
        expect(answer.headers['www-authenticate']).to.equal('Bearer realm="laurel"');
        expect(answer.body).to.include({ status: 401, code: 'request.token' });
      }
    }
  });

  it('refuse a viewer whatever only administrators may do, and let them see the rest', async () => {
    const viewer = await site.signIn('viewer');
    const token = csrfOf((await viewer.get('/')).text);
    for (const { method, path, access } of routes) {
      if (path === '/sign-out' || access === 'public' || access.endsWith('token')) continue;
      const call = viewer[method](addressOf(path));
      const answer = await (method === 'post' ? call.type('form').send({ _csrf: token, version: '2' }) : call);
      expect(answer.status, `${method} ${path}`).to.equal(access === 'administrator' ? 403 : 200);
    }
  });

  it('render no input that changes something for a viewer', async () => {
    const viewer = makeSite();
    await seed(viewer);
    const browser = await viewer.signIn('viewer');
    const id = (await viewer.services.learners.findByUsername('barbara'))?.id;
    for (const path of [
      '/',
      '/badges',
      '/badges/demo-course',
      '/badges/demo-course/versions/1',
      '/badges/demo-course/compare',
      '/rules',
      '/rules/removed',
      '/progress',
      `/learners/${id}`,
      '/events',
      '/events/event-ada-demo',
      '/configurations',
      '/credential-types',
      '/credential-types/type-1',
      '/credential-assets',
      '/credential-assets/certificate',
      '/dead-letters',
      `/dead-letters/${LETTERS.malformed}`,
      '/dead-letters/check?scope=all',
      '/issuer',
      '/open-badge-templates',
      '/open-badge-templates/course-completer',
      '/providers',
      '/providers/hall/accounts/science',
      '/system',
    ]) {
      const { text } = await browser.get(path);
      const forms = [...text.matchAll(/<form[^>]*method="post" action="([^"]*)"/g)].map((match) => match[1]);
      expect(forms, path).to.deep.equal(['/sign-out']);
    }
  });

  it('change nothing on GET: no store, no session, no audit beyond the note of a download', async () => {
    const administrator = await site.signIn('administrator');
    await administrator.get('/');
    const before = await everything(site);
    for (const { method, path, access } of routes) {
      if (method !== 'get' || access.endsWith('token')) continue;
      if (path.endsWith('/download')) continue;
      const answer = await administrator.get(addressOf(path));
      expect(answer.status, path).to.be.oneOf([200, 303]);
    }
    expect(await everything(site)).to.deep.equal(before);
  });

  it('refuse every form without the token of the page, and with that of somebody else', async () => {
    const administrator = await makeSiteWithAdministrator();
    for (const { method, path } of pageRoutes(administrator.site.services)) {
      if (method !== 'post') continue;
      for (const _csrf of ['', 'x'.repeat(64), administrator.foreignToken]) {
        const answer = await administrator.browser.post(addressOf(path)).type('form').send({ _csrf });
        expect(answer.status, path).to.equal(403);
        expect(answer.text).to.include('The form is no longer valid');
      }
    }
  });

  it('refuse every form that another site sent, whatever it holds', async () => {
    const { browser, token, site: other } = await makeSiteWithAdministrator();
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ]) {
      const answer = await browser
        .post('/badges/demo-course/deactivate')
        .set(headers)
        .type('form')
        .send({ _csrf: token, version: '2' });
      expect(answer.status).to.equal(403);
      expect(answer.text).to.include('The form was sent from another site; open the page here and send it again.');
    }
    expect((await other.services.badges.get('demo-course'))?.version).to.equal(2);
  });
});

async function makeSiteWithAdministrator(): Promise<{
  site: Site;
  browser: Browser;
  token: string;
  foreignToken: string;
}> {
  const site = makeSite();
  await seed(site);
  const browser = await site.signIn('administrator');
  const viewer = await site.signIn('viewer');
  return {
    site,
    browser,
    token: csrfOf((await browser.get('/')).text),
    foreignToken: csrfOf((await viewer.get('/')).text),
  };
}

async function everything({ services }: Site): Promise<unknown> {
  const { badges, progress, learners, credentials, access, deadLetters, jobStore, providerStore } = services;
  return {
    revision: await badges.revision(),
    progress: await progress.list({ limit: 1000 }),
    learners: await learners.list({ limit: 1000 }),
    credentials: await credentials.credentials({ limit: 1000 }),
    runs: await credentials.runs({ limit: 1000 }),
    letters: await deadLetters.letters({ limit: 1000 }),
    jobs: await jobStore.list({ limit: 1000 }),
    providerAccounts: await providerStore.accounts(),
    accounts: await access.accounts(),
    tokens: await access.apiTokens(),
    keys: await services.issuerStore.keys(),
    profile: await services.issuerStore.profile(),
    templates: await services.providerStore.templates({ limit: 1000 }),
    audit: await access.audit({ limit: 1000 }),
  };
}
