import { expect } from 'chai';
import supertest from 'supertest';
import { openRoutes, pageRoutes } from '../../../server/http/app.ts';
import { mayDo, RIGHTS, type Right, ROLES, rights } from '../../../server/http/people/rights.ts';
import { READING_SCOPES, SCOPES, scopes } from '../../../server/http/people/scopes.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { type Access, type Route, scopeOf } from '../../../server/http/routes.ts';
import { idleLmsSignIn } from '../../support/lms-sign-in.ts';
import { everything, routeAddress, seedAll } from '../../support/route-addresses.ts';
import { routeTable } from '../../support/route-table.ts';
import { LETTERS, seed } from '../../support/seed.ts';
import { type Browser, csrfOf, makeSite, type Site, textOf } from '../../support/web.ts';

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

  const addressOf = (path: string): string => routeAddress(path, learnerId);

  it('are exactly those of the table', () => {
    const actual = Object.fromEntries(routes.map(({ method, path, access }) => [`${method} ${path}`, access]));
    expect(actual).to.deep.equal(routeTable);
    expect(routes).to.have.length(Object.keys(routeTable).length);
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
