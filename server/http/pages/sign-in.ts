/** Coming and going: password, one-time link, sign-out. */

import type { Request, RequestHandler, Response } from 'express';
import { msg } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, pathText, queryText, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import type { OneTimeSignIn } from '../people/access-store.ts';
import { createAccountDesk } from '../people/accounts.ts';
import { createAttempts } from '../people/attempts.ts';
import { createDevices } from '../people/device-cookie.ts';
import { endSession, findActor, safeDestination, startSession } from '../people/identity.ts';
import { MIN_PASSWORD_LENGTH, passwordProblem, verifyPassword } from '../people/passwords.ts';
import { hashToken } from '../people/tokens.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { findLearnerSession } from '../sso/lms-identity.ts';
import { LMS_END_PATH, lmsSignInPath, MY_PATH } from '../sso/paths.ts';

export function signInRoutes(services: Services): readonly Route[] {
  const { access, clock, lmsSignIn } = services;
  const audit = createAudit(services);
  const attempts = createAttempts(services);
  const devices = createDevices(services);
  const desk = createAccountDesk(services);
  const byLms = (to: string) => ({ lmsHref: lmsSignIn && lmsSignInPath(to) });

  const showSignIn: RequestHandler = async (req, res) => {
    const to = safeDestination(queryText(req, 'to'));
    if (findActor(res)) return res.redirect(303, to);
    if (findLearnerSession(res)) return res.redirect(303, MY_PATH);
    const noAccounts = (await access.accounts()).length === 0;
    const t = translatorOf(req, res);
    const title = t('Sign in');
    const frame = { title, section: null, formForVisitors: true } as const;
    await renderPage(req, res, 'sign-in', frame, { name: '', to, noAccounts, ...byLms(to) });
  };

  const signIn: RequestHandler = async (req, res) => {
    const name = textField(req, 'name').trim();
    const to = safeDestination(textField(req, 'to'));
    const account = await access.accountByName(name);
    const succeeded = await attempts.begin(req, { name, device: devices.known(req, account) });
    const matches = await verifyPassword(textField(req, 'password'), account?.passwordHash ?? null);
    if (account && matches && account.disabledAt === null) {
      await succeeded();
      await startSession(req, account, clock.now());
      devices.remember(res, account);
      await audit(account.name, 'session.started', 'session', { by: 'password' });
      return res.redirect(303, to);
    }
    // What was typed as a name may be a password in the wrong field: it is not written down.
    await audit('anonymous', 'session.refused', 'session', { by: 'password' });
    const message =
      account && matches
        ? msg('This account is disabled. Ask an administrator to enable it.')
        : msg('Name and password do not belong together. Check both and try again.');
    const errors = [{ field: 'name', message }];
    const t = translatorOf(req, res);
    const title = t('Sign in');
    const frame = { title, section: null, errors, formForVisitors: true } as const;
    await renderPage(req, res, 'sign-in', frame, { name, to, noAccounts: false, ...byLms(to) }, 422);
  };

  /** The link of the address, and whose it is. @returns null where it cannot be used */
  const linkOf = async (req: Request) => {
    const link = await access.oneTimeSignIn(hashToken(pathText(req, 'token')), clock.now());
    if (link === null || link.accountId === null) return link && { link, account: null };
    const account = await access.account(link.accountId);
    return account && account.disabledAt === null ? { link, account } : null;
  };

  const showLink = (req: Request, res: Response, name: string | null, errors: readonly FieldError[] = []) => {
    const t = translatorOf(req, res);
    const title = name === null ? t('Sign in with this link') : t('Choose a password');
    const frame = { title, section: null, formForVisitors: true, errors } as const;
    const model = { token: pathText(req, 'token'), name, minLength: MIN_PASSWORD_LENGTH };
    return renderPage(req, res, 'one-time-sign-in', frame, model, errors.length > 0 ? 422 : 200);
  };

  const refuseLink = async (req: Request, res: Response) => {
    const t = translatorOf(req, res);
    const title = t('This link no longer works');
    const frame = { title, section: null, failed: true, formForVisitors: true } as const;
    await renderPage(req, res, 'one-time-refused', frame, {}, 422);
  };

  const showOneTimeSignIn: RequestHandler = async (req, res) => {
    const found = await linkOf(req);
    // Looking at a link that never was costs a guesser nothing here, and tells nothing that sending the form would not.
    await showLink(req, res, found?.account?.name ?? null);
  };

  const useOneTimeSignIn: RequestHandler = async (req, res) => {
    const succeeded = await attempts.begin(req, { name: null });
    const found = await linkOf(req);
    const password = textField(req, 'password');
    const problem = found?.account ? passwordProblem(password) : null;
    if (problem !== null) {
      await succeeded();
      return showLink(req, res, found?.account?.name ?? null, [{ field: 'password', message: problem }]);
    }
    if (found === null || !(await consume(found.link))) {
      await audit('anonymous', 'session.refused', 'session', { by: 'one-time link' });
      return refuseLink(req, res);
    }
    await succeeded();
    const { account } = found;
    if (account === null) {
      await startSession(req, null, clock.now());
      await audit('one-time sign-in', 'session.started', 'session', { by: 'one-time link' });
      return res.redirect(303, (await access.accounts()).length === 0 ? '/setup' : '/');
    }
    const renewed = await desk.setPassword(account.id, password, account.name);
    await startSession(req, renewed, clock.now());
    devices.remember(res, renewed);
    await audit(account.name, 'session.started', 'session', { by: 'invitation' });
    res.redirect(303, '/?done=password-chosen');
  };

  const consume = ({ tokenHash }: OneTimeSignIn) => access.consumeOneTimeSignIn(tokenHash, clock.now());

  const signOut: RequestHandler = async (req, res) => {
    const actor = findActor(res);
    const isByLms = lmsSignIn !== null && findLearnerSession(res) !== null;
    if (actor) await audit(actor.name, 'session.ended', 'session');
    await endSession(req);
    res.redirect(303, isByLms ? LMS_END_PATH : '/sign-in?done=signed-out');
  };

  return [
    get('/sign-in', 'public', showSignIn),
    post('/sign-in', 'public', signIn),
    get('/sign-in/:token', 'public', showOneTimeSignIn),
    post('/sign-in/:token', 'public', useOneTimeSignIn),
    post('/sign-out', 'public', signOut),
  ];
}
