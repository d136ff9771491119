/** A stand-in for an Open edX LMS: a real HTTP server with a memory, made from the documented shapes. Its traps are switched
 *  at any time: what is not installed, who is throttled, what fails. */

import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Campus } from './campus.ts';
import { answer, type Switches } from './routes.ts';
import { createSignInDesk, type Reply, SESSION_COOKIE } from './sign-in.ts';

export const CLIENT = { clientId: 'laurel-backend', clientSecret: 'a secret of the stand-in' } as const;

export interface StandInLms {
  readonly url: string;
  readonly campus: Campus;
  readonly switches: Switches;
  /** `GET /api/...?query`, as they came. */
  readonly requests: string[];
  /** Seconds that tokens last. */
  tokenLife: number;
  /** Where people may be sent back to after they signed in; null: anywhere on this machine. */
  redirectUris: readonly string[] | null;
  /** What tokens of people say beside, or in place of, what they would. */
  claims: Readonly<Record<string, unknown>>;
  /** Requests a minute that are answered; null: all. */
  perMinute: number | null;
  /** The next requests whose path has `path` in it are answered with `status` (0: the connection breaks). */
  failNext(path: string, status: number, times?: number): void;
  /** Forgets all tokens, as a changed signing key does. */
  revokeTokens(): void;
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly port?: number;
  /** Left out: this machine only. */
  readonly host?: string;
  readonly now?: () => number;
  readonly serviceUser?: string;
  /** Off for long runs. */
  readonly remember?: boolean;
}

export async function startStandInLms(campus: Campus, options: StandInOptions = {}): Promise<StandInLms> {
  const { port = 0, host = '127.0.0.1', now = Date.now, serviceUser = 'issuer', remember = true } = options;
  if (!campus.users.has(serviceUser)) campus.addUser(serviceUser, { name: 'Credential issuer' });
  const switches: Switches = {
    aggregator: true,
    gradebook: true,
    progress: true,
    learningPaths: true,
    staff: true,
    origin: 'https://lms.example.org',
    hiddenAccounts: new Set(),
    ungraded: new Set(),
  };
  const tokens = new Map<string, number>();
  const requests: string[] = [];
  const failures: { readonly path: string; readonly status: number; left: number }[] = [];
  let recent: number[] = [];
  const desk = await createSignInDesk({
    campus,
    now,
    url: () => lms.url,
    redirectUris: () => lms.redirectUris,
    tokenLife: () => lms.tokenLife,
    claims: () => lms.claims,
  });

  function issue(form: URLSearchParams): { readonly status: number; readonly body: object } {
    if (form.get('grant_type') !== 'client_credentials')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    if (form.get('client_id') !== CLIENT.clientId || form.get('client_secret') !== CLIENT.clientSecret)
      return { status: 401, body: { error: 'invalid_client' } };
    const isJwt = form.get('token_type') === 'jwt';
    const token = isJwt ? jwt(now(), lms.tokenLife) : randomBytes(16).toString('hex');
    tokens.set(`${isJwt ? 'JWT' : 'Bearer'} ${token}`, now() + lms.tokenLife * 1000);
    const body = {
      access_token: token,
      expires_in: lms.tokenLife,
      token_type: isJwt ? 'JWT' : 'Bearer',
      scope: 'read',
    };
    return { status: 200, body };
  }

  /** @returns null: it is for machines */
  function deskAnswer(path: string, query: URLSearchParams, { headers }: IncomingMessage): Reply | null {
    switch (path) {
      case '/oauth2/authorize': {
        const cookie = new RegExp(`(?:^|; )${SESSION_COOKIE}=([^;]+)`).exec(headers.cookie ?? '')?.[1] ?? null;
        return desk.authorize(query, cookie && decodeURIComponent(cookie));
      }
      case '/oauth2/jwks':
        return desk.keys();
      case '/logout':
        return desk.signOut(query);
      default:
        return null;
    }
  }

  /** @returns seconds to wait; null: let through */
  function throttle(): number | null {
    if (lms.perMinute === null) return null;
    recent = recent.filter((at) => at > now() - 60_000);
    if (recent.length >= lms.perMinute) return Math.ceil(((recent[0] ?? 0) + 60_000 - now()) / 1000);
    recent.push(now());
    return null;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://lms.invalid');
    if (remember) requests.push(`${request.method} ${decodeURIComponent(request.url ?? '')}`);
    const failure = failures.find((one) => one.left > 0 && path.includes(one.path));
    if (failure) {
      failure.left -= 1;
      if (failure.status === 0) return void request.socket.destroy();
      return send(response, failure.status, failure.status >= 500 ? '<h1>Server error</h1>' : { detail: 'No.' });
    }
    if (path.replace(/\/$/, '') === '/oauth2/access_token' && request.method === 'POST') {
      const form = new URLSearchParams(await read(request));
      const { status, body } = form.get('grant_type') === 'authorization_code' ? desk.exchange(form) : issue(form);
      return send(response, status, body);
    }
    const forPeople = request.method === 'GET' ? deskAnswer(path.replace(/\/$/, ''), query, request) : null;
    if (forPeople) return send(response, forPeople.status, forPeople.body, forPeople.headers);
    if (request.method !== 'GET') return send(response, 405, { detail: 'Method not allowed.' });
    // only JWT, as the views of the plugins want it
    const until = tokens.get(request.headers.authorization ?? '');
    if (until === undefined || until <= now() || !request.headers.authorization?.startsWith('JWT '))
      return send(response, 401, { detail: 'Error decoding signature.' });
    const wait = throttle();
    if (wait !== null)
      return send(response, 429, { detail: 'Request was throttled.' }, { 'retry-after': String(wait) });
    const { status, body } = answer({ campus, self: serviceUser, switches, query, path });
    send(response, status, body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => send(response, 500, 'Server error'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  const lms: StandInLms = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    campus,
    switches,
    requests,
    tokenLife: 3600,
    redirectUris: null,
    claims: {},
    perMinute: null,
    failNext(path, status, times = 1) {
      failures.push({ path, status, left: times });
    },
    revokeTokens: () => tokens.clear(),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return lms;
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const isPage = typeof body === 'string';
  response.writeHead(status, { 'content-type': isPage ? 'text/html' : 'application/json', ...headers });
  response.end(isPage ? body : JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function jwt(now: number, life: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const issued = Math.floor(now / 1000);
  const claims = {
    aud: 'openedx',
    iat: issued,
    exp: issued + life,
    sub: '9f2c0c',
    jti: randomBytes(6).toString('hex'),
  };
  const unsigned = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${unsigned}.${createHmac('sha256', 'key of the stand-in').update(unsigned).digest('base64url')}`;
}
