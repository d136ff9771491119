/** Coming and going: password, one-time link, sign-out. */

import type { RequestHandler } from 'express';
import { createAudit } from '../audit.ts';
import { pathText, queryText, textField } from '../forms.ts';
import { endSession, findActor, safeDestination, startSession } from '../identity.ts';
import { oneTimeSignInLimit, signInLimits } from '../limits.ts';
import { renderPage } from '../page.ts';
import { verifyPassword } from '../passwords.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { findLearnerSession } from '../sso/lms-identity.ts';
import { LMS_END_PATH, lmsSignInPath, MY_PATH } from '../sso/paths.ts';
import { hashToken } from '../tokens.ts';

export function signInRoutes(services: Services): readonly Route[] {
  const { access, clock, lmsSignIn } = services;
  const audit = createAudit(services);
  const byLms = (to: string) => ({ lmsHref: lmsSignIn && lmsSignInPath(to) });

  const showSignIn: RequestHandler = async (req, res) => {
    const to = safeDestination(queryText(req, 'to'));
    if (findActor(res)) return res.redirect(303, to);
    if (findLearnerSession(res)) return res.redirect(303, MY_PATH);
    const noAccounts = (await access.accounts()).length === 0;
    const frame = { title: 'Sign in', section: null, formForVisitors: true } as const;
    await renderPage(req, res, 'sign-in', frame, { name: '', to, noAccounts, ...byLms(to) });
  };

  const signIn: RequestHandler = async (req, res) => {
    const name = textField(req, 'name').trim();
    const to = safeDestination(textField(req, 'to'));
    const account = await access.accountByName(name);
    const matches = await verifyPassword(textField(req, 'password'), account?.passwordHash ?? null);
    if (account && matches && account.disabledAt === null) {
      await startSession(req, account.id, clock.now());
      await audit(account.name, 'session.started', 'session', { by: 'password' });
      return res.redirect(303, to);
    }
    // What was typed as a name may be a password in the wrong field: it is not written down.
    await audit('anonymous', 'session.refused', 'session', { by: 'password' });
    const errors = [{ field: 'name', message: 'Name and password do not belong together. Check both and try again.' }];
    const frame = { title: 'Sign in', section: null, errors, formForVisitors: true } as const;
    await renderPage(req, res, 'sign-in', frame, { name, to, noAccounts: false, ...byLms(to) }, 422);
  };

  const showOneTimeSignIn: RequestHandler = async (req, res) => {
    const frame = { title: 'Sign in with this link', section: null, formForVisitors: true } as const;
    await renderPage(req, res, 'one-time-sign-in', frame, { token: pathText(req, 'token'), refused: false });
  };

  const useOneTimeSignIn: RequestHandler = async (req, res) => {
    const token = pathText(req, 'token');
    if (!(await access.consumeOneTimeSignIn(hashToken(token), clock.now()))) {
      await audit('anonymous', 'session.refused', 'session', { by: 'one-time link' });
      const frame = { title: 'This link no longer works', section: null, failed: true, formForVisitors: true } as const;
      return renderPage(req, res, 'one-time-sign-in', frame, { token, refused: true }, 422);
    }
    await startSession(req, null, clock.now());
    await audit('one-time sign-in', 'session.started', 'session', { by: 'one-time link' });
    res.redirect(303, (await access.accounts()).length === 0 ? '/setup' : '/');
  };

  const signOut: RequestHandler = async (req, res) => {
    const actor = findActor(res);
    const isByLms = lmsSignIn !== null && findLearnerSession(res) !== null;
    if (actor) await audit(actor.name, 'session.ended', 'session');
    await endSession(req);
    res.redirect(303, isByLms ? LMS_END_PATH : '/sign-in?done=signed-out');
  };

  return [
    get('/sign-in', 'public', showSignIn),
    post('/sign-in', 'public', ...signInLimits(), signIn),
    get('/sign-in/:token', 'public', showOneTimeSignIn),
    post('/sign-in/:token', 'public', oneTimeSignInLimit(), useOneTimeSignIn),
    post('/sign-out', 'public', signOut),
  ];
}
