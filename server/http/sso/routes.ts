/** Coming and going by way of the LMS. */

import type { Request, RequestHandler, Response } from 'express';
import { msg } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { queryText } from '../forms/forms.ts';
import { lmsReturnLimit, lmsSignInLimit } from '../middleware/limits.ts';
import { RequestError } from '../middleware/request-error.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { findActor, safeDestination, startSession } from '../people/identity.ts';
import { get, type Route } from '../routes.ts';
import type { LmsClaims, LmsSignInServices, Services } from '../services.ts';
import { beginAttempt, takeAttempt } from './attempts.ts';
import { findLearnerSession, linkedAccount, personOf } from './lms-identity.ts';
import { LMS_END_PATH, LMS_RETURN_PATH, LMS_SIGN_IN_PATH, lmsSignInPath, MY_PATH } from './paths.ts';
import { problemNamed, problemOfAnswer, problemOfError, type SignInProblem } from './problems.ts';

export function lmsSignInRoutes(services: Services): readonly Route[] {
  const { access, clock, logger, lmsSignIn, settings } = services;
  const audit = createAudit(services);

  const configured = (): LmsSignInServices => {
    if (lmsSignIn) return lmsSignIn;
    throw new RequestError(
      404,
      'no-lms-sign-in',
      msg('signing in with the LMS is not set up here; sign in with a password'),
    );
  };

  const showProblem = async (req: Request, res: Response, problem: SignInProblem, to: string): Promise<void> => {
    const { status, forOperator } = problem;
    const t = translatorOf(req, res);
    const title = t(problem.title);
    if (status === 503) res.set('Retry-After', '60');
    const frame = { title, section: null, failed: true } as const;
    const model = { title, text: t(problem.text), forOperator, retryHref: lmsSignInPath(to), signInHref: '/sign-in' };
    await renderPage(req, res, 'sign-in-problem', frame, model, status);
  };

  const begin: RequestHandler = (req, res) => {
    const { client } = configured();
    const attempt = beginAttempt(req, safeDestination(queryText(req, 'to')), clock.now());
    res.redirect(303, client.authorizeUrl(attempt));
  };

  const finish: RequestHandler = async (req, res) => {
    const { client, readToken } = configured();
    const attempt = await takeAttempt(req, queryText(req, 'state') ?? '', clock.now());
    if (attempt === 'unknown') {
      // Somebody who went back in the browser is where they wanted to be.
      if (findActor(res)) return res.redirect(303, '/');
      if (findLearnerSession(res)) return res.redirect(303, MY_PATH);
      // Not written down: anybody may call this as often as they like.
      return showProblem(req, res, problemNamed('unknown'), '/');
    }
    const fail = async (problem: SignInProblem): Promise<void> => {
      const { title, forOperator } = problem;
      logger.warn('a sign-in with the LMS failed', { title, forOperator });
      await audit('anonymous', 'session.refused', 'session', { by: 'lms', because: title });
      await showProblem(req, res, problem, attempt === 'expired' ? '/' : attempt.to);
    };
    if (attempt === 'expired') return fail(problemNamed('expired'));
    const { verifier, to } = attempt;
    const error = queryText(req, 'error');
    const code = queryText(req, 'code');
    if (error !== undefined || code === undefined) return fail(problemOfAnswer(error ?? ''));
    let claims: LmsClaims;
    try {
      claims = await readToken(await client.exchange(code, verifier));
    } catch (thrown) {
      const problem = problemOfError(thrown);
      if (problem === null) throw thrown;
      return fail(problem);
    }
    res.redirect(303, await enter(req, claims, to));
  };

  /** @returns where to go */
  const enter = async (req: Request, claims: LmsClaims, to: string): Promise<string> => {
    const account = await linkedAccount(access, claims);
    const { actor } = personOf(claims, account, configured());
    await startSession(req, account, clock.now(), claims);
    if (actor === null) return to === MY_PATH || to.startsWith(`${MY_PATH}?`) ? to : MY_PATH;
    await audit(actor.name, 'session.started', 'session', { by: 'lms', role: actor.role });
    return to;
  };

  /** A page that leads on by itself: browsers follow no form to another site under our content policy. */
  const end: RequestHandler = async (req, res) => {
    const { client, signsOut } = configured();
    const href = client.signOutUrl(`${settings.publicUrl}/sign-in`);
    if (signsOut) res.set('Refresh', `0; url=${href}`);
    const t = translatorOf(req, res);
    const title = t('You have signed out');
    await renderPage(req, res, 'signed-out', { title, section: null }, { href });
  };

  return [
    get(LMS_SIGN_IN_PATH, 'public', lmsSignInLimit(), begin),
    get(LMS_RETURN_PATH, 'public', lmsReturnLimit(), finish),
    get(LMS_END_PATH, 'public', end),
  ];
}
