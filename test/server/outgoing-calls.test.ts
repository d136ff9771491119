import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { MemoryIssuerStore } from '../../plugin/ports/memory-issuer-store.ts';
import { type ExchangeFailure, exchange } from '../../providers/http/exchange.ts';
import { createGuardedFetch } from '../../providers/http/fetch.ts';
import type { Resolve } from '../../providers/http/guarded-agents.ts';
import { createHttpClient } from '../../providers/index.ts';
import { createLmsSignIn } from '../../providers/lms/sign-in.ts';
import { createTransport } from '../../providers/lms/transport.ts';
import { composeOpenBadges } from '../../server/composition/open-badges.ts';
import { type Answer, type HttpPeer, json, startHttpPeer } from '../support/http-peer.ts';
import { openSecretBox } from '../support/secret-box.ts';

const TIMEOUT_MS = 1_000;
const MAX_BYTES = 2_000;

/** One call of each kind to an address that a setting names. */
const KINDS: Readonly<Record<string, (origin: string) => Promise<unknown>>> = {
  'to a provider': (origin) =>
    createHttpClient(
      { baseUrl: `${origin}/v1/`, peer: 'Credly', timeoutMs: TIMEOUT_MS, maxReplyBytes: MAX_BYTES },
      { internalHosts: ['127.0.0.1'] },
    ).call({ method: 'GET', path: 'x', repeatable: false }),
  'to the LMS': async (origin) => {
    const send = createTransport({ baseUrl: origin, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
    return send({ what: 'a course', path: '/api/x', authorization: 'JWT secret' });
  },
  'to the LMS for a sign-in': (origin) =>
    createLmsSignIn({
      ...{ publicUrl: origin, internalUrl: origin, clientId: 'laurel', clientSecret: 'secret', redirectUri: 'x' },
      send: createTransport({ baseUrl: origin, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }),
    }).exchange('code', 'verifier'),
  'for the keys of the LMS': async (origin) => {
    const ask = createGuardedFetch({ timeoutMs: TIMEOUT_MS, maxReplyBytes: MAX_BYTES }, ['127.0.0.1']);
    const signal = AbortSignal.timeout(60_000);
    const reply = await ask(`${origin}/jwks`, { headers: new Headers(), method: 'GET', signal });
    if (reply.status !== 200) throw new Error(`status ${reply.status}`);
    return reply;
  },
};

const trickling: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(timer));
};

describe('calls to the outside', () => {
  let peer: HttpPeer;
  let inside: HttpPeer;
  beforeEach(async () => {
    [peer, inside] = await Promise.all([startHttpPeer(), startHttpPeer()]);
  });
  afterEach(() => Promise.all([peer.close(), inside.close()]));

  for (const [kind, call] of Object.entries(KINDS)) {
    describe(kind, () => {
      const fails = async (origin = peer.origin) =>
        expect(
          await call(origin).then(
            () => 'answered',
            () => 'failed',
          ),
        ).to.equal('failed');

      it('reach what is named', async () => {
        peer.answers(json(200, { access_token: 'a.b.c', keys: [] }));
        await call(peer.origin);
        expect(peer.calls).to.have.length(1);
      });

      it('follow no redirect, into the network or to metadata', async () => {
        for (const location of [`${inside.origin}/latest/meta-data`, 'http://169.254.169.254/latest/meta-data/']) {
          for (const status of [301, 302, 303, 307, 308]) {
            peer.answers(json(status, {}, { location }));
            await fails();
          }
        }
        expect(inside.calls).to.deep.equal([]);
        expect(peer.calls).to.have.length(10);
      });

      it('go through no proxy of the environment', async () => {
        process.env.http_proxy = inside.origin;
        try {
          peer.answers(json(200, { access_token: 'a.b.c' }));
          await call(peer.origin);
        } finally {
          delete process.env.http_proxy;
        }
        expect(inside.calls).to.deep.equal([]);
      });

      it('read no more than they can use', async () => {
        peer.answers((response) => response.end(JSON.stringify({ access_token: 'x'.repeat(MAX_BYTES) })));
        await fails();
      });

      it('do not wait for an answer that trickles', async () => {
        peer.answers(trickling);
        await fails();
      });
    });
  }

  describe('to an address that somebody else chooses', () => {
    const ask = (address: string, resolve?: Resolve) =>
      exchange(
        { url: new URL(address), method: 'GET', headers: {}, timeoutMs: 1_000, maxReplyBytes: MAX_BYTES },
        { internalHosts: [], resolve },
      ).then(
        () => 'answered',
        (error: ExchangeFailure) => `${error.kind}: ${error.message}`,
      );
    const leadingTo =
      (...addresses: readonly string[]): Resolve =>
      (_name, _options, done) =>
        done(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );

    it('do not go into a private network, however it is written', async () => {
      for (const host of ['10.0.0.1', '0x7f000001', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]'])
        expect(await ask(`https://${host}/`), host).to.equal('not called: it is an address of a private network');
      expect(await ask('http://badges.example/')).to.equal('not called: it is not https');
      expect(await ask('file:///etc/passwd')).to.equal('not called: it is neither https nor http');
    });

    it('do not go where a name leads into a private network', async () => {
      for (const address of ['127.0.0.1', '169.254.169.254', '::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', 'fd00::1'])
        expect(await ask('https://badges.example/', leadingTo(address)), address).to.equal(
          'not called: its name leads to an address of a private network',
        );
    });
  });

  describe('for a badge that a stranger brings', () => {
    let connections: number;
    let listener: Server;
    beforeEach(async () => {
      connections = 0;
      listener = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => new Promise((resolve) => listener.close(resolve)));

    it('are not made into this machine: by address, by a name that leads here, or by one that changes its mind', async () => {
      const { port } = listener.address() as AddressInfo;
      const answers = ['127.0.0.1', '::ffff:127.0.0.1', '127.0.0.1'];
      const asked: string[] = [];
      const { desk } = composeOpenBadges({
        ...{ stores: { issuer: new MemoryIssuerStore() }, secrets: openSecretBox(), clock: { now: () => new Date() } },
        publicUrl: () => 'https://badges.example.org',
        resolve: (name, _options, done) => {
          asked.push(name);
          const address = answers[asked.length % answers.length] as string;
          done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
        },
      });
      for (const issuer of [
        `did:web:127.0.0.1%3A${port}`,
        `https://localhost:${port}/issuer.json`,
        `did:web:rebinding.example%3A${port}`,
        `https://[::ffff:127.0.0.1]:${port}/issuer.json`,
      ]) {
        const checks = await desk.verifyBrought(broughtBadge(issuer));
        expect(checks.find(({ id }) => id === 'signature')?.result, issuer).to.not.equal('pass');
      }
      expect(asked).to.include.members(['localhost', 'rebinding.example']);
      expect(connections).to.equal(0);
    });
  });
});

/** As far as it takes for the issuer to be asked for. */
function broughtBadge(issuer: string): object {
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    id: 'urn:uuid:1',
    issuer: { id: issuer, type: 'Profile', name: 'Evil' },
    validFrom: '2026-01-01T00:00:00Z',
    name: 'x',
    credentialSubject: {
      id: 'urn:uuid:2',
      type: 'AchievementSubject',
      achievement: {
        ...{ id: 'urn:uuid:3', type: 'Achievement', name: 'x', description: 'x', criteria: { narrative: 'x' } },
      },
    },
    proof: {
      type: 'DataIntegrityProof',
      cryptosuite: 'eddsa-rdfc-2022',
      created: '2026-01-01T00:00:00Z',
      verificationMethod: `${issuer}#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi`,
      proofPurpose: 'assertionMethod',
      proofValue: 'z5wQ',
    },
  };
}
