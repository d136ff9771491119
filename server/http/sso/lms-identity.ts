/** Who has signed in with the LMS: staff with a role here, or a learner. */

import type { RequestHandler, Response } from 'express';
import type { SessionData } from 'express-session';
import { InvariantError } from '../../../plugin/errors.ts';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import { msg } from '../../../plugin/words.ts';
import type { ClaimRole } from '../../settings/lists.ts';
import { RequestError } from '../middleware/request-error.ts';
import type { AccessStore, Account, KnownAccount, Role } from '../people/access-store.ts';
import type { Actor } from '../people/identity.ts';
import type { LmsClaims, LmsSignInServices } from '../services.ts';
import { lmsSignInPath } from './paths.ts';

/** @returns null: none of the claims gives one */
function roleOf(claims: LmsClaims, roles: readonly ClaimRole[]): Role | null {
  return roles.find(({ claim }) => claims[claim])?.role ?? null;
}

/** The account that somebody linked with the user of the LMS: it alone decides, also where the LMS would give more. */
export async function linkedAccount(access: AccessStore, { username }: LmsClaims): Promise<KnownAccount | null> {
  return (await access.accounts()).find(({ lmsUsername }) => lmsUsername === username) ?? null;
}

export interface LmsPerson {
  readonly learner: LmsClaims;
  /** null: no role here. */
  readonly actor: Actor | null;
}

/** @param account that is linked with the user; null: none */
export function personOf(claims: LmsClaims, account: Account | null, { roles }: LmsSignInServices): LmsPerson {
  if (account !== null) {
    const { id, name, role, disabledAt, organisations = [] } = account;
    return { learner: claims, actor: disabledAt === null ? { accountId: id, name, role, organisations } : null };
  }
  const role = roleOf(claims, roles);
  return {
    learner: claims,
    actor: role && { accountId: null, name: `lms:${claims.username}`, role, organisations: [] },
  };
}

/** @returns null: the session was ended at the account */
export async function whoByLms(
  access: AccessStore,
  { accountId, generation = 0, lms }: NonNullable<SessionData['identity']>,
  lmsSignIn: LmsSignInServices,
): Promise<LmsPerson | null> {
  if (!lms) return null;
  if (accountId === null) return personOf(lms, null, lmsSignIn);
  const account = await access.account(accountId);
  if (account !== null && account.generation !== generation) return null;
  // Linked with somebody else, or gone, since: no account, and no role by another way before the next sign-in.
  return account?.lmsUsername === lms.username ? personOf(lms, account, lmsSignIn) : { learner: lms, actor: null };
}

/** @returns null: nobody who signed in with the LMS */
export function findLearnerSession(res: Response): LmsClaims | null {
  return (res.locals.learner as LmsClaims | null | undefined) ?? null;
}

/** For handlers behind `requireLearner`. */
export function learnerOf(res: Response): LmsClaims {
  const learner = findLearnerSession(res);
  if (!learner) throw new InvariantError('a route without a guard asked which learner is signed in');
  return learner;
}

/** Lets through who has signed in with the LMS, as learner or as staff; sends everybody else there. */
export function requireLearner(lmsSignIn: LmsSignInServices | null): RequestHandler {
  return (req, res, next) => {
    if (findLearnerSession(res)) return next();
    if (lmsSignIn === null)
      throw new RequestError(
        404,
        'no-lms-sign-in',
        msg(
          'this page is for learners who have signed in with the LMS, and signing in with it is not set up here (LAUREL_LMS_SIGN_IN_CLIENT_ID)',
        ),
      );
    res.redirect(303, lmsSignInPath(req.originalUrl));
  };
}

/** Sends who signed in with the LMS there again in good time: whoever still is signed in there comes back at once, to the page
 *  asked for and with the role of today. Half of the time is left then for a form to be sent. */
export function renewLmsSession(lmsSignIn: LmsSignInServices | null, clock: Clock): RequestHandler {
  return (req, res, next) => {
    const { identity } = req.session;
    const isDue =
      lmsSignIn !== null &&
      identity?.lms !== undefined &&
      clock.now().getTime() - identity.since >= lmsSignIn.recheckMs / 2;
    // A script that looks after a page cannot follow to another site.
    const isNavigation = req.method === 'GET' && (req.get('sec-fetch-mode') ?? 'navigate') === 'navigate';
    if (isDue && isNavigation && !req.path.startsWith('/sign-')) res.redirect(303, lmsSignInPath(req.originalUrl));
    else next();
  };
}
