import { inspect } from 'node:util';
import { expect } from 'chai';
import { CredentialsError, type ProviderError } from '../../../plugin/errors.ts';
import type { HttpCall, HttpClientOptions } from '../../../providers/http/client.ts';
import { createHttpClient, type HttpParts } from '../../../providers/http/create-client.ts';
import { failureOf } from '../../../providers/http/failure.ts';
import { passingTracer } from '../../../server/tracing/passing-tracer.ts';
import { type HttpPeer, json, startHttpPeer } from '../../support/http-peer.ts';

const SECRET = 'tok-3f9a7c55e1';
const now = new Date('2026-03-01T10:00:00Z');

describe('the HTTP client', () => {
  let peer: HttpPeer;
  let pauses: number[];
  beforeEach(async () => {
    peer = await startHttpPeer();
    pauses = [];
  });
  afterEach(() => peer.close());

  function client(options: Partial<HttpClientOptions> = {}, parts: HttpParts = {}) {
    return createHttpClient(
      {
        baseUrl: `${peer.origin}/v1`,
        peer: 'Credly',
        headers: { authorization: `Basic ${SECRET}` },
        ...options,
      },
      {
        internalHosts: ['127.0.0.1'],
        clock: { now: () => now },
        random: () => 0.5,
        sleep: async (ms) => void pauses.push(ms),
        ...parts,
      },
    );
  }

  /** @returns the error of the call, after looking for the secret in it */
  async function failure(
    request: Partial<HttpCall> = {},
    options: Partial<HttpClientOptions> = {},
    parts: HttpParts = {},
  ): Promise<ProviderError> {
    try {
      await client(options, parts).call({ method: 'GET', path: 'badges', ...request });
    } catch (error) {
      expect(inspect(error, { depth: 10, showHidden: true }))
        .not.to.include(SECRET)
        .and.not.include('ada@example.com');
      expect(error).to.be.instanceOf(CredentialsError);
      return error as ProviderError;
    }
    throw new Error('the call did not fail');
  }

  it('tells the other side the trace of the work that it calls for, and nothing without one', async () => {
    const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'other=1' };
    const call = (parts: HttpParts) => client({}, parts).call({ method: 'GET', path: 'badges' });
    await passingTracer.step({ name: 'effect', parent: trace }, async () => {
      await call({ tracer: passingTracer });
      await call({});
    });
    await call({ tracer: passingTracer });
    const sent = peer.calls.map(({ headers: { traceparent, tracestate } }) => ({ traceparent, tracestate }));
    const none = { traceparent: undefined, tracestate: undefined };
    expect(sent).to.deep.equal([trace, none, none]);
  });

  it('sends nothing once another process may be at it', async () => {
    const request = { method: 'POST', body: { id: 'b1' }, mayStill: () => false } as const;
    const error = await failure(request);
    expect(error).to.include({
      code: 'provider.taken-over',
      message: 'nothing was sent to Credly: another process has taken this over',
      retry: 'later',
      ambiguous: false,
    });
    await client().call({ ...request, path: 'badges', mayStill: () => true });
    expect(peer.calls.map(({ method, body }) => [method, body])).to.deep.equal([['POST', '{"id":"b1"}']]);
  });

  describe('a call', () => {
    it('goes below the base address, with headers, query and JSON body', async () => {
      peer.answers(json(201, { data: { id: 'b1' } }, { 'x-count': '3' }));
      const reply = await client().call({
        method: 'POST',
        path: 'organizations/o1/badges',
        query: { filter: 'recipient_email::a+b@example.com|x', page: 2, sort: undefined },
        body: { email: 'ada@example.com' },
      });
      expect(reply).to.deep.include({ status: 201, data: { data: { id: 'b1' } } });
      expect(reply.headers).to.include({ 'x-count': '3' });
      const [call] = peer.calls;
      expect(call).to.deep.include({
        method: 'POST',
        url: '/v1/organizations/o1/badges?filter=recipient_email%3A%3Aa%2Bb%40example.com%7Cx&page=2',
        body: '{"email":"ada@example.com"}',
      });
      expect(call?.headers).to.include({
        authorization: `Basic ${SECRET}`,
        accept: 'application/json',
        'content-type': 'application/json',
        'user-agent': 'Laurel',
      });
    });

    it('sends a form where the body is one', async () => {
      await client().call({ method: 'POST', path: 'token', body: new URLSearchParams({ scope: 'a b' }) });
      expect(peer.calls[0]?.body).to.equal('scope=a+b');
      expect(peer.calls[0]?.headers['content-type']).to.match(/^application\/x-www-form-urlencoded/);
    });

    it('gives text where the answer is no JSON, and an accepted status like any other answer', async () => {
      peer.answers(
        (response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>gone</p>'),
        (response) => response.writeHead(204).end(),
        (response) => response.writeHead(200).end(' {"a":1}'),
        (response) => response.writeHead(200).end('{not json'),
      );
      const call = () => client().call({ method: 'GET', path: 'x', accept: [404] });
      expect(await call()).to.deep.include({ status: 404, data: '<p>gone</p>' });
      expect(await call()).to.deep.include({ status: 204, data: '' });
      expect(await call()).to.deep.include({ data: { a: 1 } });
      expect(await call()).to.deep.include({ data: '{not json' });
    });

    it('waits for the limiter before every attempt', async () => {
      peer.answers(json(503, {}), json(200, 'here'));
      let taken = 0;
      const limiter = { take: async () => void taken++ };
      expect((await client({ limiter }).call({ method: 'GET', path: 'x' })).data).to.equal('here');
      expect(taken).to.equal(2);
    });
  });

  describe('where it goes', () => {
    for (const path of [
      '../admin',
      'a/../../admin',
      '..',
      'badges/..',
      'badges/.',
      '%2e%2e/admin',
      '..%2fadmin',
      'a%2F..%2Fb',
      '/admin',
      '//evil.example/x',
      'https://evil.example/x/y z',
      'a\\b',
      'a%5cb',
      'a?b=c',
      'a#b',
    ]) {
      it(`is not up to the path ${path}`, async () => {
        const { code, message } = await failure({ path });
        expect(code).to.equal('provider.refused');
        expect(message).to.equal(
          'the path of a call to Credly would lead elsewhere; check the ids that the rule and the account give',
        );
        expect(peer.calls).to.deep.equal([]);
      });
    }

    it('is below the base address even where the path looks like an address', async () => {
      await client().call({ method: 'GET', path: 'https:evil.example/x' });
      expect(peer.calls.map(({ url }) => url)).to.deep.equal(['/v1/https:evil.example/x']);
    });

    it('U4: is never up to a redirect, so that the token stays with the one it is for', async () => {
      peer.answers((response) => response.writeHead(302, { location: `${peer.origin}/stolen` }).end());
      const error = await failure();
      expect(error.code).to.equal('provider.unexpected-reply');
      expect(error.message).to.equal(
        `Credly answers with a redirect (status 302), which is not followed; check the address ${peer.origin}`,
      );
      expect(peer.calls).to.have.length(1);
    });

    it('is never a proxy of the environment', async () => {
      const proxy = await startHttpPeer();
      process.env.http_proxy = proxy.origin;
      try {
        await client().call({ method: 'GET', path: 'x' });
      } finally {
        delete process.env.http_proxy;
        await proxy.close();
      }
      expect(proxy.calls).to.deep.equal([]);
      expect(peer.calls).to.have.length(1);
    });

    const whys: readonly (readonly [string, string])[] = [
      ['http://badges.example', 'it is not https'],
      ['ftp://badges.example', 'it is neither https nor http'],
      ['https://127.0.0.1', 'it is an address of a private network'],
      ['https://2130706433', 'it is an address of a private network'],
      ['https://0x7f.1', 'it is an address of a private network'],
      ['https://[::1]', 'it is an address of a private network'],
      ['https://[::ffff:169.254.169.254]', 'it is an address of a private network'],
    ];
    for (const [baseUrl, why] of whys) {
      it(`is not ${baseUrl}`, async () => {
        const error = await failure({}, { baseUrl }, { internalHosts: [] });
        expect(error.code).to.equal('provider.refused');
        const { protocol, host } = new URL(baseUrl);
        expect(error.message).to.equal(
          `Laurel does not call Credly at ${protocol}//${host}: ${why}; correct the address, or name the host in LAUREL_INTERNAL_HOSTS if it is one of yours`,
        );
      });
    }

    it('is no name that leads to a private network', async () => {
      const asked: string[] = [];
      const error = await failure(
        {},
        { baseUrl: 'https://badges.example/' },
        {
          internalHosts: [],
          resolve: (name, _options, done) => {
            asked.push(name);
            done(null, [
              { address: '169.254.169.254', family: 4 },
              { address: '::ffff:10.0.0.1', family: 6 },
            ]);
          },
        },
      );
      expect(asked).to.deep.equal(['badges.example']);
      expect(error.code).to.equal('provider.refused');
      expect(error.message).to.equal(
        'Laurel does not call Credly at https://badges.example: its name leads to an address of a private network; correct the address, or name the host in LAUREL_INTERNAL_HOSTS if it is one of yours',
      );
    });

    it('is an internal host at the named port only, where one is named', async () => {
      const { host } = new URL(peer.origin);
      await client({}, { internalHosts: [host] }).call({ method: 'GET', path: 'x' });
      expect((await failure({}, {}, { internalHosts: ['127.0.0.1:1'] })).code).to.equal('provider.refused');
    });
  });

  describe('a failure', () => {
    const cases: readonly (readonly [number, string, string])[] = [
      [
        401,
        'provider.unauthorised',
        'Credly refuses the secret of the account (status 401); give the account a new one',
      ],
      [403, 'provider.refused', 'Credly refuses the call (status 403)'],
      [404, 'provider.refused', 'Credly refuses the call (status 404)'],
      [408, 'provider.unavailable', 'Credly cannot answer at the moment (status 408); try again later'],
      [422, 'provider.refused', 'Credly refuses the call (status 422)'],
      [429, 'provider.unavailable', 'Credly asks for fewer calls (status 429); try again later'],
      [500, 'provider.unavailable', 'Credly cannot answer at the moment (status 500); try again later'],
      [503, 'provider.unavailable', 'Credly cannot answer at the moment (status 503); try again later'],
    ];
    for (const [status, code, message] of cases) {
      it(`with status ${status} is ${code}`, async () => {
        peer.answers(json(status, { data: { message: `no, ada@example.com with ${SECRET}` } }));
        const error = await failure({ method: 'POST', body: { email: 'ada@example.com' }, query: { q: SECRET } });
        expect(error).to.include({ code, message });
        expect(error.details).to.deep.equal({ peer: 'Credly', method: 'POST', status });
        expect(peer.calls).to.have.length(1);
      });
    }

    it('keeps what was answered beside the error, for the adapter alone', async () => {
      peer.answers(json(422, { data: { message: 'already has this badge' } }));
      const error = await failure({ method: 'POST' });
      expect(failureOf(error)).to.deep.equal({ status: 422, data: { data: { message: 'already has this badge' } } });
    });

    it('with 401 waits ten minutes before it is tried again', async () => {
      peer.answers(json(401, {}));
      expect(await failure()).to.include({ retryAfterMs: 600_000, ambiguous: false, retry: 'later' });
    });

    it('of a call that is not repeatable may have taken effect', async () => {
      const ambiguous = async (status: number, repeatable: boolean) => {
        peer.answers(json(status, {}));
        return (await failure({ method: 'POST', repeatable })).ambiguous;
      };
      expect(await ambiguous(500, false)).to.equal(true);
      expect(await ambiguous(504, false)).to.equal(true);
      expect(await ambiguous(500, true)).to.equal(false);
      expect(await ambiguous(429, false)).to.equal(false);
      expect(await ambiguous(422, false)).to.equal(false);
      expect(await ambiguous(302, false)).to.equal(true);
    });

    it('without an answer in time says so', async () => {
      peer.answers(() => {});
      const error = await failure({ method: 'POST' }, { timeoutMs: 50 });
      expect(error).to.include({
        code: 'provider.unavailable',
        message: 'Credly did not answer within 0.05 s; try again later',
        ambiguous: true,
      });
      expect(error.details).to.deep.equal({ peer: 'Credly', method: 'POST', error: 'ETIMEDOUT' });
    });

    it('in the middle of an answer that trickles ends in time too', async () => {
      peer.answers((response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        const timer = setInterval(() => response.write('.'), 5);
        response.on('close', () => clearInterval(timer));
      });
      expect(await failure({ method: 'POST' }, { timeoutMs: 80 })).to.include({
        message: 'Credly did not answer within 0.08 s; try again later',
      });
    });

    it('by a connection that breaks off is ambiguous, before and within the answer', async () => {
      peer.answers((_response, request) => request.socket.destroy());
      expect(await failure({ method: 'POST' })).to.include({
        code: 'provider.unavailable',
        message: 'the connection to Credly broke off (ECONNRESET); try again later',
        ambiguous: true,
      });
      peer.answers((response) => {
        response.writeHead(201, { 'content-length': '100' });
        response.write('{"data"', () => response.destroy());
      });
      expect(await failure({ method: 'POST' })).to.include({ code: 'provider.unavailable', ambiguous: true });
    });

    it('by a closed port is not ambiguous: nothing was sent', async () => {
      const gone = await startHttpPeer();
      await gone.close();
      const { host } = new URL(gone.origin);
      const error = await failure({ method: 'POST' }, { baseUrl: gone.origin });
      expect(error).to.include({
        code: 'provider.unavailable',
        message: `Credly cannot be reached at ${host} (ECONNREFUSED); try again later`,
        ambiguous: false,
      });
    });

    it('because the caller ended it says so', async () => {
      const ended = new AbortController();
      peer.answers(() => ended.abort());
      expect(await failure({ method: 'GET', signal: ended.signal })).to.include({
        code: 'provider.unavailable',
        message: 'the call to Credly was ended before its answer came',
        ambiguous: false,
      });
      expect(peer.calls).to.have.length(1);
    });

    it('by an answer that is too large is not read to its end', async () => {
      peer.answers((response) => response.writeHead(200).end('x'.repeat(2_000)));
      expect(await failure({}, { maxReplyBytes: 1_000 })).to.include({
        code: 'provider.unexpected-reply',
        message: 'Credly answers with more than 1000 bytes, which is not read',
        retry: 'never',
      });
    });

    it('by an answer that is not the JSON it is said to be', async () => {
      peer.answers((response) =>
        response.writeHead(201, { 'content-type': 'application/vnd.api+json' }).end(`{"${SECRET}`),
      );
      expect(await failure({ method: 'POST' })).to.include({
        code: 'provider.unexpected-reply',
        message: 'Credly answers with something that is not the JSON that it is said to be',
        ambiguous: true,
      });
    });

    it('of a secret that no header can hold says what to do', async () => {
      const error = await failure({}, { headers: { authorization: `${SECRET}\nx-evil: 1` } });
      expect(error).to.include({
        code: 'provider.unauthorised',
        message: 'the secret of the account has characters that cannot be sent to Credly; give the account a new one',
      });
      expect(peer.calls).to.deep.equal([]);
    });
  });

  describe('a repetition', () => {
    it('follows what may heal, with pauses between none and twice as long each time', async () => {
      peer.answers(json(500, {}), (_response, request) => request.socket.destroy(), json(200, 'here'));
      expect((await client().call({ method: 'GET', path: 'x' })).data).to.equal('here');
      expect(pauses).to.deep.equal([250, 500]);
    });

    it('is given up after three attempts', async () => {
      peer.answers(json(502, {}));
      expect((await failure()).code).to.equal('provider.unavailable');
      expect(peer.calls).to.have.length(3);
    });

    it('is not made of what was refused, nor of a call that is not repeatable', async () => {
      peer.answers(json(422, {}));
      await failure();
      expect(peer.calls).to.have.length(1);
      peer.answers(json(503, {}));
      await failure({ method: 'PUT' });
      expect(peer.calls).to.have.length(2);
      await failure({ method: 'PUT', repeatable: true });
      expect(peer.calls).to.have.length(5);
    });

    it('waits as long as it is asked to, and hands a long wish up', async () => {
      peer.answers(json(429, {}, { 'retry-after': '3' }), json(200, 'here'));
      expect((await client().call({ method: 'GET', path: 'x' })).data).to.equal('here');
      expect(pauses).to.deep.equal([3_000]);
      peer.answers(json(503, {}, { 'retry-after': 'Sun, 01 Mar 2026 10:02:00 GMT' }));
      expect(await failure()).to.include({ code: 'provider.unavailable', retryAfterMs: 120_000 });
      expect(peer.calls).to.have.length(3);
    });
  });

  it('is built below an address without a user name, a query or a fragment', () => {
    for (const baseUrl of ['nonsense', 'https://u:p@badges.example/', 'https://badges.example/?a=b']) {
      expect(() => client({ baseUrl })).to.throw(/^the base address of an HTTP client is/);
    }
  });
});
