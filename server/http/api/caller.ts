/** Who calls the API: the holder of an API token, who may ask about everybody, or a user of the LMS with a token of the LMS, who may
 *  ask about herself, and as staff about everybody. */

import type { Request, RequestHandler, Response } from 'express';
import { InvariantError } from '../../../plugin/errors.ts';
import { wrongTokenLimit } from '../middleware/limits.ts';
import { forbidden, RequestError, unauthorized } from '../middleware/request-error.ts';
import type { Scope } from '../people/scopes.ts';
import type { LmsUser, Services } from '../services.ts';
import { API_TOKEN_ADVICE, opens } from './bearer.ts';

type Caller = { readonly kind: 'api-token' } | ({ readonly kind: 'lms-user' } & LmsUser);

const LMS_TOKEN_ADVICE = ', or your token of the LMS as "Authorization: JWT ..."';

/** Lets holders of an API token with the scope or of a token of the LMS in, for `callerOf`. */
export function requireCaller(
  services: Pick<Services, 'access' | 'clock' | 'lmsTokens'>,
  scope: Scope,
): RequestHandler {
  const slowDown = wrongTokenLimit();
  return async (req, res, next) => {
    try {
      res.locals.caller = await recognise(req, res, services, scope);
    } catch (error) {
      // Only what could be a guess is slowed down: not that keys cannot be had, nor a token that is known and opens other doors.
      if (!(error instanceof RequestError) || error.httpStatus === 503 || error.code === 'request.scope') throw error;
      return slowDown(req, res, (limited?: unknown) => next(limited ?? error));
    }
    next();
  };
}

/** Lets holders of an API token with the scope in, and the user of the LMS that its retirement pipeline works as. */
export function requireRetirementPipeline(
  services: Pick<Services, 'access' | 'clock' | 'lmsTokens' | 'settings'>,
): RequestHandler {
  const recogniseCaller = requireCaller(services, 'learners:retire');
  return (req, res, next) =>
    recogniseCaller(req, res, (refused?: unknown) => {
      if (refused !== undefined) return next(refused);
      const caller = callerOf(res);
      if (caller.kind === 'api-token' || caller.username === services.settings.lmsRetirementUser) return next();
      next(
        forbidden(
          'not-the-pipeline',
          'with a token of the LMS only the user that LAUREL_LMS_RETIREMENT_USER names may do this; others need an API token with the scope "learners:retire"',
        ),
      );
    });
}

/** As the audit names whoever calls. */
export function callerName(res: Response): string {
  return callerOf(res).kind === 'api-token' ? 'api-token' : 'lms-retirement';
}

async function recognise(
  req: Request,
  res: Response,
  { access, clock, lmsTokens }: Pick<Services, 'access' | 'clock' | 'lmsTokens'>,
  scope: Scope,
): Promise<Caller> {
  const [, scheme = '', token = ''] =
    /^(Bearer|JWT) +([\w.~+/=-]{1,8192})$/i.exec(req.get('authorization') ?? '') ?? [];
  // Frontends of the LMS say JWT, most other clients can say nothing but Bearer.
  if (scheme.toLowerCase() === 'jwt' || token.split('.').length === 3) {
    if (lmsTokens === null)
      throw unauthorized(
        'lms-token',
        `tokens of the LMS are not taken here, because LAUREL_LMS_JWT_KEYS is not set; ${API_TOKEN_ADVICE}`,
      );
    return { kind: 'lms-user', ...(await lmsTokens.verify(token)) };
  }
  if (token !== '' && (await opens({ access, clock }, res, token, scope))) return { kind: 'api-token' };
  throw unauthorized('token', `${API_TOKEN_ADVICE}${lmsTokens === null ? '' : LMS_TOKEN_ADVICE}`);
}

function callerOf(res: Response): Caller {
  const caller = res.locals.caller as Caller | undefined;
  if (!caller) throw new InvariantError('a route without a guard asked who calls');
  return caller;
}

/** The learner whom the caller asks about and may ask about.
 *  @param username as the request names her; undefined: herself
 *  @throws RequestError 403 for another, whether there is such a learner or not */
export function learnerAskedFor(res: Response, username: string | undefined): string {
  const caller = callerOf(res);
  if (caller.kind === 'lms-user') {
    const asked = username ?? caller.username;
    if (asked === caller.username || caller.isStaff) return asked;
    throw forbidden(
      'other-learner',
      'with your token of the LMS you may ask about yourself; staff may ask about others',
    );
  }
  if (username !== undefined) return username;
  throw new RequestError(400, 'username', 'the query must name the learner, as in ?username=ada');
}
