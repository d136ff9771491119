/** Accounts: the first administrator, and everybody after. */

import type { Request, Response } from 'express';
import { ConflictError } from '../../../plugin/errors.ts';
import { accountErrors, createAccount } from '../accounts.ts';
import { createAudit } from '../audit.ts';
import { type FieldError, textField } from '../forms.ts';
import { actorOf, startSession } from '../identity.ts';
import { renderPage } from '../page.ts';
import { MIN_PASSWORD_LENGTH } from '../passwords.ts';
import { isRole, ROLES, type Role, roles } from '../rights.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';

const CHOICES = ROLES.map((value) => ({ value, word: roles[value].word, doc: roles[value].doc }));

export function accountRoutes(services: Services): readonly Route[] {
  const { access, clock } = services;
  const audit = createAudit(services);

  const showSetup = (req: Request, res: Response, name = '', errors: readonly FieldError[] = []): Promise<void> => {
    const frame = { title: 'Create the administrator account', section: null, errors } as const;
    const model = { name, minLength: MIN_PASSWORD_LENGTH };
    return renderPage(req, res, 'setup', frame, model, errors.length > 0 ? 422 : 200);
  };

  const showNew = (req: Request, res: Response, name = '', errors: readonly FieldError[] = []): Promise<void> => {
    const breadcrumbs = [{ text: 'System', href: '/system' }];
    const frame = { title: 'New account', section: 'system', breadcrumbs, errors } as const;
    const model = { name, minLength: MIN_PASSWORD_LENGTH, roles: CHOICES, role: roleField(req) };
    return renderPage(req, res, 'account-new', frame, model, errors.length > 0 ? 422 : 200);
  };

  /** @returns the id; null when the form was shown again */
  const createFrom = async (
    req: Request,
    res: Response,
    role: Role,
    showAgain: typeof showNew,
  ): Promise<string | null> => {
    const wanted = { name: textField(req, 'name'), password: textField(req, 'password'), role };
    const errors = accountErrors(wanted);
    if (errors.length === 0) {
      try {
        const { id } = await createAccount(services, wanted);
        await audit(actorOf(res).name, 'account.created', `account:${id}`, { role });
        return id;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        const message = 'There is an account of this name already; choose another name.';
        await showAgain(req, res, wanted.name, [{ field: 'name', message }]);
        return null;
      }
    }
    await showAgain(req, res, wanted.name, errors);
    return null;
  };

  return [
    get('/setup', 'administer', async (req, res) => {
      if ((await access.accounts()).length > 0) return res.redirect(303, '/');
      await showSetup(req, res);
    }),
    post('/setup', 'administer', async (req, res) => {
      if ((await access.accounts()).length > 0) return res.redirect(303, '/');
      const id = await createFrom(req, res, 'administrator', showSetup);
      if (id === null) return;
      await startSession(req, id, clock.now());
      res.redirect(303, '/?done=account-created');
    }),
    get('/accounts/new', 'administer', (req, res) => showNew(req, res)),
    post('/accounts/new', 'administer', async (req, res) => {
      const id = await createFrom(req, res, roleField(req), showNew);
      if (id !== null) res.redirect(303, '/system?done=account-created');
    }),
  ];
}

function roleField(req: Request): Role {
  const role = textField(req, 'role');
  return isRole(role) ? role : 'viewer';
}
