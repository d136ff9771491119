import { expect } from 'chai';
import supertest from 'supertest';
import type { Account } from '../../../server/http/access-store.ts';
import { openRoutes, pageRoutes } from '../../../server/http/app.ts';
import { mayDo, RIGHTS, type Right, ROLES, rights } from '../../../server/http/rights.ts';
import { type Access, type Route, scopeOf } from '../../../server/http/routes.ts';
import { READING_SCOPES, SCOPES, scopes } from '../../../server/http/scopes.ts';
import { createApiToken } from '../../../server/http/tokens.ts';
import { storedTemplate } from '../../support/credly-world.ts';
import { idleLmsSignIn } from '../../support/lms-sign-in.ts';
import { anAccount } from '../../support/provider-accounts.ts';
import { aCredential, LETTERS, OWN_BADGE, OWN_IMAGE, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../support/web.ts';

/** Every address of the server and who may use it. A new route is not done before it stands here. */
const table: Readonly<Record<string, Access>> = {
  'get /healthz': 'public',
  'get /readyz': 'public',
  'post /events': 'token events:write',
  'post /api/v2/user/retire': 'token learners:retire',
  'post /api/v2/replace_usernames': 'token learners:retire',
  'get /api/openapi.json': 'public',
  'get /api/laurel/v1/badges': 'token badges:read',
  'get /api/laurel/v1/learners/:username/badges': 'learner or token badges:read',
  'get /api/laurel/v1/learners/:username/badges/:badge': 'token badges:read',
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
  'get /sign-in/lms': 'public',
  'get /sign-in/lms/done': 'public',
  'get /sign-in/lms/end': 'public',
  'get /my': 'learner',
  'get /sign-in': 'public',
  'post /sign-in': 'public',
  'get /sign-in/:token': 'public',
  'post /sign-in/:token': 'public',
  'get /setup': 'administer',
  'post /setup': 'administer',
  'get /accounts/new': 'administer',
  'post /accounts/new': 'administer',
  'get /accounts': 'administer',
  'get /accounts/:id': 'administer',
  'post /accounts/:id/link': 'administer',
  'post /accounts/:id/lms': 'administer',
  'post /accounts/:id/role': 'administer',
  'post /accounts/:id/disable': 'administer',
  'post /accounts/:id/enable': 'administer',
  'post /accounts/:id/sessions/end': 'administer',
  'get /account': 'signed-in',
  'post /account/password': 'signed-in',
  'post /account/sessions/end': 'signed-in',
  'get /tokens': 'administer',
  'post /tokens': 'administer',
  'post /sign-out': 'public',
  'get /': 'look',
  'get /first-steps': 'administer',
  'post /first-steps': 'administer',
  'post /first-steps/sample-template': 'administer',
  'post /first-steps/sample-course': 'administer',
  'get /test-event': 'operate',
  'post /test-event': 'operate',
  'get /configuration-file': 'administer',
  'get /configuration-file/export': 'administer',
  'post /configuration-file/plan': 'administer',
  'post /configuration-file/import': 'administer',
  'get /badges': 'look',
  'get /badges/new': 'edit',
  'post /badges/new': 'edit',
  'get /badges/new/start': 'edit',
  'get /badges/new/examples/:name': 'edit',
  'get /badges/new/form': 'edit',
  'post /badges/new/form': 'edit',
  'get /badges/:id/form': 'edit',
  'post /badges/:id/form': 'edit',
  'get /badges/:id': 'look',
  'get /badges/:id/edit': 'edit',
  'post /badges/:id/edit': 'edit',
  'post /badges/:id/activate': 'publish',
  'post /badges/:id/deactivate': 'publish',
  'get /badges/:id/versions/:version': 'look',
  'get /badges/:id/compare': 'look',
  'get /badges/:id/export': 'look',
  'get /badges/:id/versions/:version/restore': 'publish',
  'post /badges/:id/versions/:version/restore': 'publish',
  'get /badges/:id/remove': 'publish',
  'post /badges/:id/remove': 'publish',
  'get /templates': 'look',
  'get /templates/sync': 'operate',
  'post /templates/sync': 'operate',
  'get /templates/:provider/:account/:template': 'look',
  'get /rules': 'look',
  'get /rules/export': 'look',
  'get /rules/removed': 'look',
  'post /rules/plan': 'edit',
  'post /rules/plan/preview': 'edit',
  'post /rules/apply': 'publish',
  'get /progress': 'look',
  'get /find': 'look',
  'get /learners/:id': 'look',
  'get /learners/:id/badges/:badge': 'look',
  'post /learners/:id/badges/:badge/effects/:effect/retry': 'operate',
  'post /learners/:id/badges/:badge/effects/:effect/give-up': 'operate',
  'get /events': 'look',
  'get /events/:id': 'look',
  'post /events/:id/reveal': 'reveal',
  'get /credentials': 'look',
  'get /credentials/:id': 'look',
  'get /credentials/:id/download': 'look',
  'get /credentials/:id/reissue': 'publish',
  'post /credentials/:id/reissue': 'publish',
  'get /credentials/:id/invalidate': 'publish',
  'post /credentials/:id/invalidate': 'publish',
  'post /credentials/:id/allow': 'publish',
  'get /mails': 'look',
  'get /mails/:id': 'look',
  'post /mails/:id/retry': 'operate',
  'post /mails/:id/give-up': 'operate',
  'get /learners/:id/retire': 'administer',
  'post /learners/:id/retire': 'administer',
  'get /download/:id/:secret': 'public',
  'get /credential-assets': 'look',
  'get /credential-assets/new': 'edit',
  'post /credential-assets/new': 'edit',
  'get /credential-assets/:asset': 'look',
  'get /credential-assets/:asset/replace': 'edit',
  'post /credential-assets/:asset/replace': 'edit',
  'get /credential-assets/:asset/file': 'look',
  'get /credential-assets/:asset/sample': 'look',
  'get /credential-assets/:asset/delete': 'edit',
  'post /credential-assets/:asset/delete': 'edit',
  'get /credential-types': 'look',
  'get /credential-types/:type/versions': 'look',
  'get /credential-types/:type/compare': 'look',
  'get /credential-types/:type/versions/:version/restore': 'edit',
  'post /credential-types/:type/versions/:version/restore': 'edit',
  'post /credential-types/preview': 'edit',
  'get /configurations/:id/versions': 'look',
  'get /configurations/:id/compare': 'look',
  'get /configurations/:id/versions/:version/restore': 'edit',
  'post /configurations/:id/versions/:version/restore': 'edit',
  'post /configurations/preview': 'edit',
  'get /credential-types/new': 'edit',
  'post /credential-types/new': 'edit',
  'get /credential-types/:type': 'look',
  'get /credential-types/:type/edit': 'edit',
  'post /credential-types/:type/edit': 'edit',
  'get /credential-types/:type/delete': 'edit',
  'post /credential-types/:type/delete': 'edit',
  'get /configurations/new': 'edit',
  'post /configurations/new': 'edit',
  'get /configurations/:id/edit': 'edit',
  'post /configurations/:id/edit': 'edit',
  'get /configurations/:id/delete': 'edit',
  'post /configurations/:id/delete': 'edit',
  'get /configurations': 'look',
  'post /configurations/:id/generate': 'run',
  'get /rules/vocabulary.json': 'look',
  'get /runs': 'look',
  'get /runs/:id': 'look',
  'post /runs/:id/cancel': 'run',
  'post /runs/:id/resume': 'run',
  'post /runs/:id/retry': 'run',
  'get /configurations/:id/schedule': 'look',
  'post /configurations/:id/schedule': 'run',
  'post /configurations/:id/schedule/preview': 'run',
  'post /configurations/:id/schedule/enable': 'run',
  'post /configurations/:id/schedule/disable': 'run',
  'post /configurations/:id/schedule/remove': 'run',
  'get /history/:kind/:id': 'look',
  'get /history/account/:id': 'administer',
  'get /history/learner/:id': 'administer',
  'get /comparisons/new': 'operate',
  'post /comparisons': 'operate',
  'get /comparisons/:id': 'look',
  'get /comparisons/:id/download': 'look',
  'get /comparisons/:id/mend': 'operate',
  'post /comparisons/:id/mend': 'operate',
  'get /jobs': 'look',
  'get /jobs/:id': 'look',
  'get /configurations/:id/eligibility': 'look',
  'get /api/learning_credentials/v1/configured/:key': 'learner or token credentials:read',
  'get /api/learning_credentials/v1/eligibility/:key': 'learner or token credentials:read',
  'get /lms': 'look',
  'post /lms/check': 'operate',
  'post /jobs/:id/cancel': 'operate',
  'post /jobs/:id/resume': 'operate',
  'get /replays/new': 'operate',
  'post /replays': 'operate',
  'post /progress/check': 'operate',
  'get /dead-letters/:id': 'look',
  'post /dead-letters/:id/replay': 'operate',
  'post /dead-letters/:id/discard': 'operate',
  'get /issuer': 'look',
  'post /issuer': 'administer',
  'post /issuer/keys/rotate': 'administer',
  'post /issuer/keys/:number/distrust': 'administer',
  'get /open-badge-templates/new': 'edit',
  'post /open-badge-templates/new': 'edit',
  'get /open-badge-templates/:template': 'look',
  'get /open-badge-templates/:template/edit': 'edit',
  'post /open-badge-templates/:template/edit': 'edit',
  'get /providers': 'look',
  'get /providers/:provider/add': 'administer',
  'post /providers/:provider/add': 'administer',
  'get /providers/:provider/accounts/:slug': 'look',
  'post /providers/:provider/accounts/:slug/check': 'operate',
  'post /providers/:provider/accounts/:slug/secret': 'administer',
  'post /providers/:provider/accounts/:slug/rotate': 'administer',
  'post /providers/:provider/accounts/:slug/enable': 'administer',
  'post /providers/:provider/accounts/:slug/disable': 'administer',
  'get /providers/:provider/accounts/:slug/remove': 'administer',
  'post /providers/:provider/accounts/:slug/remove': 'administer',
  'get /audit': 'administer',
  'get /system': 'look',
  'get /system/state': 'operate',
  'post /tokens/:id/revoke': 'administer',
};

/** Who may look at each list and take it along as a file, and who may do something to many of it. */
const lists: Readonly<Record<string, { readonly look: Access; readonly act?: Access }>> = {
  audit: { look: 'administer' },
  configurations: { look: 'look', act: 'run' },
  'credential-assets': { look: 'look', act: 'edit' },
  'credential-types': { look: 'look' },
  templates: { look: 'look' },
  badges: { look: 'look', act: 'publish' },
  credentials: { look: 'look', act: 'publish' },
  events: { look: 'look' },
  jobs: { look: 'look', act: 'operate' },
  mails: { look: 'look', act: 'operate' },
  progress: { look: 'look' },
  learners: { look: 'look' },
  'issued-badges': { look: 'look' },
  effects: { look: 'look', act: 'operate' },
  'dead-letters': { look: 'look', act: 'operate' },
  'open-badge-templates': { look: 'look' },
  runs: { look: 'look', act: 'run' },
  comparisons: { look: 'look', act: 'operate' },
};

const listTable: Readonly<Record<string, Access>> = Object.fromEntries(
  Object.entries(lists).flatMap(([name, { look, act }]): [string, Access][] => [
    [`get /${name}`, look],
    [`get /exports/${name}.csv`, look],
    [`get /exports/${name}.json`, look],
    ...(act === undefined
      ? []
      : [[`post /actions/${name}`, act] as [string, Access], [`post /actions/${name}/done`, act] as [string, Access]]),
  ]),
);

describe('routes', () => {
  let site: Site;
  let routes: readonly Route[];
  let learnerId: string;

  before(async () => {
    site = makeSite({ lmsSignIn: idleLmsSignIn });
    await seedAll(site);
    routes = [...openRoutes(site.services), ...pageRoutes(site.services)];
    learnerId = (await site.services.learners.findByUsername('ada'))?.id ?? '';
  });

  function addressOf(path: string): string {
    const isCredential = /^\/(credentials|mails|download)/.test(path);
    return path
      .replace('/history/account/:id', `/history/account/${OTHER_ACCOUNT.id}`)
      .replace('/history/learner/:id', `/history/learner/${learnerId}`)
      .replace('/accounts/:id', `/accounts/${OTHER_ACCOUNT.id}`)
      .replace('/badges/:badge', '/badges/demo-course')
      .replace('/badges/:id', '/badges/demo-course')
      .replace('/learners/:id', `/learners/${learnerId}`)
      .replace('/configurations/:id', '/configurations/configuration-1')
      .replace(':asset', 'certificate')
      .replace(':kind', 'badge')
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
    expect(actual).to.deep.equal({ ...table, ...listTable });
    expect(routes).to.have.length(Object.keys({ ...table, ...listTable }).length);
  });

  it('send strangers to the sign-in page wherever somebody must be signed in', async () => {
    const stranger = supertest(site.app);
    for (const { method, path, access } of routes) {
      if (!needsSignIn(access)) continue;
      const answer = await stranger[method](addressOf(path));
      // Without a session a form is refused for its token already.
      if (method === 'post') expect(answer.status, path).to.equal(403);
      else expect([answer.status, answer.headers.location?.split('?')[0]], path).to.deep.equal([303, '/sign-in']);
    }
  });

  it('refuse callers without a token wherever one is needed', async () => {
    for (const { method, path, access } of routes) {
      if (scopeOf(access) === null) continue;
      for (const header of [undefined, 'Bearer wrong', 'Basic d3Jvbmc6d3Jvbmc=']) {
        const call = supertest(site.app)[method](addressOf(path)).type('json');
        const answer = await (header ? call.set('Authorization', header) : call);
        expect(answer.status, path).to.equal(401);
        expect(answer.headers['www-authenticate']).to.equal('Bearer realm="laurel"');
        expect(answer.body).to.include({ status: 401, code: 'request.token' });
      }
    }
  });

  it('let an API token do exactly what its scopes say, and say what is lacking', async () => {
    for (const scope of SCOPES) {
      const { token } = await createApiToken(site.services, 'tests', 'cli', { scopes: [scope] });
      for (const { method, path, access } of routes) {
        const needed = scopeOf(access);
        if (needed === null) continue;
        const call = supertest(site.app)[method](addressOf(path)).set('Authorization', `Bearer ${token}`);
        const { status, body } = await (method === 'post' ? call.type('json').send('[]') : call);
        if (needed === scope) expect(status, `${path} with ${scope}`).not.to.be.oneOf([401, 403, 500]);
        else
          expect([status, body.code, body.detail], `${path} with ${scope}`).to.deep.equal([
            ...[403, 'request.scope'],
            `the token may not ${scopes[needed]}; ask an administrator for one that has the scope "${needed}"`,
          ]);
      }
    }
  });

  it('refuse an API token that has expired or is revoked, and open reading to those from before there were scopes', async () => {
    const until = new Date(site.services.clock.now().getTime() + 1_000);
    const expiring = await createApiToken(site.services, 'tests', 'cli', { expiresAt: until });
    const revoked = await createApiToken(site.services, 'tests', 'cli');
    await site.services.access.revokeApiToken(revoked.id, site.services.clock.now());
    const former = await createApiToken(site.services, 'tests', 'cli', { scopes: null });
    site.advance(1_000);
    for (const { method, path, access } of routes) {
      const needed = scopeOf(access);
      if (needed === null) continue;
      const ask = (token: string) => {
        const call = supertest(site.app)[method](addressOf(path)).set('Authorization', `Bearer ${token}`);
        return method === 'post' ? call.type('json').send('[]') : call;
      };
      const expired = await ask(expiring.token);
      expect([expired.status, expired.body.code, expired.body.detail], path).to.deep.equal([
        ...[401, 'request.token-expired'],
        `the token expired at ${until.toISOString()}; ask an administrator for another one`,
      ]);
      expect((await ask(revoked.token)).body, path).to.include({ status: 401, code: 'request.token' });
      const allowed = (await ask(former.token)).status;
      if (!READING_SCOPES.includes(needed)) expect(allowed).to.equal(403);
      else expect(allowed, path).not.to.be.oneOf([401, 403, 500]);
    }
  });

  for (const role of ROLES) {
    it(`let a person in the role ${role} do exactly what its rights say, and refuse the rest with a whole page`, async () => {
      const other = makeSite();
      await seedAll(other);
      const browser = await other.signIn(role);
      const token = csrfOf((await browser.get('/')).text);
      const ask = ({ method, path }: Route) => {
        const call = browser[method](addressOf(path));
        return method === 'post' ? call.type('form').send({ _csrf: token }) : call;
      };
      const guarded = pageRoutes(other.services).filter(({ access }) => needsSignIn(access));
      const allowed = guarded.filter(({ access }) => access === 'signed-in' || mayDo(role, access as Right));
      const before = await everything(other);
      for (const route of guarded.filter((one) => !allowed.includes(one))) {
        const { status, text } = await ask(route);
        expect(status, `${route.method} ${route.path}`).to.equal(403);
        expect(text).to.include('action="/sign-out"').and.include('</html>');
        expect(textOf(text)).to.include(`Your role is ${role}; to ${rights[route.access as Right]}, one must be `);
      }
      expect(await everything(other)).to.deep.equal(before);
      // What is asked for is incomplete, so that most of it changes nothing; signing out comes last.
      const last = ({ path }: Route) => Number(path === '/sign-out');
      for (const route of [...allowed].sort((a, b) => last(a) - last(b)))
        expect((await ask(route)).status, `${route.method} ${route.path}`).not.to.be.oneOf([403, 500]);
    }).timeout(30_000);
  }

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
      if (method !== 'get' || scopeOf(access) !== null) continue;
      if (path.endsWith('/download') || path.startsWith('/exports/')) continue;
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

function needsSignIn(access: Access): boolean {
  return access === 'signed-in' || RIGHTS.some((right) => right === access);
}

const OTHER_ACCOUNT: Account = {
  ...{ id: 'account-other', name: 'Grace', role: 'operator', passwordHash: null, lmsUsername: 'grace' },
  ...{ disabledAt: null, createdAt: new Date('2026-11-01T08:00:00Z') },
};

async function seedAll(site: Site): Promise<void> {
  await seed(site);
  await site.services.access.createAccount(OTHER_ACCOUNT);
  await site.services.providerStore.saveAccount(anAccount('university'));
  await site.services.providerStore.saveTemplate(storedTemplate({ accountId: 'id-university' }));
}

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
