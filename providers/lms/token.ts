/** The token that we read the LMS with: OAuth2 client credentials, a JWT, kept until shortly before it ends. */

import { isRecord } from '../../plugin/extensions/options.ts';
import { LmsError } from './lms-error.ts';
import type { Transport } from './transport.ts';

export interface TokenSource {
  /** For the `Authorization` header. @throws LmsError */
  authorization(signal?: AbortSignal): Promise<string>;
  /** The LMS did not accept this one: ask for another next time. */
  forget(authorization: string): void;
}

export interface TokenParts {
  readonly send: Transport;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly now?: () => number;
}

const WHAT = 'an access token';
/** A token is renewed so long before its end, so that none ends on the way. */
const MARGIN_MS = 30_000;
const DEFAULT_LIFE_S = 300;

export function createTokenSource({ send, clientId, clientSecret, now = Date.now }: TokenParts): TokenSource {
  let held: { readonly authorization: string; readonly until: number } | null = null;
  let asking: Promise<string> | null = null;

  async function ask(): Promise<string> {
    const asked = now();
    const { status, body, retryAfterMs } = await send({
      what: WHAT,
      path: '/oauth2/access_token',
      form: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        token_type: 'jwt',
      },
    });
    if (status !== 200) throw refused(status, body, retryAfterMs);
    const token = readAccessToken(body);
    // an opaque token is not accepted by half of the views, and `Bearer <jwt>` by none
    if (!isRecord(body) || token === null) {
      throw new LmsError(
        'unexpected-reply',
        'the LMS gave no JWT as access token; is LAUREL_LMS_URL the address of an LMS?',
      );
    }
    const life = typeof body.expires_in === 'number' && body.expires_in > 0 ? body.expires_in : DEFAULT_LIFE_S;
    const until = asked + Math.max(life * 1000 - MARGIN_MS, (life * 1000) / 2);
    held = { authorization: `JWT ${token}`, until };
    return held.authorization;
  }

  return {
    async authorization() {
      if (held !== null && now() < held.until) return held.authorization;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
    forget(authorization) {
      if (held?.authorization === authorization) held = null;
    },
  };
}

/** @returns null: there is none, or it is no JWT */
export function readAccessToken(body: unknown): string | null {
  const token = isRecord(body) ? body.access_token : null;
  return typeof token === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) ? token : null;
}

/** The word of OAuth for what was wrong, e.g. `invalid_client`. */
export function saidBy(body: unknown): string | null {
  return isRecord(body) && typeof body.error === 'string' && /^[a-z_]{1,60}$/.test(body.error) ? body.error : null;
}

function refused(status: number, body: unknown, retryAfterMs: number | null): LmsError {
  const said = saidBy(body);
  const facts = { status, code: said };
  // the LMS limits this address to some requests a minute for each caller
  if (status === 403 || status === 429 || status >= 500) {
    return new LmsError('unavailable', `the LMS gives no access token at the moment (${status})`, {
      ...facts,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    });
  }
  if (status === 401 || said === 'invalid_client') {
    return new LmsError(
      'refused',
      'the LMS does not know LAUREL_LMS_CLIENT_ID with LAUREL_LMS_CLIENT_SECRET; compare them with the application in its Django admin',
      facts,
    );
  }
  if (said === 'unauthorized_client' || said === 'unsupported_grant_type') {
    return new LmsError(
      'refused',
      'the application of LAUREL_LMS_CLIENT_ID must have the grant type "Client credentials"; change it in the Django admin of the LMS',
      facts,
    );
  }
  return new LmsError(
    'unexpected-reply',
    `the LMS gave no access token (${status}); is LAUREL_LMS_URL its address?`,
    facts,
  );
}
