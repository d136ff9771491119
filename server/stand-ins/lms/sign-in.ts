/** Signing in with the stand-in LMS: the authorization page, the exchange of the code, and the public key of its tokens. */

import { createHash, createSign, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Campus, User } from './campus.ts';

/** The application for people, beside the one for machines. */
export const SIGN_IN_CLIENT = { clientId: 'laurel-sso', clientSecret: 'another secret of the stand-in' } as const;

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SignInDesk {
  /** `GET /oauth2/authorize`. @param signedIn username of the cookie; null: nobody has signed in there */
  authorize(query: URLSearchParams, signedIn: string | null): Reply;
  /** `POST /oauth2/access_token` with grant type authorization_code. */
  exchange(form: URLSearchParams): Reply;
  /** `GET /logout` */
  signOut(query: URLSearchParams): Reply;
  /** As a JWK set. A real LMS has no such address. */
  keys(): Reply;
}

export interface DeskParts {
  readonly campus: Campus;
  readonly now: () => number;
  /** Our own address. */
  readonly url: () => string;
  /** Addresses of the application, to the letter; null: every one on this machine. */
  readonly redirectUris: () => readonly string[] | null;
  readonly tokenLife: () => number;
  /** What tokens say beside, or in place of, what they would. */
  readonly claims: () => Readonly<Record<string, unknown>>;
}

interface Grant {
  readonly username: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly scopes: readonly string[];
  readonly until: number;
}

const CODE_LIFE_MS = 60_000;
export const SESSION_COOKIE = 'stand-in-lms';

/** Making one takes long; every stand-in of a process signs with the same. */
let keyPair: Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }> | undefined;

export async function createSignInDesk(parts: DeskParts): Promise<SignInDesk> {
  const { campus, now, url, redirectUris } = parts;
  keyPair ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const { publicKey, privateKey } = await keyPair;
  const grants = new Map<string, Grant>();

  const isRegistered = (uri: string): boolean => {
    const known = redirectUris();
    if (known !== null) return known.includes(uri);
    return URL.canParse(uri) && ['localhost', '127.0.0.1'].includes(new URL(uri).hostname);
  };

  return {
    authorize(query, signedIn) {
      const redirectUri = query.get('redirect_uri') ?? '';
      // Never sent back to somebody unknown.
      if (query.get('client_id') !== SIGN_IN_CLIENT.clientId) return page(400, 'Invalid client_id parameter value.');
      if (!isRegistered(redirectUri)) return page(400, 'Mismatching redirect URI.');
      const back = (facts: Readonly<Record<string, string>>, headers = {}): Reply => {
        const state = query.get('state');
        const answer = new URLSearchParams({ ...facts, ...(state === null ? {} : { state }) });
        return { status: 302, body: '', headers: { location: `${redirectUri}?${answer}`, ...headers } };
      };
      if (query.get('response_type') !== 'code') return back({ error: 'unsupported_response_type' });
      if ((query.get('code_challenge_method') ?? 'S256') !== 'S256') return back({ error: 'invalid_request' });
      if (query.get('as') === '') return back({ error: 'access_denied' });
      const user = campus.users.get(query.get('as') ?? signedIn ?? '');
      if (!user) return choice(campus, query);
      const code = randomBytes(15).toString('hex');
      grants.set(code, {
        username: user.username,
        redirectUri,
        challenge: query.get('code_challenge'),
        scopes: (query.get('scope') ?? '').split(' '),
        until: now() + CODE_LIFE_MS,
      });
      return back(
        { code },
        { 'set-cookie': `${SESSION_COOKIE}=${encodeURIComponent(user.username)}; HttpOnly; Path=/` },
      );
    },

    exchange(form) {
      if (
        form.get('client_id') !== SIGN_IN_CLIENT.clientId ||
        form.get('client_secret') !== SIGN_IN_CLIENT.clientSecret
      )
        return { status: 401, body: { error: 'invalid_client' } };
      const code = form.get('code') ?? '';
      const grant = grants.get(code);
      grants.delete(code);
      const user = grant && campus.users.get(grant.username);
      if (!user || grant.until <= now() || grant.redirectUri !== form.get('redirect_uri'))
        return { status: 400, body: { error: 'invalid_grant' } };
      if (grant.challenge !== null && grant.challenge !== hashed(form.get('code_verifier') ?? ''))
        return { status: 400, body: { error: 'invalid_grant' } };
      const life = parts.tokenLife();
      const claims = { ...claimsOf(user, grant.scopes), ...parts.claims() };
      const isJwt = form.get('token_type') === 'jwt' && form.get('asymmetric_jwt') !== null;
      return {
        status: 200,
        body: {
          access_token: isJwt ? signed(claims, privateKey, { issuer: `${url()}/oauth2`, now: now(), life }) : 'opaque',
          expires_in: life,
          token_type: isJwt ? 'JWT' : 'Bearer',
          scope: grant.scopes.join(' '),
          refresh_token: randomBytes(15).toString('hex'),
        },
      };
    },

    signOut(query) {
      const to = query.get('redirect_url') ?? '';
      const link = URL.canParse(to) ? `<p><a href="${escaped(to)}">Go on to ${escaped(new URL(to).host)}</a></p>` : '';
      const { status, body } = page(200, 'You have signed out.', link);
      return { status, body, headers: { 'set-cookie': `${SESSION_COOKIE}=; Max-Age=0; Path=/` } };
    },

    keys: () => ({
      status: 200,
      body: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'openedx', alg: 'RS512', use: 'sig' }] },
    }),
  };
}

function claimsOf({ id, username, name, email, isStaff, isSuperuser }: User, scopes: readonly string[]): object {
  return {
    preferred_username: username,
    sub: hashed(username).slice(0, 32),
    grant_type: 'authorization-code',
    version: '1.2.0',
    scopes,
    filters: ['user:me'],
    is_restricted: false,
    email_verified: true,
    ...(scopes.includes('user_id') && { user_id: id }),
    ...(scopes.includes('email') && { email }),
    ...(scopes.includes('profile') && { name, administrator: isStaff, superuser: isSuperuser }),
  };
}

function signed(
  claims: object,
  key: KeyObject,
  { issuer, now, life }: { readonly issuer: string; readonly now: number; readonly life: number },
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(now / 1000);
  const payload = { aud: 'openedx', iss: issuer, iat, exp: iat + life, ...claims };
  const text = `${part({ alg: 'RS512', typ: 'JWT', kid: 'openedx' })}.${part(payload)}`;
  return `${text}.${createSign('RSA-SHA512').update(text).sign(key, 'base64url')}`;
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

const MOST_SHOWN = 30;

/** Staff first. */
function choice(campus: Campus, query: URLSearchParams): Reply {
  const link = (as: string, text: string): string => {
    const parameters = new URLSearchParams(query);
    parameters.set('as', as);
    return `<li><a href="/oauth2/authorize?${escaped(String(parameters))}">${escaped(text)}</a></li>`;
  };
  const word = ({ isStaff, isSuperuser }: User) => (isSuperuser ? ', superuser' : isStaff ? ', staff' : '');
  const users = [...campus.users.values()].sort((a, b) => Number(b.isStaff) - Number(a.isStaff)).slice(0, MOST_SHOWN);
  const list = users.map((user) => link(user.username, `${user.name} (${user.username}${word(user)})`));
  return page(200, 'Sign in to the stand-in LMS as', `<ul>${list.join('')}${link('', 'nobody: refuse')}</ul>`);
}

function page(status: number, title: string, body = ''): Reply {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>`;
  return {
    status,
    body: `<!doctype html><html lang="en"><head>${head}</head><body><h1>${escaped(title)}</h1>${body}<p>This LMS is a stand-in for trying out: it asks for no password.</p></body></html>`,
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
