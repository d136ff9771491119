/** `Authorization: Bearer ...` */

import type { Request, RequestHandler } from 'express';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import type { AccessStore } from '../access-store.ts';
import { tokenFailureLimit } from '../limits.ts';
import { unauthorized } from '../request-error.ts';
import { hashToken } from '../tokens.ts';

export function bearerToken(req: Request): string | null {
  return /^Bearer +([\w.~+/=-]{1,512})$/i.exec(req.get('authorization') ?? '')?.[1] ?? null;
}

/** Lets holders of an API token in that is not revoked. */
export function requireApiToken({ access, clock }: { readonly access: AccessStore; readonly clock: Clock }): RequestHandler[] {
  return [
    tokenFailureLimit(),
    async (req, res, next) => {
      const token = bearerToken(req);
      if (token === null || !(await access.useApiToken(hashToken(token), clock.now())))
        throw unauthorized('token', 'send a token made by "laurel token create" as "Authorization: Bearer ..."');
      res.set('Cache-Control', 'no-store');
      next();
    },
  ];
}
