/** `Authorization: Bearer ...` */

import type { Request, RequestHandler } from 'express';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import type { AccessStore } from '../access-store.ts';
import { wrongTokenLimit } from '../limits.ts';
import { unauthorized } from '../request-error.ts';
import { hashToken } from '../tokens.ts';

export const API_TOKEN_ADVICE = 'send a token made by "laurel token create" as "Authorization: Bearer ..."';

/** Lets callers through whose token is right.
 *  @param advice what the others are told to send */
export function requireToken(isRight: (token: string) => boolean | Promise<boolean>, advice: string): RequestHandler {
  const slowDown = wrongTokenLimit();
  return async (req, res, next) => {
    const token = bearerToken(req);
    if (token !== null && (await isRight(token))) return next();
    slowDown(req, res, (error?: unknown) => next(error ?? unauthorized('token', advice)));
  };
}

/** Lets holders of an API token in that is not revoked. */
export function requireApiToken({ access, clock }: { readonly access: AccessStore; readonly clock: Clock }) {
  return requireToken((token) => isApiToken({ access, clock }, token), API_TOKEN_ADVICE);
}

export async function isApiToken(
  { access, clock }: { readonly access: AccessStore; readonly clock: Clock },
  token: string,
): Promise<boolean> {
  return (await access.useApiToken(hashToken(token), clock.now())) !== null;
}

function bearerToken(req: Request): string | null {
  return /^Bearer +([\w.~+/=-]{1,512})$/i.exec(req.get('authorization') ?? '')?.[1] ?? null;
}
