import { expect } from 'chai';
import supertest from 'supertest';
import { openRoutes } from '../../../../server/http/app.ts';
import { createApiToken } from '../../../../server/http/people/tokens.ts';
import { aCredential, seed } from '../../../support/seed.ts';
import { makeSite, type Site } from '../../../support/web.ts';

const APPS = 'https://apps.lms.example.org';
const BADGES = '/api/laurel/v1/learners/ada/badges';

describe('reading across origins', () => {
  let site: Site;
  let token: string;
  before(async () => {
    site = makeSite({ settings: { apiOrigins: [APPS] } });
    await seed(site);
    token = (await createApiToken(site.services, 'tests', 'cli')).token;
  });

  it('is open to everybody where what is read is public, refusals included, and never with cookies', async () => {
    const { verifyId } = aCredential({ username: 'ada', order: 0 });
    for (const path of [
      `/api/verify/${verifyId}`,
      `/api/laurel/v1/verify/${verifyId}`,
      '/api/laurel/v1/verify/nothing',
      `/api/learning_credentials/v1/metadata/${verifyId}/`,
      '/api/openapi.json',
      '/.well-known/did.json',
      '/open-badges/issuer',
      '/open-badges/status/1',
    ]) {
      const { headers } = await supertest(site.app).get(path).set('Origin', 'https://verifier.example');
      expect([path, headers['access-control-allow-origin']]).to.deep.equal([path, '*']);
      expect(headers).to.not.have.property('access-control-allow-credentials');
    }
  });

  it('of what concerns a learner is open to the sites in LAUREL_API_ORIGINS only', async () => {
    const ask = (origin: string) =>
      supertest(site.app)
        .get(BADGES)
        .set({ Origin: origin, Authorization: `Bearer ${token}` });
    const { headers } = await ask(APPS).expect(200);
    expect(headers['access-control-allow-origin']).to.equal(APPS);
    expect(headers.vary).to.include('Origin');
    expect(headers).to.not.have.property('access-control-allow-credentials');
    for (const origin of ['https://evil.example', `${APPS}.evil.example`, 'null']) {
      const other = await ask(origin);
      expect(other.headers).to.not.have.property('access-control-allow-origin');
      expect(other.headers.vary).to.include('Origin');
    }
  });

  it('is asked for before, with the token', async () => {
    const preflight = (origin: string) =>
      supertest(site.app).options(BADGES).set({
        Origin: origin,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      });
    const { headers } = await preflight(APPS).expect(204);
    expect(headers).to.include({
      'access-control-allow-origin': APPS,
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'Authorization',
    });
    expect((await preflight('https://evil.example')).headers).to.not.have.property('access-control-allow-origin');
  });

  it('of anything else, pages included, is open to nobody', async () => {
    for (const path of ['/', '/sign-in', '/healthz', '/api/laurel/v1/badges', '/events']) {
      const { headers } = await supertest(site.app).get(path).set('Origin', APPS);
      expect([path, headers['access-control-allow-origin']]).to.deep.equal([path, undefined]);
    }
  });
});

describe('the API', () => {
  it('answers every failure as application/problem+json', async () => {
    const site = makeSite();
    const routes = openRoutes(site.services).filter(({ path }) => path.startsWith('/api/') || path === '/events');
    for (const { method, path } of routes) {
      const address = path.replace(/:\w+/g, 'nothing');
      if (address === '/api/openapi.json' || (method === 'get' && path === '/events')) continue;
      const { status, headers, body } = await supertest(site.app)[method](address);
      expect(status, address).to.be.within(400, 499);
      expect(headers['content-type'], address).to.equal('application/problem+json; charset=utf-8');
      expect(body, address).to.include({ status, type: 'about:blank' });
      expect(Object.keys(body)).to.include.members(['title', 'detail', 'code', 'requestId']);
    }
    expect(routes.length).to.be.greaterThan(8);
  });
});
