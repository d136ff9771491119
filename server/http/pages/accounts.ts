/** Accounts: the first administrator, everybody after, and what an administrator does with them. */

import type { Request, Response } from 'express';
import { ConflictError } from '../../../plugin/errors.ts';
import { readOrganisations } from '../../../plugin/organisations/standing.ts';
import { msg, words } from '../../../plugin/words.ts';
import { type FormField, isChanged, openedValues, showEditConflict, type Values } from '../forms/edit-conflict.ts';
import { type FieldError, incompleteForm, pathText, queryString, textField } from '../forms/forms.ts';
import { translatorOf } from '../middleware/speech.ts';
import { renderPage } from '../page.ts';
import { type KnownAccount, limitText } from '../people/access-store.ts';
import { accountState, waysOf } from '../people/account-words.ts';
import { accountErrors, createAccountDesk, type NewAccount } from '../people/accounts.ts';
import { actorOf, startSession } from '../people/identity.ts';
import { ORGANISATIONS, organisationErrors } from '../people/organisations-field.ts';
import { MIN_PASSWORD_LENGTH } from '../people/passwords.ts';
import { isRole, ROLES, type Role, roles } from '../people/rights.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { asSentence, shownSession, shownStatus, shownTime } from '../words/format.ts';
import { historyPath } from './history.ts';
import { systemCrumb } from './system.ts';

const HOME = '/accounts';
const crumbs = [systemCrumb, { text: words('Accounts'), href: HOME }] as const;
const ROLE: FormField = { name: 'role', label: 'Role', word: (role) => (isRole(role) ? roles[role].word : role) };
const LIMIT: FormField = ORGANISATIONS;
const LMS: FormField = { name: 'lmsUsername', label: 'Username in the LMS' };
const CHOICES = ROLES.map((value) => ({ value, word: roles[value].word, doc: roles[value].doc }));

/** Nothing is said beside its fields. */
const PLAIN_FORM = { warnings: [], focus: null } as const;

export function accountRoutes(services: Services): readonly Route[] {
  const { access, accountSessions, clock } = services;
  const desk = createAccountDesk(services);

  const showSetup = (req: Request, res: Response, name = '', errors: readonly FieldError[] = []): Promise<void> => {
    const t = translatorOf(req, res);
    const frame = { title: t('Create the administrator account'), section: null, errors } as const;
    const model = { name, minLength: MIN_PASSWORD_LENGTH };
    return renderPage(req, res, 'setup', frame, model, errors.length > 0 ? 422 : 200);
  };

  const showNew = (req: Request, res: Response, name = '', errors: readonly FieldError[] = []): Promise<void> => {
    const frame = { title: words('New account'), section: 'system', breadcrumbs: crumbs, errors } as const;
    const role = roleField(req) ?? 'viewer';
    const organisations = textField(req, LIMIT.name);
    const model = { name, minLength: MIN_PASSWORD_LENGTH, roles: CHOICES, role, organisations, ...PLAIN_FORM };
    return renderPage(req, res, 'account-new', frame, model, errors.length > 0 ? 422 : 200);
  };

  /** @returns null when the form was shown again */
  const createFrom = async (
    req: Request,
    res: Response,
    wanted: NewAccount,
    showAgain: typeof showNew,
  ): Promise<KnownAccount | null> => {
    const errors = [...accountErrors(wanted), ...organisationErrors(textField(req, LIMIT.name))];
    if (errors.length === 0) {
      try {
        return await desk.create(wanted, actorOf(res).name);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        const message = msg('There is an account of this name already; choose another name.');
        errors.push({ field: 'name', message });
      }
    }
    await showAgain(req, res, wanted.name, errors);
    return null;
  };

  const show = async (req: Request, res: Response, errors: readonly FieldError[] = [], status = 409): Promise<void> => {
    const account = await desk.find(pathText(req, 'id'));
    const frame = { title: account.name, section: 'system', breadcrumbs: crumbs, errors } as const;
    const sessions = account.disabledAt === null ? await accountSessions.ofAccount(account) : [];
    const model = {
      ...shownAccount(account),
      href: addressOf(account),
      roles: CHOICES,
      hasPassword: account.passwordHash !== null,
      lmsUsername: account.lmsUsername,
      openedRole: JSON.stringify(valuesOf(account, ROLE)),
      openedLms: JSON.stringify(valuesOf(account, LMS)),
      openedLimit: JSON.stringify(valuesOf(account, LIMIT)),
      organisations: req.method === 'POST' ? textField(req, LIMIT.name) : limitText(account.organisations),
      limit: account.organisations ?? [],
      ...PLAIN_FORM,
      isOwn: actorOf(res).accountId === account.id,
      sessions: sessions.map(shownSession),
      historyHref: historyPath('account', account.id),
      deedsHref: `/audit${queryString({ actor: account.name })}`,
      tokensHref: `/tokens${queryString({ by: account.name })}`,
      tokens: (await access.apiTokens()).filter(({ createdBy }) => createdBy === account.name).length,
    };
    await renderPage(req, res, 'account', frame, model, errors.length > 0 ? status : 200);
  };

  const showLink = async (req: Request, res: Response, account: KnownAccount): Promise<void> => {
    const { link, expiresAt } = await desk.invite(account.id, actorOf(res).name);
    const breadcrumbs = [...crumbs, { text: account.name, href: addressOf(account) }];
    const frame = { title: words('Link for choosing a password'), section: 'system', breadcrumbs } as const;
    const model = { name: account.name, link, expiresAt: shownTime(expiresAt), href: addressOf(account) };
    await renderPage(req, res, 'account-link', frame, model);
  };

  /** Does it and comes back to the page of the account, or says there why not. */
  const act =
    (field: string, done: string, work: (id: string, actor: string) => Promise<unknown>) =>
    async (req: Request, res: Response): Promise<void> => {
      const id = pathText(req, 'id');
      try {
        await work(id, actorOf(res).name);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        return show(req, res, [{ field, message: asSentence(translatorOf(req, res)(error.said)) }]);
      }
      res.redirect(303, `${HOME}/${encodeURIComponent(id)}?done=${done}`);
    };

  /** Changes one field, unless somebody else has changed it since the page was opened. */
  const edit = async (
    req: Request,
    res: Response,
    field: FormField,
    done: string,
    work: (id: string, actor: string, opened: string) => Promise<void>,
  ): Promise<void> => {
    const account = await desk.find(pathText(req, 'id'));
    const opened = openedValues(req, [field]);
    if (!isChanged(opened, valuesOf(account, field), [field])) {
      const change = act(field.name, done, (id, actor) => work(id, actor, opened[field.name] ?? ''));
      return change(req, res);
    }
    await showEditConflict(req, res, services, {
      frame: { section: 'system', breadcrumbs: [...crumbs, { text: account.name, href: addressOf(account) }] },
      ...{ noun: words('this account'), object: `account:${account.id}`, action: req.path, href: addressOf(account) },
      ...{ fields: [field], opened, theirs: valuesOf(account, field), goesOn: false },
      yours: { [field.name]: textField(req, field.name).trim() },
    });
  };

  return [
    get('/setup', 'administer', async (req, res) => {
      if ((await access.accounts()).length > 0) return res.redirect(303, '/');
      await showSetup(req, res);
    }),
    post('/setup', 'administer', async (req, res) => {
      if ((await access.accounts()).length > 0) return res.redirect(303, '/');
      const wanted = {
        name: textField(req, 'name'),
        password: textField(req, 'password'),
        role: 'administrator',
      } as const;
      const account = await createFrom(req, res, wanted, showSetup);
      if (account === null) return;
      await startSession(req, account, clock.now());
      res.redirect(303, '/?done=account-created');
    }),

    get(`${HOME}/new`, 'administer', (req, res) => showNew(req, res)),
    post(`${HOME}/new`, 'administer', async (req, res) => {
      const password = textField(req, 'password') || null;
      const { names } = readOrganisations(textField(req, LIMIT.name));
      const wanted = { name: textField(req, 'name'), password, role: roleField(req) ?? 'viewer', organisations: names };
      const account = await createFrom(req, res, wanted, showNew);
      if (account === null) return;
      if (password === null) return showLink(req, res, account);
      res.redirect(303, `${addressOf(account)}?done=account-created`);
    }),

    get(`${HOME}/:id`, 'administer', (req, res) => show(req, res)),
    post(`${HOME}/:id/link`, 'administer', async (req, res) =>
      showLink(req, res, await desk.find(pathText(req, 'id'))),
    ),
    post(`${HOME}/:id/role`, 'administer', (req, res) =>
      edit(req, res, ROLE, 'account-role-changed', (id, actor, opened) =>
        desk.changeRole(id, roleField(req) ?? toRole(opened), actor, toRole(opened)),
      ),
    ),
    post(`${HOME}/:id/lms`, 'administer', (req, res) =>
      edit(req, res, LMS, 'account-linked', (id, actor, opened) =>
        desk.link(id, textField(req, LMS.name), actor, opened),
      ),
    ),
    post(`${HOME}/:id/organisations`, 'administer', async (req, res) => {
      const text = textField(req, LIMIT.name);
      const errors = organisationErrors(text);
      if (errors.length > 0) return show(req, res, errors, 422);
      await edit(req, res, LIMIT, 'account-limited', (id, actor, opened) =>
        desk.limit(id, readOrganisations(text).names, actor, readOrganisations(opened).names),
      );
    }),
    post(`${HOME}/:id/disable`, 'administer', act('disable', 'account-disabled', desk.disable)),
    post(`${HOME}/:id/enable`, 'administer', act('enable', 'account-enabled', desk.enable)),
    post(`${HOME}/:id/sessions/end`, 'administer', act('end', 'account-sessions-ended', desk.endSessions)),
  ];
}

function valuesOf({ role, lmsUsername, organisations }: KnownAccount, { name }: FormField): Values {
  const values: Values = {
    ...{ [ROLE.name]: role, [LMS.name]: lmsUsername ?? '', [LIMIT.name]: limitText(organisations) },
  };
  return { [name]: values[name] ?? '' };
}

/** @throws InputError `input.form-incomplete` */
function toRole(text: string): Role {
  if (!isRole(text)) throw incompleteForm();
  return text;
}

function roleField(req: Request): Role | null {
  const role = textField(req, 'role');
  return isRole(role) ? role : null;
}

function addressOf({ id }: KnownAccount): string {
  return `${HOME}/${id}`;
}

function shownAccount(account: KnownAccount) {
  const { name, role, disabledAt, createdAt } = account;
  return {
    ...{ name, role, roleWord: roles[role].word },
    ...{
      status: shownStatus(accountState(account)),
      disabledAt: shownTime(disabledAt),
      createdAt: shownTime(createdAt),
    },
    ways: waysOf(account),
  };
}
