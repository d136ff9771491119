/** API tokens: new ones, what is known of one, and its end. */

import type { Request, Response } from 'express';
import { NotFoundError } from '../../../plugin/errors.ts';
import { readOrganisations } from '../../../plugin/organisations/standing.ts';
import { msg, words } from '../../../plugin/words.ts';
import { createAudit } from '../audit/audit.ts';
import { type FieldError, pathText, queryString, textField, textFields } from '../forms/forms.ts';
import { tokenPath } from '../lists/token-list.ts';
import { renderPage } from '../page.ts';
import { type ApiToken, limitText } from '../people/access-store.ts';
import { actorOf } from '../people/identity.ts';
import { ORGANISATIONS, organisationErrors } from '../people/organisations-field.ts';
import { isScope, SCOPES, scopes, scopesOf } from '../people/scopes.ts';
import { endOfDay, newTokenErrors } from '../people/token-form.ts';
import { tokenState } from '../people/token-words.ts';
import { createApiToken } from '../people/tokens.ts';
import { get, post, type Route } from '../routes.ts';
import type { Services } from '../services.ts';
import { shownStatus, shownTime } from '../words/format.ts';
import { systemCrumb } from './system.ts';

const HOME = '/tokens';
const breadcrumbs = [systemCrumb, { text: words('API tokens'), href: HOME }] as const;

export function tokenRoutes(services: Services): readonly Route[] {
  const { access, clock } = services;
  const audit = createAudit(services);

  const showForm = async (req: Request, res: Response, errors: readonly FieldError[] = []): Promise<void> => {
    const ticked = textFields(req, 'scope');
    const model = {
      label: textField(req, 'label'),
      expires: textField(req, 'expires'),
      organisations: textField(req, ORGANISATIONS.name),
      scopes: SCOPES.map((scope) => ({ scope, doc: scopes[scope], ticked: ticked.includes(scope) })),
      warnings: [],
      focus: null,
    };
    const frame = { title: words('New API token'), section: 'system', breadcrumbs, errors } as const;
    await renderPage(req, res, 'token-form', frame, model, errors.length > 0 ? 422 : 200);
  };

  /** @throws NotFoundError `not-found.token` */
  async function find(id: string): Promise<ApiToken> {
    const token = (await access.apiTokens()).find((one) => one.id === id);
    if (token) return token;
    throw new NotFoundError('token', msg('there is no such token; the list shows those there are'));
  }

  return [
    get(`${HOME}/new`, 'administer', (req, res) => showForm(req, res)),

    post(`${HOME}/new`, 'administer', async (req, res) => {
      const label = textField(req, 'label').trim();
      const chosen = textFields(req, 'scope').filter(isScope);
      const expires = textField(req, 'expires').trim();
      const limit = textField(req, ORGANISATIONS.name);
      const wish = { label, scopes: chosen, expires };
      const errors = [...newTokenErrors(wish, clock.now()), ...organisationErrors(limit)];
      if (errors.length > 0) return showForm(req, res, errors);
      const expiresAt = expires === '' ? null : endOfDay(expires);
      const actor = actorOf(res).name;
      const organisations = readOrganisations(limit).names;
      const wanted = { scopes: chosen, expiresAt, organisations };
      const { id, token } = await createApiToken(services, label, actor, wanted);
      await audit(actor, 'token.created', `token:${id}`, {
        label,
        scopes: chosen.join(' '),
        expiresAt: expiresAt?.toISOString() ?? null,
        ...(organisations.length > 0 && { organisations: limitText(organisations) }),
      });
      const frame = { title: words('New API token'), section: 'system', breadcrumbs } as const;
      const made = { label, token, scopes: chosen, expiresAt: shownTime(expiresAt), organisations };
      await renderPage(req, res, 'token-new', frame, made);
    }),

    get(`${HOME}/:id`, 'administer', async (req, res) => {
      const token = await find(pathText(req, 'id'));
      const { id, label, createdBy, createdAt, expiresAt, lastUsedAt, revokedAt, organisations = [] } = token;
      const maker = await access.accountByName(createdBy);
      const frame = { title: label, section: 'system', breadcrumbs } as const;
      await renderPage(req, res, 'token', frame, {
        ...{ label, createdBy, status: shownStatus(tokenState(token, clock.now())) },
        scopes: scopesOf(token).map((scope) => ({ scope, doc: scopes[scope] })),
        ...{ createdAt: shownTime(createdAt), lastUsedAt: shownTime(lastUsedAt) },
        ...{ expiresAt: shownTime(expiresAt), revokedAt: shownTime(revokedAt) },
        organisations,
        makerHref: maker && `/accounts/${maker.id}`,
        othersHref: `${HOME}${queryString({ by: createdBy })}`,
        historyHref: `/audit${queryString({ object: `token:${id}` })}`,
        revokeAction: revokedAt ? null : `${tokenPath(id)}/revoke`,
      });
    }),

    post(`${HOME}/:id/revoke`, 'administer', async (req, res) => {
      const id = pathText(req, 'id');
      if (!(await access.revokeApiToken(id, clock.now())))
        throw new NotFoundError(
          'token',
          msg('there is no such token that could be revoked; the list shows those there are'),
        );
      await audit(actorOf(res).name, 'token.revoked', `token:${id}`);
      res.redirect(303, `${tokenPath(id)}?done=token-revoked`);
    }),
  ];
}
