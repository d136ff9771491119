import { request as httpRequest } from 'node:http';
import { expect } from 'chai';
import supertest from 'supertest';
import { seed } from '../../support/seed.ts';
import { serve } from '../../support/serve.ts';
import { makeSite, type Site } from '../../support/web.ts';

/** Answers of every kind: pages, forms refused, errors for people and for machines, files, ways elsewhere. */
const ASKED: readonly (readonly [what: string, method: 'get' | 'post' | 'put', path: string, status: number])[] = [
  ['a page', 'get', '/sign-in', 200],
  ['a page that asks for a sign-in', 'get', '/badges', 303],
  ['the choice of a language', 'get', '/verify?language=es', 303],
  ['the choice of colours', 'get', '/verify?colours=dark', 303],
  ['a file of the pages', 'get', '/assets/laurel.css', 200],
  ['a picture of the pages', 'get', '/assets/laurel.svg', 200],
  ['an address that there is not', 'get', '/nowhere', 404],
  ['a file that there is not', 'get', '/assets/nowhere', 404],
  ['an address that cannot be read', 'get', '/%', 404],
  ['a verification of nothing', 'get', '/verify/nothing', 404],
  ['a document that there is not', 'get', '/download/nothing', 404],
  ['a call without a token', 'get', '/api/laurel/v1/learners/ada/badges', 401],
  ['a call that there is not', 'get', '/api/nowhere', 404],
  ['the description of the API', 'get', '/api/openapi.json', 200],
  ['the health', 'get', '/healthz', 200],
  ['a form without a token', 'post', '/sign-in', 403],
  ['a method that nothing takes', 'put', '/sign-in', 403],
];

describe('every answer', () => {
  let site: Site;
  before(async () => {
    site = makeSite();
    await seed(site);
  });

  for (const [what, method, path, status] of ASKED) {
    it(`tells browsers to run nothing, frame nothing and guess nothing: ${what}`, async () => {
      const { headers, status: answered } = await supertest(site.app)[method](path);
      expect(answered, path).to.equal(status);
      expect(headers['content-security-policy'])
        .to.match(/^default-src 'none';/)
        .and.include("frame-ancestors 'none'")
        .and.not.include('unsafe');
      expect(headers).to.include({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers).not.to.have.any.keys('x-powered-by', 'server');
    });
  }

  it('tells so of a form that is far too large, too', async () => {
    const { headers, status } = await supertest(site.app)
      .post('/sign-in')
      .type('form')
      .send(`name=${'x'.repeat(20_000)}`);
    expect(status).to.equal(413);
    expect(headers['content-security-policy']).to.include("default-src 'none'");
    expect(headers['cache-control']).to.equal('no-store');
  });

  it('leads to no other site when a request names one as its whole address', async () => {
    const { address, close } = await serve(site.app);
    try {
      const { port } = new URL(address);
      const location = await new Promise<string | undefined>((resolve, reject) => {
        httpRequest({ port, host: '127.0.0.1', path: 'http://evil.test/?language=es' }, (answer) => {
          answer.resume();
          resolve(answer.headers.location);
        })
          .on('error', reject)
          .end();
      });
      expect(location).to.equal('/');
    } finally {
      await close();
    }
  });
});
