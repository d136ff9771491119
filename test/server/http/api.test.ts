import { expect } from 'chai';
import supertest from 'supertest';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { seed } from '../../support/seed.ts';
import { makeSite, type Site, textOf } from '../../support/web.ts';

describe('API', () => {
  let site: Site;
  let token: string;
  beforeEach(async () => {
    site = makeSite();
    await seed(site);
    token = (await createApiToken(site.services, 'tests', 'cli')).token;
  });

  function ask(path: string): supertest.Test {
    return supertest(site.app).get(path).set('Authorization', `Bearer ${token}`);
  }

  it('gives a line for every active badge of a learner, by badge', async () => {
    const { body } = await ask('/api/laurel/v1/learners/ada/badges').expect(200);
    expect(body).to.deep.equal([
      {
        learner: 'ada',
        badge: 'data-track',
        status: 'in-progress',
        progress: 0.33,
        groups: { A: true, B: false, C: false },
        fulfilled: ['statistics'],
        awardedAt: null,
        awards: 0,
      },
      {
        learner: 'ada',
        badge: 'demo-course',
        status: 'awarded',
        progress: 1,
        groups: { A: true },
        fulfilled: ['demo'],
        awardedAt: '2026-03-02T10:15:00.25Z',
        awards: 1,
      },
      {
        learner: 'ada',
        badge: 'explorer',
        status: 'in-progress',
        progress: 0.5,
        groups: { A: true, B: false },
        fulfilled: ['start'],
        awardedAt: null,
        awards: 0,
      },
    ]);
  });

  it('gives lines without progress too', async () => {
    const { body } = await ask('/api/laurel/v1/learners/linh/badges');
    expect(body.map((line: { badge: string; status: string }) => [line.badge, line.status])).to.deep.equal([
      ['data-track', 'none'],
      ['demo-course', 'none'],
      ['explorer', 'in-progress'],
    ]);
  });

  it('answers 404 with a reason for a learner no event has told of', async () => {
    const answer = await ask('/api/laurel/v1/learners/nobody/badges');
    expect(answer.status).to.equal(404);
    expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
    expect(answer.body).to.include({
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      detail: 'no event has told of a learner with this username; check the spelling',
      code: 'not-found.learner',
      requestId: answer.headers['x-request-id'],
    });
  });

  it('lists the badges with their rules', async () => {
    const { body, headers } = await ask('/api/laurel/v1/badges').expect(200);
    expect(headers['cache-control']).to.equal('no-store');
    expect(body.map(({ id, active, version }: Record<string, unknown>) => [id, active, version])).to.deep.equal([
      ['data-track', true, 1],
      ['demo-course', true, 2],
      ['explorer', true, 1],
      ['mentor', false, 1],
    ]);
    expect(body[1]).to.have.keys('id', 'name', 'template', 'active', 'version', 'updatedAt', 'source');
  });

  it('knows a revoked token no more', async () => {
    const [stored] = await site.services.access.apiTokens();
    await site.services.access.revokeApiToken(stored?.id ?? '', new Date());
    await ask('/api/laurel/v1/badges').expect(401);
  });

  it('keeps tokens as hashes only', async () => {
    expect(token).to.match(/^laurel_[\w-]{43}$/);
    expect(JSON.stringify(await site.services.access.apiTokens())).not.to.include(token.slice(7));
  });

  it('answers problems as JSON below /api, also where there is nothing and to any method', async () => {
    for (const answer of [await ask('/api/nothing'), await supertest(site.app).put('/api/nothing').send('x')]) {
      expect(answer.status).to.equal(404);
      expect(answer.body.code).to.equal('request.no-such-page');
    }
  });

  it('is alive without asking anybody, and ready unless something is down', async () => {
    expect((await supertest(site.app).get('/healthz')).body).to.deep.equal({ status: 'ok' });
    const ready = await supertest(site.app).get('/readyz');
    expect([ready.status, ready.body.status, ready.body.checks.broker.status]).to.deep.equal([200, 'degraded', 'off']);
    // what the parts say may name hosts and versions: that is for those who are signed in
    expect(ready.body.checks.broker).to.deep.equal({ status: 'off' });
    const down = makeSite({ health: async () => ({ status: 'down', checks: {} }) });
    expect((await supertest(down.app).get('/readyz')).status).to.equal(503);
    expect((await supertest(down.app).get('/healthz')).status).to.equal(200);
  });
});

describe('verification', () => {
  const uuid = (order: number) => `00000000-0000-4000-9000-00000000000${order}`;
  let site: Site;
  before(async () => {
    site = makeSite();
    await seed(site);
  });

  it('tells anybody with the id what the credential says, and sets no cookie', async () => {
    const answer = await supertest(site.app)
      .get(`/api/laurel/v1/verify/${uuid(0)}`)
      .expect(200);
    expect(answer.body).to.deep.equal({
      status: 'available',
      valid: true,
      name: 'Ada Lovelace',
      contextKey: 'course-v1:OpenedX+DemoX+Demo_Course',
      contextName: 'Demonstration course',
      type: 'Certificate of achievement',
      issuedAt: '2026-11-20T09:00:05.000Z',
      expiresAt: null,
      invalidationReason: null,
    });
    expect(answer.headers).to.include({ 'x-robots-tag': 'noindex, nofollow', 'cache-control': 'no-store' });
    expect(answer.headers).not.to.have.property('set-cookie');
  });

  it('answers at the address of the reference system with its field names', async () => {
    const { body } = await supertest(site.app)
      .get(`/api/learning_credentials/v1/metadata/${uuid(4)}/`)
      .expect(200);
    expect(body).to.deep.equal({
      user_full_name: 'Edsger W. Dijkstra',
      created: '2026-11-20T09:00:05.000Z',
      learning_context_name: 'Demonstration course',
      status: 'invalidated',
      expires: null,
      invalidation_reason: 'The grade was corrected.',
    });
  });

  it('shows people the same on a page without a session', async () => {
    const answer = await supertest(site.app).get(`/verify/${uuid(4)}`);
    expect(textOf(answer.text)).to.include(
      'No longer valid Demonstration course Issued to Edsger W. Dijkstra Kind Certificate of achievement',
    );
    expect(answer.headers).not.to.have.property('set-cookie');
  });

  it('answers the same for an unknown id, a malformed one, and a credential that is not issued', async () => {
    const answers = await Promise.all(
      [uuid(9), 'nonsense', '%24ne', uuid(2), uuid(3)].map((id) =>
        supertest(site.app).get(`/api/laurel/v1/verify/${id}`),
      ),
    );
    for (const { status, body } of answers) {
      expect({ status, ...body, requestId: null }).to.deep.equal({
        type: 'about:blank',
        title: 'Not found',
        status: 404,
        detail: 'there is no credential with this verification id; copy it from the document again',
        code: 'not-found.credential',
        requestId: null,
      });
    }
    expect((await supertest(site.app).get(`/verify/${uuid(3)}`)).status).to.equal(404);
  });

  it('refuses an address that cannot be decoded instead of blaming itself', async () => {
    const { status, body } = await supertest(site.app).get('/api/laurel/v1/verify/%ff');
    expect([status, body.code, body.detail]).to.deep.equal([
      400,
      'request.address',
      'the address cannot be read: a % in it must be followed by two digits',
    ]);
  });

  it('slows down guessing', async () => {
    const guessed = makeSite();
    for (let guess = 0; guess < 120; guess++) await supertest(guessed.app).get('/api/laurel/v1/verify/x').expect(404);
    await supertest(guessed.app).get('/api/laurel/v1/verify/x').expect(429);
  });
});
