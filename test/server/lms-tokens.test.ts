import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { CredentialsError } from '../../plugin/errors.ts';
import type { LmsTokens } from '../../server/http/services.ts';
import { openLmsTokens } from '../../server/lms-tokens.ts';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

const ISSUER = 'https://lms.example.org/oauth2';
const NOW = new Date('2026-11-20T09:00:00Z');
const SECONDS = NOW.getTime() / 1000;

const claims = (changes: JWTPayload = {}): JWTPayload => ({
  iss: ISSUER,
  aud: 'openedx',
  iat: SECONDS - 10,
  exp: SECONDS + 3600,
  preferred_username: 'ada',
  scopes: ['user_id', 'profile', 'email'],
  version: '1.2.0',
  filters: ['user:me'],
  is_restricted: false,
  administrator: false,
  superuser: false,
  ...changes,
});

describe('tokens of the LMS', () => {
  let rsa: Keys;
  let other: Keys;
  let ec: Keys;
  let keySet: string;
  let tokens: LmsTokens;

  before(async () => {
    [rsa, other, ec] = await Promise.all([
      generateKeyPair('RS512', { extractable: true }),
      generateKeyPair('RS512'),
      generateKeyPair('ES256', { extractable: true }),
    ]);
    keySet = JSON.stringify({
      keys: [
        { ...(await exportJWK(rsa.publicKey)), kid: 'openedx' },
        { ...(await exportJWK(ec.publicKey)), kid: 'curve' },
      ],
    });
    tokens = open(keySet);
  });

  function open(lmsJwtKeys: string, lmsJwtIssuer: string | null = null): LmsTokens {
    const opened = openLmsTokens(
      { lmsJwtKeys, lmsJwtIssuer, lmsJwtAudience: 'openedx', lmsUrl: 'https://lms.example.org', lmsPublicUrl: null },
      { now: () => NOW },
    );
    if (opened === null) throw new Error('tokens are taken where there are keys');
    return opened;
  }

  const sign = (payload: JWTPayload, { alg = 'RS512', kid = 'openedx', keys = rsa } = {}) =>
    new SignJWT(payload).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(keys.privateKey);

  async function refusal(token: string, by = tokens): Promise<{ status: number; code: string; message: string }> {
    try {
      await by.verify(token);
    } catch (error) {
      const { httpStatus, code, message } = error as CredentialsError & { httpStatus: number };
      expect(message).to.not.include(token);
      return { status: httpStatus, code, message };
    }
    throw new Error('the token was taken');
  }
  const refused = (words: string) => ({
    status: 401,
    code: 'request.lms-token',
    message: `the token of the LMS ${words}`,
  });
  const CLAIMS =
    'is not from this LMS, not for this audience, not valid yet, or names no user; compare its claims with LAUREL_LMS_JWT_ISSUER and LAUREL_LMS_JWT_AUDIENCE';
  const ALGORITHM = 'is not signed with RS256, RS512, ES256; ask the LMS for one with asymmetric_jwt=true';

  it('say who it is, and whether of the staff', async () => {
    const user = async (changes: JWTPayload) => tokens.verify(await sign(claims(changes)));
    expect(await user({})).to.deep.equal({ username: 'ada', isStaff: false });
    expect(await user({ administrator: true })).to.deep.equal({ username: 'ada', isStaff: true });
    expect(await user({ superuser: true })).to.deep.equal({ username: 'ada', isStaff: true });
    // Only `true` is: a token without the scope `profile` has neither claim, and a text is no promise.
    expect(await user({ administrator: 'true' })).to.deep.equal({ username: 'ada', isStaff: false });
  });

  it('are signed with RS256, RS512 or ES256', async () => {
    expect(await tokens.verify(await sign(claims(), { alg: 'ES256', kid: 'curve', keys: ec }))).to.include({
      username: 'ada',
    });
    const rs256 = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(rs256.publicKey)), kid: 'old' };
    const token = await sign(claims(), { alg: 'RS256', kid: 'old', keys: rs256 });
    expect(await open(JSON.stringify({ keys: [jwk] })).verify(token)).to.include({ username: 'ada' });
    const ps = await generateKeyPair('PS256');
    expect(await refusal(await sign(claims(), { alg: 'PS256', keys: ps }))).to.deep.equal(refused(ALGORITHM));
  });

  it('are refused without a signature', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(await refusal(`${part({ alg: 'none' })}.${part(claims())}.`)).to.deep.equal(refused(ALGORITHM));
  });

  it('are refused where the public key was taken for a shared secret', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'HS256', kid: 'openedx' })}.${part(claims())}`;
    for (const secret of [await exportSPKI(rsa.publicKey), keySet]) {
      const token = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
      expect(await refusal(token)).to.deep.equal(refused(ALGORITHM));
    }
  });

  it('are refused when another key signed them, or a changed one is sent', async () => {
    const misfit = refused('has a signature that does not fit; ask the LMS for a new one');
    expect(await refusal(await sign(claims(), { keys: other }))).to.deep.equal(misfit);
    const [head, , signature] = (await sign(claims())).split('.');
    const changed = Buffer.from(JSON.stringify(claims({ administrator: true }))).toString('base64url');
    expect(await refusal(`${head}.${changed}.${signature}`)).to.deep.equal(misfit);
    expect(await refusal(await sign(claims(), { kid: 'unknown' }))).to.deep.equal(
      refused('is signed with none of the keys of the LMS; ask the LMS for a new one'),
    );
  });

  it('are refused when they have expired, with half a minute for clocks that differ', async () => {
    const expired = refused('has expired; ask the LMS for a new one');
    expect(await refusal(await sign(claims({ exp: SECONDS - 31 })))).to.deep.equal(expired);
    expect(await tokens.verify(await sign(claims({ exp: SECONDS - 29 })))).to.include({ username: 'ada' });
    expect(await refusal(await sign(claims({ nbf: SECONDS + 31 })))).to.deep.equal(refused(CLAIMS));
  });

  it('are refused from another issuer, for another audience, without an end or a user', async () => {
    for (const changes of [
      { iss: 'https://evil.example/oauth2' },
      { aud: 'credentials' },
      { iss: undefined },
      { aud: undefined },
      { exp: undefined },
      { preferred_username: undefined },
    ])
      expect(await refusal(await sign(claims(changes))), JSON.stringify(changes)).to.deep.equal(refused(CLAIMS));
    for (const username of ['', 42, ['ada']])
      expect(await refusal(await sign(claims({ preferred_username: username })))).to.deep.equal(
        refused('names no user; ask the LMS for one of a user'),
      );
  });

  it('may have the issuer of the settings', async () => {
    const elsewhere = open(keySet, 'https://sso.example.org');
    expect(await elsewhere.verify(await sign(claims({ iss: 'https://sso.example.org' })))).to.include({
      username: 'ada',
    });
    expect(await refusal(await sign(claims()), elsewhere)).to.deep.equal(refused(CLAIMS));
  });

  it('are refused of restricted applications', async () => {
    expect(await refusal(await sign(claims({ is_restricted: true })))).to.deep.equal({
      status: 403,
      code: 'request.restricted',
      message:
        'the token is of a restricted application of the LMS, which may see courses only; use another application',
    });
  });

  it('are refused when they are none', async () => {
    for (const token of ['a.b.c', 'eyJhbGciOiJSUzUxMiJ9.e30', '...'])
      expect(await refusal(token)).to.deep.equal(refused('cannot be read; send it whole, as the LMS gave it'));
  });

  describe('with keys from an address', () => {
    let server: Server;
    let address: string;
    let body: string | null;
    let asked: number;
    before(async () => {
      server = createServer((_req, res) => {
        asked++;
        if (body === null) res.writeHead(500).end();
        else res.writeHead(200, { 'content-type': 'application/json' }).end(body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    });
    beforeEach(() => {
      body = keySet;
      asked = 0;
    });
    after(() => server.close());

    it('asks for them once', async () => {
      const remote = open(address);
      for (let times = 0; times < 3; times++)
        expect(await remote.verify(await sign(claims()))).to.include({ username: 'ada' });
      expect(asked).to.equal(1);
    });

    it('says that they cannot be had, and takes them when they are back', async () => {
      const remote = open(address);
      const away = {
        status: 503,
        code: 'request.lms-keys',
        message:
          'the keys of the LMS cannot be had at the moment; try again later, or have LAUREL_LMS_JWT_KEYS checked',
      };
      for (const answered of [null, 'no JSON', '{"keys":7}']) {
        body = answered;
        expect(await refusal(await sign(claims()), remote), String(answered)).to.deep.equal(away);
      }
      expect(await refusal(await sign(claims()), open('http://127.0.0.1:1/jwks'))).to.deep.equal(away);
      body = keySet;
      expect(await remote.verify(await sign(claims()))).to.include({ username: 'ada' });
    });
  });
});
