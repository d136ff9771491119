/** `Authorization: Bearer ...` with API tokens. */

import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import { wrongTokenLimit } from '../middleware/limits.ts';
import { forbidden, unauthorized } from '../middleware/request-error.ts';
import { type AccessStore, type ApiToken, hasExpired } from '../people/access-store.ts';
import { type Scope, scopes, scopesOf } from '../people/scopes.ts';
import { hashToken } from '../people/tokens.ts';

export const API_TOKEN_ADVICE = 'send a token made by "laurel token create" as "Authorization: Bearer ..."';

interface Keepers {
  readonly access: AccessStore;
  readonly clock: Clock;
}

/** Lets holders of an API token in that is neither revoked nor expired and has the scope. */
export function requireApiToken(keepers: Keepers, scope: Scope): RequestHandler {
  const slowDown = wrongTokenLimit();
  return async (req, res, next) => {
    const token = bearerToken(req);
    if (token !== null && (await opens(keepers, res, token, scope))) return next();
    slowDown(req, res, (limited?: unknown) => next(limited ?? unauthorized('token', API_TOKEN_ADVICE)));
  };
}

/** Notes what the token is limited to, for `organisationsOf`.
 *  @returns false when there is no such token, or it is revoked
 *  @throws RequestError 401 when it has expired, 403 when it lacks the scope */
export async function opens({ access, clock }: Keepers, res: Response, token: string, scope: Scope): Promise<boolean> {
  const found = await access.useApiToken(hashToken(token), clock.now());
  if (found) assertOpens(found, scope, clock.now());
  res.locals.organisations = found?.organisations ?? [];
  return found !== null;
}

function assertOpens(token: ApiToken, scope: Scope, now: Date): void {
  if (hasExpired(token, now))
    throw unauthorized(
      'token-expired',
      `the token expired at ${token.expiresAt?.toISOString()}; ask an administrator for another one`,
    );
  if (scopesOf(token).includes(scope)) return;
  throw forbidden(
    'scope',
    `the token may not ${scopes[scope]}; ask an administrator for one that has the scope "${scope}"`,
  );
}

export function bearerToken(req: Request): string | null {
  return /^Bearer +([\w.~+/=-]{1,512})$/i.exec(req.get('authorization') ?? '')?.[1] ?? null;
}
