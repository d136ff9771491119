import { expect } from 'chai';
import supertest from 'supertest';
import { z } from 'zod';
import { documentPath, openApiDocument } from '../../../server/http/api/openapi.ts';
import { operations } from '../../../server/http/api/operations.ts';
import { cloudEventSchema, problemSchema } from '../../../server/http/api/schemas.ts';
import { openRoutes } from '../../../server/http/app.ts';
import { SCOPES } from '../../../server/http/people/scopes.ts';
import { createApiToken } from '../../../server/http/people/tokens.ts';
import { aConfiguration, aType } from '../../contracts/credential-store.ts';
import { aLearnerRecord, DEMO_COURSE } from '../../contracts/learner-records.ts';
import { aCredential, OWN_BADGE, passingEvent, seed } from '../../support/seed.ts';
import { INGEST_TOKEN, makeSite, type Site } from '../../support/web.ts';

interface Documented {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, object>>;
}

const document = openApiDocument();
const documented = document.paths as Readonly<Record<string, Readonly<Record<string, Documented>>>>;
const uuid = aCredential({ username: 'ada', order: 0 }).verifyId;

/** A call of every operation that succeeds. */
const calls: Readonly<Record<string, readonly string[]>> = {
  'get /api/openapi.json': ['/api/openapi.json'],
  'post /events': ['/events'],
  'get /api/laurel/v1/badges': ['/api/laurel/v1/badges'],
  'get /api/laurel/v1/learners/:username/badges': [
    '/api/laurel/v1/learners/ada/badges',
    '/api/laurel/v1/learners/linh/badges',
  ],
  'get /api/laurel/v1/learners/:username/badges/:badge': ['ada', 'linh', 'edsger', 'grace', 'barbara'].flatMap(
    (learner) =>
      ['demo-course', 'data-track', 'explorer', 'mentor'].map(
        (badge) => `/api/laurel/v1/learners/${learner}/badges/${badge}`,
      ),
  ),
  'post /api/v2/user/retire': ['/api/v2/user/retire'],
  'post /api/v2/replace_usernames': ['/api/v2/replace_usernames/'],
  'get /api/verify/:uuid': [`/api/verify/${uuid}`, `/api/verify/${OWN_BADGE}`],
  'get /api/laurel/v1/verify/:uuid': [`/api/laurel/v1/verify/${uuid}`],
  'get /api/learning_credentials/v1/metadata/:uuid': [`/api/learning_credentials/v1/metadata/${uuid}/`],
  'get /api/learning_credentials/v1/configured/:key': [`/api/learning_credentials/v1/configured/${DEMO_COURSE}/`],
  'get /api/learning_credentials/v1/eligibility/:key': [
    `/api/learning_credentials/v1/eligibility/${DEMO_COURSE}/?username=ada`,
    `/api/learning_credentials/v1/eligibility/${DEMO_COURSE}/?username=nobody`,
  ],
};

const bodies: Readonly<Record<string, object>> = {
  '/events': passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z' }),
  '/api/v2/user/retire': { username: 'margaret' },
  '/api/v2/replace_usernames/': { username_mappings: [{ nobody: 'somebody' }, { ada: 'grace' }] },
};

describe('the OpenAPI document', () => {
  let site: Site;
  let token: string;
  before(async () => {
    site = makeSite();
    await seed(site);
    token = (await createApiToken(site.services, 'tests', 'cli', { scopes: SCOPES })).token;
    site.records.add(DEMO_COURSE, 'Demo', [aLearnerRecord({ completion: 0.7, grades: { total: 0.3 } })]);
    await site.services.credentials.saveType(aType({ id: 'open-api', name: 'Completed', options: {} }));
    await site.services.credentials.saveConfiguration(
      aConfiguration({ id: 'open-api', credentialTypeId: 'open-api', contextKey: DEMO_COURSE }),
    );
  });

  const call = (route: string, address: string) =>
    route.startsWith('post')
      ? supertest(site.app)
          .post(address)
          .set('Authorization', `Bearer ${address === '/events' ? INGEST_TOKEN : token}`)
          .send(bodies[address])
      : supertest(site.app).get(address).set('Authorization', `Bearer ${token}`);

  it('has every route below /api and the door for events, each with who may call it', () => {
    const routes = openRoutes(site.services).filter(
      ({ method, path }) => path.startsWith('/api/') || (method === 'post' && path === '/events'),
    );
    const actual = Object.fromEntries(routes.map(({ method, path, access }) => [`${method} ${path}`, access]));
    expect(Object.fromEntries(Object.entries(operations).map(([route, { access }]) => [route, access]))).to.deep.equal(
      actual,
    );
  });

  it('names every parameter of a path, and each operation once', () => {
    const ids = new Set<string>();
    for (const [path, methods] of Object.entries(documented)) {
      for (const { operationId, parameters = [] } of Object.values(methods)) {
        const inPath = parameters.flatMap((one) => (one.in === 'path' ? [one.name] : []));
        expect(inPath, path).to.deep.equal([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
        ids.add(operationId);
      }
    }
    expect(ids.size).to.equal(Object.keys(operations).length);
  });

  it('refers only to schemas that it has', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map((match) => match[1]);
    const schemas = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...new Set(references)]).to.have.members(schemas);
  });

  for (const [route, { success, access }] of Object.entries(operations)) {
    it(`describes what ${route} answers`, async () => {
      const addresses = calls[route] ?? [];
      expect(addresses).to.not.have.length(0);
      for (const address of addresses) {
        const { status, body, type } = await call(route, address);
        expect([status, type], address).to.deep.equal([success.status, 'application/json']);
        expect(success.schema.parse(body), address).to.deep.equal(body);
        expect(inDocument(route).parse(body), address).to.deep.equal(body);
      }
    });

    if (access === 'public') continue;
    it(`describes how ${route} refuses a stranger`, async () => {
      const [method = '', path = ''] = route.split(' ');
      const refused = await supertest(site.app)[method as 'get' | 'post'](path);
      expect(problemSchema.parse(refused.body)).to.include({ status: 401, code: 'request.token' });
      expect(documented[documentPath(path)]?.[method]?.responses).to.have.property('401');
      expect(documented[documentPath(path)]?.[method]?.security).to.not.have.length(0);
    });
  }

  it('describes the events that the door takes', () => {
    expect(() => cloudEventSchema.parse(passingEvent({ user: 'ada', at: '2026-03-02T10:15:00Z' }))).to.not.throw();
    expect(cloudEventSchema.safeParse({ specversion: '0.3' }).success).to.equal(false);
  });

  it('is served to anybody as it stands in the documentation', async () => {
    const { body, headers } = await supertest(site.app).get('/api/openapi.json').expect(200);
    expect(body).to.deep.equal(document);
    expect(headers).to.include({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=60' });
    expect(headers).to.not.have.property('set-cookie');
  });

  /** The schema of a success, read back from the document. */
  function inDocument(route: string): z.ZodType {
    const [method = '', path = ''] = route.split(' ');
    const responses = documented[documentPath(path)]?.[method]?.responses as Readonly<
      Record<string, { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>> }>
    >;
    const reference = responses[operations[route]?.success.status ?? 0]?.content['application/json']?.schema.$ref ?? '';
    const text = JSON.stringify({
      $ref: reference.replace('/components/schemas/', '/$defs/'),
      $defs: document.components.schemas,
    });
    return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
  }
});
