import { expect } from 'chai';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import supertest from 'supertest';
import type { Logger } from '../../../plugin/ports/runtime.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { openLmsTokens } from '../../../server/lms-tokens.ts';
import { aConfiguration, aType } from '../../contracts/credential-store.ts';
import { aLearnerRecord, DEMO_COURSE } from '../../contracts/learner-records.ts';
import { seed } from '../../support/seed.ts';
import { makeSite, type Site } from '../../support/web.ts';

const ELIGIBILITY = `/api/learning_credentials/v1/eligibility/${DEMO_COURSE}/`;
const CONFIGURED = `/api/learning_credentials/v1/configured/${DEMO_COURSE}/`;
const BADGES = (username: string) => `/api/laurel/v1/learners/${username}/badges`;

describe('a user of the LMS who calls the API', () => {
  let site: Site;
  let logged: string;
  let sign: (changes?: JWTPayload) => Promise<string>;

  before(async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS512', { extractable: true });
    sign = (changes = {}) =>
      new SignJWT({ preferred_username: 'ada', administrator: false, ...changes })
        .setProtectedHeader({ alg: 'RS512', kid: 'openedx' })
        .setIssuer('https://lms.example.org/oauth2')
        .setAudience('openedx')
        .setExpirationTime('1h')
        .sign(privateKey);
    const log: Logger['info'] = (...line) => {
      logged += JSON.stringify(line);
    };
    site = makeSite({
      logger: { debug: log, info: log, warn: log, error: log },
      lmsTokens: openLmsTokens(
        {
          lmsJwtKeys: JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'openedx' }] }),
          lmsJwtIssuer: null,
          lmsJwtAudience: 'openedx',
          lmsUrl: 'https://lms.example.org',
          lmsPublicUrl: null,
        },
        { now: () => new Date() },
      ),
    });
    await seed(site);
    site.records.add(DEMO_COURSE, 'Demo', [
      aLearnerRecord({ completion: 0.7 }),
      aLearnerRecord({ username: 'grace', completion: 1 }),
    ]);
    await site.services.credentials.saveType(aType({ id: 'lms', name: 'Completed', options: {} }));
    await site.services.credentials.saveConfiguration(
      aConfiguration({ id: 'lms', credentialTypeId: 'lms', contextKey: DEMO_COURSE }),
    );
  });
  beforeEach(() => {
    logged = '';
  });

  const ask = (path: string, authorization: string) =>
    supertest(site.app).get(path).set('Authorization', authorization);
  const figures = (body: { credentials: { name: string; current_completion?: number }[] }) =>
    body.credentials.find(({ name }) => name === 'Completed')?.current_completion;

  it('learns how she stands, named or not, and as JWT or Bearer', async () => {
    const token = await sign();
    for (const scheme of ['JWT', 'Bearer', 'jwt'])
      for (const query of ['', '?username=ada']) {
        const { status, body } = await ask(`${ELIGIBILITY}${query}`, `${scheme} ${token}`);
        expect([status, figures(body)]).to.deep.equal([200, 0.7]);
      }
    expect((await ask(CONFIGURED, `JWT ${token}`)).body.has_credentials).to.equal(true);
  });

  it('sees her badges', async () => {
    const { body } = await ask(BADGES('ada'), `JWT ${await sign()}`).expect(200);
    expect(body.map(({ learner }: { learner: string }) => learner)).to.deep.equal(['ada', 'ada', 'ada']);
  });

  it('is refused what is about others, whether they exist or not', async () => {
    const token = await sign();
    for (const name of ['grace', 'nobody', 'Ada'])
      for (const path of [BADGES(name), `${ELIGIBILITY}?username=${name}`]) {
        const { status, body } = await ask(path, `JWT ${token}`);
        expect([status, body.code, body.detail], path).to.deep.equal([
          403,
          'request.other-learner',
          'with your token of the LMS you may ask about yourself; staff may ask about others',
        ]);
      }
  });

  it('may ask about others as staff', async () => {
    const token = await sign({ preferred_username: 'head', administrator: true });
    expect(figures((await ask(`${ELIGIBILITY}?username=grace`, `JWT ${token}`).expect(200)).body)).to.equal(1);
    expect((await ask(BADGES('ada'), `JWT ${token}`).expect(200)).body).to.have.length(3);
  });

  it('is kept from what is for administrators of ours, staff or not', async () => {
    const token = await sign({ administrator: true });
    for (const path of ['/api/laurel/v1/badges', `${BADGES('ada')}/demo-course`])
      for (const scheme of ['JWT', 'Bearer'])
        expect((await ask(path, `${scheme} ${token}`)).body, path).to.include({ status: 401, code: 'request.token' });
  });

  it('is told what is wrong with a token, and no log keeps it', async () => {
    const token = `${(await sign()).slice(0, -8)}AAAAAAAA`;
    const { status, body, headers } = await ask(ELIGIBILITY, `JWT ${token}`);
    expect([status, body.code, body.detail]).to.deep.equal([
      401,
      'request.lms-token',
      'the token of the LMS has a signature that does not fit; ask the LMS for a new one',
    ]);
    expect(headers['www-authenticate']).to.equal('Bearer realm="laurel"');
    await ask(ELIGIBILITY, `JWT ${await sign()}`).expect(200);
    expect(logged).to.include('request answered');
    expect(logged).to.not.match(/eyJ/);
  });

  it('is told what to send where nothing was sent', async () => {
    expect((await supertest(site.app).get(ELIGIBILITY)).body.detail).to.equal(
      'send a token made by "laurel token create" as "Authorization: Bearer ...", or your token of the LMS as "Authorization: JWT ..."',
    );
  });

  it('does not get in the way of API tokens, which must name the learner', async () => {
    const { token } = await createApiToken(site.services, 'tests', 'cli');
    expect(figures((await ask(`${ELIGIBILITY}?username=grace`, `Bearer ${token}`).expect(200)).body)).to.equal(1);
    expect((await ask(ELIGIBILITY, `Bearer ${token}`).expect(400)).body.code).to.equal('request.username');
    // What is no token of the LMS is not sent as one.
    await ask(ELIGIBILITY, `JWT ${token}`).expect(401);
  });

  it('is refused where the server has no keys of the LMS', async () => {
    const { status, body } = await supertest(makeSite().app)
      .get(ELIGIBILITY)
      .set('Authorization', `JWT ${await sign()}`);
    expect([status, body.code, body.detail]).to.deep.equal([
      401,
      'request.lms-token',
      'tokens of the LMS are not taken here, because LAUREL_LMS_JWT_KEYS is not set; send a token made by "laurel token create" as "Authorization: Bearer ..."',
    ]);
  });

  it('is slowed down when trying tokens, but never with a right one', async () => {
    const guesser = makeSite({ lmsTokens: site.services.lmsTokens });
    const attempt = (token: string) => supertest(guesser.app).get(CONFIGURED).set('Authorization', `JWT ${token}`);
    for (let times = 0; times < 60; times++) await attempt('a.b.c').expect(401);
    await attempt('a.b.c').expect(429);
    await attempt(await sign()).expect(200);
  });

  describe('as the retirement pipeline of the LMS', () => {
    const retire = async (changes: JWTPayload) =>
      supertest(site.app)
        .post('/api/v2/user/retire/')
        .set('Authorization', `JWT ${await sign(changes)}`)
        .send({ username: 'grace' });

    it('retires learners as its service user alone, and is named in the audit', async () => {
      for (const changes of [{}, { preferred_username: 'grace' }, { administrator: true, superuser: true }]) {
        const { status, body } = await retire(changes);
        expect(status).to.equal(403);
        expect(body).to.include({
          code: 'request.not-the-pipeline',
          detail:
            'with a token of the LMS only the user that LAUREL_LMS_RETIREMENT_USER names may do this; others need an API token with the scope "learners:retire"',
        });
      }
      expect((await retire({ preferred_username: 'Retirement_Service_Worker' })).status).to.equal(403);
      const { status, body } = await retire({ preferred_username: 'retirement_service_worker' });
      expect([status, body.state]).to.deep.equal([202, 'accepted']);
      const [entry] = (await site.services.access.audit({ limit: 1 })).items;
      expect(entry).to.include({ actor: 'lms-retirement', action: 'learner.retired' });
    });

    it('is nobody where no such user is named', async () => {
      const { settings } = site.services;
      const unnamed = makeSite({
        lmsTokens: site.services.lmsTokens,
        settings: { ...settings, lmsRetirementUser: null },
      });
      const { status } = await supertest(unnamed.app)
        .post('/api/v2/user/retire')
        .set('Authorization', `JWT ${await sign({ preferred_username: 'retirement_service_worker' })}`)
        .send({ username: 'grace' });
      expect(status).to.equal(403);
    });
  });
});
