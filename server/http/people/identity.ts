/** Who is asking: what a session remembers, and the guards that ask for a right. */

import type { Request, RequestHandler, Response } from 'express';
import { InvariantError } from '../../../plugin/errors.ts';
import type { Organisations } from '../../../plugin/organisations/standing.ts';
import type { Clock } from '../../../plugin/ports/runtime.ts';
import { msg } from '../../../plugin/words.ts';
import { forbidden } from '../middleware/request-error.ts';
import type { LmsClaims, LmsSignInServices } from '../services.ts';
import { findLearnerSession, whoByLms } from '../sso/lms-identity.ts';
import type { AccessStore, KnownAccount } from './access-store.ts';
import { browserOf } from './account-sessions.ts';
import { mayDo, type Right, type Role, rights, rolesWith } from './rights.ts';

declare module 'express-session' {
  interface SessionData {
    /** Of the account only the id is remembered; name and role are read afresh, so that a change takes effect at once. */
    identity: {
      readonly accountId: string | null;
      readonly since: number;
      /** As the account's own when the session began; sessions of earlier versions have none. */
      readonly generation?: number;
      readonly browser?: string;
      /** Of who signed in with the LMS, which is asked again before long; `accountId` is then the account linked with the user. */
      readonly lms?: LmsClaims;
    };
  }
}

export interface Actor {
  /** null: signed in by a one-time link, not with an account. */
  readonly accountId: string | null;
  readonly name: string;
  readonly role: Role;
  /** Those they are limited to; none: everything is open. */
  readonly organisations: Organisations;
}

/** After this time one signs in again, however busy the session was. */
const ABSOLUTE_LIMIT_MS = 24 * 60 * 60 * 1000;
/** Without a request for this long the session ends. */
export const IDLE_LIMIT_MS = 8 * 60 * 60 * 1000;

/** Finds out who is asking, for `actorOf` and `learnerOf`. */
export function recogniseActor({
  access,
  clock,
  lmsSignIn,
}: {
  readonly access: AccessStore;
  readonly clock: Clock;
  readonly lmsSignIn: LmsSignInServices | null;
}): RequestHandler {
  return async (req, res, next) => {
    const identity = req.session.identity;
    const age = clock.now().getTime() - (identity?.since ?? 0);
    if (identity?.lms) {
      const who = lmsSignIn && age < lmsSignIn.recheckMs ? await whoByLms(access, identity, lmsSignIn) : null;
      res.locals.learner = who?.learner ?? null;
      res.locals.actor = who?.actor ?? null;
    } else if (identity && age < ABSOLUTE_LIMIT_MS) {
      res.locals.actor = await actorFor(access, identity);
    }
    next();
  };
}

async function actorFor(
  access: AccessStore,
  { accountId, generation = 0 }: NonNullable<Request['session']['identity']>,
): Promise<Actor | null> {
  if (accountId === null)
    return { accountId: null, name: 'one-time sign-in', role: 'administrator', organisations: [] };
  const account = await access.account(accountId);
  if (account === null || account.disabledAt !== null || account.generation !== generation) return null;
  const { name, role, organisations = [] } = account;
  return { accountId, name, role, organisations };
}

export function findActor(res: Response): Actor | null {
  return (res.locals.actor as Actor | null | undefined) ?? null;
}

/** For handlers behind `requireRight`. */
export function actorOf(res: Response): Actor {
  const actor = findActor(res);
  if (!actor) throw new InvariantError('a route without a guard asked who is signed in');
  return actor;
}

export function may(res: Response, right: Right): boolean {
  const actor = findActor(res);
  return actor !== null && mayDo(actor.role, right);
}

/** @throws RequestError 403 which says who may */
function assertMay(res: Response, right: Right): void {
  const { role } = actorOf(res);
  if (mayDo(role, right)) return;
  throw forbidden(
    'right',
    `your role is ${role}; to ${rights[right]}, one must be ${rolesWith(right).join(' or ')}: ask an administrator`,
  );
}

/** Lets who has the right through; sends strangers to the sign-in page and refuses everybody else.
 *  @param right null: whoever has signed in */
export function requireRight(right: Right | null): RequestHandler {
  return (req, res, next) => {
    const actor = findActor(res);
    if (!actor && findLearnerSession(res)) {
      throw forbidden(
        'learner',
        msg(
          'this page is for the people who run this site; you have signed in as a learner, and your own badges and credentials are on your page',
        ),
      );
    } else if (!actor) {
      res.redirect(303, `/sign-in${req.method === 'GET' ? `?to=${encodeURIComponent(req.originalUrl)}` : ''}`);
    } else {
      if (right !== null) assertMay(res, right);
      next();
    }
  };
}

/** Starts a session under a new id: one that was planted before the sign-in is worth nothing after it.
 *  @param account null: by a link that is nobody's */
export async function startSession(
  req: Request,
  account: Pick<KnownAccount, 'id' | 'generation'> | null,
  now: Date,
  lms?: LmsClaims,
): Promise<void> {
  await new Promise<void>((resolve, reject) => req.session.regenerate((error) => (error ? reject(error) : resolve())));
  req.session.identity = {
    accountId: account?.id ?? null,
    since: now.getTime(),
    generation: account?.generation ?? 0,
    browser: browserOf(req.get('user-agent')),
    ...(lms && { lms }),
  };
  req.session.cookie.maxAge = IDLE_LIMIT_MS;
  await new Promise<void>((resolve, reject) => req.session.save((error) => (error ? reject(error) : resolve())));
}

/** After all sessions of the account were ended by who asks for it: this one goes on. */
export function keepSession(req: Request, { generation }: Pick<KnownAccount, 'generation'>): void {
  if (req.session.identity) req.session.identity = { ...req.session.identity, generation };
}

export async function endSession(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) => req.session.destroy((error) => (error ? reject(error) : resolve())));
}

/** @returns a path on this site to go to after signing in; never another site */
export function safeDestination(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && !path.startsWith('/sign-') ? path : '/';
}
