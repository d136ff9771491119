import { expect } from 'chai';
import type { LmsError } from '../../../providers/lms/lms-error.ts';
import { challengeOf, createLmsSignIn, newSignInSecrets } from '../../../providers/lms/sign-in.ts';
import type { LmsRequest } from '../../../providers/lms/transport.ts';

const JWT = 'aaa.bbb.ccc';

function signIn(
  reply: { readonly status: number; readonly body: unknown } = { status: 200, body: { access_token: JWT } },
) {
  const asked: LmsRequest[] = [];
  const client = createLmsSignIn({
    publicUrl: 'https://lms.example.org',
    internalUrl: 'http://lms:8000',
    clientId: 'laurel',
    clientSecret: 'hunter2',
    redirectUri: 'https://badges.example.org/sign-in/lms/done',
    send: async (request) => {
      asked.push(request);
      return { ...reply, retryAfterMs: null };
    },
  });
  return { client, asked };
}

describe('signing in with the LMS: its side', () => {
  it('is asked for at the public address, with state and challenge and without the verifier', () => {
    const secrets = newSignInSecrets();
    const url = new URL(signIn().client.authorizeUrl(secrets));
    expect(url.origin + url.pathname).to.equal('https://lms.example.org/oauth2/authorize');
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      response_type: 'code',
      client_id: 'laurel',
      redirect_uri: 'https://badges.example.org/sign-in/lms/done',
      scope: 'user_id profile email',
      state: secrets.state,
      code_challenge: challengeOf(secrets.verifier),
      code_challenge_method: 'S256',
    });
    expect(url.search).not.to.include(secrets.verifier);
  });

  it('has a challenge as in appendix B of RFC 7636', () => {
    expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).to.equal(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('has secrets of 256 bits each, of no other sign-in', () => {
    const all = Array.from({ length: 100 }, newSignInSecrets).flatMap(({ state, verifier }) => [state, verifier]);
    expect(new Set(all).size).to.equal(200);
    for (const secret of all) expect(secret).to.match(/^[\w-]{43}$/);
  });

  it('gives a token for the code, asked for at the internal address as a form', async () => {
    const { client, asked } = signIn();
    expect(await client.exchange('the-code', 'the-verifier')).to.equal(JWT);
    expect(asked).to.deep.equal([
      {
        what: 'a sign-in',
        path: '/oauth2/access_token',
        form: {
          grant_type: 'authorization_code',
          code: 'the-code',
          redirect_uri: 'https://badges.example.org/sign-in/lms/done',
          client_id: 'laurel',
          client_secret: 'hunter2',
          code_verifier: 'the-verifier',
          token_type: 'jwt',
          asymmetric_jwt: 'true',
        },
      },
    ]);
  });

  for (const [status, body, code, message] of [
    [400, { error: 'invalid_grant' }, 'provider.refused', 'the LMS refuses to finish a sign-in (400, invalid_grant)'],
    [401, { error: 'invalid_client' }, 'provider.refused', 'the LMS refuses to finish a sign-in (401, invalid_client)'],
    [400, { error: 'Ada <b>' }, 'provider.refused', 'the LMS refuses to finish a sign-in (400)'],
    [403, undefined, 'provider.unavailable', 'the LMS finishes no sign-in at the moment (403)'],
    [429, undefined, 'provider.unavailable', 'the LMS finishes no sign-in at the moment (429)'],
    [502, undefined, 'provider.unavailable', 'the LMS finishes no sign-in at the moment (502)'],
    [200, { access_token: 'opaque' }, 'provider.unexpected-reply', 'the LMS gave no JWT for a sign-in'],
    [200, 'a page', 'provider.unexpected-reply', 'the LMS gave no JWT for a sign-in'],
  ] as const)
    it(`fails on ${status} ${JSON.stringify(body)} with ${code}`, async () => {
      const error = await signIn({ status, body })
        .client.exchange('the-code', 'the-verifier')
        .then(
          () => null,
          (thrown: LmsError) => thrown,
        );
      expect(error).to.include({ code, message });
      expect(JSON.stringify(error)).not.to.match(/the-code|the-verifier|hunter2/);
    });

  it('ends at the public address, which offers the way back', () => {
    expect(signIn().client.signOutUrl('https://badges.example.org/sign-in')).to.equal(
      'https://lms.example.org/logout?client_id=laurel&redirect_url=https%3A%2F%2Fbadges.example.org%2Fsign-in',
    );
  });
});
