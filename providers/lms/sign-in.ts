/** Signing people in with the LMS: OAuth 2 authorization code with PKCE. The LMS is no OpenID provider: it publishes no discovery
 *  document and gives no id token; who somebody is stands in the access token, a JWT. */

import { createHash, randomBytes } from 'node:crypto';
import type { Tracer } from '../../plugin/ports/tracer.ts';
import { LmsError } from './lms-error.ts';
import { readAccessToken, saidBy } from './token.ts';
import { createTransport, type Transport } from './transport.ts';

/** What this sign-in, and no other, knows. */
export interface SignInSecrets {
  /** Comes back with the person: an answer that was not asked for is told by it. */
  readonly state: string;
  /** Shown to the LMS with the code: who only saw the code go by cannot use it. */
  readonly verifier: string;
}

export interface LmsSignIn {
  /** Where the person's browser goes. */
  authorizeUrl(secrets: SignInSecrets): string;
  /** The access token for the code that came back.
   *  @throws LmsError `provider.refused` with the code of the LMS, e.g. `invalid_grant`, `provider.unavailable`, `provider.unexpected-reply` */
  exchange(code: string, verifier: string): Promise<string>;
  /** Where the browser goes to be signed out of the LMS too. @param returnTo where the LMS offers to go on to */
  signOutUrl(returnTo: string): string;
}

export interface LmsSignInParts {
  /** Where browsers reach the LMS: scheme and host, without a slash at the end. */
  readonly publicUrl: string;
  /** Where this server reaches it. */
  readonly internalUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** To the letter as the application in the LMS has it. */
  readonly redirectUri: string;
  readonly send?: Transport;
  readonly tracer?: Tracer | undefined;
}

/** What the claims that we read ask for. */
const SCOPES = 'user_id profile email';
/** Somebody is waiting. */
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

export function newSignInSecrets(): SignInSecrets {
  return { state: randomBytes(32).toString('base64url'), verifier: randomBytes(32).toString('base64url') };
}

/** `code_challenge` of a verifier, method S256 of RFC 7636. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

export function createLmsSignIn(parts: LmsSignInParts): LmsSignIn {
  const { publicUrl, internalUrl, clientId, clientSecret, redirectUri } = parts;
  const send =
    parts.send ??
    createTransport({ baseUrl: internalUrl, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, tracer: parts.tracer });
  const address = (path: string, query: Readonly<Record<string, string>>): string =>
    `${publicUrl}${path}?${new URLSearchParams(query)}`;

  return {
    authorizeUrl: ({ state, verifier }) =>
      address('/oauth2/authorize', {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: SCOPES,
        state,
        code_challenge: challengeOf(verifier),
        code_challenge_method: 'S256',
      }),
    async exchange(code, verifier) {
      const { status, body } = await send({
        what: 'a sign-in',
        path: '/oauth2/access_token',
        form: {
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          client_id: clientId,
          client_secret: clientSecret,
          code_verifier: verifier,
          token_type: 'jwt',
          // Signed so that its public key is enough to check it: who holds the secret of HS256 could make tokens.
          asymmetric_jwt: 'true',
        },
      });
      if (status !== 200) throw refused(status, saidBy(body));
      const token = readAccessToken(body);
      if (token === null) throw new LmsError('unexpected-reply', 'the LMS gave no JWT for a sign-in', { status });
      return token;
    },
    signOutUrl: (returnTo) => address('/logout', { client_id: clientId, redirect_url: returnTo }),
  };
}

function refused(status: number, said: string | null): LmsError {
  const facts = { status, code: said };
  // The LMS blocks with 403 who asks too often.
  if (status === 403 || status === 429 || status >= 500)
    return new LmsError('unavailable', `the LMS finishes no sign-in at the moment (${status})`, facts);
  const word = said === null ? String(status) : `${status}, ${said}`;
  return new LmsError('refused', `the LMS refuses to finish a sign-in (${word})`, facts);
}
