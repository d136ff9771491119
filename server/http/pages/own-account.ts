/** One's own account: the password, and where one is signed in. */

import type { Request, Response } from 'express';
import { msg, words } from '../../../plugin/words.ts';
import { type FieldError, textField } from '../forms/forms.ts';
import { forbidden } from '../middleware/request-error.ts';
import { renderPage } from '../page.ts';
import { sessionKey } from '../people/account-sessions.ts';
import { createAccountDesk } from '../people/accounts.ts';
import { createAttempts } from '../people/attempts.ts';
import { createDevices } from '../people/device-cookie.ts';
import { actorOf, keepSession } from '../people/identity.ts';
import { MIN_PASSWORD_LENGTH, passwordProblem, verifyPassword } from '../people/passwords.ts';
import { mayDo, RIGHTS, rights, roles } from '../people/rights.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { findLearnerSession } from '../sso/lms-identity.ts';
import { shownSession } from '../words/format.ts';

const HOME = '/account';

export function ownAccountRoutes(services: Services): readonly Route[] {
  const { access, accountSessions } = services;
  const desk = createAccountDesk(services);
  const attempts = createAttempts(services);
  const devices = createDevices(services);

  const show = async (req: Request, res: Response, errors: readonly FieldError[] = []): Promise<void> => {
    const { accountId, name, role, organisations } = actorOf(res);
    const account = accountId === null ? null : await access.account(accountId);
    const sessions = account === null ? [] : await accountSessions.ofAccount(account);
    const own = sessionKey(req.sessionID);
    const model = {
      name,
      roleWord: roles[role].word,
      rights: RIGHTS.filter((right) => mayDo(role, right)).map((right) => rights[right]),
      organisations,
      isAccount: account !== null,
      isByLms: findLearnerSession(res) !== null,
      hasPassword: account !== null && account.passwordHash !== null,
      minLength: MIN_PASSWORD_LENGTH,
      sessions: sessions.map((session) => ({ ...shownSession(session), isThis: session.key === own })),
    };
    const frame = { title: words('My account'), section: null, errors } as const;
    await renderPage(req, res, 'own-account', frame, model, errors.length > 0 ? 422 : 200);
  };

  const own = (res: Response): string => {
    const { accountId } = actorOf(res);
    if (accountId !== null) return accountId;
    throw forbidden('no-account', msg('you signed in without an account of your own here; have one made first'));
  };

  return [
    get(HOME, 'signed-in', (req, res) => show(req, res)),

    post(`${HOME}/password`, 'signed-in', async (req, res) => {
      const account = await desk.find(own(res));
      // Somebody at an open browser must not find the password out here either.
      // Whoever is signed in is no stranger, wherever they are; what they try counts together.
      const succeeded = await attempts.begin(req, { name: account.name, device: account.id });
      if (!(await verifyPassword(textField(req, 'current'), account.passwordHash)))
        return show(req, res, [{ field: 'current', message: msg('This is not your present password.') }]);
      await succeeded();
      const password = textField(req, 'password');
      const problem = passwordProblem(password);
      if (problem !== null) return show(req, res, [{ field: 'password', message: problem }]);
      const renewed = await desk.setPassword(account.id, password, account.name);
      keepSession(req, renewed);
      devices.remember(res, renewed);
      res.redirect(303, `${HOME}?done=password-changed`);
    }),

    post(`${HOME}/sessions/end`, 'signed-in', async (req, res) => {
      const renewed = await desk.endSessions(own(res), actorOf(res).name);
      keepSession(req, renewed);
      devices.remember(res, renewed);
      res.redirect(303, `${HOME}?done=other-sessions-ended`);
    }),
  ];
}
